# SPDX-License-Identifier: GPL-2.0
"""Syncs of mirrors, by comm, CPU, policy and reason.

Reads the events of pgd_mirror from perf's data and prints for each command,
CPU, policy and reason how many syncs were clean, dirty and full, how many
entries and bytes they copied, and percentiles of the cycles they took.

    perf script record pgd-mirror-syncs [-- COMMAND]
    perf script report pgd-mirror-syncs [COMM]

COMM limits the table to one command. Without an installation:

    perf record -e 'pgd_mirror:*' -a -- COMMAND
    perf script -s pgd-mirror-syncs.py [COMM]

Under emulation the cycles say nothing about cost.
"""

import signal
import sys

# The reader of a long table may stop early (`| head`).
signal.signal(signal.SIGPIPE, signal.SIG_DFL)

# perf runs a handler named SYSTEM__EVENT with the fields in the order of the
# event's format. They are taken by name here, through the handler for events
# that have no function of their own: a field that is added or moved does no
# harm, and one that is gone is named.

KINDS = ("clean", "dirty", "full")
REASONS = ("switch", "flush", "fault", "user_return", "attach", "kick")
FIELDS = ("policy", "kind", "reason", "entries", "bytes", "cycles")


class Group:
    """The syncs of one row."""

    def __init__(self):
        self.kinds = [0] * len(KINDS)
        self.entries = 0
        self.bytes = 0
        self.cycles = []

    def add(self, kind, entries, nbytes, cycles):
        self.kinds[kind] += 1
        self.entries += entries
        self.bytes += nbytes
        self.cycles.append(cycles)

    def merge(self, other):
        self.kinds = [a + b for a, b in zip(self.kinds, other.kinds)]
        self.entries += other.entries
        self.bytes += other.bytes
        self.cycles += other.cycles


def percentile(ordered, percent):
    """Nearest rank, of a list in ascending order that is not empty."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def text_of(value):
    """A character array: perf hands out str, or bytes where it is no UTF-8."""
    if isinstance(value, (bytes, bytearray)):
        value = value.split(b"\0", 1)[0].decode("ascii", "replace")
    return value.split("\0", 1)[0]


def name_of(names, number):
    return names[number] if 0 <= number < len(names) else str(number)


class Trace:
    """What was read of the events so far."""

    def __init__(self):
        self.only_comm = None
        self.groups = {}  # (comm, cpu, policy, reason) -> Group
        self.others = {}  # event -> count
        self.fixed_faults = 0
        self.missed_hooks = 0
        self.strange = 0  # syncs with a kind that this script does not know
        self.missing = set()  # fields that the events did not have

    def wants(self, comm):
        """Is this command in the table?"""
        return self.only_comm is None or comm == self.only_comm

    def sync(self, fields):
        """Count a sync in its row."""
        lacking = [name for name in FIELDS if name not in fields]
        if lacking:
            self.missing.update(lacking)
            return
        comm = text_of(fields["common_comm"])
        kind = fields["kind"]
        if kind not in range(len(KINDS)):
            self.strange += 1
            return
        if not self.wants(comm):
            return
        policy = text_of(fields["policy"])
        key = (comm, fields["common_cpu"], policy, name_of(REASONS, fields["reason"]))
        group = self.groups.setdefault(key, Group())
        group.add(kind, fields["entries"], fields["bytes"], fields["cycles"])

    def count_other(self, event, fields):
        """Count an event that is no sync."""
        if not self.wants(text_of(fields["common_comm"])):
            return
        self.others[event] = self.others.get(event, 0) + 1
        if event == "fault" and fields.get("fixed"):
            self.fixed_faults += 1
        if event == "hook_miss":
            self.missed_hooks += fields.get("missed", 0)

    def ordered(self):
        """The rows: most bytes first; then by name, so that reports can be compared."""
        return sorted(self.groups.items(), key=lambda item: (-item[1].bytes, item[0]))

    def totals(self):
        """The rows added up: ((policy, reason), group)."""
        totals = {}
        for key, group in self.ordered():
            totals.setdefault((key[2], key[3]), Group()).merge(group)
        return sorted(totals.items())


trace = Trace()


def trace_begin():
    if len(sys.argv) > 2:
        sys.exit("usage: perf script -s pgd-mirror-syncs.py [comm]")
    if len(sys.argv) == 2:
        trace.only_comm = sys.argv[1]


def trace_unhandled(event_name, _context, fields, *_sample):
    system, _, event = event_name.partition("__")
    if system != "pgd_mirror":
        return
    if event == "sync":
        trace.sync(fields)
    else:
        trace.count_other(event, fields)


HEAD = "%-16s %4s %-11s %-11s %8s %8s %8s %10s %12s %8s %8s %8s"
ROW = "%-16s %4s %-11s %-11s %8d %8d %8d %10d %12d %8d %8d %8d"


def print_row(comm, cpu, policy, reason, group):
    cycles = sorted(group.cycles)
    marks = [percentile(cycles, p) for p in (50, 90, 99)]
    moved = (group.entries, group.bytes)
    print(ROW % (comm, cpu, policy, reason, *group.kinds, *moved, *marks))


def print_table():
    """A line a row, then one for each policy and reason."""
    whose = f" of {trace.only_comm}" if trace.only_comm else ""
    print(f"Syncs of mirrors{whose}; cycles per sync\n")
    names = ("comm", "cpu", "policy", "reason", *KINDS, "entries", "bytes")
    print(HEAD % (*names, "p50", "p90", "p99"))
    for key, group in trace.ordered():
        print_row(*key, group)
    if not trace.groups:
        print("no pgd_mirror:sync event")
        return
    print()
    for (policy, reason), group in trace.totals():
        print_row("(all)", "-", policy, reason, group)


def trace_end():
    """Print the table, and what else there was."""
    print_table()
    if trace.others:
        counts = (f"{event} {count}" for event, count in sorted(trace.others.items()))
        print("\nOther events: " + ", ".join(counts))
    if trace.fixed_faults:
        print(f"Faults on an entry that the mirror lacked: {trace.fixed_faults}")
    if trace.missed_hooks:
        print(f"Missed hooks: {trace.missed_hooks}")
    if trace.strange:
        print(f"Syncs of a kind that is not known here: {trace.strange}")
    if trace.missing:
        fields = ", ".join(sorted(trace.missing))
        print(f"pgd_mirror:sync has no field {fields}: another version of the module?")
