#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-faults."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import CLEAN, FAULT, event, fault, publish, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def run(*events, args=()):
    return perf_script.run("pgd-mirror-faults", events, *args)


def policies(*events, **more):
    return perf_script.table(run(*events, **more), "policy")


def pairs(*events, **more):
    return perf_script.table(run(*events, **more), "under")


def faulted(us=0, policy="dirty", fixed=1, **more):
    """A fault and its sync."""
    by = {"cpu": more.get("cpu", 0), "comm": more.get("comm", "task")}
    return [fault(fixed=fixed, us=us, **more), sync(reason=FAULT, policy=policy, **by)]


def test_policies():
    """faults, extra ones and additions by the policy that the fault's sync names"""
    events = [
        sync(),
        publish(1, us=10),
        publish(2, value=0),
        *faulted(us=15),
        *faulted(fixed=0),
        *faulted(fixed=0),
        *faulted(fixed=0, policy="flag"),
        publish(3, index=4),
        *faulted(policy="flag", index=4),
    ]
    zero = ("0.0",) * 4
    same(
        policies(*events),
        [
            ("dirty", "3", "1", "33.3%", "1", "1.00", *["15.0"] * 4),
            ("flag", "2", "1", "50.0%", "1", "1.00", *zero),
        ],
    )


def test_pairs():
    """an extra fault is laid to the last writer of that entry of that mm"""
    events = [
        publish(1, comm="old", pid=5),
        publish(2, comm="w", pid=6),
        publish(3, index=4, comm="x", pid=8),
        publish(1, id=8, comm="y", pid=9),
        *faulted(comm="a"),
        *faulted(comm="a"),
        *faulted(comm="b", id=8),
        *faulted(comm="b", index=9),
    ]
    same(
        pairs(*events),
        [
            ("dirty", "w", "6", "a", "2"),
            ("dirty", "?", "-", "b", "1"),
            ("dirty", "y", "9", "b", "1"),
        ],
    )


def test_ended():
    """the writers of an mm that has ended are forgotten; the kernel half has none"""
    gone = event("untrack", id=7, reason=1)
    same(pairs(publish(1), gone, *faulted())[0][1], "?")
    same(pairs(publish(0), *faulted())[0][1], "?")


def test_two_cpus():
    """the sync of a fault is that of its CPU"""
    events = [fault(cpu=1), *faulted(policy="always"), sync(reason=FAULT, cpu=1)]
    same([row[0:2] for row in policies(*events)], [("always", "1"), ("dirty", "1")])
    # A switch in between, and a sync that was lost.
    same(policies(fault(), sync(policy="flag"), sync(reason=FAULT))[0][0], "dirty")
    text = run(publish(1), fault(), *faulted())
    same(sum(int(row[-1]) for row in perf_script.table(text, "under")), 2)
    same(policies(sync(policy="flag"), fault())[0][0:3], ("flag", "1", "1"))


def test_order():
    """a fault whose time is before that of the publish waited no time"""
    same(policies(publish(1, us=9), *faulted(us=4))[-1][-1], "0.0")


def test_comm():
    """an argument limits the report to faults of that comm"""
    events = [publish(1), *faulted(comm="a"), *faulted(comm="b", fixed=0)]
    same(policies(*events, args=["b"])[-1][0:3], ("dirty", "1", "0"))
    assert "usage" in perf_script.refusal("pgd-mirror-faults", [], "a", "b")


def test_most():
    """of many pairs the first are shown, the others are counted"""
    events = []
    for n in range(32):
        events += faulted(comm=f"c{n:02}") * (2 if n < 30 else 1)
    text = run(*events)
    same(len(pairs(*events)), 31)
    assert "... and 2 rows more, of 2 together" in text, text


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror:fault event" in run(sync(kind=CLEAN)), "not said"


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
