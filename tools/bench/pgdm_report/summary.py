# SPDX-License-Identifier: GPL-2.0
"""What each policy costs, in a row: the table and the picture that come first.

A cost is a number of one workload: the one that shows it best, or where that was
not run the first that was.
"""

from dataclasses import dataclass
from typing import Callable

from . import measures, ranking
from .model import WORD, Bar, Column, Panel, Picture, Table
from .numbers import fine, spelled
from .raw import NATIVE

# What is copied, and when; the rest is in Documentation/policies.md.
DOES = {
    "always": "the whole table at every switch, flush and fault",
    "always-exit": "the same, and at every return to user mode",
    "flag": "the whole table where a flag is raised; the writer raises it and "
    "interrupts the other CPUs",
    "flag-mm": "the whole table where the program's flag is raised; nobody is "
    "interrupted",
    "flush-only": "the whole table at switch and flush, and never at a fault",
    "carry": "the whole table at a flush after a change; a new entry gets a flush",
    "eager": "nothing: the writer stores each change into every mirror",
    "dirty": "the changed entries only, at switch, flush and fault",
}


@dataclass(frozen=True)
class Cost:
    """One thing that a policy makes the machine do."""

    name: str  # in the table
    title: str  # above the panel
    best_on: str  # the workload that shows it
    measure: Callable  # counters of a step -> number
    bytes: bool = False  # it is what the ranking is by


COSTS = (
    Cost(
        "bytes a sync point",
        "Bytes written into mirrors at each sync point",
        "compile",
        lambda s: measures.per(measures.written(s), measures.points(s)),
        True,
    ),
    Cost(
        "stores a write",
        "Words that the writer stores into mirrors, each root write",
        "churn",
        lambda s: measures.per(measures.stored(s), s["publishes"]),
    ),
    Cost(
        "interrupts a new entry",
        "Other CPUs interrupted, each new root entry",
        "churn",
        lambda s: measures.per(s["ipis"], measures.added(s)),
    ),
    Cost(
        "faults a new entry",
        "Extra page faults, each new root entry",
        "churn",
        lambda s: measures.per(s["faults_fixed"], measures.added(s)),
    ),
)


def workload_of(run, cost):
    """Where a cost is looked at."""
    return cost.best_on if cost.best_on in run.workloads else run.workloads[0]


def value(run, cost, policy):
    """Its spread over the rounds, or None."""
    return measures.spread_of(run.of(workload_of(run, cost), policy), cost.measure)


def policies(run):
    """In the order of the module, those that are not right last."""
    found = [p for p in run.policies if p != NATIVE]
    return sorted(found, key=lambda p: p in measures.INCORRECT)


def right(policy):
    """In a cell: the policies that are not are to be seen."""
    return "NO" if policy in measures.INCORRECT else "yes"


def table(run):
    """A row a policy."""

    def column(cost):
        where = workload_of(run, cost)
        return Column(
            f"{cost.name}, {where}",
            lambda policy: value(run, cost, policy),
            lambda found: spelled(found, show=fine),
            meaning=f"{cost.title}; workload {where}.",
            heads=(where, cost.name),
        )

    columns = [
        Column("policy", str, kind=WORD, heads=("", "policy")),
        Column(
            "right",
            right,
            meaning="Whether the policy is right. One that is not leaves a CPU "
            "without an entry that it needs; it faults without end until a guard "
            "of the module copies the entry.",
            heads=("", "right"),
            kind=WORD,
        ),
        *(column(cost) for cost in COSTS),
    ]
    return Table.of(
        "policies",
        "What each policy costs: medians, and least and greatest round",
        columns,
        policies(run),
        terminal=True,
        bad=lambda policy: policy in measures.INCORRECT,
    )


def panel(run, cost, winners):
    """A cost, with a bar for each policy that has a figure."""
    bars = []
    for policy in policies(run):
        found = value(run, cost, policy)
        if found:
            bars.append(
                Bar(
                    policy,
                    found["median"],
                    fine(found["median"]),
                    policy in winners,
                    policy in measures.INCORRECT,
                )
            )
    return Panel(cost.title, f"workload {workload_of(run, cost)}", bars)


def picture(data):
    """A panel a cost, in it a bar a policy."""
    run = data.first
    winners = ranking.winners(ranking.places(data))
    panels = [panel(run, cost, winners) for cost in COSTS]
    wrong = [p for p in policies(run) if p in measures.INCORRECT]
    words = (
        "A root write has to reach the copies on all CPUs. Somebody pays: the CPUs "
        "that copy, the writer that stores, the CPUs that are interrupted, or the "
        "programs that fault. A shorter bar is better. Where the numbers are far "
        "apart, each line of the grid stands for ten times the one before."
    )
    if winners:
        words += f" Bold and blue: the fewest bytes ({', '.join(winners)})."
    if wrong:
        words += f" Hatched: {', '.join(wrong)}, which is not right."
    return Picture("costs", "Who pays for a change", words, panels)
