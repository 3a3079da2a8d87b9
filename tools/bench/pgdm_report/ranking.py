# SPDX-License-Identifier: GPL-2.0
"""Which of the policies that are right wrote the fewest bytes, workload by workload.

Bytes are those at each sync point: how many sync points there are is up to the
scheduler. The least median is the best; who is not worse in each round, by more
than noise, shares the place.
"""

from dataclasses import dataclass

from . import comparison, measures

# Bytes of one policy differ from round to round by so much, without a reason.
NOISE = 0.02


@dataclass(frozen=True)
class Place:
    """The best of one case: a workload, on a machine."""

    where: str
    best: tuple  # policies, in the order of the module
    values: dict  # policy -> spread


def by_bytes(stats):
    return measures.per(measures.written(stats), measures.points(stats))


def right(policies):
    """Those that can win."""
    fit = {*comparison.correct(policies), measures.SUBJECT}
    return [policy for policy in policies if policy in fit]


def shares(found, least):
    """Not beaten in each round, or by noise alone."""
    if found["min"] <= least["max"]:
        return True
    return found["median"] <= least["median"] * (1 + NOISE)


def places(data):
    """A place for each case in which two right policies or more were run."""
    found = []
    for machine, workload in comparison.pairs(data.machines):
        values = {
            policy: measures.spread_of(machine.run.of(workload, policy), by_bytes)
            for policy in right(machine.run.policies)
        }
        values = {policy: spread for policy, spread in values.items() if spread}
        if len(values) < 2:
            continue
        least = min(values.values(), key=lambda spread: spread["median"])
        best = tuple(p for p, spread in values.items() if shares(spread, least))
        where = f"{workload}, {machine.label}" if machine.name else workload
        found.append(Place(where, best, values))
    return found


def winners(found):
    """Those that are best, alone or shared, in the most cases."""
    ran = dict.fromkeys(policy for place in found for policy in place.values)
    wins = {p: sum(p in place.best for place in found) for p in ran}
    most = max(wins.values(), default=0)
    return [policy for policy, count in wins.items() if count == most]
