# SPDX-License-Identifier: GPL-2.0
"""What the full experiment has to show."""

from . import measures
from .checks import SKIP, judge, row
from .figures import entries_audited, violations
from .full_figures import NOISE, correct, native_maps, native_row
from .raw import NATIVE

# Rounds of one policy differ by the scheduler's doing. Dirty counts as beaten
# when the other policy wrote fewer bytes by more than this part.
BYTES_NOISE = 0.02


def settings_whole(settings, _native):
    """Every machine came to its end, with every step."""
    bad = []
    for s in settings:
        if s.verdict != "whole":
            told = s.problems + (s.run.problems if s.run else [])
            bad.append(f"{s.label}: {s.verdict}: {told[0] if told else 'no step'}")
    text = "; ".join(bad) if bad else f"all {len(settings)} machines came to their end with every step"
    return row("settings", judge(not bad), text, len(bad), 0)


def workloads_ran(settings, _native):
    """No run failed; flush-only may be slow, and is no exception."""
    steps = [(s, step) for s in settings if s.run for step in s.run.steps]
    bad = [f"{s.label}: {t.workload}/{t.policy} round {t.round} (status {t.status})" for s, t in steps if t.status]
    text = "failed: " + ", ".join(bad[:6]) if bad else f"none of {len(steps)} runs failed"
    return row("workloads", judge(not bad), text, len(bad), 0)


def audits_clean(settings, _native):
    """No mirror held what it must not."""
    steps = [(s, step) for s in settings if s.run for step in s.run.steps if step.policy != NATIVE]
    bad = [(s, t) for s, t in steps if violations(t)]
    found = sum(violations(t) for _, t in bad)
    if bad:
        where = ", ".join(f"{s.label}: {t.workload}/{t.policy} round {t.round}: {violations(t)}" for s, t in bad[:6])
        return row("audit", "FAIL", f"{found} violations: {where}", found, 0)
    compared = sum(entries_audited(t) for _, t in steps)
    return row("audit", judge(compared > 0), f"0 violations, {compared:,} entries compared", 0, 0)


def comparisons(settings):
    """(setting, workload, other, dirty's steps, the other's) wherever both were run."""
    for setting in settings:
        if not setting.run:
            continue
        for workload in setting.run.workloads:
            mine = setting.run.of(workload, measures.SUBJECT)
            for other in correct(setting.run.policies):
                theirs = setting.run.of(workload, other)
                if mine and theirs:
                    yield setting, workload, other, mine, theirs


def beyond_per_write(setting):
    """Bytes that a policy has a say in, for each write that it was told of."""
    return lambda stats: measures.per(measures.beyond_first(stats, setting.pti), stats["publishes"])


def dirty_bytes(settings, _native):
    """No correct policy writes fewer bytes into mirrors, on any workload.

    First copies are left out: a mirror that was given to another mm needs one
    under each policy, and how often that happens is up to the scheduler. What
    is left is set against the number of writes. Beaten is who wrote more in
    each round than the other in any, and more than noise.
    """
    name = "dirty-bytes"
    worst, beaten, count = 0, [], 0
    for setting, workload, other, mine, theirs in comparisons(settings):
        measure = beyond_per_write(setting)
        a, b = measures.spread_of(mine, measure), measures.spread_of(theirs, measure)
        count += 1
        ratio = measures.per(a["median"], b["median"]) if b["median"] else (1 if not a["median"] else float("inf"))
        worst = max(worst, ratio)
        if a["min"] > b["max"] and a["median"] > b["median"] * (1 + BYTES_NOISE):
            beaten.append(f"by {other} on {workload} ({setting.label}): {a['median']:.0f} and {b['median']:.0f} bytes a write")
    if not count:
        return row(name, SKIP, "dirty was not run with another policy")
    text = "; ".join(beaten[:6]) if beaten else f"dirty is not beaten in {count} comparisons; at most {worst:.2f} times the bytes of another"
    return row(name, judge(not beaten), text, len(beaten), 0)


def dirty_ipis(settings, _native):
    """No correct policy interrupts fewer CPUs, on any workload."""
    name = "dirty-ipis"
    beaten, count = [], 0
    for setting, workload, other, mine, theirs in comparisons(settings):
        count += 1
        a, b = (max(s.stats["ipis"] for s in steps) for steps in (mine, theirs))
        if a > b:
            beaten.append(f"by {other} on {workload} ({setting.label}): {a} and {b}")
    if not count:
        return row(name, SKIP, "dirty was not run with another policy")
    text = "; ".join(beaten[:6]) if beaten else f"dirty interrupts nobody more than another policy in {count} comparisons"
    return row(name, judge(not beaten), text, len(beaten), 0)


def dirty_sync(_settings, native):
    """No number of writes after which a sync of dirty costs more than a full copy."""
    name = "dirty-sync-cycles"
    if not native:
        return row(name, SKIP, "the native benchmark was not run")
    worst = (0, 0, "")
    for cache in ("hot", "cold"):
        full = native_row(native, group="sweep", name="full", cache=cache)["over_empty"]["median"]
        for r in native["rows"]:
            if r["group"] == "sweep" and r["name"] == "changes" and r["cache"] == cache:
                worst = max(worst, (r["over_empty"]["median"] / full, r["n"], cache))
    ratio, n, cache = worst
    text = f"a sync of dirty costs at most {ratio:.2f} times the cycles of a full copy (after {n} writes, {cache}; at most {NOISE})"
    return row(name, judge(ratio <= NOISE), text, round(ratio, 3), NOISE)


def dirty_periods(_settings, native):
    """Where in the map of periods another policy costs fewer native cycles: told, not judged."""
    name = "dirty-periods"
    cells = [(ratio, best, w, c, rate) for rate, found in native_maps(native).items() for (w, c), (ratio, best) in found.items()]
    if not cells:
        return row(name, SKIP, "the native benchmark was not run with several policies")
    lost = [c for c in cells if c[0] > NOISE]
    worst = max(cells)
    text = f"of {len(cells)} cells another policy costs fewer native cycles in {len(lost)}; the worst: {worst[0]:.2f} times those of {worst[1]}, {worst[2]} writes, {worst[3]} CPUs, {worst[4]} returns"
    return row(name, "PASS" if not lost else "NOTE", text, len(lost), None)


CHECKS = (settings_whole, workloads_ran, audits_clean, dirty_bytes, dirty_ipis, dirty_sync, dirty_periods)


def check(settings, native):
    """All rows."""
    return [one(settings, native) for one in CHECKS]
