# SPDX-License-Identifier: GPL-2.0
"""A timeline: which mirrors the CPUs have loaded, what is written, and who lacks it.

    perf script record pgd-mirror-timeline [-- COMMAND]
    perf script report pgd-mirror-timeline FILE [FROM LENGTH]

FILE.json is in Chrome's trace format: open it in https://ui.perfetto.dev or
chrome://tracing. FILE.html is a page of its own for any browser, with a picture of a
window: FROM milliseconds after the first event, LENGTH milliseconds. Without these it
begins at the first change for which a mirror waited, and is 50 ms long.

The CPUs are the lanes. Bands: the mm whose mirror the CPU synced last. Thin bars: the
CPU's mirror of an mm lacks a change, from its publish to the sync that covers it.
Marks: writes, syncs that copied, extra faults, kicks, missed hooks.
"""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.lanes import Lanes  # noqa: E402
from pgdm_perf.report import Report, UsageError, handlers  # noqa: E402
from pgdm_perf.timeline_html import page  # noqa: E402
from pgdm_perf.timeline_json import trace  # noqa: E402

LENGTH = 50.0  # milliseconds


def milliseconds(word):
    try:
        value = float(word)
    except ValueError:
        value = -1
    if not 0 <= value < 1e9:
        raise UsageError(f"{word}: expected a number of milliseconds")
    return value


class Timeline(Report):
    """The report: it goes to a file, and a line about it to the output."""

    NAME = "pgd-mirror-timeline"
    USAGE = "FILE.json|FILE.html [FROM LENGTH]"
    NEEDS = ("pgd_mirror:sync", "pgd_mirror:publish")

    def __init__(self):
        super().__init__()
        self.file = None
        self.window = None  # (from, length), milliseconds
        self.lanes = Lanes()

    def arguments(self, words):
        if len(words) not in (1, 3):
            raise UsageError
        self.file = words[0]
        if not self.file.endswith((".json", ".html")):
            raise UsageError(f"{self.file}: expected a name with .json or .html")
        if len(words) == 3:
            self.window = tuple(milliseconds(word) for word in words[1:])
            if self.window[1] == 0:
                raise UsageError("the window is empty")
            if self.file.endswith(".json"):
                raise UsageError("a window is for .html, .json has all")

    def event(self, name, fields):
        super().event(name, fields)
        self.lanes.stop = max(self.lanes.stop, self.now(fields))

    @staticmethod
    def now(fields):
        return fields.get("common_s", 0) * 1_000_000_000 + fields.get("common_ns", 0)

    def on_publish(self, event):
        self.lanes.publish(event)

    def on_sync(self, event):
        self.lanes.sync(event)

    def on_fault(self, event):
        self.lanes.fault(event)

    def on_kick(self, event):
        self.lanes.mark(event, "kick", mm=event["id"], cpus=event["cpus"])

    def on_hook_miss(self, event):
        self.lanes.mark(event, "miss", missed=event["missed"])

    def on_evict(self, event):
        self.lanes.waits.evict(event)

    def on_untrack(self, event):
        self.lanes.waits.untrack(event)

    def print(self):
        """Write the file."""
        self.lanes.end()
        if not self.lanes.marks:
            sys.exit(f"{self.NAME}: no event happened, {self.file} is not written")
        notes = list(self.health.lines(self.data))
        if self.file.endswith(".json"):
            text = trace(self.lanes, notes)
        else:
            start, length = self.window or (self.lanes.first_wait(), LENGTH)
            text = page(self.lanes, start, length, notes)
        try:
            with open(self.file, "w", encoding="utf-8") as f:
                f.write(text)
        except OSError as e:
            sys.exit(f"{self.NAME}: {self.file}: {e.strerror}")
        cpus = len(self.lanes.cpus())
        print(f"{self.file}: {len(self.lanes.marks)} events on {cpus} CPUs")


trace_begin, trace_unhandled, trace_end = handlers(Timeline())
