# SPDX-License-Identifier: GPL-2.0
"""The verdict in plain words: what won, by how much, and whether to believe it."""

from . import comparison, measures, ranking, summary
from .checks import SAME_WORK
from .model import FAIL, PASS, SKIP, Verdict
from .numbers import fine, plural, times

BASELINE = f"{measures.BASELINE}, the baseline,"
FEW = 4  # of what is listed by name

# Checks without which no figure can be believed; other checks judge the figures.
SOUND = {"complete", "settings", "workloads", "audit", "syncs"}


def listed(found):
    """One, two and three; or the first few and how many more."""
    if len(found) > FEW:
        found = [*found[:FEW], f"{len(found) - FEW} more"]
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} and {found[-1]}"


def checks_told(checks):
    """How many passed, and which checks did not."""

    def names(verdict):
        return [check.name for check in checks if check.verdict == verdict]

    passed, total = len(names(PASS)), len(checks)
    if passed == total:
        return f"All {plural(total, 'check')} passed."
    failed = len(names(FAIL)) or "none"
    text = f"{passed} of {plural(total, 'check')} passed, {failed} failed"
    if names(SKIP):
        text += f"; skipped: {', '.join(names(SKIP))}"
    return text + "."


def against_baseline(data, policy, measure):
    """{where: ratio to the baseline} of a policy, wherever both were run."""
    found = {}
    for machine, workload in comparison.pairs(data.machines):
        ratio = measures.ratio_to_baseline(machine.run, workload, policy, measure)
        if ratio:
            where = f"{workload}, {machine.label}" if machine.name else workload
            found[where] = ratio
    return found


def fewer(ratio, what=""):
    """How many bytes, as opposed to the baseline's."""
    return f"{times(ratio)} times fewer{what}" if ratio else f"no{what} at all"


def span(ratios):
    """From the least gain to the greatest."""
    by_gain = sorted(ratios, key=lambda where: -ratios[where]["median"])
    least, most = by_gain[0], by_gain[-1]
    first = fewer(ratios[least]["median"], " bytes into mirrors")
    last = fewer(ratios[most]["median"])
    if first.startswith(last):
        return first
    return f"{first} ({least}) to {last} ({most})"


def medians(ratios):
    """The worst of them first."""
    found = sorted(((r["median"], where) for where, r in ratios.items()), reverse=True)
    return listed([f"{median:.2f} times on {where}" for median, where in found])


def versus(data, policy):
    """A policy against the baseline. Won and lost is what is so in each round."""
    ratios = against_baseline(data, policy, measures.written)
    if not ratios:
        return [f"There is no winner: {policy} and {BASELINE} share no whole round."]
    won = {where: r for where, r in ratios.items() if r["max"] < 1}
    lost = {where: r for where, r in ratios.items() if r["min"] > 1}
    even = {w: r for w, r in ratios.items() if w not in won and w not in lost}
    many = f"{len(ratios)} workloads"
    if data.machines[0].name:
        many = f"{len(ratios)} cases (workload and machine)"
    if won:
        where = f"all {many}" if len(won) == len(ratios) else f"{len(won)} of {many}"
        where = where if len(ratios) > 1 else next(iter(won))
        what = f"{policy} won over {BASELINE} on {where}, in each round"
        out = [f"{what}: it wrote {span(won)}."]
    else:
        where = f"any of {many}" if len(ratios) > 1 else next(iter(ratios))
        out = [f"{policy} did not win over {BASELINE} on {where}."]
    if lost:
        out.append(f"It lost, by bytes: {medians(lost)}.")
    if even:
        out.append(f"It neither won nor lost in all rounds: {medians(even)}.")
    syncs = against_baseline(data, policy, measures.syncs)
    other = {w: r for w, r in syncs.items() if abs(r["median"] - 1) > SAME_WORK}
    if other:
        out.append(f"The work was not the same, by the syncs made: {medians(other)}.")
    return out


def without_ranking(data):
    """Two policies: the one that the module is about against the baseline; without
    it, each that is correct."""
    run = {p for m in data.machines if m.run for p in m.run.policies}
    if measures.BASELINE not in run:
        return [f"There is no winner: {BASELINE} was not run."]
    if measures.SUBJECT in run:
        return versus(data, measures.SUBJECT)
    others = [p for p in comparison.correct(sorted(run)) if p != measures.BASELINE]
    if not others:
        return [f"There is no winner: nothing was run that {BASELINE} compares with."]
    return [sentence for policy in others for sentence in versus(data, policy)]


def parts(count, total, what):
    """all 5 workloads, 3 of 5 workloads, the only workload."""
    if count == total:
        return f"all {total} {what}s" if total > 1 else f"the only {what}"
    return f"{count} of {total} {what}s"


