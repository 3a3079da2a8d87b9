# SPDX-License-Identifier: GPL-2.0
"""From snapshots to the figures of the table, and to what bench.json holds."""

from statistics import median

BASELINE = "always"


def syncs(stats):
    """All syncs of a step, of whatever kind."""
    return stats["syncs_clean"] + stats["syncs_dirty"] + stats["syncs_full"]


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


def spread(values):
    """Median, least and greatest of one value a round."""
    return {"median": median(values), "min": min(values), "max": max(values)}


def bytes_copied(step):
    """Bytes written into mirrors."""
    return step.stats["bytes_copied"]


def bytes_per_sync(step):
    """The same for each sync; 0 without any."""
    return step.stats["bytes_copied"] / max(1, syncs(step.stats))


def ratio_to_baseline(run, workload, policy, measure):
    """A measure as a part of the baseline's, round by round; None without one.

    Compared within a round, where both ran within a minute of each other. A
    round in which the baseline has 0 has no ratio.
    """
    base = {s.round: measure(s) for s in run.of(workload, BASELINE)}
    ratios = {
        s.round: measure(s) / base[s.round]
        for s in run.of(workload, policy)
        if base.get(s.round)
    }
    if not ratios:
        return None
    return {"per_round": ratios, **spread(list(ratios.values()))}


def result(run, workload, policy):
    """The row of one workload and policy, or None when no round of it is there."""
    steps = run.of(workload, policy)
    if not steps:
        return None
    names = list(steps[0].stats)
    hist = merge_hists(s.hist for s in steps)
    return {
        "policy": policy,
        "rounds": [
            {
                "round": s.round,
                "order": s.order,
                "status": s.status,
                "seconds": round(s.seconds, 3),
                "stats": s.stats,
                "percpu": s.percpu,
                "hist": [list(bucket) for bucket in s.hist],
                "audit": s.audit,
                "audits_running": s.running,
            }
            for s in steps
        ],
        "stats": {
            name: spread([s.stats[name] for s in steps if name in s.stats]) for name in names
        },
        "seconds": spread([round(s.seconds, 3) for s in steps]),
        "cycles_per_sync": {
            "p50": percentile(hist, 50),
            "p99": percentile(hist, 99),
            "meaningless": run.emulated,
        },
        "bytes_to_always": ratio_to_baseline(run, workload, policy, bytes_copied),
        "syncs_to_always": ratio_to_baseline(run, workload, policy, lambda s: syncs(s.stats)),
        "bytes_per_sync_to_always": ratio_to_baseline(run, workload, policy, bytes_per_sync),
        "audit": {
            "audits": sum(1 + s.running["audits"] for s in steps),
            "mirrors": sum(s.audit["mirrors"] + s.running["mirrors"] for s in steps),
            "entries": sum(entries_audited(s) for s in steps),
            "violations": sum(violations(s) for s in steps),
        },
        "syncs": sum(syncs(s.stats) for s in steps),
        "failed": sum(s.status != 0 for s in steps),
    }


def entries_audited(step):
    """Entries compared by the step's audits."""
    return step.audit["entries"] + step.running["entries"]


def violations(step):
    """What the audits found. Those made while the work ran are also counted in
    the counter of that name, as is what the oracle finds: the greater one."""
    return step.audit["violations"] + max(step.running["violations"], step.stats["violations"])


def tabulate(run):
    """All rows: [{name, description, results}], in the order of the run."""
    table = []
    for workload in run.workloads:
        rows = [result(run, workload, policy) for policy in run.policies]
        table.append(
            {
                "name": workload,
                "description": run.meta.get(f"describe.{workload}", ""),
                "results": [row for row in rows if row],
            }
        )
    return table


ENVIRONMENT = (
    # name in bench.json, name in the snapshots, label
    ("kernel", "kernel", "kernel"),
    ("kernel_version", "kernel_version", "its build"),
    ("accel", "accel", "virtual machine runs by"),
    ("cpu_model", "cpu_model", "CPU model"),
    ("cpus", "cpus", "CPUs"),
    ("memory_kib", "memory_kib", "memory, KiB"),
    ("pti", "pti", "page table isolation"),
    ("paging_levels", "paging_levels", "levels of page tables"),
    ("mode", "mode", "mode (live: the CPU walks the mirrors)"),
    ("mirrors", "mirrors", "mirrors= (per CPU)"),
    ("track", "track", "track="),
    ("module_version", "module_version", "module version"),
    ("module_srcversion", "module_srcversion", "module source version"),
    ("commit", "commit", "git commit"),
    ("commit_changed", "commit_changed", "changed since that commit"),
    ("started", "started", "started (UTC)"),
    ("host_load", "host_load", "load of the host before it"),
    ("seconds", "seconds", "seconds in the virtual machine"),
)
NUMBERS = {"cpus", "memory_kib", "paging_levels", "mirrors", "seconds"}


def environment(run):
    """Where it ran: [(name, label, value)]; 'unknown' for what is not there."""
    facts = {**run.meta, **run.host}
    rows = []
    for name, source, label in ENVIRONMENT:
        value = facts.get(source, "unknown")
        if name in NUMBERS and value.isdigit():
            value = int(value)
        rows.append((name, label, value))
    return rows
