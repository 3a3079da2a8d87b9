# SPDX-License-Identifier: GPL-2.0
"""What a benchmark has to show. Each check is one function and one row.

QUICK and FULL list those of the two benchmarks. A check is given all that was
measured (machines.Data); those of QUICK alone look at the first machine.
"""

from . import comparison, measures
from .model import FAIL, PASS, SKIP, Check
from .numbers import INFINITE, plural
from .raw import NATIVE

MIN_SYNCS = 100_000
MIN_TIMES_FEWER = 200
SAME_WORK = 0.1  # syncs of both policies differ by no more than this part

# Rounds of one policy differ by the scheduler's doing. Dirty counts as beaten
# when the other policy wrote fewer bytes by more than this part.
BYTES_NOISE = 0.02
# A program's mappings are at random places, and all processes of a run may be forks
# of one: in one run a first copy has an entry more than in the next.
CHANCE_ENTRIES = 1


def judge(ok):
    return PASS if ok else FAIL


def first(found, count, sep):
    """The first so many of what was found, in words."""
    return sep.join(found[:count])


def name_of(machine, step):
    return f"{machine.prefix}{step.workload}/{step.policy} round {step.round}"


def all_steps(data):
    """(machine, step) of all machines."""
    return [(m, s) for m in data.machines if m.run for s in m.run.steps]


def complete(data):
    """Every step asked for is there, whole, and the machine ended well."""
    machine = data.machines[0]
    run, problems = machine.run, machine.run.problems + machine.problems
    if not problems:
        text = f"all {len(run.steps)} steps of {run.rounds} rounds are there"
        if run.rounds < int(run.meta["rounds"]):
            text += f" ({run.meta['rounds']} rounds would have taken too long)"
        return Check("complete", PASS, text, 0, 0)
    text = first(problems, 4, "; ")
    if len(problems) > 4:
        text += f"; and {len(problems) - 4} more"
    return Check("complete", FAIL, text, len(problems), 0)


def machines_whole(data):
    """Every machine came to its end, with every step."""
    bad = [
        f"{m.label}: {m.verdict}: {m.told[0] if m.told else 'no step'}"
        for m in data.machines
        if m.verdict != "whole"
    ]
    count = plural(len(data.machines), "machine")
    text = f"all of {count} came to their end with every step"
    return Check("settings", judge(not bad), "; ".join(bad) or text, len(bad), 0)


def workloads_ran(data):
    """Every workload did its work and found its result right.

    flush-only may be slow, and is no exception.
    """
    bad, count = [], 0
    for machine in data.machines:
        if not machine.run:
            continue
        steps = machine.run.steps
        count += len(steps)
        failed = [s for s in steps if s.status]
        bad += [f"{name_of(machine, s)} (status {s.status})" for s in failed]
        # A warm-up, the trace or the sweep can fail as well; the guest's status tells.
        explained = failed or any(measures.violations(s) for s in steps)
        if machine.run.host.get("vm_status") == "1" and not explained:
            what = "a step outside of the table: see what tools/bench/run printed"
            bad.append(machine.prefix + what)
    if bad:
        text = "failed: " + first(bad, 6, ", ")
        return Check("workloads", FAIL, text, len(bad), 0)
    return Check("workloads", PASS, f"none of {count} runs failed", 0, 0)


def audits_clean(data):
    """No mirror held anything but what its primary holds or the protocol allows."""
    steps = [(m, s) for m, s in all_steps(data) if s.policy != NATIVE]
    bad = [(m, s) for m, s in steps if measures.violations(s)]
    if bad:
        found = sum(measures.violations(s) for _, s in bad)
        where = [f"{name_of(m, s)}: {measures.violations(s)}" for m, s in bad]
        text = f"{found} violations: {first(where, 6, ', ')}"
        return Check("audit", FAIL, text, found, 0)
    compared = sum(measures.entries_audited(s) for _, s in steps)
    if not compared:
        return Check("audit", FAIL, "nothing was compared", 0, 0)
    running = sum(s.running["audits"] for _, s in steps)
    text = f"0 violations in {len(steps)} audits after and {running} during the work, "
    return Check("audit", PASS, text + f"{compared:,} entries compared", 0, 0)


def enough_syncs(data):
    """The audits had something to find."""
    run = data.first
    total = sum(measures.syncs(s.stats) for s in run.steps)
    text = f"{total:,} syncs"
    if run.meta["size"] == "tiny":
        text += f"; size tiny is not meant to reach {MIN_SYNCS:,}"
        return Check("syncs", SKIP, text, total, MIN_SYNCS)
    if run.workloads == ["command"]:
        text += "; a command of the user's does as much as it does"
        return Check("syncs", SKIP, text, total, MIN_SYNCS)
    text += f" (at least {MIN_SYNCS:,})"
    many = {s.workload for s in run.steps if measures.syncs(s.stats) >= MIN_SYNCS}
    if many:
        text += f"; so many between two audits in {', '.join(sorted(many))}"
    return Check("syncs", judge(total >= MIN_SYNCS), text, total, MIN_SYNCS)


