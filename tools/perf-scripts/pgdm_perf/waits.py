# SPDX-License-Identifier: GPL-2.0
"""Which mirrors lack which change, from its publish to the sync that covers it."""

from dataclasses import dataclass

from pgdm_perf.event import STORING_POLICIES, Event
from pgdm_perf.mirrors import Mirrors


@dataclass
class Wait:
    """A mirror lacks a change."""

    change: Event  # its publish event
    mirror: str  # own (the writer's CPU's), loaded, or cached


class Waits:
    """Follows publish, sync, evict and untrack events, which its owner hands on."""

    def __init__(self):
        self.mirrors = Mirrors()
        self.policy = None  # that of the last sync
        self.at_once = {}  # why -> changes for which a mirror did not wait
        self.ended = 0  # waits that ended with the mirror

    def _note(self, why):
        self.at_once[why] = self.at_once.get(why, 0) + 1

    def publish(self, event):
        """From now on the mirrors of the mm wait, but for those that have it."""
        seq, mm = event["seq"], event["id"]
        if not seq:
            self._note("stored into every mirror, of the kernel half")
            return
        if self.policy in STORING_POLICIES:
            self._note(f"stored into every mirror, by the policy {self.policy}")
            return
        for cpu, mirror in self.mirrors.of(mm).items():
            is_loaded = self.mirrors.loaded.get(cpu) == mm
            where = "loaded" if is_loaded else "cached"
            if is_loaded and cpu == event.cpu:
                where = "own"
            if mirror.seen >= seq:
                self._note("synced before the publish event came")
            elif where == "own" and self.policy == "dirty":
                self._note("stored into the writer's own mirror (dirty)")
            else:
                mirror.waiting.append(Wait(event, where))

    def sync(self, event):
        """The waits that it ended."""
        self.policy = event.policy
        mirror = self.mirrors.sync(event)
        mirror.seen = event["seq"]
        ended = [w for w in mirror.waiting if w.change["seq"] <= mirror.seen]
        mirror.waiting = [w for w in mirror.waiting if w.change["seq"] > mirror.seen]
        return ended

    def evict(self, event):
        mirror = self.mirrors.evict(event)
        self.ended += len(mirror.waiting) if mirror else 0

    def untrack(self, event):
        self.ended += sum(len(m.waiting) for m in self.mirrors.untrack(event))

    def waiting(self):
        """How many there are now."""
        return sum(len(m.waiting) for m in self.mirrors.all())
