# SPDX-License-Identifier: GPL-2.0
"""Which share of sync points found anything to sync.

    perf script record pgd-mirror-useful [-- COMMAND]
    perf script report pgd-mirror-useful

A point that copied nothing found nothing. One that copied what had changed found
something. A policy that copies the whole table copies it in either case: then what
counts is whether the mirror's sequence moved, or, at a fault, whether the mirror lacked
the entry. That is unknown where the mirror's sequence before is not in the data.
"""

import sys
from dataclasses import dataclass

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.event import STORING_POLICIES  # noqa: E402
from pgdm_perf.mirrors import Mirrors  # noqa: E402
from pgdm_perf.report import Report, handlers  # noqa: E402
from pgdm_perf.table import print_table, share  # noqa: E402


@dataclass
class Group:
    """The sync points of a policy, of one kind."""

    something: int = 0
    nothing: int = 0
    unknown: int = 0
    bytes: int = 0  # those that were copied where there was nothing to sync

    def cells(self):
        """The figures of the row."""
        known = self.something + self.nothing
        found = [self.something, self.nothing, self.unknown]
        return [sum(found), *found, share(self.something, known), self.bytes]


class Useful(Report):
    """The report."""

    NAME = "pgd-mirror-useful"
    NEEDS = ("pgd_mirror:sync", "pgd_mirror:fault")

    def __init__(self):
        super().__init__()
        self.mirrors = Mirrors()
        self.groups = {}  # (policy, reason) -> Group
        self.fixed = {}  # CPU -> did the fault before find the entry lacking?

    def on_fault(self, event):
        """The sync of the fault is the CPU's next event of the module."""
        self.fixed[event.cpu] = bool(event["fixed"])

    def on_evict(self, event):
        self.mirrors.evict(event)

    def on_untrack(self, event):
        self.mirrors.untrack(event)

    def judge(self, event, before, fixed):
        """What did the sync point find? The name of a count."""
        if event.kind != "full":
            return "nothing" if event.kind == "clean" else "something"
        if event.reason == "attach" or fixed:
            return "something"
        if before is None or event.policy in STORING_POLICIES:
            return "unknown"
        return "something" if event["seq"] > before else "nothing"

    def on_sync(self, event):
        """Count it."""
        mirror = self.mirrors.sync(event)
        fixed = self.fixed.pop(event.cpu, False) and event.reason == "fault"
        found = self.judge(event, mirror.seen, fixed)
        mirror.seen = event["seq"]
        group = self.groups.setdefault((event.policy, event.reason), Group())
        setattr(group, found, getattr(group, found) + 1)
        if found == "nothing":
            group.bytes += event["bytes"]

    def print(self):
        """A line for each policy and kind of sync point."""
        print("What sync points found; bytes: copied where there was nothing to sync\n")
        head = ("policy", "reason", "points", "something", "nothing", "unknown")
        rows = [(*key, *group.cells()) for key, group in sorted(self.groups.items())]
        if rows:
            print_table((*head, "useful", "bytes"), rows)
        else:
            print("no pgd_mirror:sync event")


trace_begin, trace_unhandled, trace_end = handlers(Useful())
