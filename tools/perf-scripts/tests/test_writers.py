#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-writers."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import publish  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def run(*events):
    return perf_script.run("pgd-mirror-writers", events)


def rows(*events):
    return perf_script.table(run(*events), "half")


def chain(*names):
    """A call chain as perf gives it; a name may begin with its file and a space."""
    frames = []
    for nr, name in enumerate(names):
        dso, _, function = name.rpartition(" ")
        frame = {"ip": 0x1000 + nr, "dso": dso or "[kernel.kallsyms]"}
        if function != "?":
            frame["sym"] = {"start": 0, "end": 9, "binding": 0, "name": function}
        frames.append(frame)
    return frames


def chains(*events):
    """The second part of the report, line by line."""
    return (
        run(*events).partition("Call chains\n\n")[2].partition("\n\n")[0].splitlines()
    )


def test_halves():
    """a row for each half, what was written and comm, most writes first"""
    same(
        rows(
            publish(1, index=3),
            publish(2, index=4, id=8),
            publish(3, index=9),
            publish(4, index=3, value=0),
            publish(5, index=255),
            publish(0, index=256),
            publish(0, index=511, user_page=1),
            publish(0, index=256, comm="other"),
        ),
        [
            ("user", "add", "task", "2", "3-4,9,255", "50.0%", "4"),
            ("kernel", "add", "other", "1", "256", "12.5%", "1"),
            ("kernel", "add", "task", "1", "256", "12.5%", "1"),
            ("kernel", "add", "(user", "table)", "task", "1", "511", "12.5%", "1"),
            ("user", "remove", "task", "1", "3", "12.5%", "1"),
        ],
    )


def test_chains():
    """call chains from the function that writes outwards, most first"""
    hook = ("[pgd_mirror] pgdm_root_write", "[pgd_mirror] write_entry", "exc_int3")
    one = chain(*hook, "native_set_p4d", "__pud_alloc", "do_mmap")
    other = chain("[pgd_mirror] ?", "exc_int3", "native_set_p4d", "free_pgd_range")
    same(
        chains(
            publish(1, common_callchain=one, comm="a"),
            publish(2, value=0, common_callchain=other),
            publish(3, common_callchain=one, comm="b"),
            publish(4, common_callchain=one, comm="b"),
        ),
        [
            "3 x user, add: b, a",
            "        native_set_p4d",
            "        __pud_alloc",
            "        do_mmap",
            "1 x user, remove: task",
            "        native_set_p4d",
            "        free_pgd_range",
        ],
    )


def test_stored_first():
    """where the hook is that of a return, the chain begins behind it"""
    hook = ("publish", "pgdm_root_stored_added", "addition_return")
    way = ("rethook_trampoline_handler", "arch_rethook_trampoline", "__handle_mm_fault")
    got = chains(publish(1, common_callchain=chain(*hook, *way)))
    same(got[1:], ["        __handle_mm_fault"])


def test_unknown_frames():
    """a frame without a symbol is its file and address"""
    got = chains(publish(1, common_callchain=chain("native_set_pgd", "/bin/x ?")))
    same(got[1:], ["        native_set_pgd", "        /bin/x+0x1001"])


def test_many_comms():
    """of many comms the first five are named"""
    one = chain("native_set_p4d")
    events = [publish(1, common_callchain=one, comm=f"c{n}") for n in range(7)]
    same(chains(*events)[0], "7 x user, add: c0, c1, c2, c3, c4 and 2 more")


def test_without():
    """writes without a call chain are told"""
    assert "1 writes without a call chain: record with -g" in run(publish(1))


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror:publish event" in run()


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