def cycles_measured(data):
    """The histogram holds the cycles of what was synced."""
    steps = all_steps(data)
    bad = [name_of(m, s) for m, s in steps if measures.syncs(s.stats) and not s.hist]
    if bad:
        text = "no cycles were measured in " + first(bad, 6, ", ")
        return Check("cycles", FAIL, text, len(bad), 0)
    text = f"cycles of syncs were measured in all {len(steps)} steps"
    return Check("cycles", PASS, text, 0, 0)


def dirty_to_always(run, workload, measure):
    """The ratio of the policy `dirty`; None where not both were run."""
    return measures.ratio_to_baseline(run, workload, measures.SUBJECT, measure)


def dirty_compile(data):
    """The gain on real work, in the worst round."""
    name, run = "dirty-compile", data.first
    if run.meta["size"] == "tiny":
        return Check(name, SKIP, "size tiny: too little work to compare")
    ratio = dirty_to_always(run, "compile", measures.bytes_copied)
    if not ratio:
        return Check(name, SKIP, "compile was not run under both always and dirty")
    worst = 1 / ratio["max"] if ratio["max"] else INFINITE
    text = (
        f"dirty copies {worst:.0f} times fewer bytes than always on compile in its "
        f"worst round (at least {MIN_TIMES_FEWER})"
    )
    verdict = judge(worst >= MIN_TIMES_FEWER)
    return Check(name, verdict, text, round(worst, 1), MIN_TIMES_FEWER)


def dirty_never_more(data):
    """No workload on which the default policy is the wrong one by bytes.

    Judged by the bytes of each round per sync, and by all bytes (the median of
    the rounds) too where both policies had as many occasions to copy. Where
    they had not (how often hackbench switches is up to the scheduler), the
    bytes of both are those of different work.
    """
    name, run = "dirty-never-more", data.first
    worst = {}
    for workload in run.workloads:
        ratio = dirty_to_always(run, workload, measures.bytes_copied)
        if not ratio:
            continue
        each = dirty_to_always(run, workload, measures.bytes_per_sync)
        syncs = dirty_to_always(run, workload, measures.syncs)
        worst[workload] = each["max"]
        if abs(syncs["median"] - 1) <= SAME_WORK:
            worst[workload] = max(worst[workload], ratio["median"])
    if not worst:
        return Check(name, SKIP, "no workload was run under both always and dirty")
    workload = max(worst, key=worst.get)
    value = worst[workload]
    text = (
        f"dirty copies at most {value:.3g} of the bytes of always for the same syncs: "
        f"on {workload}, of {len(worst)} workloads"
    )
    return Check(name, judge(value <= 1), text, round(value, 6), 1)


def trace_kept(data):
    """The perf trace of the same run is there."""
    run = data.first
    if not run.meta["trace"].split():
        return Check("trace", SKIP, "no trace was asked for")
    text = f"perf.data: {run.trace_bytes:,} bytes"
    return Check("trace", judge(run.trace_bytes > 0), text, run.trace_bytes, 1)


def summed(part, steps):
    """What is counted, over all rounds."""
    return sum(part(step.stats) for step in steps)


def for_same_work(machine, mine, theirs):
    """Bytes into mirrors, first copies counted, as each policy would have written them
    for the same work: a measure, to be taken of each round.

    Bytes are those of so many writes, and of so many first copies. How many there
    are no policy decides: the writes are the workload's, and a mirror is given to
    another mm when the scheduler brings more mms to a CPU than it has mirrors. So
    the bytes of one write and of one first copy, of each round, are taken as often
    as dirty had them. A policy that made no first copy says nothing of them: then
    they are left out for both.
    """

    def copies(stats):
        return stats.get("attaches", 0)

    def beyond(stats):
        return measures.beyond_first(stats, machine.pti)

    writes = summed(lambda stats: stats["publishes"], mine) / len(mine)
    firsts = summed(copies, mine) / len(mine)
    if not summed(copies, theirs):
        firsts = 0

    def measure(stats):
        one = measures.bytes_a_first_copy(stats, machine.pti)
        return writes * measures.per(beyond(stats), stats["publishes"]) + firsts * one

    return measure, firsts


def beaten_check(name, beaten, count, otherwise):
    """Dirty against every other correct policy, on every machine and workload."""
    if not count:
        return Check(name, SKIP, "dirty was not run with another policy")
    text = first(beaten, 6, "; ") or otherwise
    return Check(name, judge(not beaten), text, len(beaten), 0)


