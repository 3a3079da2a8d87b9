# SPDX-License-Identifier: GPL-2.0
"""What each CPU receives because of other CPUs' writes: interrupts and extra faults.

    perf script record pgd-mirror-victims [-- COMMAND]
    perf script report pgd-mirror-victims [CPU]

What does a nohz_full CPU in pure user code suffer? It receives an interrupt where a
policy sends one and where the kernel flushes the mm, and it faults on entries that
others add. The first table has a line for each policy and CPU, the second one for each
policy and comm that was interrupted or faulted. CPU limits both to one.

Columns: kicks: interrupts that the policy sent; flushes: interrupts with a TLB flush
of a mirror that the kernel sent by itself; useful: how many of both found anything to
sync; other: function-call interrupts without either, whatever they were for. faults:
extra ones on an entry that another CPU wrote last; own: that this CPU wrote, or of
which the writer is not in the data. Interrupts are those of irq_vectors:call_function*;
where these were not recorded there is "-".
"""

import sys
from dataclasses import astuple, dataclass

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.event import KICKS  # noqa: E402
from pgdm_perf.mirrors import Mirrors  # noqa: E402
from pgdm_perf.report import Report, UsageError, handlers  # noqa: E402
from pgdm_perf.table import print_table  # noqa: E402


@dataclass
class Suffered:
    """The figures of one row."""

    kicks: int = 0
    flushes: int = 0
    useful: int = 0
    other: int = 0
    faults: int = 0
    own: int = 0

    def add(self, other):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Interrupt:
    """A function-call interrupt, from its entry to its exit, and after it."""

    comm: str
    policy: str = None  # that of the last sync in it; None: there was none
    kick: bool = False  # it was sent by a policy
    mm: int = None  # of which a mirror was flushed
    useful: bool = False
    end: int = 0  # time of its exit


class Victims(Report):
    """The report."""

    NAME = "pgd-mirror-victims"
    USAGE = "[cpu]"
    NEEDS = ("pgd_mirror:sync", "pgd_mirror:fault", "pgd_mirror:publish")

    def __init__(self):
        super().__init__()
        self.only_cpu = None
        self.policy = "?"  # that of the last sync
        self.mirrors = Mirrors()
        self.writers = {}  # (mm, index) -> CPU of the last publish
        self.published = {}  # (mm, pid of the writer) -> time of the last publish
        self.inside = {}  # CPU -> the interrupt that it is in
        self.flushed = (
            {}
        )  # CPU -> its interrupt with a flush that came last, not counted
        self.fixed = {}  # CPU -> the fault before was an extra one: on whose write?
        self.rows = {}  # (policy, CPU, comm) -> Suffered
        self.interrupts = False  # was any recorded?

    def arguments(self, words):
        if len(words) > 1:
            raise UsageError
        if words:
            if not words[0].isdigit():
                raise UsageError(f"{words[0]}: expected the number of a CPU")
            self.only_cpu = int(words[0])

    def of(self, policy, cpu, comm):
        return self.rows.setdefault((policy, cpu, comm), Suffered())

    def on_publish(self, event):
        self.writers[(event["id"], event["index"])] = event.cpu
        self.published[(event["id"], event.pid)] = event.time

    def on_evict(self, event):
        self.mirrors.evict(event)

    def on_untrack(self, event):
        """Forget the mm."""
        mm = event["id"]
        self.mirrors.untrack(event)
        self.published = {k: t for k, t in self.published.items() if k[0] != mm}
        self.writers = {key: cpu for key, cpu in self.writers.items() if key[0] != mm}

    def on_fault(self, event):
        """The sync of an extra fault comes next, and says the policy."""
        if event["fixed"]:
            self.fixed[event.cpu] = self.writers.get((event["id"], event["index"]))

    def on_sync(self, event):
        """One at a fault, or inside an interrupt?"""
        cpu, self.policy = event.cpu, event.policy
        mirror = self.mirrors.sync(event)
        moved = mirror.seen is None or event["seq"] > mirror.seen
        mirror.seen = event["seq"]
        if event.reason == "fault" and cpu in self.fixed:
            row = self.of(event.policy, cpu, event.comm)
            if self.fixed.pop(cpu) in (None, cpu):
                row.own += 1
            else:
                row.faults += 1
        interrupt = self.inside.get(cpu)
        if interrupt and event.reason in ("kick", "flush"):
            interrupt.policy = event.policy
            interrupt.kick |= event.reason == "kick"
            interrupt.mm = event["id"]
            interrupt.useful |= event.kind != "clean" and moved

    def enter(self, event):
        self.interrupts = True
        self.inside[event.cpu] = Interrupt(event.comm)

    def leave(self, event):
        """Count it; if it was a flush, when it is known who sent that."""
        cpu = event.cpu
        interrupt = self.inside.pop(cpu, None)
        if not interrupt:
            return
        if interrupt.policy is None:
            self.of(self.policy, cpu, interrupt.comm).other += 1
        elif interrupt.kick:
            self.count(cpu, interrupt)
        else:
            self.settle(cpu)
            interrupt.end = event.time
            self.flushed[cpu] = interrupt

    on_irq_vectors__call_function_entry = enter
    on_irq_vectors__call_function_single_entry = enter
    on_irq_vectors__call_function_exit = leave
    on_irq_vectors__call_function_single_exit = leave

    def count(self, cpu, interrupt):
        row = self.of(interrupt.policy, cpu, interrupt.comm)
        row.kicks += interrupt.kick
        row.flushes += not interrupt.kick
        row.useful += interrupt.useful

    def settle(self, cpu):
        """Count the flush that a CPU received last: the kernel's, or a kick."""
        interrupt = self.flushed.pop(cpu, None)
        if interrupt:
            self.count(cpu, interrupt)

    def on_kick(self, event):
        """The writer has sent a flush for its change, and waited until it came."""
        if event["kick"] != KICKS.index("flush"):
            return
        mm = event["id"]
        since = self.published.get((mm, event.pid), 0)
        for cpu, interrupt in list(self.flushed.items()):
            is_later = interrupt.end >= since
            if cpu != event.cpu and interrupt.mm == mm and is_later:
                interrupt.kick = True
                self.settle(cpu)

    def table(self, name, part):
        """A table of the rows, added up by the policy and one part of their keys."""
        sums = {}
        for key, row in self.rows.items():
            if self.only_cpu in (None, key[1]):
                sums.setdefault((key[0], key[part]), Suffered()).add(row)
        rows = []
        for key, row in sorted(sums.items()):
            cells = astuple(row)
            if not self.interrupts:
                cells = ("-",) * 4 + cells[4:]
            rows.append((*key, *cells))
        if rows:
            print_table(("policy", name, *vars(Suffered())), rows)
        else:
            print("no interrupt, and no extra fault")

    def print(self):
        """Both tables."""
        for cpu in list(self.flushed):
            self.settle(cpu)
        whose = "" if self.only_cpu is None else f"CPU {self.only_cpu} only: "
        print(f"{whose}what CPUs received because of others' writes\n")
        self.table("cpu", 1)
        print("\nThe same by the task that ran\n")
        self.table("comm", 2)
        if not self.interrupts:
            print("\nInterrupts were not recorded (irq_vectors:call_function*)")


trace_begin, trace_unhandled, trace_end = handlers(Victims())
