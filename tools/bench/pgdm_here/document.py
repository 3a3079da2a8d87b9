# SPDX-License-Identifier: GPL-2.0
"""here.json, as Documentation/real-machine.md describes it.

What is in it is named here, one by one: nothing of a snapshot gets in by itself, so
that no name of a host, a user or a file does.
"""

from pgdm_report.measures import spread
from pgdm_report.raw import NATIVE

from . import judge

SCHEMA = "pgd-mirror-here/1"
MEASURES = ("seconds", "cycles", "instructions")
FACTS = (
    "date kernel kernel_version accel cpu_model cpus memory_kib pti paging_levels mode "
    "mirrors module_version module_srcversion commit"
).split()
NUMBERS = {"cpus", "memory_kib", "paging_levels", "mirrors"}


def environment(run):
    """Where it ran."""
    found = {}
    for name in FACTS:
        value = run.meta[name]
        found[name] = int(value) if name in NUMBERS and value.isdigit() else value
    return {**found, "emulated": not run.timed}


def one_round(run, step):
    """A run of the command. Times of an emulator are left out."""
    times = step.measured if run.timed and step.round else {}
    return {
        "round": step.round,
        "status": step.status,
        **{name: times.get(name) for name in MEASURES},
        "stats": step.stats,
    }


def values(steps, measure):
    """{round: value} of the runs that succeeded."""
    return {
        s.round: s.measured[measure]
        for s in steps
        if not s.status and measure in s.measured
    }


def measured_of(run):
    """What could be measured in any run."""
    if not run.timed:
        return []
    steps = [s for s in run.steps if s.round]
    return [m for m in MEASURES if any(m in s.measured for s in steps)]


def comparisons(run):
    """How many are made with the runs without the module."""
    if NATIVE not in run.policies:
        return 0
    return (len(run.policies) - 1) * len(measured_of(run))


def to_native(run, policy, measure):
    """The policy's runs against those without the module, by round; or None."""
    if policy == NATIVE or not comparisons(run):
        return None
    base = values(run.of(NATIVE), measure)
    mine = values(run.of(policy), measure)
    ratios = [mine[nr] / base[nr] for nr in sorted(mine) if base.get(nr)]
    return judge.judge(ratios, comparisons(run)) if ratios else None


def result(run, policy):
    """One policy."""
    steps = run.of(policy)
    checked = run.of(policy, checked=True)
    every = steps + checked
    counted = [s for s in steps if s.stats] or [s for s in checked if s.stats]
    times = {m: list(values(steps, m).values()) for m in measured_of(run)}
    return {
        "policy": policy,
        "measured": {m: spread(found) for m, found in times.items() if found},
        "to_native": {m: to_native(run, policy, m) for m in measured_of(run)},
        "stats": {
            name: spread([s.stats[name] for s in counted if name in s.stats])
            for name in (counted[0].stats if counted else {})
        },
        "audit": {
            "entries": sum(s.entries for s in every),
            "violations": sum(s.violations for s in every),
        },
        "failed": sum(s.status != 0 for s in every),
        "rounds": [one_round(run, s) for s in checked + steps],
    }


def make(run):
    """All of it."""
    name = run.meta["name"]
    return {
        "schema": SCHEMA,
        "environment": environment(run),
        "run": {
            "name": None if name == "-" else name,
            "policies": run.policies,
            "rounds": int(run.end["rounds"]),
            "failures": run.failures,
            "kernel_warned": run.end["warned"] == "yes",
            "comparisons": comparisons(run),
        },
        "results": [result(run, policy) for policy in run.policies],
    }
