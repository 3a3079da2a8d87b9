# SPDX-License-Identifier: GPL-2.0
"""How long mirrors lack a change: from its publish to the sync that ended it.

A publish event has the mm and the sequence of a change; a sync event has the sequence
that the CPU's mirror of that mm holds now. For each mirror that was there when a change
was published this finds the first sync that covers it.

    perf script record pgd-mirror-staleness [-- COMMAND]
    perf script report pgd-mirror-staleness

Columns: mirror: own, of the CPU that wrote; loaded, used last by another CPU; cached,
not in use there. reason, kind: of the sync. changes: how many it ended; syncs: how many
there were; entries: that they copied. Then percentiles of the time, in microseconds.
"""

import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.report import Report, handlers  # noqa: E402
from pgdm_perf.table import microseconds, print_table  # noqa: E402
from pgdm_perf.waits import Waits  # noqa: E402


@dataclass
class Group:
    """Changes of which the wait ended in the same way."""

    times: list = field(default_factory=list)
    syncs: int = 0
    entries: int = 0

    def cells(self):
        return [len(self.times), self.syncs, self.entries, *microseconds(self.times)]


class Staleness(Report):
    """The report."""

    NAME = "pgd-mirror-staleness"
    NEEDS = ("pgd_mirror:publish", "pgd_mirror:sync")

    def __init__(self):
        super().__init__()
        self.waits = Waits()
        self.on_publish = self.waits.publish
        self.on_evict = self.waits.evict
        self.on_untrack = self.waits.untrack
        self.groups = {}  # (policy, mirror, reason, kind) -> Group

    def on_sync(self, event):
        """Count the waits that it ends."""
        time, entries = event.time, event["entries"]
        keys = set()
        for wait in self.waits.sync(event):
            key = (event.policy, wait.mirror, event.reason, event.kind)
            keys.add(key)
            group = self.groups.setdefault(key, Group())
            group.times.append(max(0, time - wait.change.time))
        for key in keys:
            self.groups[key].syncs += 1
            self.groups[key].entries += entries

    def print(self):
        """The table, then what has no time."""
        print("Changes that a mirror lacked until a sync; times in microseconds\n")
        head = ("policy", "mirror", "reason", "kind", "changes", "syncs", "entries")
        rows = [(*key, *group.cells()) for key, group in sorted(self.groups.items())]
        if rows:
            print_table((*head, "p50", "p90", "p99", "max"), rows)
        else:
            print("no change waited for a sync")
        print()
        for why, count in sorted(self.waits.at_once.items()):
            print(f"Without a wait: {count} {why}")
        print(f"Ended with the mirror (evicted, or the mm ended): {self.waits.ended}")
        print(f"Waiting at the end of the data: {self.waits.waiting()}")


trace_begin, trace_unhandled, trace_end = handlers(Staleness())
