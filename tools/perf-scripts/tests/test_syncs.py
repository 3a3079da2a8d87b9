#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-syncs: events made up, as perf gives them."""

import contextlib
import importlib.util
import io
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, f"{HERE}/../../bench/tests")

# pylint: disable=wrong-import-position
import ktap  # noqa: E402
from ktap import same  # noqa: E402


def run(events, *args):
    """Feed events to a fresh copy of the script; its output as rows of words."""
    path = f"{HERE}/../pgd-mirror-syncs.py"
    spec = importlib.util.spec_from_file_location("syncs", path)
    script = importlib.util.module_from_spec(spec)
    argv, sys.argv = sys.argv, ["pgd-mirror-syncs.py", *args]
    out = io.StringIO()
    try:
        spec.loader.exec_module(script)
        with contextlib.redirect_stdout(out):
            script.trace_begin()
            for name, fields in events:
                script.trace_unhandled(name, None, fields, {})
            script.trace_end()
    finally:
        sys.argv = argv
    return out.getvalue()


def rows(text):
    """The lines of the table and of its totals, as tuples."""
    lines = [line.split() for line in text.splitlines()]
    return [tuple(words) for words in lines if len(words) == 12 and words[0] != "comm"]


def event(name, comm="task", cpu=0, **fields):
    common = {"common_comm": comm, "common_cpu": cpu, "common_pid": 3}
    time = {"common_s": 1, "common_ns": 2}
    return f"pgd_mirror__{name}", {**common, **time, **fields}


def sync(kind=1, reason=0, policy="dirty", entries=2, cycles=100, **common):
    fields = {"id": 7, "seq": 9, "policy": policy, "kind": kind, "reason": reason}
    moved = {"entries": entries, "bytes": 8 * entries, "cycles": cycles}
    return event("sync", **moved, **fields, **common)


def test_groups():
    """a row for each comm, CPU, policy and reason, most bytes first, then totals"""
    text = run(
        [
            sync(),
            sync(kind=0, entries=0),
            sync(cpu=1),
            sync(reason=2, entries=5),
            sync(policy="always", kind=2, entries=512),
            sync(comm="other", kind=2, entries=1024),
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
    with open(f"{HERE}/../../../module/core/policy.h", encoding="utf-8") as f:
        body = f.read().partition("enum pgdm_point {")[2].partition("}")[0]
    names = [name.lower() for name in re.findall(r"PGDM_AT_([A-Z_]+),", body)]
    same(len(names), 6)
    for number, name in enumerate([*names, "6"]):
        same(rows(run([sync(reason=number)]))[0][3], name)


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
    """other events are counted, missed hooks added up"""
    misses = [event("hook_miss", missed=4), event("hook_miss", missed=3)]
    events = [event("publish"), event("publish"), *misses]
    text = run([*events, event("evict", id=1, by=2), ("sched__sched_switch", {})])
    assert "no pgd_mirror:sync event" in text, text
    assert "Other events: evict 1, hook_miss 2, publish 2" in text, text
    assert "Missed hooks: 7" in text, text
    assert "sched" not in text


def test_nothing():
    """no event at all is said"""
    assert "no pgd_mirror:sync event" in run([])


def test_strange():
    """a kind that is not known is counted apart"""
    text = run([sync(kind=3), sync()])
    assert "Syncs of a kind that is not known here: 1" in text, text
    same(len(rows(text)), 2)


def test_missing_field():
    """a field that the event does not have is named"""
    name, fields = sync()
    del fields["entries"]
    text = run([(name, fields)])
    assert "no field entries: another version of the module?" in text, text


def test_more_fields():
    """fields that are added do no harm"""
    name, fields = sync()
    same(len(rows(run([(name, {**fields, "added": 1})]))), 2)


def test_arguments():
    """a second argument is refused"""
    try:
        run([], "a", "b")
    except SystemExit as end:
        assert "usage" in str(end.code)
    else:
        raise AssertionError("accepted")


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
