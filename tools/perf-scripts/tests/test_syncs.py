#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-syncs, and of what all scripts share."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import CLEAN, FAULT, FULL, HERE, event, publish, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def run(events, *args):
    return perf_script.run("pgd-mirror-syncs", events, *args)


def rows(text):
    return perf_script.table(text, "comm")


def names_in(file, enum, prefix):
    """An enumeration of the module: its names in order, as the scripts say them."""
    with open(f"{HERE}/../../../module/{file}", encoding="utf-8") as f:
        body = f.read().partition(f"enum {enum} {{")[2].partition("}")[0]
    return [name.lower() for name in re.findall(prefix + r"_([A-Z_]+)[,\s]", body)]


def test_groups():
    """a row for each comm, CPU, policy and reason, most bytes first, then totals"""
    text = run(
        [
            sync(),
            sync(kind=CLEAN),
            sync(cpu=1),
            sync(reason=FAULT, entries=5),
            sync(policy="always", kind=FULL),
            sync(comm="other", kind=FULL, entries=1024),
        ]
    )
    marks = ("100", "100", "100")
    same(
        rows(text),
        [
            ("other", "0", "dirty", "switch", "0", "0", "1", "1024", "8192", *marks),
            ("task", "0", "always", "switch", "0", "0", "1", "512", "4096", *marks),
            ("task", "0", "dirty", "fault", "0", "1", "0", "5", "40", *marks),
            ("task", "0", "dirty", "switch", "1", "1", "0", "2", "16", *marks),
            ("task", "1", "dirty", "switch", "0", "1", "0", "2", "16", *marks),
            ("(all)", "-", "always", "switch", "0", "0", "1", "512", "4096", *marks),
            ("(all)", "-", "dirty", "fault", "0", "1", "0", "5", "40", *marks),
            ("(all)", "-", "dirty", "switch", "1", "2", "1", "1028", "8224", *marks),
        ],
    )


def test_percentiles():
    """percentiles are exact: nearest rank, in whatever order the events come"""
    text = run([sync(cycles=c) for c in (*range(100, 50, -1), *range(1, 51))])
    same(rows(text)[0][-3:], ("50", "90", "99"))
    same(rows(run([sync(cycles=7)]))[0][-3:], ("7", "7", "7"))
    text = run([sync(cycles=c) for c in (1, 2, 1000)])
    same(rows(text)[0][-3:], ("2", "1000", "1000"))


def test_reasons():
    """every reason has the module's name for it; one not known shows its number"""
    names = names_in("core/policy.h", "pgdm_point", "PGDM_AT")
    same(len(names), 6)
    for number, name in enumerate([*names, "6"]):
        same(rows(run([sync(reason=number)]))[0][3], name)


def test_names():
    """kinds of sync and of kick have the module's names"""
    # pylint: disable=import-outside-toplevel
    from pgdm_perf.event import KICKS

    same(list(KICKS), names_in("core/policy.h", "pgdm_kick", "PGDM_KICK"))
    head = run([sync()]).splitlines()[2].split()
    same(head[4:7], ["clean", "dirty", "full"])


def test_policy_bytes():
    """a policy that comes as an array of bytes is cut at its end"""
    same(rows(run([sync(policy=b"always\0\0\0\0\0\0")]))[0][2], "always")
    same(rows(run([sync(policy="always-exit\0")]))[0][2], "always-exit")


def test_one_comm():
    """an argument limits everything to one comm"""
    syncs = [sync(), sync(comm="other")]
    faults = [event("fault", comm="other", fixed=1), event("fault", fixed=0)]
    text = run(syncs + faults, "other")
    same({r[0] for r in rows(text)}, {"other", "(all)"})
    assert "Other events: fault 1" in text, text
    assert "mirror lacked: 1" in text, text


def test_other_events():
    """other events are counted"""
    evict = event("evict", id=1, by=2)
    text = run([publish(1), publish(2), evict, ("sched__sched_switch", {})])
    assert "no pgd_mirror:sync event" in text, text
    assert "Other events: evict 1, publish 2" in text, text
    assert "sched" not in text


def test_missed_hooks():
    """missed hooks by cause: by the module's counts, which each event repeats"""
    counts = ((4, 2), (4, 2), (7, 3), (6, 3))
    text = run([event("hook_miss", missed=m, disarmed=d) for m, d in counts])
    assert "Missed hooks: 4 at least, noticed by 4 syncs" in text, text
    assert (
        "loaded 7: 4 writes during another probe, 3 times the probe was" in text
    ), text
    assert "Missed" not in run([sync()])


def test_guard():
    """endless faults that the guard ended are told"""
    text = run([event("livelock", address=1, index=0)] * 2)
    assert "Endless faults that the guard ended: 2" in text, text


def test_gaps():
    """a publish event that is missing is noticed by its sequence"""
    text = run([publish(3), publish(7), publish(5), publish(1, id=8), publish(0)])
    assert "Missing by their sequence: 2 publish events" in text, text
    text = run([publish(2), publish(1), publish(3), publish(9, id=8), publish(0)])
    assert "Missing" not in text, text


def test_pipe():
    """without a file it is said that lost events are not known"""
    assert "Lost events: not known here" in run([])


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror:sync event" in run([])


def test_strange():
    """a kind that is not known is counted apart"""
    text = run([sync(kind=3), sync()])
    assert "Syncs of a kind that is not known here: 1" in text, text
    same(len(rows(text)), 2)


def test_missing_field():
    """a field that the event does not have is named, and is an error"""
    name, fields = sync()
    del fields["entries"]
    said = perf_script.refusal("pgd-mirror-syncs", [(name, fields), sync()])
    assert (
        "another version of the module? No field pgd_mirror:sync entries" in said
    ), said


def test_more_fields():
    """fields that are added do no harm"""
    name, fields = sync()
    same(len(rows(run([(name, {**fields, "added": 1})]))), 2)


def test_arguments():
    """a second argument is refused"""
    assert "usage" in perf_script.refusal("pgd-mirror-syncs", [], "a", "b")


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
