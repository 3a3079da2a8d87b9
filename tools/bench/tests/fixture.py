#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Snapshots of a benchmark that never ran, as tools/bench/guest would leave them.

usage: fixture.py run DIR                    all snapshots of a small run
       fixture.py debugfs DIR POLICY SYNCS   what the module's debugfs shows
                                             after SYNCS syncs under a policy

Tests take such a run and spoil it.
"""

import os
import sys

STATS = (
    "switches flush_receipts user_returns faults_seen faults_fixed "
    "syncs_clean syncs_dirty syncs_full entries_copied bytes_copied "
    "publishes ipis livelocks_broken hooks_missed cycles_publish "
    "cycles_sync violations evictions write_throughs attaches "
    "syncs_sparse entries_first own_stores"
).split()

# Entries of one full copy.
ENTRIES = 512
CPUS = 2


def put(path, text):
    """Write a file, its directory too."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


# What policies other than always and dirty do: one of so many syncs is full; the
# other CPUs interrupted, and the faults, at each new entry.
OTHERS = {
    "always-exit": (1, 0, 0.02),
    "flag": (65, 1, 0.02),
    "flag-mm": (100, 0, 1.6),
    "flush-only": (14, 0, 99),
    "carry": (100, 1, 0.03),
    "eager": (40_000, 0, 0),
}


def others(policy, stats):
    """The counters in which other policies differ; always and dirty have none."""
    if policy not in OTHERS:
        return
    apart, ipis, faults = OTHERS[policy]
    added = stats["publishes"] // 2
    full = stats["syncs_full"] // apart
    stats.update(
        syncs_clean=stats["syncs_full"] - full,
        syncs_full=full,
        entries_copied=full * ENTRIES,
        bytes_copied=full * 8 * ENTRIES,
        ipis=added * ipis,
        faults_fixed=round(added * faults),
        livelocks_broken=added if policy == "flush-only" else 0,
        write_throughs=CPUS * stats["publishes"] if policy == "eager" else 0,
    )


