#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-staleness."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import ATTACH, CLEAN, FAULT, FLUSH, FULL, KICK  # noqa: E402
from perf_script import event, publish, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def run(*events):
    return perf_script.run("pgd-mirror-staleness", events)


def rows(*events):
    return perf_script.table(run(*events), "policy")


def attach(cpu, **more):
    return sync(kind=FULL, reason=ATTACH, cpu=cpu, seq=0, **more)


def test_ends():
    """a change waits for the first sync of each mirror that covers it"""
    same(
        rows(
            attach(1),
            attach(2),
            publish(1, us=100),
            publish(2, us=110),
            sync(reason=FAULT, cpu=1, seq=1, entries=1, us=150),
            sync(reason=FLUSH, cpu=2, seq=2, entries=2, us=200),
            sync(reason=FLUSH, cpu=1, seq=2, entries=1, us=300),
            # What is covered already is not counted again.
            sync(reason=FLUSH, cpu=2, seq=2, entries=0, us=400),
        ),
        [
            ("dirty", "loaded", "fault", "dirty", "1", "1", "1", *["50.0"] * 4),
            ("dirty", "loaded", "flush", "dirty", "3", "2", "3")
            + ("100.0", "190.0", "190.0", "190.0"),
        ],
    )


def test_not_covered():
    """a sync that comes too early for a change does not end its wait"""
    text = run(attach(1), publish(5), sync(cpu=1, seq=4, kind=CLEAN, us=9))
    assert "no change waited for a sync" in text, text
    assert "Waiting at the end of the data: 1" in text, text


def test_own():
    """dirty stores into the writer's own mirror; no other policy but eager does"""
    text = run(attach(0), publish(1), sync(kind=CLEAN, seq=1))
    assert "no change waited" in text, text
    assert "Without a wait: 1 stored into the writer's own mirror (dirty)" in text, text
    assert "Waiting at the end of the data: 0" in text, text
    kick = sync(kind=FULL, reason=KICK, policy="flag", seq=1, us=7)
    got = rows(attach(0, policy="flag"), publish(1), kick)
    same(got, [("flag", "own", "kick", "full", "1", "1", "512", *["7.0"] * 4)])


def test_own_behind():
    """a store into one's own mirror does not cover what that lacked before"""
    events = [
        attach(0),
        attach(1),
        publish(1, cpu=1),
        publish(2, cpu=0),
        sync(seq=2, us=4),
    ]
    same(rows(*events), [("dirty", "loaded", "switch", "dirty", "1", "1", "2")
                         + ("4.0",) * 4])  # fmt: skip


def test_eager():
    """under eager no mirror waits, and no change of the kernel half waits"""
    text = run(attach(1, policy="eager"), publish(1), publish(2), publish(0, index=300))
    assert "no change waited" in text, text
    assert "Without a wait: 2 stored into every mirror, by the policy eager" in text
    assert "Without a wait: 1 stored into every mirror, of the kernel half" in text


def test_cached():
    """a mirror that is not the one that its CPU used last is cached"""
    got = rows(attach(1), attach(1, id=8), publish(1), sync(cpu=1, seq=1, us=3))
    same([row[1] for row in got], ["cached"])


def test_other_mm():
    """a sync of another mm ends nothing"""
    text = run(attach(1), publish(1), sync(cpu=1, id=8, seq=9))
    assert "Waiting at the end of the data: 1" in text, text


def test_race():
    """a sync that saw the change before its publish event came"""
    text = run(attach(1), sync(cpu=1, seq=1), publish(1, us=2))
    assert "Without a wait: 1 synced before the publish event came" in text, text


def test_gone():
    """an eviction, the end of the mm, and a mirror made anew end waits"""
    evict = event("evict", id=7, by=8, cpu=1)
    text = run(
        attach(1), attach(2), publish(1), evict, event("untrack", id=7, reason=1)
    )
    assert "Ended with the mirror (evicted, or the mm ended): 2" in text, text
    assert "Waiting at the end of the data: 0" in text, text
    text = run(attach(1), publish(1), sync(kind=FULL, reason=ATTACH, cpu=1, seq=1))
    assert "no change waited" in text, text


def test_percentiles():
    """times are from the publish to the sync, in microseconds"""
    events = [attach(1)]
    for n in range(1, 201):
        events += [publish(n, us=1000 * n), sync(cpu=1, seq=n, us=1000 * n + n)]
    same(rows(*events)[0][-4:], ("100.0", "180.0", "198.0", "200.0"))


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
