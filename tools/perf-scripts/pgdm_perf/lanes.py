# SPDX-License-Identifier: GPL-2.0
"""What a timeline shows, by CPU: bands, bars and marks, in nanoseconds."""

from dataclasses import dataclass, field

from pgdm_perf.waits import Waits


@dataclass
class Mark:
    """Something that happened on a CPU."""

    time: int
    cpu: int
    what: str  # add, remove, sync, fault, kick, miss
    comm: str
    details: dict = field(default_factory=dict)


@dataclass
class Band:
    """The mirror of an mm was the one that a CPU used."""

    cpu: int
    mm: int
    start: int
    end: int


@dataclass
class Bar:
    """A CPU's mirror lacked a change."""

    cpu: int
    start: int
    end: int
    writer: int  # the CPU that wrote
    mm: int
    index: int
    by: str  # the kind of sync point that ended it
    seq: int


class Lanes:
    """Everything that was seen."""

    def __init__(self):
        self.marks = []
        self.bands = []
        self.bars = []
        self.waits = Waits()
        self.stop = 0  # time of the last event
        self._open = {}  # CPU -> its band

    def mark(self, event, what, **details):
        self.marks.append(Mark(event.time, event.cpu, what, event.comm, details))

    def publish(self, event):
        what = "add" if event["value"] else "remove"
        self.mark(event, what, mm=event["id"], entry=event["index"], seq=event["seq"])
        self.waits.publish(event)

    def fault(self, event):
        if event["fixed"]:
            self.mark(event, "fault", mm=event["id"], entry=event["index"])

    def sync(self, event):
        """A mark if it copied, the ends of bars, and perhaps another band."""
        mm, cpu, time = event["id"], event.cpu, event.time
        if event.kind != "clean":
            details = {"mm": mm, "policy": event.policy, "reason": event.reason}
            self.mark(event, "sync", **details, entries=event["entries"])
        for wait in self.waits.sync(event):
            change = wait.change
            self.bars.append(
                Bar(
                    cpu=cpu,
                    start=min(change.time, time),
                    end=time,
                    writer=change.cpu,
                    mm=mm,
                    index=change["index"],
                    by=event.reason,
                    seq=change["seq"],
                )
            )
        band = self._open.get(cpu)
        if band and band.mm == mm:
            return
        if band:
            band.end = time
        self._open[cpu] = Band(cpu, mm, time, time)
        self.bands.append(self._open[cpu])

    def end(self):
        """No more events: what is open ends with the last one."""
        for band in self._open.values():
            band.end = self.stop

    def start(self):
        """Time of the first event that is shown."""
        return min([m.time for m in self.marks] + [b.start for b in self.bands])

    def cpus(self):
        return sorted({m.cpu for m in self.marks} | {b.cpu for b in self.bands})

    def first_wait(self):
        """When the first wait began, in milliseconds after the start."""
        first = min((b.start for b in self.bars), default=self.start())
        return (first - self.start()) / 1e6