def stats_of(policy, syncs):
    """Counters that fit each other."""
    stats = dict.fromkeys(STATS, 0)
    dirty, full = (syncs // 1000, syncs // 2000) if policy == "dirty" else (0, syncs)
    entries = dirty * 2 + full * ENTRIES
    stats.update(
        switches=syncs // 2,
        flush_receipts=syncs // 4,
        faults_seen=syncs - syncs // 2 - syncs // 4,
        syncs_clean=syncs - dirty - full,
        syncs_dirty=dirty,
        syncs_full=full,
        entries_copied=entries,
        bytes_copied=8 * entries,
        publishes=2 * (syncs // 1000),
        cycles_sync=100 * syncs,
    )
    others(policy, stats)
    return stats


def write_debugfs(where, policy, syncs):
    """The files that a step keeps."""
    stats = stats_of(policy, syncs)
    put(f"{where}/stats", "".join(f"{n} {v}\n" for n, v in stats.items()))
    rows = [" ".join(["cpu", *stats])]
    rows += [
        " ".join([str(cpu), *(str(v // CPUS) for v in stats.values())])
        for cpu in range(CPUS)
    ]
    put(f"{where}/stats_percpu", "\n".join(rows) + "\n")
    slow = syncs // 50
    put(
        f"{where}/hist",
        "# policy bucket_low_cycles bucket_high_cycles count\n"
        f"{policy} 64 127 {syncs - slow}\n{policy} 4096 8191 {slow}\n",
    )
    put(
        f"{where}/audit",
        "stale 3 entries published and not yet synced\n"
        f"audited 4 mirrors, {4 * ENTRIES} entries, 0 violations\n",
    )


def write_run(
    base,
    policies=("always", "dirty"),
    workloads=("compile", "pipe"),
    rounds=3,
    syncs=30_000,
    **meta_too,
):
    """A whole run; the work differs a little from round to round.

    The rest goes to meta.
    """
    lists = {"policies": policies, "workloads": workloads, "trace": ("pipe",)}
    meta = {
        "format": 1,
        "started": "2026-01-02T03:04:05Z",
        "size": "quick",
        "rounds": rounds,
        **{name: " ".join(words) for name, words in lists.items()},
        "kernel": "6.1.0-test-amd64",
        "kernel_version": "#1 SMP test",
        "accel": "tcg",
        "cpu_model": "a model <of> none",
        "cpus": CPUS,
        "memory_kib": 4000000,
        "pti": "off",
        "paging_levels": 4,
        "mode": "live",
        "mirrors": 6,
        "track": "all",
        "module_version": "0.1",
        "module_srcversion": "ABCDEF",
        "policies_known": " ".join(policies),
        **{f"describe.{w}": f"what {w} does" for w in workloads},
        **meta_too,
    }
    put(f"{base}/meta", "".join(f"{n} {v}\n" for n, v in meta.items()))
    put(
        f"{base}/host",
        "vm_status 0\nseconds 100\nhost_load 0.12\n"
        "commit 0123456789abcdef\ncommit_changed no\n",
    )
    for nr in range(1, rounds + 1):
        for workload in workloads:
            for order, policy in enumerate(policies, 1):
                step = f"{base}/r{nr}/{workload}/{policy}"
                put(
                    f"{step}/step", f"status 0\nnanoseconds 2500000000\norder {order}\n"
                )
                put(f"{step}/output", "done\n")
                if policy == "native":
                    stats = {**dict.fromkeys(STATS, 0), "switches": syncs // 2}
                    put(
                        f"{step}/stats", "".join(f"{n} {v}\n" for n, v in stats.items())
                    )
                    continue
                write_debugfs(step, policy, syncs + 100 * nr)
                put(
                    f"{step}/audits_running",
                    f"audited 6 mirrors, {6 * ENTRIES} entries, 0 violations\n" * 2,
                )
    put(f"{base}/trace/perf.data", "not a real one\n")
    put(f"{base}/finished", f"failures 0\nrounds {rounds}\n")


SWEEP = [(writes, trips) for trips in (1, 8) for writes in (0, 8, 64)]
PERIODS = 3


def write_cells(where, policy, cpus):
    """What sweep.c prints.

    Always copies the table at each switch, dirty what changed.
    """
    rows = ["writes trips cpus periods " + " ".join(STATS)]
    for writes, trips in SWEEP:
        stats = dict.fromkeys(STATS, 0)
        switches = PERIODS * cpus * trips
        entries = PERIODS * cpus * writes if policy == "dirty" else switches * ENTRIES
        stats.update(
            switches=switches,
            entries_copied=entries,
            bytes_copied=8 * entries,
            publishes=PERIODS * writes,
        )
        rows.append(
            " ".join(str(v) for v in (writes, trips, cpus, PERIODS, *stats.values()))
        )
    put(f"{where}/cells", "\n".join(rows) + "\n")


def write_settings(
    base,
    settings=("1", "2p"),
    policies=("native", "always", "flag", "dirty"),
    rounds=2,
    **options,
):
    """The machines of the full experiment."""
    for name in settings:
        cpus, pti = int(name.rstrip("p")), "on" if name.endswith("p") else "off"
        options.setdefault("workloads", ("churn", "compile"))
        write_run(
            f"{base}/{name}",
            policies=policies,
            rounds=rounds,
            size="full",
            cpus=cpus,
            pti=pti,
            trace="",
            sweep=PERIODS,
            **options,
        )
        for nr in range(1, rounds + 1):
            for policy in policies:
                if policy != "native":
                    write_cells(f"{base}/{name}/r{nr}/sweep/{policy}", policy, cpus)


def spread(middle):
    """A spread as native.c writes it."""
    return {
        "median": middle,
        "p10": middle * 0.9,
        "p90": middle * 1.1,
        "min": middle * 0.8,
        "max": middle * 1.3,
    }


def native_row(group, name, n, cycles, cache="hot", cpus=0, rate=0):
    """A row of native.json."""
    both = {"cycles": spread(cycles + 1), "over_empty": spread(cycles)}
    return {
        "group": group,
        "name": name,
        "n": n,
        "cpus": cpus,
        "rate": rate,
        "cache": cache,
        "rounds": 10,
        **both,
    }


def native(policies=("always", "flag", "dirty"), ring=64, full=300, entry=3):
    """native.json.

    A sync of single entries costs @entry cycles each, a full one @full.
    """
    rows = []
    for cache, factor in (("hot", 1), ("cold", 5)):
        rows.append(native_row("sweep", "rep movsq", 0, 100 * factor, cache))
        rows.append(native_row("sweep", "full", 0, full * factor, cache))
        for n in (0, 1, 16, 64, 65, 128, 512):
            rows.append(
                native_row(
                    "sweep",
                    "changes",
                    n,
                    (entry * n if n <= ring else full) * factor,
                    cache,
                )
            )
    for policy in policies:
        own = policy == "dirty"
        for cpus in (1, 2, 4, 8, 16, 64):
            rows.append(
                native_row(
                    "write",
                    policy,
                    cpus,
                    20 if policy != "flag" else 20 + 5 * cpus,
                    cpus=cpus,
                )
            )
        for n in (0, 1, 8, 64, 256):
            for group in ("switch", "flush", "fault"):
                rows.append(
                    native_row(
                        group, policy, n, min(3 * n, full) if own else full, cpus=2
                    )
                )
        for rate in (1, 4):
            for cpus in (1, 2):
                for n in (0, 8, 512):
                    rows.append(
                        native_row(
                            "period",
                            policy,
                            n,
                            30 + (min(3 * n, full) / rate if own else full),
                            cpus=cpus,
                            rate=rate,
                        )
                    )
        rows.append(native_row("first", policy, 3, 30 if own else full, cpus=2))
    return {"format": 2, "cpu": "a CPU", "ring": ring, "rows": rows, "targets": []}


def main(argv):
    if len(argv) == 3 and argv[1] == "run":
        write_run(argv[2])
    elif len(argv) == 5 and argv[1] == "debugfs":
        write_debugfs(argv[2], argv[3], int(argv[4]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