def dirty_bytes(data):
    """No correct policy writes fewer bytes into mirrors, on any workload.

    Everything counts, first copies too, for the same work (for_same_work()). Dirty is
    beaten if it wrote more in each round than the other policy in any, and more than
    noise: a part of the bytes, and an entry a first copy for chance.
    """
    worst, beaten, count = 0, [], 0
    for machine, workload, other, mine, theirs in comparison.with_dirty(data.machines):
        measure, firsts = for_same_work(machine, mine, theirs)
        a, b = (measures.spread_of(steps, measure) for steps in (mine, theirs))
        count += 1
        if b["median"]:
            worst = max(worst, a["median"] / b["median"])
        else:
            worst = max(worst, INFINITE if a["median"] else 1)
        pages = 2 if machine.pti else 1
        chance = CHANCE_ENTRIES * measures.WORD * pages * firsts
        noise = b["median"] * (1 + BYTES_NOISE) + chance
        if a["min"] > b["max"] and a["median"] > noise:
            beaten.append(
                f"by {other} on {workload} ({machine.label}): "
                f"{a['median']:,.0f} and {b['median']:,.0f} bytes"
            )
    text = (
        f"dirty is not beaten in {count} comparisons; "
        f"at most {worst:.3g} times the bytes of another for the same work"
    )
    return beaten_check("dirty-bytes", beaten, count, text)


def dirty_ipis(data):
    """No correct policy interrupts fewer CPUs, on any workload."""
    beaten, count = [], 0
    for machine, workload, other, mine, theirs in comparison.with_dirty(data.machines):
        count += 1
        a, b = (max(s.stats["ipis"] for s in steps) for steps in (mine, theirs))
        if a > b:
            beaten.append(f"by {other} on {workload} ({machine.label}): {a} and {b}")
    text = f"dirty interrupts no more CPUs than another policy in {count} comparisons"
    return beaten_check("dirty-ipis", beaten, count, text)


# What is written between two syncs (tools/bench/native/sweep.c).
SWEPT = ("changes", "coming and going", "among many")


def dirty_sync(data):
    """No number of writes after which a sync of dirty costs more than a full copy."""
    name, worst = "dirty-sync-cycles", None
    for cache in ("hot", "cold"):
        sweep = {"group": "sweep", "cache": cache}
        full = comparison.native_spread(data.native, name="full", **sweep)
        if not full:
            continue
        for r in comparison.native_rows(data.native, **sweep):
            if r["name"] not in SWEPT:
                continue
            ratio = r["over_empty"]["median"] / full["median"]
            worst = max(worst or (0, 0, ""), (ratio, r["n"], cache))
    if not worst:
        return Check(name, SKIP, "the native benchmark was not run")
    ratio, n, cache = worst
    text = (
        f"a sync of dirty costs at most {ratio:.2f} times the cycles of a full copy "
        f"(after {n} writes, {cache}; at most {comparison.NOISE})"
    )
    verdict = judge(ratio <= comparison.NOISE)
    return Check(name, verdict, text, round(ratio, 3), comparison.NOISE)


def dirty_cycles(data):
    """No cell of the map of periods in which another correct policy costs fewer
    native cycles, beyond what can be told apart."""
    name = "dirty-cycles"
    cells = [
        (ratio, best, writes, cpus, rate)
        for rate, found in comparison.native_maps(data.native).items()
        for (writes, cpus), (ratio, best) in found.items()
    ]
    if not cells:
        text = "the native benchmark was not run with several policies"
        return Check(name, SKIP, text)
    lost = [c for c in cells if c[0] > comparison.NOISE]
    ratio, best, writes, cpus, rate = max(cells)
    text = (
        f"of {len(cells)} cells another policy costs fewer native cycles in "
        f"{len(lost)}; the worst: {ratio:.2f} times those of {best} (at most "
        f"{comparison.NOISE}), {plural(writes, 'write')}, {plural(cpus, 'CPU')}, "
        f"{plural(rate, 'return')}"
    )
    value = round(ratio, 3) if ratio != INFINITE else None
    return Check(name, judge(not lost), text, value, comparison.NOISE)


QUICK = (
    complete,
    workloads_ran,
    audits_clean,
    enough_syncs,
    cycles_measured,
    dirty_compile,
    dirty_never_more,
    trace_kept,
)
FULL = (
    machines_whole,
    workloads_ran,
    audits_clean,
    dirty_bytes,
    dirty_ipis,
    dirty_sync,
    dirty_cycles,
)


def check(data, wanted):
    """All rows."""
    return [one(data) for one in wanted]
