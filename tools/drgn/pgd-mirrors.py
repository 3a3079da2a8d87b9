# SPDX-License-Identifier: GPL-2.0
"""The mirrors of pgd-mirror, as a debugger sees them.

usage: drgn --no-default-symbols tools/drgn/pgd-mirrors.py pgd_mirror.ko [CPU]...

For each mirror of these CPUs (none given: of all): where it is, whose it is, and each
entry in which it differs from its primary. Types and addresses come from the module's
file and from /sys/module; the kernel's own debug information is not needed.

Nothing is stopped: what changes while it is read may look torn. A cached mirror may
differ in entries of the user half: it is synced before it is loaded.
"""

import os
import struct
import sys

import drgn  # pylint: disable=import-error

SECTIONS = "/sys/module/pgd_mirror/sections"
TABLE = struct.Struct("<512Q")
ACCESSED = 1 << 5  # set by the hardware in the table that it walks


def load_module(prog, path):
    """Tell drgn where the module is: without the kernel's symbols it finds none."""
    try:
        names = os.listdir(SECTIONS)
    except FileNotFoundError:
        sys.exit("pgd-mirrors: the module pgd_mirror is not loaded")
    where = {}
    for name in names:
        with open(f"{SECTIONS}/{name}", encoding="ascii") as file:
            where[name] = int(file.read(), 16)
    with open("/sys/module/pgd_mirror/notes/.note.gnu.build-id", "rb") as file:
        build_id = file.read()[-20:]
    module = prog.relocatable_module("pgd_mirror", where[".text"], create=True)
    module.build_id = build_id
    for name, address in where.items():
        module.section_addresses[name] = address
    module.try_file(path)
    if module.wants_debug_file():
        sys.exit(f"pgd-mirrors: {path} is not the file of the module that is loaded")


def read_table(prog, table):
    """The 512 words of a root table."""
    return TABLE.unpack(prog.read(table.value_(), TABLE.size))


def differences(prog, mirror, primary):
    """(table, entry, the mirror's word, the primary's word) where they differ."""
    for page in range(primary.pages):
        ours = read_table(prog, mirror.page[page])
        theirs = read_table(prog, primary.page[page])
        for index, (own, word) in enumerate(zip(ours, theirs)):
            if (own ^ word) & ~ACCESSED:
                yield page, index, own, word


def printable(comm):
    """A process's name as one word, as the module's files have it."""
    return "".join(
        f"\\{ord(char):03o}" if char in " \t\n\v\f\r\\" else char
        for char in comm.decode(errors="replace")
    )


def owner_of(mm):
    """Process and name that an mm names as its owner, where the kernel keeps one."""
    try:
        owner = mm.owner
    except AttributeError:  # no CONFIG_MEMCG
        return 0, "-"
    if not owner:
        return 0, "-"
    return owner.tgid.value_(), printable(owner.group_leader.comm.string_())


def show_mirror(prog, cache, slot):
    """Print a mirror and its differences; how many these are."""
    mirror = cache.mirror[slot]
    where = f"cpu {cache.cpu.value_()} slot {slot}"
    phys = mirror.phys.value_()
    if not mirror.primary:
        print(f"{where} free phys {phys:016x}")
        return 0
    primary = mirror.primary
    mm = drgn.container_of(primary, "struct pgdm_mm", "primary").mm
    pid, comm = owner_of(mm)
    state = "loaded" if cache.loaded == mirror.address_of_() else "cached"
    root, number = primary.page[0].value_(), primary.id.value_()
    print(
        f"{where} {state} phys {phys:016x} id {number} root {root:016x} "
        f"mm {mm.value_():016x} pid {pid} comm {comm}"
    )
    found = 0
    for page, index, own, word in differences(prog, mirror, primary):
        print(f"    table {page} entry {index}: mirror {own:016x} primary {word:016x}")
        found += 1
    return found


def show(prog, cpus):
    """Print the mirrors of some CPUs."""
    mirrors = prog["pgdm_mirrors"]
    length = mirrors.nr_caches.value_()
    wrong = [cpu for cpu in cpus if not 0 <= cpu < length]
    if wrong:
        sys.exit(f"pgd-mirrors: there is no CPU {wrong[0]}")
    shown = found = 0
    for cpu in cpus or range(length):
        cache = mirrors.caches[cpu]
        for slot in range(cache.nr.value_() if cache else 0):
            try:
                found += show_mirror(prog, cache, slot)
            except drgn.FaultError as fault:
                print(f"cpu {cpu} slot {slot} changed while it was read: {fault}")
            shown += 1
    print(f"{shown} mirrors, {found} entries differ")


def main():
    """What the command line asks for."""
    try:
        path, *words = sys.argv[1:]
        cpus = [int(word) for word in words]
    except ValueError:
        sys.exit("usage: drgn --no-default-symbols pgd-mirrors.py FILE.ko [CPU]...")
    prog = drgn.get_default_prog()
    load_module(prog, path)
    show(prog, cpus)


main()
