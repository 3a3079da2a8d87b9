# SPDX-License-Identifier: GPL-2.0
"""The tables of Documentation/answers.md, made from the experiment.

build/report/answers.txt holds them as the page has them, so that the two can be
compared line by line.
"""

from dataclasses import dataclass

from . import measures
from .full_figures import bytes_maps, cell_spreads, crossing, faults_against_native, native_maps, native_row
from .raw import NATIVE

GUARD = 64  # faults at one address before the guard steps in: PGDM_GUARD_FAULTS


@dataclass
class Table:
    """A table of text."""

    name: str
    title: str
    head: list
    rows: list

    def markdown(self):
        def line(cells):
            return "| " + " | ".join(cells) + " |"

        out = [f"Table `{self.name}`: {self.title}.", ""]
        out += [line(self.head), line(["---"] * len(self.head))]
        return "\n".join(out + [line(r) for r in self.rows]) + "\n"


def plain(value):
    """A number to read: separators from a thousand on, three digits below ten."""
    if value is None:
        return "-"
    if value == float("inf"):
        return "inf"
    if abs(value) >= 100 or value == int(value):
        return f"{round(value):,}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spelled(found):
    """Median, and the range where there is one."""
    if not found:
        return "-"
    middle = plain(found["median"])
    low, high = plain(found["min"]), plain(found["max"])
    return middle if low == high else f"{middle} [{low}..{high}]"


def value(setting, workload, policy, measure):
    return spelled(measures.spread_of(setting.run.of(workload, policy), measure))


def counter(name):
    return lambda stats: stats.get(name, 0)


def policies_of(setting, native=False):
    return [p for p in setting.run.policies if native or p != NATIVE]


def by_setting(settings, workload):
    return [s for s in settings if s.run and workload in s.run.workloads]


def per_added(name):
    """An entry that is added is taken away again: two writes."""
    return lambda stats: measures.per(stats[name], stats["publishes"] / 2)


def new_entry(settings, _found):
    """What happens with a new entry and no flush."""
    rows = []
    for s in by_setting(settings, "churn"):
        for p in policies_of(s):
            rows.append([
                s.label,
                p,
                value(s, "churn", p, lambda t: t["publishes"] / 2),
                value(s, "churn", p, counter("faults_seen")),
                plain(faults_against_native(s, "churn", p)),
                value(s, "churn", p, counter("faults_fixed")),
                value(s, "churn", p, per_added("faults_fixed")),
                value(s, "churn", p, counter("livelocks_broken")),
            ])
    head = ["setting", "policy", "entries added", "faults", "more than native", "of them: mirror lacked the entry", "the same, per added entry", "endless, broken by the guard"]
    return Table("new-entry", "faults on churn, live", head, rows)


def signals(settings, found):
    """What it costs the writer to signal."""
    native = found["native"]
    cpus = (1, 2, 4, 8, 16, 64)
    rows = []
    plain_settings = [s for s in by_setting(settings, "churn") if not s.pti]
    policies = []
    for s in plain_settings:
        policies += [p for p in policies_of(s) if p not in policies]
    for p in policies:
        cells = [p]
        for n in cpus:
            r = native_row(native, group="write", name=p, n=n) if native else None
            cells.append(plain(r["over_empty"]["median"]) if r else "-")
        by = {s.cpus: s for s in plain_settings}
        for n in (1, 2, 4, 8):
            cells.append(value(by[n], "churn", p, lambda t: measures.per(t["ipis"], t["publishes"])) if n in by else "-")
        rows.append(cells)
    head = ["policy"] + [f"cycles, {n} CPU{'s' if n > 1 else ''}" for n in cpus] + [f"IPIs, {n} CPU{'s' if n > 1 else ''}" for n in (1, 2, 4, 8)]
    return Table("signals", "a write: native cycles in the writer, by CPUs that have a mirror; CPUs that the policy interrupts for it, on churn without PTI", head, rows)


def pick(settings, cpus, pti=False):
    for s in settings:
        if s.run and s.cpus == cpus and s.pti == pti:
            return s
    return None


