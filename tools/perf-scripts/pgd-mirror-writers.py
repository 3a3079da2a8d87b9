# SPDX-License-Identifier: GPL-2.0
"""Who writes entries of root tables: half, comm and call chain, how often.

    perf script record pgd-mirror-writers [-- COMMAND]
    perf script report pgd-mirror-writers

What has to be told to other CPUs, or to other mms, where root tables are per CPU or per
mm. Two tables: by half (user: entries 0 to 255; kernel: 256 and up), what was written
and comm, with the number of mms and the entries' indices; then the call chains in the
kernel, from the function that writes outwards.
"""

import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_perf.event import KERNEL_HALF  # noqa: E402
from pgdm_perf.report import Report, handlers  # noqa: E402
from pgdm_perf.table import print_longest, share  # noqa: E402

# The function whose call is the write; what is called from it is the module's hook.
WRITES = ("native_set_p4d", "native_set_pgd", "__pti_set_user_pgtbl")
# Where the kernel stores first, the hook is another function's: what leads from there
# to the module.
HOOKS = ("pgdm_", "kretprobe", "__kretprobe", "kprobe", "rethook", "arch_rethook")
HOOKS += ("ftrace", "__ftrace")


def compact(numbers):
    """Numbers as ranges: 1-3,7."""
    ranges = []
    for n in sorted(numbers):
        if ranges and n == ranges[-1][1] + 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


def name_of_frame(frame):
    """A function's name; where perf has none, the file and the address."""
    if "sym" in frame:
        return frame["sym"]["name"]
    return f"{frame.get('dso', '?')}+{frame['ip']:#x}"


def most_frequent(comms):
    """Up to five of the comms, those that wrote most first."""
    names = sorted(comms, key=lambda comm: (-comms[comm], comm))
    more = f" and {len(names) - 5} more" if names[5:] else ""
    return ", ".join(names[:5]) + more


def callers(chain):
    """The frames that led to the write, without those of the module's hook."""
    names = [name_of_frame(frame) for frame in chain]
    for nr, name in enumerate(names):
        if name in WRITES:
            return tuple(names[nr:])
    ours = [nr for nr, name in enumerate(names) if name.startswith(HOOKS)]
    return tuple(names[ours[-1] + 1 if ours else 0 :])


@dataclass
class Group:
    """Writes of one row."""

    count: int = 0
    mms: set = field(default_factory=set)
    indices: set = field(default_factory=set)


class Writers(Report):
    """The report."""

    NAME = "pgd-mirror-writers"
    NEEDS = ("pgd_mirror:publish",)

    def __init__(self):
        super().__init__()
        self.groups = {}  # (half, what, comm) -> Group
        self.chains = {}  # (half, what, chain) -> {comm: writes}
        self.without = 0  # events without a call chain

    def on_publish(self, event):
        """Count it in both tables."""
        half = "kernel" if event["index"] >= KERNEL_HALF else "user"
        what = "add" if event["value"] else "remove"
        if event["user_page"]:
            what += " (user table)"
        comm = event.comm
        group = self.groups.setdefault((half, what, comm), Group())
        group.count += 1
        group.mms.add(event["id"])
        group.indices.add(event["index"])
        chain = event.fields.get("common_callchain")
        if chain:
            comms = self.chains.setdefault((half, what, callers(chain)), {})
            comms[comm] = comms.get(comm, 0) + 1
        else:
            self.without += 1

    def print(self):
        """By half, what and comm, most first; then the chains."""
        total = sum(g.count for g in self.groups.values())
        print(f"Writers of root entries: {total} writes\n")
        if not total:
            print("no pgd_mirror:publish event")
            return
        by_count = sorted(
            self.groups.items(), key=lambda item: (-item[1].count, item[0])
        )
        rows = [
            (*key, len(g.mms), compact(g.indices), share(g.count, total), g.count)
            for key, g in by_count
        ]
        head = ("half", "what", "comm", "mms", "entries", "share", "writes")
        print_longest(head, rows)
        print("\nCall chains\n")
        chains = [(sum(c.values()), *key, c) for key, c in self.chains.items()]
        for count, half, what, chain, comms in sorted(chains, key=lambda c: (-c[0], c)):
            print(f"{count} x {half}, {what}: {most_frequent(comms)}")
            for name in chain:
                print(f"        {name}")
        if self.without:
            print(f"{self.without} writes without a call chain: record with -g")


trace_begin, trace_unhandled, trace_end = handlers(Writers())
