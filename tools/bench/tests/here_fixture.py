# SPDX-License-Identifier: GPL-2.0
"""Snapshots of runs that never were, as tools/bench/here would leave them."""

import fixture

META = {
    "format": "here-1",
    "date": "2026-01-02",
    "name": "-",
    "kernel": "6.1.0-test-amd64",
    "kernel_version": "#1 SMP test",
    "accel": "none",
    "cpu_model": "a model of none",
    "cpus": 2,
    "memory_kib": 4000000,
    "pti": "off",
    "paging_levels": 4,
    "mode": "shadow",
    "mirrors": 6,
    "module_version": "0.1",
    "module_srcversion": "ABCDEF",
    "commit": "0123456789abcdef",
    # What a snapshot may hold and a result must not.
    "hostname": "secret-host",
}
POLICIES = ("native", "always", "dirty")


def pairs(path, values):
    """A file of `name value` lines."""
    fixture.put(path, "".join(f"{name} {value}\n" for name, value in values.items()))


def steady(policy, nr):
    """Seconds of a run: always takes a tenth more, dirty as long as native."""
    return (1.1 if policy == "always" else 1.0) + 0.001 * (nr % 3)


def write_step(base, nr, policy, seconds, watched):
    """One run."""
    where = f"{base}/r{nr}/command/{policy}"
    pairs(f"{where}/step", {"status": 0, "nanoseconds": int(seconds * 1e9), "order": 1})
    fixture.put(f"{where}/output", "secret output\n")
    if seconds and not watched:
        took = int(seconds * 1e9)
        fixture.put(
            f"{where}/perf",
            f"# started\n\n{took};ns;duration_time;{took};100.00;;\n"
            f"{3 * took};;cycles;{took};100.00;;\n"
            f"<not supported>;;instructions;0;100.00;;\n",
        )
    if policy == "native":
        if watched:
            pairs(f"{where}/stats", dict.fromkeys(fixture.STATS, 7))
        return
    fixture.write_debugfs(where, policy, 30_000 + 100 * nr)
    if watched:
        fixture.put(
            f"{where}/audits_running", "audited 6 mirrors, 3072 entries, 0 violations\n"
        )


def write(base, rounds=10, seconds=steady, policies=POLICIES, timed="yes", **meta):
    """All runs. @seconds: of a policy and a round."""
    told = {**META, "policies": " ".join(policies), "rounds": rounds, "timed": timed}
    pairs(f"{base}/meta", {**told, **meta})
    for nr in range(0 if timed == "yes" else 1, rounds + 1):
        for policy in policies:
            write_step(base, nr, policy, seconds(policy, nr), timed != "yes" or not nr)
    pairs(f"{base}/finished", {"failures": 0, "rounds": rounds, "warned": "no"})