def all_policies(settings, _found):
    """Bytes per sync point, every policy and workload."""
    rows = []
    s = pick(settings, 2) or next((s for s in settings if s.run), None)
    if not s:
        return None
    for w in s.run.workloads:
        for p in policies_of(s):
            rows.append([
                w,
                p,
                value(s, w, p, counter("switches")),
                value(s, w, p, counter("flush_receipts")),
                value(s, w, p, counter("user_returns")),
                value(s, w, p, counter("publishes")),
                value(s, w, p, counter("syncs_full")),
                value(s, w, p, counter("attaches")),
                value(s, w, p, measures.written),
                value(s, w, p, lambda t: measures.per(measures.written(t), measures.points(t))),
                value(s, w, p, counter("ipis")),
            ])
    head = ["workload", "policy", "switches", "flush receipts", "user returns", "writes", "full copies", "of them first copies", "bytes into mirrors", "bytes a sync point", "IPIs"]
    return Table("policies", f"every policy and workload, {s.label}, live", head, rows)


def shares(settings, _found):
    """How much is the flag, how much the dirty entries."""
    rows = []
    s = pick(settings, 2) or next((s for s in settings if s.run), None)
    if not s:
        return None
    chain = [p for p in ("always", "flag", "flag-mm", "dirty", "eager") if p in s.run.policies]
    for w in s.run.workloads:
        cells = [w]
        for p in chain:
            cells.append(value(s, w, p, lambda t: measures.per(measures.beyond_first(t, s.pti), measures.points(t))))
        rows.append(cells)
    return Table("shares", f"bytes written into mirrors per sync point, first copies left out, {s.label}", ["workload"] + chain, rows)


def xen(settings, _found):
    """Xen's first form against the merged one, in units that hold here."""
    rows = []
    for s in by_setting(settings, "compile"):
        if not s.run.of("compile", "always-exit") or not s.run.of("compile", "flag"):
            continue
        for name, measure in (
            ("full copies", counter("syncs_full")),
            ("bytes into mirrors", measures.written),
            ("IPIs of the policy", counter("ipis")),
        ):
            found = {p: measures.spread_of(s.run.of("compile", p), measure) for p in ("always-exit", "flag", "dirty") if s.run.of("compile", p)}
            first, merged = found["always-exit"]["median"], found["flag"]["median"]
            change = f"{100 * (merged - first) / first:+.1f} %" if first else "-"
            dirty = found.get("dirty")
            more = f"{100 * (dirty['median'] - first) / first:+.1f} %" if first and dirty else "-"
            rows.append([s.label, name, spelled(found["always-exit"]), spelled(found["flag"]), change, spelled(dirty), more])
    head = ["setting", "what", "always-exit (first form)", "flag (merged)", "change", "dirty", "change"]
    return Table("xen", "the workload compile", head, rows)


