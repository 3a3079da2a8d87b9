# SPDX-License-Identifier: GPL-2.0
"""bench.json and full.json, as Documentation/bench-json.md describes them."""

from dataclasses import asdict

from . import comparison, measures
from .numbers import INFINITE

QUICK_SCHEMA = "pgd-mirror-bench/1"
FULL_SCHEMA = "pgd-mirror-full/1"

ENVIRONMENT = (
    # name, here and in the snapshots, and label
    ("kernel", "kernel"),
    ("kernel_version", "its build"),
    ("accel", "virtual machine runs by"),
    ("cpu_model", "CPU model"),
    ("cpus", "CPUs"),
    ("memory_kib", "memory, KiB"),
    ("pti", "page table isolation"),
    ("paging_levels", "levels of page tables"),
    ("mode", "mode (live: the CPU walks the mirrors)"),
    ("mirrors", "mirrors= (per CPU)"),
    ("track", "track="),
    ("module_version", "module version"),
    ("module_srcversion", "module source version"),
    ("commit", "git commit"),
    ("commit_changed", "changed since that commit"),
    ("command", "command"),
    ("started", "started (UTC)"),
    ("host_load", "load of the host before it"),
    ("seconds", "seconds in the virtual machine"),
)
NUMBERS = {"cpus", "memory_kib", "paging_levels", "mirrors", "seconds"}


def environment(run):
    """Where it ran: {name: value}; 'unknown' for what is not there."""
    facts = {**run.meta, **run.host}
    found = {}
    for name, _ in ENVIRONMENT:
        value = facts.get(name, "unknown")
        found[name] = int(value) if name in NUMBERS and value.isdigit() else value
    return found


def one_round(step):
    """A round of a workload under a policy."""
    return {
        "round": step.round,
        "order": step.order,
        "status": step.status,
        "seconds": round(step.seconds, 3),
        "stats": step.stats,
        "percpu": step.percpu,
        "hist": [list(bucket) for bucket in step.hist],
        "audit": step.audit,
        "audits_running": step.running,
    }


def audits(steps):
    """What the audits of all rounds compared and found."""
    return {
        "audits": sum(1 + s.running["audits"] for s in steps),
        "mirrors": sum(s.audit["mirrors"] + s.running["mirrors"] for s in steps),
        "entries": sum(measures.entries_audited(s) for s in steps),
        "violations": sum(measures.violations(s) for s in steps),
    }


def result(run, workload, policy):
    """One workload under one policy, or None when no round of it is there."""
    steps = run.of(workload, policy)
    if not steps:
        return None

    def ratio(measure):
        return measures.ratio_to_baseline(run, workload, policy, measure)

    hist = measures.merge_hists(s.hist for s in steps)
    return {
        "policy": policy,
        "rounds": [one_round(s) for s in steps],
        "stats": {
            name: measures.spread([s.stats[name] for s in steps if name in s.stats])
            for name in steps[0].stats
        },
        "seconds": measures.spread([round(s.seconds, 3) for s in steps]),
        "cycles_per_sync": {
            "p50": measures.percentile(hist, 50),
            "p99": measures.percentile(hist, 99),
            "meaningless": run.emulated,
        },
        "bytes_to_always": ratio(measures.bytes_copied),
        "syncs_to_always": ratio(measures.syncs),
        "bytes_per_sync_to_always": ratio(measures.bytes_per_sync),
        "audit": audits(steps),
        "syncs": sum(measures.syncs(s.stats) for s in steps),
        "failed": sum(s.status != 0 for s in steps),
    }


def workloads(run):
    """All results, in the order of the run."""
    found = []
    for workload in run.workloads:
        results = [result(run, workload, policy) for policy in run.policies]
        entries = run.meta.get(f"entries.{workload}", "")
        found.append(
            {
                "name": workload,
                "description": run.meta.get(f"describe.{workload}", ""),
                "entries": int(entries) if entries.isdigit() else None,
                "results": [r for r in results if r],
            }
        )
    return found


def quick(run, checks):
    """What bench.json holds."""
    status = run.host.get("vm_status", "")
    return {
        "schema": QUICK_SCHEMA,
        "environment": environment(run),
        "run": {
            "size": run.meta["size"],
            "rounds": run.rounds,
            "rounds_asked": int(run.meta["rounds"]),
            "policies": run.policies,
            "emulated": run.emulated,
            "finished": run.finished,
            "vm_status": int(status) if status.isdigit() else None,
            "problems": run.problems,
        },
        "workloads": workloads(run),
        "checks": [asdict(check) for check in checks],
    }


def machine(one, checks):
    """A machine in full.json; checks: those of a quick benchmark, on it alone."""
    return {
        "name": one.name,
        "cpus": one.cpus,
        "pti": one.pti,
        "verdict": one.verdict,
        "problems": one.problems,
        "bench": quick(one.run, checks) if one.run else None,
        "sweep": [
            {"policy": policy, "writes": writes, "trips": trips, **found}
            for (policy, writes, trips), found in comparison.cell_spreads(one).items()
        ],
    }


def cells_of(maps):
    """A map in full.json: a list of its cells."""
    return [
        {
            "returns": rate,
            "writes": writes,
            "cpus": cpus,
            "ratio": ratio if ratio != INFINITE else None,
            "best": best,
        }
        for rate, found in sorted(maps.items())
        for (writes, cpus), (ratio, best) in sorted(found.items())
    ]


def full(data, machines, plots, checks):
    """What full.json holds."""
    return {
        "schema": FULL_SCHEMA,
        "settings": machines,
        "icount": data.icount,
        "maps": {
            "cycles": cells_of(comparison.native_maps(data.native)),
            "bytes": cells_of(comparison.bytes_maps(data.machines)),
        },
        "plots": [plot.file for plot in plots],
        "checks": [asdict(check) for check in checks],
    }
