# SPDX-License-Identifier: GPL-2.0
"""Runs a perf script without perf: events made up, as perf gives them."""

import contextlib
import importlib.util
import io
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)

for place in (SCRIPTS, f"{HERE}/../../bench/tests"):
    sys.path.insert(0, place)

SWITCH, FLUSH, FAULT, USER_RETURN, ATTACH, KICK = range(6)
CLEAN, DIRTY, FULL = range(3)


def run(script, events, *args):
    """Feed events to a fresh copy of a script; what it printed."""
    spec = importlib.util.spec_from_file_location("script", f"{SCRIPTS}/{script}.py")
    module = importlib.util.module_from_spec(spec)
    argv, sys.argv = sys.argv, [f"{script}.py", *args]
    out = io.StringIO()
    try:
        spec.loader.exec_module(module)
        with contextlib.redirect_stdout(out):
            module.trace_begin()
            for name, fields in events:
                module.trace_unhandled(name, None, fields)
            module.trace_end()
    except SystemExit as end:
        # What it said before it gave up.
        end.said = out.getvalue()
        raise
    finally:
        sys.argv = argv
    return out.getvalue()


def refusal(script, events, *args):
    """A run that must end with an error: its message."""
    try:
        run(script, events, *args)
    except SystemExit as end:
        assert end.code not in (None, 0), "exit status 0"
        return str(end.code)
    raise AssertionError("no error")


def table(text, first):
    """The table whose head begins with a word, as tuples, without the head."""
    lines = text.splitlines()
    heads = [nr for nr, line in enumerate(lines) if line.split()[:1] == [first]]
    assert heads, f"no table {first} in\n{text}"
    body = lines[heads[0] + 1 :]
    end = body.index("") if "" in body else len(body)
    return [tuple(line.split()) for line in body[:end]]


def stock(name, comm="task", cpu=0, pid=3, us=0, **fields):
    """An event, SYSTEM__EVENT, at a time in microseconds."""
    common = {"common_comm": comm, "common_cpu": cpu, "common_pid": pid}
    time = {"common_s": 1 + us // 1_000_000, "common_ns": us % 1_000_000 * 1000}
    return name, {**common, **time, **fields}


def event(name, **fields):
    """One of the module's."""
    return stock(f"pgd_mirror__{name}", **fields)


def sync(kind=DIRTY, reason=SWITCH, policy="dirty", entries=None, **more):
    """A sync; of mm 7, at sequence 9, unless said otherwise."""
    if entries is None:
        entries = (0, 2, 512)[kind] if kind in range(3) else 0
    fields = {"id": 7, "seq": 9, "policy": policy, "kind": kind, "reason": reason}
    moved = {"entries": entries, "bytes": 8 * entries, "named": 0, "cycles": 100}
    return event("sync", **{**fields, **moved, **more})


def publish(seq, index=3, value=0x67, user_page=0, **more):
    """A change of mm 7."""
    fields = {"id": 7, "seq": seq, "index": index, "value": value}
    return event("publish", **{**fields, "user_page": user_page, **more})


def fault(index=3, fixed=1, **more):
    """A fault in mm 7."""
    fields = {"id": 7, "address": index << 39, "index": index, "fixed": fixed}
    return event("fault", **{**fields, **more})