def instructions(_settings, found):
    """Guest instructions."""
    icount = found["icount"]
    if not icount:
        return None
    operations = list(next(iter(icount.values())))
    base = {op: sorted(icount["absent"][op])[len(icount["absent"][op]) // 2] for op in operations} if "absent" in icount else {}
    rows = []
    for mode, ops in icount.items():
        cells = [mode]
        for op in operations:
            values = sorted(ops.get(op, []))
            if not values or op not in base:
                cells.append("-")
                continue
            middle = values[len(values) // 2]
            cells.append(plain(middle) if mode == "absent" else f"{middle - base[op]:+,.0f} [{values[0] - base[op]:+,.0f}..{values[-1] - base[op]:+,.0f}]")
        rows.append(cells)
    return Table("instructions", "guest instructions, one CPU: with the module absent, and what is added; live is dirty", ["mode"] + [f"one {op}" for op in operations], rows)


def points_native(_settings, found):
    """Cycles of the sync points."""
    native = found["native"]
    if not native:
        return None
    names = []
    for r in native["rows"]:
        if r["group"] == "switch" and r["name"] not in names:
            names.append(r["name"])
    rows = []
    for name in names:
        cells = [name]
        for group, n in (("switch", 0), ("switch", 1), ("switch", 8), ("switch", 64), ("switch", 256), ("flush", 0), ("flush", 1), ("fault", 0), ("fault", 1)):
            r = native_row(native, group=group, name=name, n=n)
            cells.append(plain(r["over_empty"]["median"]) if r else "-")
        rows.append(cells)
    head = ["policy"] + [f"switch, {n} written" for n in (0, 1, 8, 64, 256)] + [f"{g}, {n} written" for g in ("flush", "fault") for n in (0, 1)]
    return Table("points", "native cycles of one sync point, by entries written since the last", head, rows)


def sync_cycles(_settings, found):
    """The break-even of one sync."""
    native, ring = found["native"], found["ring"]
    if not native:
        return None
    rows = []
    for n in (0, 1, 2, 4, 8, 16, 32, 48, 64, 65, 96, 128, 160, 192, 256, 512):
        cells = [str(n)]
        for source in (native, ring):
            for cache in ("hot", "cold"):
                r = native_row(source, group="sweep", name="changes", cache=cache, n=n) if source else None
                cells.append(f"{plain(r['over_empty']['median'])} [{plain(r['over_empty']['p10'])}..{plain(r['over_empty']['p90'])}]" if r else "-")
        rows.append(cells)
    for what, label in (("full", "full copy"), ("rep movsq", "`rep movsq`")):
        cells = [label]
        for source in (native, ring):
            for cache in ("hot", "cold"):
                r = native_row(source, group="sweep", name=what, cache=cache) if source else None
                cells.append(plain(r["over_empty"]["median"]) if r else "-")
        rows.append(cells)
    cells = ["dearer than a full copy from"]
    for source in (native, ring):
        for cache in ("hot", "cold"):
            at = crossing(source, cache) if source else None
            cells.append(plain(round(at)) if at is not None else "never")
    rows.append(cells)
    head = ["entries written"] + [f"ring of {s['ring'] if s else '?'}, {c}" for s in (native, ring) for c in ("hot", "cold")]
    return Table("sync", "native cycles of one sync of `dirty`, and with a longer ring; median, p10 to p90", head, rows)


def map_table(name, title, maps, unit):
    rows = []
    for rate in sorted(maps):
        found = maps[rate]
        for cpus in sorted({c for _, c in found}):
            cells = [str(rate), str(cpus)]
            for writes in sorted({w for w, _ in found}):
                ratio = found.get((writes, cpus))
                cells.append(f"{plain(ratio[0])} ({ratio[1]})" if ratio else "-")
            rows.append(cells)
    if not rows:
        return None
    writes = sorted({w for found in maps.values() for w, _ in found})
    return Table(name, title, ["returns", "CPUs"] + [f"{w} written" for w in writes], rows) if unit else None


def map_native(_settings, found):
    return map_table("map-cycles", "native cycles of dirty divided by those of the best other correct policy, named", native_maps(found["native"]), "cycles")


def map_bytes(settings, _found):
    return map_table("map-bytes", "bytes into mirrors of dirty divided by those of the best other correct policy, named; virtual machines without PTI", bytes_maps(settings), "bytes")


def sweep_policies(settings, _found):
    """The sweep itself at one setting."""
    s = pick(settings, 2) or next((s for s in settings if s.cells), None)
    if not s or not s.cells:
        return None
    spreads = cell_spreads(s)
    rows = []
    for trips in sorted({t for _, _, t in spreads}):
        for p in policies_of(s):
            cells = [str(trips), p]
            for writes in sorted({w for _, w, _ in spreads}):
                found = spreads.get((p, writes, trips))
                cells.append(spelled(found["stats"]["written"]) if found else "-")
            rows.append(cells)
    writes = sorted({w for _, w, _ in spreads})
    return Table("sweep", f"bytes into mirrors per period, {s.label}: entries written, then so many returns on each CPU", ["returns", "policy"] + [f"{w} written" for w in writes], rows)


TABLES = (new_entry, signals, shares, xen, all_policies, instructions, points_native, sync_cycles, map_native, map_bytes, sweep_policies)


def make(settings, found):
    """All tables that there are figures for."""
    made = [one(settings, found) for one in TABLES]
    return [t for t in made if t and t.rows]
