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
from pgdm_perf.event import STORING_POLICIES  # noqa: E402
from pgdm_perf.mirrors import Mirrors  # noqa: E402
from pgdm_perf.report import Report, handlers  # noqa: E402
from pgdm_perf.table import microseconds, print_table  # noqa: E402


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
        self.mirrors = Mirrors()
        self.policy = None  # that of the last sync
        self.groups = {}  # (policy, mirror, reason, kind) -> Group
        self.at_once = {}  # why -> changes that no mirror, or one, did not wait for
        self.ended = 0  # waits that ended with the mirror

    def note(self, why):
        self.at_once[why] = self.at_once.get(why, 0) + 1

    def on_publish(self, event):
        """From now on the mirrors of the mm wait, but for those that have it."""
        seq = event["seq"]
        if not seq:
            self.note("stored into every mirror, of the kernel half")
            return
        if self.policy in STORING_POLICIES:
            self.note(f"stored into every mirror, by the policy {self.policy}")
            return
        mm, time = event["id"], event.time
        for cpu, mirror in self.mirrors.of(mm).items():
            is_loaded = self.mirrors.loaded.get(cpu) == mm
            where = "loaded" if is_loaded else "cached"
            if is_loaded and cpu == event.cpu:
                where = "own"
            if mirror.seen >= seq:
                self.note("synced before the publish event came")
            elif where == "own" and self.policy == "dirty":
                self.note("stored into the writer's own mirror (dirty)")
            else:
                mirror.waiting.append((seq, time, where))

    def on_sync(self, event):
        """End the waits that it covers."""
        seq, time, entries = event["seq"], event.time, event["entries"]
        self.policy = event.policy
        mirror = self.mirrors.sync(event)
        mirror.seen = seq
        if not mirror.waiting:
            return
        ended = set()
        for published, since, where in mirror.waiting:
            if published <= seq:
                key = (self.policy, where, event.reason, event.kind)
                ended.add(key)
                self.groups.setdefault(key, Group()).times.append(time - since)
        mirror.waiting = [w for w in mirror.waiting if w[0] > seq]
        for key in ended:
            self.groups[key].syncs += 1
            self.groups[key].entries += entries

    def on_evict(self, event):
        mirror = self.mirrors.evict(event)
        self.ended += len(mirror.waiting) if mirror else 0

    def on_untrack(self, event):
        self.ended += sum(len(m.waiting) for m in self.mirrors.untrack(event))

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
        for why, count in sorted(self.at_once.items()):
            print(f"Without a wait: {count} {why}")
        waiting = sum(len(m.waiting) for m in self.mirrors.all())
        print(f"Ended with the mirror (evicted, or the mm ended): {self.ended}")
        print(f"Waiting at the end of the data: {waiting}")


trace_begin, trace_unhandled, trace_end = handlers(Staleness())
