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


only_comm = None
groups = {}  # (comm, cpu, policy, reason) -> Group
others = {}  # event -> count
fixed_faults = 0
missed_hooks = 0
strange = 0  # syncs with a kind that this script does not know
missing = set()  # fields that the events did not have


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


def sync(fields):
    global strange
    lacking = [name for name in FIELDS if name not in fields]
    if lacking:
        missing.update(lacking)
        return
    comm = text_of(fields["common_comm"])
    kind = fields["kind"]
    if kind not in range(len(KINDS)):
        strange += 1
        return
    if only_comm is not None and comm != only_comm:
        return
    key = (comm, fields["common_cpu"], text_of(fields["policy"]), name_of(REASONS, fields["reason"]))
    groups.setdefault(key, Group()).add(kind, fields["entries"], fields["bytes"], fields["cycles"])


def count_other(event, fields):
    global fixed_faults, missed_hooks
    if only_comm is not None and text_of(fields["common_comm"]) != only_comm:
        return
    others[event] = others.get(event, 0) + 1
    if event == "fault" and fields.get("fixed"):
        fixed_faults += 1
    if event == "hook_miss":
        missed_hooks += fields.get("missed", 0)


def trace_begin():
    global only_comm
    if len(sys.argv) > 2:
        sys.exit("usage: perf script -s pgd-mirror-syncs.py [comm]")
    if len(sys.argv) == 2:
        only_comm = sys.argv[1]


def trace_unhandled(event_name, _context, fields, *_sample):
    system, _, event = event_name.partition("__")
    if system != "pgd_mirror":
        return
    if event == "sync":
        sync(fields)
    else:
        count_other(event, fields)


HEAD = "%-16s %4s %-11s %-11s %8s %8s %8s %10s %12s %8s %8s %8s"
ROW = "%-16s %4s %-11s %-11s %8d %8d %8d %10d %12d %8d %8d %8d"


def print_row(comm, cpu, policy, reason, group):
    cycles = sorted(group.cycles)
    marks = [percentile(cycles, p) for p in (50, 90, 99)]
    print(ROW % (comm, cpu, policy, reason, *group.kinds, group.entries, group.bytes, *marks))


def trace_end():
    print("Syncs of mirrors%s; cycles per sync\n" % (" of " + only_comm if only_comm else ""))
    print(HEAD % ("comm", "cpu", "policy", "reason", *KINDS, "entries", "bytes", "p50", "p90", "p99"))
    totals = {}
    # The most bytes first; then by name, so that two reports can be compared.
    for key, group in sorted(groups.items(), key=lambda item: (-item[1].bytes, item[0])):
        print_row(*key, group)
        totals.setdefault((key[2], key[3]), Group()).merge(group)
    if not groups:
        print("no pgd_mirror:sync event")
    else:
        print()
        for (policy, reason), group in sorted(totals.items()):
            print_row("(all)", "-", policy, reason, group)
    if others:
        print("\nOther events: " + ", ".join("%s %d" % item for item in sorted(others.items())))
    if fixed_faults:
        print("Faults on an entry that the mirror lacked: %d" % fixed_faults)
    if missed_hooks:
        print("Missed hooks: %d" % missed_hooks)
    if strange:
        print("Syncs of a kind that is not known here: %d" % strange)
    if missing:
        print("pgd_mirror:sync has no field %s: another version of the module?" % ", ".join(sorted(missing)))
