# SPDX-License-Identifier: GPL-2.0
"""How the cycles of a policy's syncs are spread: a histogram a policy."""

from . import measures
from .model import Bar, Panel, Picture


def panel(run, policy):
    """All syncs of a policy, of all workloads and rounds; None without any."""
    steps = [s for w in run.workloads for s in run.of(w, policy)]
    hist = measures.merge_hists(s.hist for s in steps)
    total = sum(count for _, _, count in hist)
    if not total:
        return None
    counts = {low: count for low, _, count in hist}
    low, bars = max(1, min(counts)), []
    while low <= max(counts):
        count = counts.get(low, 0) + (counts.get(0, 0) if not bars else 0)
        name = f"{low:,} to {2 * low - 1:,} cycles"
        share = 100 * count / total
        bars.append(Bar(name, share, f"{low:,}", policy == measures.SUBJECT))
        low *= 2
    return Panel(policy, f"{total:,} syncs", bars, True)


def picture(run, policies):
    """One panel for each policy; None without any cycles."""
    panels = [found for found in (panel(run, p) for p in policies) if found]
    if not panels:
        return None
    words = (
        "The percentage of syncs (upward) that took so many cycles of the time stamp "
        "counter (to the right; the number is the first of a power of two)."
    )
    if run.emulated:
        words += " These are cycles of an emulator, and say nothing about cost."
    return Picture("cycles", "Cycles of a sync", words, panels)
