#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-top."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import ATTACH, CLEAN, FAULT, FLUSH, FULL, KICK  # noqa: E402
from perf_script import event, fault, publish, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402

SECOND = 1_000_000


def rows(*events, args=("1",)):
    text = perf_script.run("pgd-mirror-top", events, *args)
    return [" ".join(row) for row in perf_script.table(text, "time")]


def test_line():
    """time policy pub switch flush fault other dirty full KiB extra kicks missed"""
    events = [
        publish(1),
        publish(2),
        sync(reason=ATTACH, kind=FULL),
        sync(reason=FLUSH, kind=CLEAN),
        fault(),
        sync(reason=FAULT),
        fault(fixed=0),
        sync(reason=FAULT, kind=CLEAN),
        sync(reason=KICK, kind=FULL, policy="flag"),
        event("kick", id=7, kick=1, cpus=3),
        event("hook_miss", missed=90, disarmed=0),
    ]
    same(rows(*events), ["1.0 flag 2 1 1 2 1 1 2 8 1 3 1"])


def test_intervals():
    """a line when the next interval's first event comes, one for each empty interval"""
    got = rows(publish(1), publish(2, us=SECOND - 1), sync(us=3 * SECOND))
    zero = " ".join(["0"] * 11)
    same(got[0], "1.0 - 2 0 0 0 0 0 0 0 0 0 0")
    same(got[1:3], [f"2.0 - {zero}", f"3.0 - {zero}"])
    same(got[3], "4.0 dirty 0 1 0 0 0 1 0 0 0 0 0")
    same(len(got), 4)


def test_rates():
    """figures are a second's, but for missed hooks"""
    got = rows(publish(1), event("hook_miss", missed=1, disarmed=0), args=["0.5"])
    same(got, ["0.5 - 2 0 0 0 0 0 0 0 0 0 1"])
    got = rows(*[publish(n) for n in range(4)])
    same(got, ["1.0 - 4 0 0 0 0 0 0 0 0 0 0"])
    same(rows(*[publish(n) for n in range(4)], args=[])[0][:7], "2.0 - 2")


def test_head():
    """the head comes again after 20 lines"""
    events = [publish(n + 1, us=n * SECOND) for n in range(41)]
    text = perf_script.run("pgd-mirror-top", events, "1").splitlines()
    same([nr for nr, line in enumerate(text) if " pub " in line], [0, 21, 42])


def test_refused():
    """wrong intervals"""
    for bad in (["x"], ["0"], ["-1"], ["nan"], ["inf"], ["1", "2"]):
        assert "usage" in perf_script.refusal("pgd-mirror-top", [], *bad)


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror event" in perf_script.run("pgd-mirror-top", [])


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
