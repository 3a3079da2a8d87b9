# SPDX-License-Identifier: GPL-2.0
"""Live: a line each interval, like vmstat.

    perf script pgd-mirror-top [INTERVAL]

or, with all options of perf record at hand:

    perf script record pgd-mirror-top -o - | perf script report pgd-mirror-top 1 -i -

INTERVAL is in seconds, 2 unless given. Columns, a second: publishes of root entries;
switches, flush receipts, faults and other sync points of tracked mms; syncs that
copied what had changed, and whole tables; KiB copied; extra faults; CPUs that were
sent a kick. The last one is no rate: syncs that noticed a missed hook, which should
be 0. A line is printed when the first event after its end comes: where nothing is
tracked nothing is printed.
"""

import sys

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.report import Report, UsageError, handlers  # noqa: E402

HEAD = ("time", "policy", "pub", "switch", "flush", "fault", "other", "dirty", "full")
HEAD += ("KiB", "extra", "kicks", "missed")
FORM = "{:>8} {:<11}" + " {:>7}" * (len(HEAD) - 2)
AGAIN = 20  # lines from one head to the next


class Top(Report):
    """The report: lines as it goes on."""

    NAME = "pgd-mirror-top"
    USAGE = "[interval]"
    NEEDS = ("pgd_mirror:sync",)

    def __init__(self):
        super().__init__()
        self.interval = 2_000_000_000
        self.first = None  # time of the first event
        self.begun = None  # when the interval began
        self.policy = "-"
        self.counts = dict.fromkeys(HEAD[2:], 0)
        self.lines = 0

    def arguments(self, words):
        if len(words) > 1:
            raise UsageError
        if words:
            try:
                self.interval = int(float(words[0]) * 1e9)
            except (ValueError, OverflowError):
                self.interval = 0
            if self.interval < 1_000_000:
                raise UsageError(f"{words[0]}: expected seconds, 0.001 or more")

    def event(self, name, fields):
        """Print the lines that are due before it is counted."""
        now = fields.get("common_s", 0) * 1_000_000_000 + fields.get("common_ns", 0)
        if self.first is None:
            self.first = self.begun = now
        while now >= self.begun + self.interval:
            self.line(self.interval)
        super().event(name, fields)

    def line(self, length):
        """Print an interval, and begin the next one."""
        if self.lines % AGAIN == 0:
            print(FORM.format(*HEAD))
        self.lines += 1
        self.begun += length
        rates = [f"{n * 1e9 / length:.0f}" for n in self.counts.values()]
        # Not rates: each of them counts.
        rates[-1] = str(self.counts["missed"])
        seconds = f"{(self.begun - self.first) / 1e9:.1f}"
        print(FORM.format(seconds, self.policy, *rates), flush=True)
        self.counts = dict.fromkeys(self.counts, 0)

    def on_publish(self, _event):
        self.counts["pub"] += 1

    def on_sync(self, event):
        """By the kind of sync point, and by what it copied."""
        self.policy = event.policy
        at = event.reason if event.reason in self.counts else "other"
        if event.reason == "attach":
            at = "switch"
        self.counts[at] += 1
        if event.kind in self.counts:
            self.counts[event.kind] += 1
        self.counts["KiB"] += event["bytes"] / 1024

    def on_fault(self, event):
        self.counts["extra"] += bool(event["fixed"])

    def on_kick(self, event):
        self.counts["kicks"] += event["cpus"]

    def on_hook_miss(self, _event):
        self.counts["missed"] += 1

    def print(self):
        """What is left of the last interval."""
        if self.first is None:
            print("no pgd_mirror event")
        elif any(self.counts.values()):
            self.line(self.interval)


trace_begin, trace_unhandled, trace_end = handlers(Top())