def first_place(found, best, what):
    """Who won, over how many, where alone and where not. @what: a case."""
    rivals = len({policy for place in found for policy in place.values})
    mine = [place for place in found if best[0] in place.best]
    among = f"of the {rivals} policies that are right"
    if len(best) > 1:
        return (
            f"{listed(best)} share the first place: {among}, each wrote the fewest "
            f"bytes into mirrors on {parts(len(mine), len(found), what)}."
        )
    shared = [place for place in mine if len(place.best) > 1]
    text = (
        f"{best[0]} won: {among}, it wrote the fewest bytes into mirrors on "
        f"{parts(len(mine), len(found), what)}"
    )
    if not shared:
        return text + "."
    ties = [
        f"{place.where} with {listed([p for p in place.best if p != best[0]])}"
        for place in shared
    ]
    return f"{text}; of these it shares {listed(ties)}."


def lost_places(found, best):
    """Where another policy was better than all winners."""
    told = []
    for place in found:
        if set(best) & set(place.best):
            continue
        mine = min(place.values[p]["median"] for p in best if p in place.values)
        least = min(place.values[p]["median"] for p in place.best)
        much = f", {times(least / mine)} times fewer" if least else ""
        told.append(f"{listed(list(place.best))} on {place.where}{much}")
    return [f"Others wrote fewer: {listed(told)}."] if told else []


def cost_of(run, policy, cost):
    """A cost of a policy in words, beside the right policies that have less of it."""
    mine = summary.value(run, cost, policy)
    if not mine:
        return ""
    rivals = [p for p in ranking.right(run.policies) if p != policy]
    found = {p: summary.value(run, cost, p) for p in rivals}
    less = [p for p, spread in found.items() if spread and spread["max"] < mine["min"]]
    text = f"{cost.title[0].lower()}{cost.title[1:]}: {fine(mine['median'])}"
    if not less:
        return text
    least = min(found[p]["median"] for p in less)
    who = listed([p for p in less if found[p]["median"] == least])
    return f"{text} ({fine(least)} under {who})"


def prices(data, best):
    """What each winner costs besides bytes."""
    run = data.first
    if not run:
        return []
    out = []
    for policy in best:
        told = {}
        for cost in summary.COSTS:
            text = "" if cost.bytes else cost_of(run, policy, cost)
            if text:
                told.setdefault(summary.workload_of(run, cost), []).append(text)
        out += [
            f"What {policy} costs besides, on {where}: {'; '.join(texts)}."
            for where, texts in told.items()
        ]
    return out


def endless(data):
    """Policies that are not right, and how that was seen."""
    found = {}
    for machine, workload in comparison.pairs(data.machines):
        for policy in sorted(measures.INCORRECT & set(machine.run.policies)):
            ended = found.setdefault(policy, {})
            steps = machine.run.of(workload, policy)
            count = sum(step.stats["livelocks_broken"] for step in steps)
            if count:
                ended[workload] = ended.get(workload, 0) + count
    out = []
    for policy, ended in found.items():
        text = f"{policy} is not right, by design, and takes no part"
        if ended:
            total = sum(ended.values())
            where = listed(sorted(ended, key=ended.get, reverse=True))
            text += f": the guard ended its endless faults {total:,} times ({where})"
        out.append(text + ".")
    return out


def winners(data):
    """Who won, by how much, and what it costs; the first sentence has the most."""
    found = ranking.places(data)
    if len({policy for place in found for policy in place.values}) < 3:
        return [*without_ranking(data), *endless(data)]
    best = ranking.winners(found)
    ran = {policy for place in found for policy in place.values}
    what = "case" if data.machines[0].name else "workload"
    out = [first_place(found, best, what)]
    if measures.BASELINE in ran:
        much = [versus(data, p) for p in best if p != measures.BASELINE]
        if len(much) == 1:
            out[0] += " " + much[0].pop(0)
        out += [sentence for sentences in much for sentence in sentences]
    out += [*lost_places(found, best), *prices(data, best)]
    if measures.BASELINE in ran and measures.SUBJECT in ran - {*best}:
        out += versus(data, measures.SUBJECT)
    return [*out, *endless(data)]


def decide(data, checks, quoted):
    """All of it. @quoted: names of checks that say more of what was found."""
    found = winners(data)
    failed = [check for check in checks if check.verdict == FAIL]
    said = [
        f"{check.name}: {check.text}."
        for check in checks
        if check.name in quoted and check.verdict == PASS
    ]
    if not failed:
        return Verdict(found[0], [*found[1:], checks_told(checks), *said])
    names = ", ".join(check.name for check in failed)
    count = f"{len(failed)} of {plural(len(checks), 'check')}"
    headline = f"The benchmark FAILED: {count} failed: {names}."
    if any(check.name in SOUND for check in failed):
        headline += " The figures are not to be relied on."
    why = [f"{check.name}: {check.text}." for check in failed]
    return Verdict(headline, [*why, *found, *said], failed=True)
