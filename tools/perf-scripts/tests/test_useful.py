#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-useful."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import ATTACH, CLEAN, FAULT, FLUSH, FULL  # noqa: E402
from perf_script import event, fault, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def rows(*events):
    return perf_script.table(perf_script.run("pgd-mirror-useful", events), "policy")


def full(seq, reason=FLUSH, **more):
    return sync(kind=FULL, reason=reason, policy="always", seq=seq, **more)


def test_changes():
    """a policy that copies what changed: found something where it copied"""
    same(
        rows(sync(), sync(kind=CLEAN), sync(kind=CLEAN), sync(reason=FLUSH)),
        [
            ("dirty", "flush", "1", "1", "0", "0", "100.0%", "0"),
            ("dirty", "switch", "3", "1", "2", "0", "33.3%", "0"),
        ],
    )


def test_full():
    """a full copy found something if the sequence moved; else its bytes are in vain"""
    got = rows(full(3), full(3), full(4), full(4), full(4, cpu=1), full(4, id=8))
    same(got, [("always", "flush", "6", "1", "2", "3", "33.3%", "8192")])


def test_attach():
    """a first copy is needed, and says where the mirror is from then on"""
    first = full(3, reason=ATTACH)
    same(
        rows(first, full(3))[0], ("always", "attach", "1", "1", "0", "0", "100.0%", "0")
    )
    same(rows(first, full(3))[1][3:6], ("0", "1", "0"))
    gone = [event("evict", id=7, by=8), event("untrack", id=7, reason=0)]
    for end in gone:
        same(rows(first, end, full(3))[1][3:6], ("0", "0", "1"))


def test_fault():
    """a fault found something if the mirror lacked the entry"""
    copied = full(3, reason=FAULT)
    same(rows(copied, fault(), copied)[0][2:6], ("2", "1", "0", "1"))
    same(rows(copied, fault(fixed=0), copied)[0][2:6], ("2", "0", "1", "1"))
    # Of another CPU, and of a sync that is no fault's.
    same(rows(copied, fault(cpu=1), copied)[0][2:6], ("2", "0", "1", "1"))
    events = (full(3, FAULT, cpu=1), fault(), full(3, FAULT, cpu=1))
    same(rows(*events)[0][2:6], ("2", "0", "1", "1"))
    same(
        rows(copied, fault(cpu=1), full(3, FAULT, cpu=1))[0][2:6], ("2", "1", "0", "1")
    )
    same(rows(full(3), fault(), full(3))[0][2:6], ("2", "0", "1", "1"))


def test_eager():
    """full copies under eager do not tell: its writers do not move the sequence"""
    got = rows(full(3), sync(kind=FULL, policy="eager", seq=5))
    same(got[1], ("eager", "switch", "1", "0", "0", "1", "-", "0"))


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror:sync event" in perf_script.run("pgd-mirror-useful", [])


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
