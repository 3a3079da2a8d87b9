# SPDX-License-Identifier: GPL-2.0
"""The mirrors of pgd-mirror, as a debugger sees them.

usage: drgn [-c VMCORE] --no-default-symbols pgd-mirrors.py pgd_mirror.ko [CPU]...

For each mirror of these CPUs (none given: of all): where it is, whose it is, and each
entry in which it differs from its primary. Types come from the module's file. Addresses
come from /sys/module on the running kernel, and in a dump from its symbol tables. The
kernel's own debug information is not needed.

A running kernel is not stopped: what changes while it is read may look torn. A cached
mirror may differ in entries of the user half: it is synced before it is loaded.
"""

import os
import re
import struct
import sys

import drgn  # pylint: disable=import-error

# pylint: disable-next=import-error
from drgn.helpers.linux.kallsyms import load_vmlinux_kallsyms

# pylint: disable-next=import-error
from drgn.helpers.linux.list import list_for_each_entry

SECTIONS = "/sys/module/pgd_mirror/sections"
NOT_LOADED = "pgd-mirrors: the module pgd_mirror is not loaded"
TABLE = struct.Struct("<512Q")
ACCESSED = 1 << 5  # set by the hardware in the table that it walks


def wrong_file(path):
    """The types in it would be those of another build."""
    sys.exit(f"pgd-mirrors: {path} is not the file of the module that is loaded")


def running_mirrors(prog, path):
    """pgdm_mirrors of the running kernel: where the module is stands in /sys."""
    try:
        names = os.listdir(SECTIONS)
    except FileNotFoundError:
        sys.exit(NOT_LOADED)
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
        wrong_file(path)
    return prog["pgdm_mirrors"]


def source_version(path):
    """The srcversion that modinfo shows."""
    with open(path, "rb") as file:
        found = re.search(rb"\0srcversion=([0-9A-F]+)\0", file.read())
    return found[1] if found else None


def dumped_mirrors(prog, path):
    """pgdm_mirrors in a dump: by the kernel's symbols, then by the module's own."""
    prog.register_symbol_finder(
        "vmlinux_kallsyms", load_vmlinux_kallsyms(prog), enable_index=0
    )
    version = source_version(path)
    if version is None:
        wrong_file(path)
    prog.extra_module("types of pgd_mirror", create=True).try_file(path, force=True)
    modules = drgn.Object(
        prog, "struct list_head", address=prog.symbol("modules").address
    )
    for module in list_for_each_entry("struct module", modules.address_of_(), "list"):
        if module.name.string_() != b"pgd_mirror":
            continue
        if module.srcversion.string_() != version:
            wrong_file(path)
        symbols = module.kallsyms
        for index in range(symbols.num_symtab):
            symbol = symbols.symtab[index]
            if (symbols.strtab + symbol.st_name).string_() == b"pgdm_mirrors":
                return drgn.Object(
                    prog, "struct pgdm_mirrors", address=symbol.st_value.value_()
                )
    sys.exit(NOT_LOADED)


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


def show(prog, mirrors, cpus):
    """Print the mirrors of some CPUs."""
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
        sys.exit(
            "usage: drgn [-c VMCORE] --no-default-symbols "
            "pgd-mirrors.py FILE.ko [CPU]..."
        )
    prog = drgn.get_default_prog()
    if prog.flags & drgn.ProgramFlags.IS_LIVE:
        mirrors = running_mirrors(prog, path)
    elif prog.flags & drgn.ProgramFlags.IS_LINUX_KERNEL:
        mirrors = dumped_mirrors(prog, path)
    else:
        sys.exit("pgd-mirrors: no running kernel, and no dump of one")
    show(prog, mirrors, cpus)


main()
