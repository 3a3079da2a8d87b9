# SPDX-License-Identifier: GPL-2.0
"""What the tests of pgd-mirrors.py do to a machine, and how they read its output."""

import ctypes
import mmap
import os
import re
import sys

TOP = os.path.realpath(f"{os.path.dirname(os.path.abspath(__file__))}/../..")
sys.path.insert(0, f"{TOP}/tools/bench/tests")

# pylint: disable=wrong-import-position
from ktap import same  # noqa: E402

DEBUGFS = "/sys/kernel/debug/pgd_mirror"
LINE = re.compile(r"cpu (\d+) slot (\d+) (free|loaded|cached) phys ([0-9a-f]{16})(.*)$")
WHOSE = re.compile(
    r" id (\d+) root ([0-9a-f]{16}) mm ([0-9a-f]{16}) pid (\d+) comm (.*)$"
)
LACKS = re.compile(
    r" +table (\d) entry (\d+): mirror ([0-9a-f]{16}) primary ([0-9a-f]{16})$"
)
SLOT_BYTES = 1 << 39  # what an entry covers, with 4 levels
SLOT = 40


def read(name):
    """A file of the module."""
    with open(f"{DEBUGFS}/{name}", encoding="ascii") as file:
        return file.read()


def write(name, text):
    """One write to a file of the module."""
    with open(f"{DEBUGFS}/{name}", "w", encoding="ascii") as file:
        file.write(text)


def parse(text):
    """What each mirror's lines say, by CPU and slot; and the last line."""
    *lines, last = text.splitlines()
    found = {}
    for line in lines:
        match = LINE.match(line)
        if match:
            cpu, slot, state, phys, rest = match.groups()
            lacks = []
            whose = WHOSE.match(rest)
            found[int(cpu), int(slot)] = state, int(phys, 16), whose, lacks
            assert bool(whose) == (state != "free"), line
        else:
            match = LACKS.match(line)
            assert match, line
            lacks.append(
                tuple(
                    int(word, 16 if nr > 1 else 10)
                    for nr, word in enumerate(match.groups())
                )
            )
    return found, last


def mirrors(text):
    """The same of the file mirrors: state, phys, id, root by CPU and slot."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        fields = dict(zip(words[5::2], words[6::2]))
        phys = int(words[-1], 16)
        found[int(words[1]), int(words[3])] = (
            (words[4], phys, int(fields["id"]), int(fields["root"], 16))
            if words[4] != "free"
            else ("free", phys)
        )
    return found


def on_cpu(cpu):
    """This process runs there from now on."""
    os.sched_setaffinity(0, {cpu})


def add_entry(slot):
    """Map a page where no other is, and touch it: a new root entry."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100000  # MAP_FIXED_NOREPLACE
    address = ctypes.c_void_p(slot * SLOT_BYTES)
    got = libc.mmap(
        address,
        ctypes.c_size_t(4096),
        mmap.PROT_READ | mmap.PROT_WRITE,
        flags,
        -1,
        ctypes.c_long(0),
    )
    same(got, slot * SLOT_BYTES)
    ctypes.memset(address, 1, 1)


def lag_behind():
    """This process's mirror on CPU 1 lacks an entry that was added on CPU 0."""
    on_cpu(1)
    write("track", f"pid {os.getpid()}")
    on_cpu(0)
    add_entry(SLOT)


def check_lag(found, last, want, pid, comm):
    """What the script printed of that, against what the file mirrors had."""
    mine = {}
    for key, (state, phys, whose, lacks) in found.items():
        if whose and int(whose[4]) == pid:
            # The script may have run since, as another process: the states may differ.
            same((phys, int(whose[1]), int(whose[2], 16)), want[key][1:])
            same(whose[5], comm)
            mine[key[0]] = state, lacks
    same(sorted(mine), [0, 1])
    assert all(entry[1] != SLOT for entry in mine[0][1]), mine
    lacking = [entry for entry in mine[1][1] if entry[1] == SLOT]
    same(len(lacking), 1)
    table, _, own, word = lacking[0]
    same((table, own), (0, 0))
    assert word & 1, lacking
    total = sum(len(value[3]) for value in found.values())
    same(last, f"{len(found)} mirrors, {total} entries differ")
