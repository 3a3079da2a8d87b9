# SPDX-License-Identifier: GPL-2.0
"""A timeline in the trace format of Chrome, which Perfetto's UI opens, too."""

import json

# One process for the CPUs, one for what their mirrors lack.
CPUS, LACKING = 1, 2


def name(pid, title, tid=None):
    kind = "process_name" if tid is None else "thread_name"
    return {
        "ph": "M",
        "pid": pid,
        "tid": tid or 0,
        "name": kind,
        "args": {"name": title},
    }


def trace(lanes, notes):
    """The text of the file; times in it are in microseconds."""
    zero = lanes.start()

    def us(time):
        return (time - zero) / 1000

    events = [name(CPUS, "CPUs"), name(LACKING, "changes that a mirror lacks")]
    for cpu in lanes.cpus():
        events += [name(CPUS, f"CPU {cpu}", cpu), name(LACKING, f"CPU {cpu}", cpu)]
    for band in lanes.bands:
        at = {"pid": CPUS, "tid": band.cpu, "ts": us(band.start)}
        length = us(band.end) - at["ts"]
        events.append({"ph": "X", "name": f"mm {band.mm}", "dur": length, **at})
    for mark in lanes.marks:
        at = {"pid": CPUS, "tid": mark.cpu, "ts": us(mark.time), "s": "t"}
        args = {"comm": mark.comm, **mark.details}
        events.append({"ph": "i", "name": mark.what, "args": args, **at})
    for number, stale in enumerate(lanes.bars):
        # Waits overlap: asynchronous events, each with a number of its own.
        same = {"cat": "lacking", "id": number, "pid": LACKING, "tid": stale.cpu}
        same["name"] = f"CPU {stale.cpu}: mm {stale.mm}"
        args = {"entry": stale.index, "seq": stale.seq, "until": stale.by}
        events.append({"ph": "b", "ts": us(stale.start), "args": args, **same})
        events.append({"ph": "e", "ts": us(stale.end), **same})
        flow = {"cat": "change", "id": number, "name": "change", "pid": CPUS}
        events.append({"ph": "s", "tid": stale.writer, "ts": us(stale.start), **flow})
        events.append(
            {"ph": "f", "bp": "e", "tid": stale.cpu, "ts": us(stale.end), **flow}
        )
    other = {"notes": notes}
    return json.dumps({"traceEvents": events, "otherData": other}) + "\n"
