# SPDX-License-Identifier: GPL-2.0
"""Two results as one table.

The rounds of two runs are not paired, so the ratio of a measure is that of the
medians, and its range goes from the least of B by the greatest of A to the greatest of
B by the least of A. A difference is marked only where the rounds of one do not overlap
with those of the other, and are so many that chance does that in 5 % of cases at most.
"""

import textwrap
from math import comb

from pgdm_report import measures, text
from pgdm_report.model import WORD, Column, Group, Table
from pgdm_report.numbers import short

from .results import COUNTERS, TIMES, Unusable

CHANCE = 0.05


def number(measure, value):
    """With what a reader can use of its digits."""
    return f"{value:.3f}" if measure == "seconds" else short(value)


def spelled(measure, found):
    """Median, and range where there is one."""
    middle, least, most = (number(measure, found[k]) for k in ("median", "min", "max"))
    return middle if least == most else f"{middle} [{least}..{most}]"


def divided(value, by):
    """A ratio as text."""
    if not by:
        return "1" if not value else "inf"
    ratio = value / by
    return f"{ratio:.3f}" if ratio < 100 else f"{ratio:.0f}"


def b_by_a(row):
    """B divided by A, with its range."""
    a, b = row[1:3]
    middle = divided(b["median"], a["median"])
    low, high = divided(b["min"], a["max"]), divided(b["max"], a["min"])
    return middle if low == middle == high else f"{middle} [{low}..{high}]"


def apart(row):
    """Marks where no round of one lies among those of the other, beyond chance: of all
    orders of the rounds, two have them apart."""
    _, a, b, rounds = row
    if 2 / comb(sum(rounds), rounds[0]) > CHANCE:
        return ""
    return "*" if a["max"] < b["min"] or b["max"] < a["min"] else ""


def columns():
    """The table's."""
    return [
        Column("measure", lambda row: row[0], kind=WORD),
        Column("A", lambda row: spelled(row[0], row[1])),
        Column("B", lambda row: spelled(row[0], row[2])),
        Column("B / A", b_by_a),
        Column("", apart, kind=WORD),
    ]


def rows(first, second, key):
    """(measure, A's spread, B's, rounds of each) of what both have; not 0 in both."""
    found = []
    for name in (*TIMES, *COUNTERS):
        a, b = first.cases[key].get(name), second.cases[key].get(name)
        if a and b and any(a + b):
            rounds = len(a), len(b)
            found.append((name, measures.spread(a), measures.spread(b), rounds))
    return found


def differences(first, second):
    """Facts of the machines that differ."""
    ignored = {"date", "started", "seconds", "host_load", "commit_changed", "track"}
    names = [n for n in first.facts if n in second.facts and n not in ignored]
    return [
        f"{name}: {first.facts[name]}, {second.facts[name]}"
        for name in names
        if first.facts[name] != second.facts[name]
    ]


def render(first, second):
    """What is printed. Unusable where nothing is in both."""
    keys = [key for key in first.cases if key in second.cases]
    groups = [
        Group(rows(first, second, key), f"{key[0]}, {key[1]}", "") for key in keys
    ]
    groups = [group for group in groups if group.rows]
    if not groups:
        raise Unusable(
            f"{first.path} and {second.path} have no workload and policy in common"
        )
    parts = [f"A: {first.path}\nB: {second.path}"]
    parts.append(
        "\n".join(["The machines differ:", *differences(first, second)])
        if differences(first, second)
        else "The machines do not differ in what is recorded."
    )
    table = Table("compared", "", columns(), groups)
    parts.append("\n".join(text.terminal(table)))
    said = (
        "Medians [least..greatest round]. * marks where the rounds do not overlap, "
        "which chance alone does in 1 of 20 rows at most."
    )
    if not (first.timed and second.timed):
        said += " Times are compared only where both were measured by tools/bench/here"
        said += " on a CPU that is not emulated."
    parts.append(textwrap.fill(said, text.WIDTH))
    return "\n\n".join(parts) + "\n"
