# SPDX-License-Identifier: GPL-2.0
"""Extra page faults: on an entry that is there and that the CPU's mirror lacked.

    perf script record pgd-mirror-faults [-- COMMAND]
    perf script report pgd-mirror-faults [COMM]

Two tables. By policy: faults of tracked mms, the extra ones among them, how many
entries were added, and the time from the publish of the entry to the fault, in
microseconds. Then who wrote the entry (comm and pid of the last publish of it; "?" if
that is not in the data), and who paid. COMM limits both to faults that this command
paid.
"""

import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.report import Report, UsageError, handlers  # noqa: E402
from pgdm_perf.table import (  # noqa: E402
    microseconds,
    print_longest,
    print_table,
    share,
)


@dataclass
class Policy:
    """What happened under a policy."""

    seen: int = 0
    extra: int = 0
    added: int = 0
    times: list = field(default_factory=list)

    def cells(self):
        """The figures of its row."""
        each = f"{self.extra / self.added:.2f}" if self.added else "-"
        extra = (self.extra, share(self.extra, self.seen))
        return [self.seen, *extra, self.added, each, *microseconds(self.times)]


class Faults(Report):
    """The report."""

    NAME = "pgd-mirror-faults"
    USAGE = "[comm]"
    NEEDS = ("pgd_mirror:fault", "pgd_mirror:publish", "pgd_mirror:sync")

    def __init__(self):
        super().__init__()
        self.only_comm = None
        self.policy = "?"  # that of the last sync
        self.policies = {}  # name -> Policy
        self.writers = {}  # (mm, index) -> the publish event that came last
        self.pending = {}  # CPU -> the fault of which the sync has not come yet
        self.pairs = {}  # (policy, writer, pid, payer) -> faults

    def arguments(self, words):
        if len(words) > 1:
            raise UsageError
        self.only_comm = words[0] if words else None

    def of(self, policy):
        return self.policies.setdefault(policy, Policy())

    def on_publish(self, event):
        """Remember who wrote the entry; no fault repairs one of the kernel half."""
        if event["seq"]:
            self.writers[(event["id"], event["index"])] = event
            self.of(self.policy).added += event["value"] != 0

    def on_untrack(self, event):
        """Forget its writers: the number of an mm never comes again."""
        mm = event["id"]
        self.writers = {key: w for key, w in self.writers.items() if key[0] != mm}

    def on_fault(self, event):
        """The CPU's sync of it comes next, and says the policy."""
        self.settle(event.cpu, self.policy)
        if self.only_comm in (None, event.comm):
            what = (event["id"], event["index"])
            self.pending[event.cpu] = (event, what, event["fixed"])

    def on_sync(self, event):
        self.policy = event.policy
        if event.reason == "fault":
            self.settle(event.cpu, event.policy)

    def settle(self, cpu, name):
        """Count the fault of a CPU under a policy."""
        if cpu not in self.pending:
            return
        event, what, is_extra = self.pending.pop(cpu)
        policy = self.of(name)
        policy.seen += 1
        if not is_extra:
            return
        policy.extra += 1
        writer = self.writers.get(what)
        who = (writer.comm, writer.pid) if writer else ("?", "-")
        if writer:
            policy.times.append(max(0, event.time - writer.time))
        key = (name, *who, event.comm)
        self.pairs[key] = self.pairs.get(key, 0) + 1

    def print(self):
        """By policy; then by writer and payer, the most first."""
        for cpu in sorted(self.pending):
            self.settle(cpu, self.policy)
        whose = f" of {self.only_comm}" if self.only_comm else ""
        print(f"Extra faults{whose}; time since the publish in microseconds\n")
        head = ("policy", "faults", "extra", "share", "added", "extra/added")
        rows = [(name, *p.cells()) for name, p in sorted(self.policies.items())]
        if not rows:
            print("no pgd_mirror:fault event")
            return
        print_table((*head, "p50", "p90", "p99", "max"), rows)
        pairs = sorted(self.pairs.items(), key=lambda item: (-item[1], item[0]))
        rows = [(policy, *who, n) for (policy, *who), n in pairs]
        if rows:
            print()
            print_longest(("under", "written by", "pid", "paid by", "extra"), rows)


trace_begin, trace_unhandled, trace_end = handlers(Faults())
