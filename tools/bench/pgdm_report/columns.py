# SPDX-License-Identifier: GPL-2.0
"""The columns of the table, shared by the terminal and the page.

A further column is a further row here.
"""

from dataclasses import dataclass
from typing import Callable

from .raw import NATIVE

COUNTED_BY_KERNEL = ("switches", "flush_receipts", "faults_seen")


def short(value):
    """A count in at most six characters, four digits kept."""
    value = round(value)
    if value < 10_000:
        return str(value)
    for unit in "kMGT":
        value /= 1000
        for digits, limit in ((2, 99.995), (1, 999.95)):
            if value < limit:
                return f"{value:.{digits}f}{unit}"
    return f"{value:.0f}T"


def times(ratio):
    """How many times fewer: the inverse of a ratio."""
    if not ratio:
        return "inf"
    value = 1 / ratio
    return f"{value:.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"


def counter(name):
    """A cell that shows a counter; '-' for one that nobody counted."""

    def cell(result):
        found = result["stats"].get(name)
        if result["policy"] == NATIVE and name not in COUNTED_BY_KERNEL:
            return "-"
        return short(found["median"]) if found else "-"

    return cell


def cycles(result):
    found = result["cycles_per_sync"]
    if not found["p50"]:
        return "-"
    mark = "~" if found["meaningless"] else ""
    return f"{mark}{short(found['p50']['high'])}/{short(found['p99']['high'])}"


def fewer(result):
    ratio = result["bytes_to_always"]
    if not ratio or result["policy"] == NATIVE:
        return "-"
    if result["policy"] == "always":
        return "1"
    text = times(ratio["median"])
    if ratio["min"] == ratio["max"]:
        return text
    return f"{text} ({times(ratio['max'])}..{times(ratio['min'])})"


def audit(result):
    if result["failed"]:
        return "FAILED"
    if result["policy"] == NATIVE:
        return "-"
    found = result["audit"]["violations"]
    return f"{found} BAD" if found else "ok"


@dataclass
class Column:
    heads: tuple  # two lines
    width: int  # on the terminal
    cell: Callable
    meaning: str


COLUMNS = (
    Column(("", "policy"), 11, lambda r: r["policy"], "When a mirror is synced, and how much of it is copied."),
    Column(("", "switch"), 6, counter("switches"), "Context switches that loaded the root of a tracked mm."),
    Column(("flush", "recv"), 6, counter("flush_receipts"), "TLB flushes received, from this CPU or another."),
    Column(("", "faults"), 6, counter("faults_seen"), "Page faults seen before the kernel handled them."),
    Column(("faults", "fixed"), 6, counter("faults_fixed"), "Faults on an entry that the mirror lacked; live, the access was repeated: the extra faults of mirroring."),
    Column(("syncs", "clean"), 6, counter("syncs_clean"), "Syncs that found nothing to copy."),
    Column(("syncs", "dirty"), 6, counter("syncs_dirty"), "Syncs that copied the changed entries only."),
    Column(("syncs", "full"), 6, counter("syncs_full"), "Syncs that copied the whole table."),
    Column(("entries", "copied"), 6, counter("entries_copied"), "Entries (8-byte words) written into mirrors."),
    Column(("bytes", "copied"), 6, counter("bytes_copied"), "Bytes written into mirrors."),
    Column(("publi", "shes"), 6, counter("publishes"), "Changes of a root that were made known to the mirrors."),
    Column(("evic", "tions"), 6, counter("evictions"), "Mirrors that were given to another mm because the CPU's cache was full: the next sync of the old one is full."),
    Column(("cycles/sync", "p50/p99"), 12, cycles, "Upper ends of the log2 buckets that hold the median and the 99th percentile of a sync's cycles."),
    Column(("times fewer bytes", "than always"), 17, fewer, "Bytes copied by always divided by this policy's: the median of the rounds, and the least and greatest of them. Compared within a round."),
    Column(("", "audit"), 6, audit, "Whether every audit found 0 violations, and every run of the workload succeeded."),
)
