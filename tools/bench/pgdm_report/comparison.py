# SPDX-License-Identifier: GPL-2.0
"""One policy against all other ones: over machines, the sweep, native cycles.

What tables, plots and checks share.
"""

from . import measures
from .raw import NATIVE

# Native cycles of one policy are told from another's from here on: a ratio, and
# cycles, since a cell may be two switches long, and the counter's steps are a score.
NOISE = 1.05
RESOLUTION = 1.0


def correct(policies):
    """Those that dirty is compared with."""
    out = measures.INCORRECT | {NATIVE, measures.SUBJECT}
    return [p for p in policies if p not in out]


def pairs(machines):
    """(machine, workload) of all that were run."""
    return [(m, w) for m in machines if m.run for w in m.run.workloads]


def with_dirty(machines):
    """(machine, workload, other, dirty's steps, the other's) where both were run."""
    for machine, workload in pairs(machines):
        mine = machine.run.of(workload, measures.SUBJECT)
        for other in correct(machine.run.policies):
            theirs = machine.run.of(workload, other)
            if mine and theirs:
                yield machine, workload, other, mine, theirs


def cell_spreads(machine):
    """The sweep: {(policy, writes, trips): its cell}; each counter as a spread, and
    what is derived."""
    groups = {}
    for cell in machine.cells:
        groups.setdefault((cell.policy, cell.writes, cell.trips), []).append(cell)
    found = {}
    for key, cells in groups.items():
        counters = {
            name: measures.spread([c.stats[name] for c in cells])
            for name in cells[0].stats
            if all(name in c.stats for c in cells)
        }
        written = [measures.written(c.stats) / c.periods for c in cells]
        counters["written"] = measures.spread(written)
        found[key] = {
            "cpus": cells[0].cpus,
            "periods": cells[0].periods,
            "rounds": len(cells),
            "stats": counters,
        }
    return found


def against_best(values, subject):
    """(subject divided by the least of the other values, the name of that)."""
    others = {name: v for name, v in values.items() if name != subject}
    if subject not in values or not others:
        return None
    best = min(others, key=others.get)
    if not others[best]:
        return (1.0 if not values[subject] else float("inf"), best)
    return (values[subject] / others[best], best)


def bytes_maps(machines):
    """{trips: {(writes, cpus): (ratio, best other)}}, without PTI."""
    maps = {}
    for machine in machines:
        if machine.pti or not machine.cells:
            continue
        spreads = cell_spreads(machine)
        wanted = {*correct({p for p, _, _ in spreads}), measures.SUBJECT}
        for writes, trips in {(w, t) for _, w, t in spreads}:
            values = {
                p: spreads[p, writes, trips]["stats"]["written"]["median"]
                for p in sorted(wanted)
                if (p, writes, trips) in spreads
            }
            found = against_best(values, measures.SUBJECT)
            if found:
                maps.setdefault(trips, {})[writes, machine.cpus] = found
    return maps


def native_rows(native, **want):
    """Rows of native.json, by n; none without the file."""
    rows = native["rows"] if native else []
    rows = [r for r in rows if all(r[k] == v for k, v in want.items())]
    return sorted(rows, key=lambda r: r["n"])


def native_spread(native, **want):
    """The cycles of the first such row, above those of an empty loop; or None."""
    rows = native_rows(native, **want)
    return rows[0]["over_empty"] if rows else None


def period_maps(native, wanted):
    """{rate: {(writes, cpus): (ratio, best other)}} from the periods of native.json,
    of the names that are wanted. Cycles that cannot be told apart have the ratio 1."""
    groups = {}
    for row in native["rows"] if native else []:
        if row["group"] == "period" and wanted(row["name"]):
            where = row["rate"], row["n"], row["cpus"]
            values = groups.setdefault(where, {})
            values[row["name"]] = row["over_empty"]["median"]
    maps = {}
    for (rate, writes, cpus), values in groups.items():
        found = against_best(values, measures.SUBJECT)
        if not found:
            continue
        if abs(values[measures.SUBJECT] - values[found[1]]) <= RESOLUTION:
            found = (1.0, found[1])
        maps.setdefault(rate, {})[writes, cpus] = found
    return maps


def native_maps(native):
    """Those of dirty against the best other correct policy."""
    out = measures.INCORRECT | {measures.RIVAL}
    return period_maps(native, lambda name: name not in out)


def rival_maps(native):
    """Those of dirty against the full copy of a system that can use rep movsq."""
    return period_maps(native, {measures.SUBJECT, measures.RIVAL}.__contains__)


def crossing(native, cache):
    """From how many writes on a sync of single entries costs more than a full one.

    Linear between the two measured numbers; None where it never does.
    """
    full = native_spread(native, group="sweep", name="full", cache=cache)
    if not full:
        return None
    rows = native_rows(native, group="sweep", name="changes", cache=cache)
    costs = [(r["n"], r["over_empty"]["median"]) for r in rows]
    for (n0, c0), (n1, c1) in zip(costs, costs[1:]):
        if c0 <= full["median"] < c1:
            return n0 + (full["median"] - c0) / (c1 - c0) * (n1 - n0)
    return None
