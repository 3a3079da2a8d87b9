# SPDX-License-Identifier: GPL-2.0
"""From the counters of steps to what policies are compared by.

Bytes are those that are written into mirrors, in either way: copied by the CPU
that owns a mirror (bytes_copied), or stored by the writer of an entry
(words of 8 bytes): write_throughs into the mirrors of all CPUs, which is all that
`eager` does between two first copies, own_stores into that of the writer's CPU.
"""

from statistics import median

from .raw import NATIVE

WORD = 8
TABLE = 4096

BASELINE = "always"
SUBJECT = "dirty"
# Not right by design: never compared with the other policies.
INCORRECT = {"flush-only"}
# Not a policy of the module: `always` with a copy that the module cannot make.
RIVAL = "always-movsq"


# What is counted without the module, too.
COUNTED_BY_KERNEL = ("switches", "flush_receipts", "faults_seen")


# Of a result, which has medians.


def counter(name):
    """The median of a counter; None for one that was not counted."""

    def value(result):
        if result["policy"] == NATIVE and name not in COUNTED_BY_KERNEL:
            return None
        found = result["stats"].get(name)
        return found["median"] if found else None

    return value


# Of the counters of one step.


def syncs(stats):
    """All syncs, of whatever kind."""
    return stats["syncs_clean"] + stats["syncs_dirty"] + stats["syncs_full"]


def bytes_copied(stats):
    """Bytes that owners wrote into their mirrors."""
    return stats["bytes_copied"]


def bytes_per_sync(stats):
    """The same for each sync; 0 without any."""
    return stats["bytes_copied"] / max(1, syncs(stats))


def stored(stats):
    """Words that writers stored into mirrors."""
    return stats.get("write_throughs", 0) + stats.get("own_stores", 0)


def written(stats):
    """Bytes written into mirrors, by owners and by writers."""
    return stats["bytes_copied"] + WORD * stored(stats)


def first_copies(stats, pti):
    """Bytes of the copies that a mirror needs when it is given to an mm.

    A module that does not count their words copies whole tables.
    """
    if "entries_first" in stats:
        return WORD * stats["entries_first"]
    return stats.get("attaches", 0) * TABLE * (2 if pti else 1)


def beyond_first(stats, pti):
    """Bytes written that are in no first copy."""
    return max(0, written(stats) - first_copies(stats, pti))


def bytes_a_first_copy(stats, pti):
    """Bytes of one of them; 0 without any."""
    return per(first_copies(stats, pti), stats.get("attaches", 0))


def points(stats):
    """Sync points that all policies have: not returns to user mode."""
    return stats["switches"] + stats["flush_receipts"] + stats["faults_seen"]


def added(stats):
    """Entries added: each is taken away again, which is a second write."""
    return stats["publishes"] / 2


def per(value, by):
    """A quotient that is 0 without a divisor."""
    return value / by if by else 0


def written_a_point(stats):
    """Bytes written into mirrors, a sync point that all policies have."""
    return per(written(stats), points(stats))


# Of what the audits of one step found.


def entries_audited(step):
    """Entries compared by the step's audits."""
    return step.audit["entries"] + step.running["entries"]


def violations(step):
    """What the audits found. Those made while the work ran are also counted in
    the counter of that name, as is what the oracle finds: the greater one."""
    running = max(step.running["violations"], step.stats["violations"])
    return step.audit["violations"] + running


# Over the rounds.


def spread(values):
    """Median, least and greatest of one value a round."""
    return {"median": median(values), "min": min(values), "max": max(values)}


def spread_of(steps, measure):
    """That of a measure; None without any round."""
    values = [measure(s.stats) for s in steps]
    return spread(values) if values else None


def ratio_to_baseline(run, workload, policy, measure):
    """A measure as a part of the baseline's, round by round; None without one.

    Compared within a round, where both ran within a minute of each other. A
    round in which the baseline has 0 has no ratio.
    """
    base = {s.round: measure(s.stats) for s in run.of(workload, BASELINE)}
    ratios = {
        s.round: measure(s.stats) / base[s.round]
        for s in run.of(workload, policy)
        if base.get(s.round)
    }
    if not ratios:
        return None
    return {"per_round": ratios, **spread(list(ratios.values()))}


def faults_against_native(run, workload, policy):
    """Faults seen less those of native, median of the rounds; None without native."""
    base = {s.round: s.stats["faults_seen"] for s in run.of(workload, NATIVE)}
    more = [
        s.stats["faults_seen"] - base[s.round]
        for s in run.of(workload, policy)
        if base.get(s.round)
    ]
    return median(more) if more else None


def merge_hists(hists):
    """Add up histograms: [(low, high, count)], lowest bucket first."""
    total = {}
    for hist in hists:
        for low, high, count in hist:
            total[low, high] = total.get((low, high), 0) + count
    return [(low, high, count) for (low, high), count in sorted(total.items())]


def percentile(hist, percent):
    """The bucket that holds the given percentile (nearest rank), or None."""
    total = sum(count for _, _, count in hist)
    if not total:
        return None
    rank = max(1, -(-total * percent // 100))
    seen = 0
    for low, high, count in hist:
        seen += count
        if seen >= rank:
            return {"low": low, "high": high}
    raise AssertionError("the ranks end with the last bucket")
