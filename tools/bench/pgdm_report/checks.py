# SPDX-License-Identifier: GPL-2.0
"""What a run has to show. Each check is one function and one row."""

from .figures import entries_audited, syncs, violations

MIN_SYNCS = 100_000
MIN_TIMES_FEWER = 200
SAME_WORK = 0.1  # syncs of both policies differ by no more than this part

PASS, FAIL, SKIP = "PASS", "FAIL", "SKIP"


def row(name, verdict, text, value=None, limit=None):
    """One line of the list of checks."""
    return {"name": name, "verdict": verdict, "text": text, "value": value, "limit": limit}


def judge(ok):
    return PASS if ok else FAIL


def complete(run, _table):
    """Every step asked for is there, whole, and the machine ended well."""
    problems = list(run.problems)
    vm_status = run.host.get("vm_status", "0")
    # 1: the guest's own verdict; what failed is listed by the other checks.
    if vm_status not in ("0", "1"):
        problems.append(f"the virtual machine's status was {vm_status}")
    if not problems:
        text = f"all {len(run.steps)} steps of {run.rounds} rounds are there"
        if run.rounds < int(run.meta["rounds"]):
            text += f" ({run.meta['rounds']} rounds would have taken too long)"
        return row("complete", PASS, text, 0, 0)
    shown = "; ".join(problems[:4])
    if len(problems) > 4:
        shown += f"; and {len(problems) - 4} more"
    return row("complete", FAIL, shown, len(problems), 0)


def workloads_ran(run, _table):
    """Every workload did its work and found its result right."""
    bad = [f"{s.workload}/{s.policy} round {s.round} (status {s.status})" for s in run.steps if s.status]
    # A warm-up or the trace can fail as well; the guest's status tells.
    if not bad and run.host.get("vm_status") == "1":
        if not any(violations(s) for s in run.steps):
            bad = ["a step outside of the table: see what tools/bench/run printed"]
    if bad:
        return row("workloads", FAIL, "failed: " + ", ".join(bad[:6]), len(bad), 0)
    return row("workloads", PASS, f"none of {len(run.steps)} runs failed", 0, 0)


def audits_clean(run, _table):
    """No mirror held anything but what its primary holds or the protocol allows."""
    bad = [(s, violations(s)) for s in run.steps if violations(s)]
    found = sum(n for _, n in bad)
    if bad:
        where = ", ".join(f"{s.workload}/{s.policy} round {s.round}: {n}" for s, n in bad[:6])
        return row("audit", FAIL, f"{found} violations: {where}", found, 0)
    compared = sum(entries_audited(s) for s in run.steps)
    if not compared:
        return row("audit", FAIL, "nothing was compared", 0, 0)
    running = sum(s.running["audits"] for s in run.steps)
    text = f"0 violations in {len(run.steps)} audits after and {running} during the work, {compared:,} entries compared"
    return row("audit", PASS, text, 0, 0)


def enough_syncs(run, _table):
    """The audits had something to find."""
    total = sum(syncs(s.stats) for s in run.steps)
    if run.meta["size"] == "tiny":
        return row("syncs", SKIP, f"{total:,} syncs; size tiny is not meant to reach {MIN_SYNCS:,}", total, MIN_SYNCS)
    single = [s for s in run.steps if syncs(s.stats) >= MIN_SYNCS]
    names = sorted({s.workload for s in single})
    text = f"{total:,} syncs (at least {MIN_SYNCS:,})"
    if names:
        text += f"; so many between two audits in {', '.join(names)}"
    return row("syncs", judge(total >= MIN_SYNCS), text, total, MIN_SYNCS)


def cycles_measured(run, _table):
    """The histogram holds the cycles of what was synced."""
    bad = [f"{s.workload}/{s.policy} round {s.round}" for s in run.steps if syncs(s.stats) and not s.hist]
    if bad:
        return row("cycles", FAIL, "no cycles were measured in " + ", ".join(bad[:6]), len(bad), 0)
    return row("cycles", PASS, f"cycles of syncs were measured in all {len(run.steps)} steps", 0, 0)


def dirty_results(table):
    """{workload: result} of the policy `dirty`, where it was run with `always`."""
    return {
        w["name"]: r
        for w in table
        for r in w["results"]
        if r["policy"] == "dirty" and r["bytes_to_always"]
    }


def dirty_compile(run, table):
    """The gain on real work, in the worst round."""
    name = "dirty-compile"
    found = dirty_results(table).get("compile")
    if run.meta["size"] == "tiny":
        return row(name, SKIP, "size tiny: too little work to compare")
    if not found:
        return row(name, SKIP, "compile was not run under both always and dirty")
    ratio = found["bytes_to_always"]["max"]
    worst = 1 / ratio if ratio else float("inf")
    text = f"dirty copies {worst:.0f} times fewer bytes than always on compile in its worst round (at least {MIN_TIMES_FEWER})"
    return row(name, judge(worst >= MIN_TIMES_FEWER), text, round(worst, 1), MIN_TIMES_FEWER)


def dirty_never_more(_run, table):
    """No workload on which the default policy is the wrong one by bytes.

    Judged by the bytes of each round per sync, and by all bytes (the median of
    the rounds) too where both policies had as many occasions to copy. Where
    they had not (how often hackbench switches is up to the scheduler), the
    bytes of both are those of different work.
    """
    name = "dirty-never-more"
    results = dirty_results(table)
    if not results:
        return row(name, SKIP, "no workload was run under both always and dirty")
    worst = {}
    for workload, r in results.items():
        worst[workload] = r["bytes_per_sync_to_always"]["max"]
        if abs(r["syncs_to_always"]["median"] - 1) <= SAME_WORK:
            worst[workload] = max(worst[workload], r["bytes_to_always"]["median"])
    workload = max(worst, key=worst.get)
    value = worst[workload]
    text = f"dirty copies at most {value:.3g} of the bytes of always for the same syncs: on {workload}, of {len(worst)} workloads"
    return row(name, judge(value <= 1), text, round(value, 6), 1)


def trace_kept(run, _table):
    """The perf trace of the same run is there."""
    if not run.meta["trace"].split():
        return row("trace", SKIP, "no trace was asked for")
    return row("trace", judge(run.trace_bytes > 0), f"perf.data: {run.trace_bytes:,} bytes", run.trace_bytes, 1)


CHECKS = (
    complete,
    workloads_ran,
    audits_clean,
    enough_syncs,
    cycles_measured,
    dirty_compile,
    dirty_never_more,
    trace_kept,
)


def check(run, table):
    """All rows."""
    return [one(run, table) for one in CHECKS]
