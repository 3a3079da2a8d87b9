# SPDX-License-Identifier: GPL-2.0
"""What is not in the data, and makes figures too small: said below each report."""


class Sequences:
    """Finds publish events that are missing: the sequence of an mm has no gaps."""

    def __init__(self):
        self.first = {}  # id -> lowest sequence
        self.last = {}
        self.count = {}

    def publish(self, event):
        """Note a change of the user half; those of the kernel half have no number."""
        mm, seq = event["id"], event["seq"]
        if not seq:
            return
        self.first[mm] = min(seq, self.first.get(mm, seq))
        self.last[mm] = max(seq, self.last.get(mm, seq))
        self.count[mm] = self.count.get(mm, 0) + 1

    def missing(self):
        """How many are, between the first and the last that came of each mm."""
        spans = (self.last[mm] - first + 1 for mm, first in self.first.items())
        return sum(spans) - sum(self.count.values())


class Misses:
    """Root writes that the module's probe missed, from hook_miss.

    Each such event carries the module's count of misses up to then, by cause, and one
    miss is noticed by a sync of each mirror: so the counts matter, and not how many
    events there are.
    """

    def __init__(self):
        self.counts = set()
        self.disarmed = 0
        self.syncs = 0

    def hook_miss(self, event):
        self.counts.add(event["missed"])
        self.disarmed = max(self.disarmed, event["disarmed"])
        self.syncs += 1

    def lines(self):
        """What to say of them."""
        if not self.counts:
            return
        total = max(self.counts)
        least = total - min(self.counts) + 1
        yield f"Missed hooks: {least} at least, noticed by {self.syncs} syncs"
        yield (
            f"    since the module was loaded {total}: {total - self.disarmed} writes "
            f"during another probe, {self.disarmed} times the probe was disarmed"
        )


class Health:
    """All of it, for one report."""

    def __init__(self):
        self.sequences = Sequences()
        self.misses = Misses()
        self.guards = 0

    def event(self, event):
        """Note what each report has to say at its end."""
        if event.name == "publish":
            self.sequences.publish(event)
        elif event.name == "hook_miss":
            self.misses.hook_miss(event)
        elif event.name == "livelock":
            self.guards += 1

    def lines(self, data):
        """The last lines of a report; data is the data file."""
        missing = self.sequences.missing()
        if not data:
            yield "Lost events: not known here, perf reads a pipe and warns at its end"
        else:
            if data.lost:
                yield (
                    f"LOST: {data.lost} events, so counts are too low: "
                    "record with larger buffers (-m)"
                )
            else:
                yield "Lost events: none"
        if missing:
            yield f"Missing by their sequence: {missing} publish events"
        yield from self.misses.lines()
        if self.guards:
            yield f"Endless faults that the guard ended: {self.guards}"
