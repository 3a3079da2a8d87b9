#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-victims."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import CLEAN, FAULT, FLUSH, FULL, KICK  # noqa: E402
from perf_script import event, fault, publish, stock, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402

IPI, BY_FLUSH = 1, 2  # enum pgdm_kick


def run(*events, args=()):
    return perf_script.run("pgd-mirror-victims", events, *args)


def rows(*events, **more):
    """policy cpu kicks flushes useful other faults own"""
    text = run(*events, **more).partition("The same by the task")[0]
    return [" ".join(row) for row in perf_script.table(text, "policy")]


def interrupt(*inside, cpu=1, name="call_function", comm="task", us=5):
    """A function-call interrupt with events inside."""
    entry, leave = f"irq_vectors__{name}_entry", f"irq_vectors__{name}_exit"
    at = {"cpu": cpu, "vector": 252, "comm": comm, "us": us}
    return [stock(entry, **at), *inside, stock(leave, **at)]


def received(reason, policy="flag", kind=FULL, seq=9, cpu=1, **more):
    return sync(kind=kind, reason=reason, policy=policy, seq=seq, cpu=cpu, **more)


def kick(how, cpu=0, **more):
    return event("kick", kick=how, cpus=1, cpu=cpu, **{"id": 7, **more})


def test_kicks():
    """an interrupt in which a kick was handled is the policy's"""
    events = [
        *interrupt(received(KICK)),
        *interrupt(received(KICK, seq=9)),
        *interrupt(received(KICK, seq=11), name="call_function_single"),
        kick(IPI),
    ]
    same(rows(*events), ["flag 1 3 0 2 0 0 0"])


def test_flushes():
    """a flush in an interrupt is another CPU's; one outside is this CPU's own"""
    events = [
        *interrupt(received(FLUSH, "dirty", CLEAN)),
        *interrupt(received(FLUSH, "dirty", seq=10)),
        received(FLUSH, "dirty", seq=11),
    ]
    same(rows(*events), ["dirty 1 0 2 1 0 0 0"])


def test_carried():
    """under carry the flush before the kick event, of that mm, is the policy's"""
    flush = interrupt(received(FLUSH, "carry"))
    same(rows(*flush, kick(BY_FLUSH)), ["carry 1 1 0 1 0 0 0"])
    same(rows(*flush, *flush, kick(BY_FLUSH)), ["carry 1 1 1 1 0 0 0"])
    same(rows(*flush, kick(BY_FLUSH, id=8)), ["carry 1 0 1 1 0 0 0"])
    # Not the sender's, not twice, not one from before the change.
    same(rows(*flush, kick(BY_FLUSH, cpu=1)), ["carry 1 0 1 1 0 0 0"])
    same(rows(*flush, kick(BY_FLUSH), kick(BY_FLUSH)), ["carry 1 1 0 1 0 0 0"])
    same(rows(*flush, publish(1, us=8), kick(BY_FLUSH)), ["carry 1 0 1 1 0 0 0"])
    same(rows(*flush, publish(1, us=8, pid=4), kick(BY_FLUSH)), ["carry 1 1 0 1 0 0 0"])
    same(rows(*flush, kick(IPI)), ["carry 1 0 1 1 0 0 0"])


def test_other_interrupts():
    """function-call interrupts that were for something else"""
    events = [sync(), *interrupt(), *interrupt(sync(cpu=0, reason=FLUSH))]
    same(rows(*events), ["dirty 1 0 0 0 2 0 0"])
    same(rows(*interrupt(sync(cpu=1))), ["dirty 1 0 0 0 1 0 0"])
    # One whose entry is not in the data.
    same(rows(sync(), *interrupt(), interrupt()[-1]), ["dirty 1 0 0 0 1 0 0"])


def test_faults():
    """extra faults, by whether another CPU wrote the entry"""
    paid = [sync(reason=FAULT, cpu=1)]
    events = [
        *interrupt(cpu=0),
        publish(1, index=3, cpu=0),
        publish(2, index=4, cpu=1),
        *[fault(cpu=1, index=3), *paid],
        *[fault(cpu=1, index=4), *paid],
        *[fault(cpu=1, index=5), *paid],
        *[fault(cpu=1, index=3, fixed=0), *paid],
        event("untrack", id=7, reason=1),
        *[fault(cpu=1, index=3), *paid],
    ]
    same(rows(*events), ["? 0 0 0 0 1 0 0", "dirty 1 0 0 0 0 1 3"])


def test_not_recorded():
    """without the stock events there is no figure of interrupts"""
    events = [publish(1), fault(cpu=1), sync(reason=FAULT, cpu=1)]
    same(rows(*events), ["dirty 1 - - - - 1 0"])
    assert "Interrupts were not recorded" in run(*events)
    assert "Interrupts were not" not in run(*interrupt())


def test_comms():
    """a second table by the task that was interrupted, or faulted"""
    events = [
        *interrupt(received(KICK), comm="a"),
        *interrupt(received(KICK, seq=11, cpu=2), comm="b", cpu=2),
        *interrupt(received(KICK, seq=12), comm="b"),
    ]
    text = run(*events).partition("The same by the task that ran\n")[2]
    got = [row[:4] for row in perf_script.table(text, "policy")]
    same(got, [("flag", "a", "1", "0"), ("flag", "b", "2", "0")])


def test_one_cpu():
    """an argument limits both tables to one CPU"""
    events = [*interrupt(received(KICK)), *interrupt(received(KICK, cpu=2), cpu=2)]
    same(rows(*events, args=["2"]), ["flag 2 1 0 1 0 0 0"])
    for bad in (["x"], ["1", "2"], ["-1"]):
        assert "usage" in perf_script.refusal("pgd-mirror-victims", [], *bad)


def test_nothing():
    """no event at all is said"""
    assert "no interrupt, and no extra fault" in run(sync()), "not said"


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
