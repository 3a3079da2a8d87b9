# SPDX-License-Identifier: GPL-2.0
"""Syncs of mirrors, by comm, CPU, policy and reason.

Prints for each command, CPU, policy and reason how many syncs were clean, dirty and
full, how many entries and bytes they copied, and percentiles of the cycles they took.

    perf script record pgd-mirror-syncs [-- COMMAND]
    perf script report pgd-mirror-syncs [COMM]

COMM limits the table to one command. Without an installation:

    perf record -e 'pgd_mirror:*' -a -- COMMAND
    perf script -s pgd-mirror-syncs.py [COMM]

Under emulation the cycles say nothing about cost.
"""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.event import KINDS  # noqa: E402
from pgdm_perf.report import Report, UsageError, handlers  # noqa: E402
from pgdm_perf.table import percentile, print_table  # noqa: E402


class Group:
    """The syncs of one row."""

    def __init__(self):
        self.kinds = [0] * len(KINDS)
        self.entries = 0
        self.bytes = 0
        self.cycles = []

    def add(self, event):
        self.kinds[event["kind"]] += 1
        self.entries += event["entries"]
        self.bytes += event["bytes"]
        self.cycles.append(event["cycles"])

    def merge(self, other):
        self.kinds = [a + b for a, b in zip(self.kinds, other.kinds)]
        self.entries += other.entries
        self.bytes += other.bytes
        self.cycles += other.cycles

    def cells(self):
        """The figures of the row."""
        cycles = sorted(self.cycles)
        marks = (percentile(cycles, p) for p in (50, 90, 99))
        return [*self.kinds, self.entries, self.bytes, *marks]


class Syncs(Report):
    """The report."""

    NAME = "pgd-mirror-syncs"
    USAGE = "[comm]"
    NEEDS = ("pgd_mirror:sync",)
    FIGURES = (*KINDS, "entries", "bytes", "p50", "p90", "p99")

    def __init__(self):
        super().__init__()
        self.only_comm = None
        self.groups = {}  # (comm, cpu, policy, reason) -> Group
        self.others = {}  # event -> count
        self.fixed_faults = 0
        self.strange = 0  # syncs with a kind that this script does not know

    def arguments(self, words):
        if len(words) > 1:
            raise UsageError
        self.only_comm = words[0] if words else None

    def wants(self, event):
        """Is this command in the table?"""
        return self.only_comm is None or event.comm == self.only_comm

    def on_sync(self, event):
        """Count a sync in its row."""
        if event["kind"] not in range(len(KINDS)):
            self.strange += 1
        elif self.wants(event):
            # All that is read of it, before any of it is counted.
            key = (event.comm, event.cpu, event.policy, event.reason)
            group = Group()
            group.add(event)
            self.groups.setdefault(key, Group()).merge(group)

    def count_other(self, event):
        """Count an event that is no sync."""
        if self.wants(event):
            self.others[event.name] = self.others.get(event.name, 0) + 1

    on_publish = on_kick = on_track = on_untrack = count_other
    on_evict = on_hook_miss = on_livelock = count_other

    def on_fault(self, event):
        self.count_other(event)
        if self.wants(event) and event["fixed"]:
            self.fixed_faults += 1

    def rows(self):
        """Most bytes first; then by name, so that reports can be compared."""
        return sorted(self.groups.items(), key=lambda item: (-item[1].bytes, item[0]))

    def totals(self):
        """The rows added up: ((policy, reason), group)."""
        totals = {}
        for key, group in self.rows():
            totals.setdefault((key[2], key[3]), Group()).merge(group)
        return sorted(totals.items())

    def print(self):
        """A line a row, then one for each policy and reason."""
        whose = f" of {self.only_comm}" if self.only_comm else ""
        print(f"Syncs of mirrors{whose}; cycles per sync\n")
        if not self.groups:
            print("no pgd_mirror:sync event")
        else:
            rows = [(*key, *group.cells()) for key, group in self.rows()]
            for (policy, reason), group in self.totals():
                rows.append(("(all)", "-", policy, reason, *group.cells()))
            print_table(("comm", "cpu", "policy", "reason", *self.FIGURES), rows)
        print()
        if self.others:
            counts = (f"{name} {count}" for name, count in sorted(self.others.items()))
            print("Other events: " + ", ".join(counts))
        if self.fixed_faults:
            print(f"Faults on an entry that the mirror lacked: {self.fixed_faults}")
        if self.strange:
            print(f"Syncs of a kind that is not known here: {self.strange}")


trace_begin, trace_unhandled, trace_end = handlers(Syncs())
