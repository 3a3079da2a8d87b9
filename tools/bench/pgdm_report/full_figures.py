# SPDX-License-Identifier: GPL-2.0
"""The figures of the full experiment: what tables, plots and checks share."""

from statistics import median

from . import measures
from .figures import spread
from .raw import NATIVE

# Native cycles of one policy are told from another's from here on.
NOISE = 1.05


def correct(policies):
    """Those that dirty is compared with."""
    out = measures.INCORRECT | {NATIVE, measures.SUBJECT}
    return [p for p in policies if p not in out]


def cell_spreads(setting):
    """{(policy, writes, trips): {name: spread}}: of each counter, and of what is derived."""
    groups = {}
    for cell in setting.cells:
        groups.setdefault((cell.policy, cell.writes, cell.trips), []).append(cell)
    found = {}
    for key, cells in groups.items():
        names = cells[0].stats
        counters = {n: spread([c.stats[n] for c in cells]) for n in names if all(n in c.stats for c in cells)}
        counters["written"] = spread([measures.written(c.stats) / c.periods for c in cells])
        found[key] = {"cpus": cells[0].cpus, "periods": cells[0].periods, "rounds": len(cells), "stats": counters}
    return found


def against_best(values, subject):
    """(subject divided by the least of the others, that one's name)."""
    others = {name: v for name, v in values.items() if name != subject}
    if subject not in values or not others:
        return None
    best = min(others, key=others.get)
    if not others[best]:
        return (1.0 if not values[subject] else float("inf"), best)
    return (values[subject] / others[best], best)


def bytes_maps(settings):
    """{trips: {(writes, cpus): (ratio, best other)}}, without PTI."""
    maps = {}
    for setting in settings:
        if setting.pti or not setting.cells:
            continue
        spreads = cell_spreads(setting)
        policies = {p for p, _, _ in spreads}
        wanted = set(correct(policies)) | {measures.SUBJECT}
        for writes, trips in {(w, t) for _, w, t in spreads}:
            values = {p: spreads[p, writes, trips]["stats"]["written"]["median"] for p in sorted(wanted) if (p, writes, trips) in spreads}
            found = against_best(values, measures.SUBJECT)
            if found:
                maps.setdefault(trips, {})[writes, setting.cpus] = found
    return maps


def native_maps(native):
    """{rate: {(writes, cpus): (ratio, best other)}} from the periods of native.json."""
    groups = {}
    for row in native["rows"] if native else []:
        if row["group"] == "period" and row["name"] not in measures.INCORRECT:
            groups.setdefault((row["rate"], row["n"], row["cpus"]), {})[row["name"]] = row["over_empty"]["median"]
    maps = {}
    for (rate, writes, cpus), values in groups.items():
        found = against_best(values, measures.SUBJECT)
        if found:
            maps.setdefault(rate, {})[writes, cpus] = found
    return maps


def native_row(native, **want):
    """The one row, or None."""
    for row in native["rows"] if native else []:
        if all(row[k] == v for k, v in want.items()):
            return row
    return None


def crossing(native, cache):
    """From how many writes on a sync of single entries costs more than a full one.

    Linear between the two measured numbers; None where it never does.
    """
    full = native_row(native, group="sweep", name="full", cache=cache)
    rows = [r for r in native["rows"] if r["group"] == "sweep" and r["name"] == "changes" and r["cache"] == cache]
    rows = [(r["n"], r["over_empty"]["median"]) for r in sorted(rows, key=lambda r: r["n"])]
    limit = full["over_empty"]["median"]
    for (n0, c0), (n1, c1) in zip(rows, rows[1:]):
        if c0 <= limit < c1:
            return n0 + (limit - c0) / (c1 - c0) * (n1 - n0)
    return None


def sum_of(run, policy, name):
    """A counter over all workloads and rounds."""
    return sum(s.stats.get(name, 0) for s in run.steps if s.policy == policy)


def faults_against_native(setting, workload, policy):
    """Faults seen less those of native, median of the rounds; None without native."""
    base = {s.round: s.stats["faults_seen"] for s in setting.run.of(workload, NATIVE) if s.stats["faults_seen"]}
    more = [s.stats["faults_seen"] - base[s.round] for s in setting.run.of(workload, policy) if s.round in base]
    return median(more) if more else None
