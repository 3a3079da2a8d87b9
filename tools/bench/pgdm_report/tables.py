# SPDX-License-Identifier: GPL-2.0
"""The tables of Documentation/answers.md, made from the experiment.

build/report/answers.txt holds them as the page has them, so that the two can be
compared line by line. Their names and heads are those of that document.
"""

from dataclasses import dataclass
from typing import Callable

from . import comparison, measures
from .machines import Machine
from .model import WORD, Column, Table
from .numbers import plain, plural, spelled
from .raw import NATIVE


@dataclass(frozen=True)
class Runs:
    """A row: a workload under a policy on a machine."""

    machine: Machine
    workload: str
    policy: str

    @property
    def steps(self):
        return self.machine.run.of(self.workload, self.policy)


def label(name, value):
    """A column of words."""
    return Column(name, value, kind=WORD)


def over_rounds(name, measure, unit=""):
    """A column of Runs: a measure of each round's counters."""

    def value(runs):
        return measures.spread_of(runs.steps, measure)

    return Column(name, value, spelled, unit)


def counter(name):
    return lambda stats: stats.get(name, 0)


def ratio(name, by):
    """A counter for each of what is counted by a function."""
    return lambda stats: measures.per(stats[name], by(stats))


def policies_of(machine):
    return [p for p in machine.run.policies if p != NATIVE]


def that_ran(data, workload):
    return [m for m in data.machines if m.run and workload in m.run.workloads]


def pick(machines):
    """The one of tables that show one: two CPUs without PTI, or else the first."""
    wanted = [m for m in machines if (m.cpus, m.pti) == (2, False)] + machines
    return wanted[0] if wanted else None


def median_cycles(native, name, unit="cycles", **want):
    """A column whose row is the name of a policy: cycles of a row of native.json."""

    def value(policy):
        found = comparison.native_spread(native, name=policy, **want)
        return found["median"] if found else None

    return Column(name, value, plain, unit)


def new_entry(data):
    """What happens with a new entry and no flush."""
    machines = that_ran(data, "churn")
    rows = [Runs(m, "churn", p) for m in machines for p in policies_of(m)]

    def beyond_native(runs):
        run = runs.machine.run
        return measures.faults_against_native(run, runs.workload, runs.policy)

    columns = [
        label("setting", lambda runs: runs.machine.label),
        label("policy", lambda runs: runs.policy),
        over_rounds("entries added", measures.added),
        over_rounds("faults", counter("faults_seen")),
        Column("more than native", beyond_native, plain),
        over_rounds("of them: mirror lacked the entry", counter("faults_fixed")),
        over_rounds("the same, per added entry", ratio("faults_fixed", measures.added)),
        over_rounds("endless, broken by the guard", counter("livelocks_broken")),
    ]
    return Table.of("new-entry", "faults on churn, live", columns, rows)


def signals(data):
    """What it costs the writer to signal."""
    shown = [m for m in that_ran(data, "churn") if not m.pti]
    policies = list(dict.fromkeys(p for m in shown for p in policies_of(m)))
    ipis = ratio("ipis", lambda stats: stats["publishes"])

    def cycles(n):
        name = f"cycles, {plural(n, 'CPU')}"
        return median_cycles(data.native, name, group="write", n=n)

    def interrupted(n):
        machine = next((m for m in shown if m.cpus == n), None)

        def value(policy):
            if not machine:
                return None
            return measures.spread_of(machine.run.of("churn", policy), ipis)

        return Column(f"IPIs, {plural(n, 'CPU')}", value, spelled)

    columns = [label("policy", str)]
    columns += [cycles(n) for n in (1, 2, 4, 8, 16, 64)]
    columns += [interrupted(n) for n in (1, 2, 4, 8)]
    title = (
        "a write: native cycles in the writer, by CPUs that have a mirror; CPUs that "
        "the policy interrupts for it, on churn without PTI"
    )
    return Table.of("signals", title, columns, policies)


def shares(data):
    """How much is the flag, how much the dirty entries."""
    machine = pick([m for m in data.machines if m.run])
    if not machine:
        return None

    def beyond(stats):
        written = measures.beyond_first(stats, machine.pti)
        return measures.per(written, measures.points(stats))

    def of_policy(policy):
        def value(workload):
            return measures.spread_of(machine.run.of(workload, policy), beyond)

        return Column(policy, value, spelled, "bytes")

    chain = ("always", "flag", "flag-mm", "dirty", "eager")
    columns = [label("workload", str)]
    columns += [of_policy(p) for p in chain if p in machine.run.policies]
    title = "bytes written into mirrors per sync point, first copies left out"
    title += f", {machine.label}"
    workloads = [w for w in machine.run.workloads if not of_program(w)]
    return Table.of("shares", title, columns, workloads)


@dataclass(frozen=True)
class Xen:
    """A row: a measure of the workload compile on a machine."""

    machine: Machine
    name: str
    measure: Callable

    def spread(self, policy):
        return measures.spread_of(self.machine.run.of("compile", policy), self.measure)

    def change(self, policy):
        """Against the first form, in percent."""
        first, other = self.spread("always-exit"), self.spread(policy)
        if not other or not first["median"]:
            return None
        return 100 * (other["median"] - first["median"]) / first["median"]


def xen(data):
    """Xen's first form against the merged one, in units that hold here."""

    def of_policy(name, policy):
        return Column(name, lambda row: row.spread(policy), spelled)

    def change(policy):
        return Column("change", lambda row: row.change(policy), "{:+.1f} %".format)

    shown = (
        ("full copies", counter("syncs_full")),
        ("bytes into mirrors", measures.written),
        ("IPIs of the policy", counter("ipis")),
    )
    machines = [
        m
        for m in that_ran(data, "compile")
        if m.run.of("compile", "always-exit") and m.run.of("compile", "flag")
    ]
    rows = [Xen(m, name, measure) for m in machines for name, measure in shown]
    columns = [
        label("setting", lambda row: row.machine.label),
        label("what", lambda row: row.name),
        of_policy("always-exit (first form)", "always-exit"),
        of_policy("flag (merged)", "flag"),
        change("flag"),
        of_policy("dirty", "dirty"),
        change("dirty"),
    ]
    return Table.of("xen", "the workload compile", columns, rows)


def all_policies(data):
    """Bytes per sync point, every policy and workload."""
    machine = pick([m for m in data.machines if m.run])
    if not machine:
        return None
    policies = policies_of(machine)
    workloads = [w for w in machine.run.workloads if not of_program(w)]
    rows = [Runs(machine, w, p) for w in workloads for p in policies]

    def first(stats):
        return measures.bytes_a_first_copy(stats, machine.pti)

    columns = [
        label("workload", lambda runs: runs.workload),
        label("policy", lambda runs: runs.policy),
        over_rounds("switches", counter("switches")),
        over_rounds("flush receipts", counter("flush_receipts")),
        over_rounds("user returns", counter("user_returns")),
        over_rounds("writes", counter("publishes")),
        over_rounds("full copies", counter("syncs_full")),
        over_rounds("sparse copies", counter("syncs_sparse")),
        over_rounds("first copies", counter("attaches")),
        over_rounds("bytes a first copy", first, "bytes"),
        over_rounds("bytes into mirrors", measures.written, "bytes"),
        over_rounds("bytes a sync point", measures.written_a_point, "bytes"),
        over_rounds("IPIs", counter("ipis")),
    ]
    title = f"every policy and workload, {machine.label}, live"
    return Table.of("policies", title, columns, rows)


# Workloads that are about a program of others begin so.
REAL = "real-"


def of_program(workload):
    return workload.startswith(REAL)


def root_entries(runs):
    """Root entries that the program had while it worked; None: not counted."""
    found = runs.machine.run.meta.get(f"entries.{runs.workload}", "")
    return int(found) if found.isdigit() else None


def real_programs(data):
    """How many root entries real programs have, and what they cost each policy."""
    rows = [
        Runs(m, w, p)
        for m in data.machines
        if m.run
        for w in m.run.workloads
        if of_program(w)
        for p in policies_of(m)
    ]

    columns = [
        label("program", lambda runs: runs.workload.removeprefix(REAL)),
        Column("root entries", root_entries),
        label("policy", lambda runs: runs.policy),
        over_rounds("writes", counter("publishes")),
        over_rounds("syncs", measures.syncs),
        over_rounds("bytes into mirrors", measures.written, "bytes"),
        over_rounds("bytes a sync point", measures.written_a_point, "bytes"),
    ]
    where = ", ".join(dict.fromkeys(runs.machine.label for runs in rows))
    title = (
        "real programs: entries of the user half of the root that are populated while "
        "the program works, the most in any of its processes; and what it costs each "
        f"policy, {where}, live"
    )
    return Table.of("programs", title, columns, rows)


# What tools/bench/icount/operations.c calls otherwise than the table.
OPERATIONS = {"evicted": "one switch, mirror evicted"}


def instructions(data):
    """Guest instructions."""
    if not data.icount:
        return None
    base = {
        operation: middle_of(values)
        for operation, values in data.icount.get("absent", {}).items()
    }

    def of_operation(operation):
        def value(mode):
            values = data.icount[mode].get(operation)
            if not values or operation not in base:
                return None
            if mode == "absent":
                return plain(base[operation])
            shown = (middle_of(values), min(values), max(values))
            middle, low, high = (v - base[operation] for v in shown)
            return f"{middle:+,.0f} [{low:+,.0f}..{high:+,.0f}]"

        name = OPERATIONS.get(operation, f"one {operation}")
        return Column(name, value, unit="instructions")

    columns = [label("mode", str)]
    columns += [of_operation(o) for o in next(iter(data.icount.values()))]
    title = (
        "guest instructions, one CPU: with the module absent, and what is added; "
        "live is dirty"
    )
    return Table.of("instructions", title, columns, data.icount)


def middle_of(values):
    """The middle one of them, a number that was measured."""
    return sorted(values)[len(values) // 2]


def points_native(data):
    """Cycles of the sync points."""
    rows = data.native["rows"] if data.native else []
    policies = list(dict.fromkeys(r["name"] for r in rows if r["group"] == "switch"))
    shown = [("switch", n) for n in (0, 1, 8, 64, 256)]
    shown += [(group, n) for group in ("flush", "fault") for n in (0, 1)]
    columns = [label("policy", str)]
    columns += [
        median_cycles(data.native, f"{group}, {n} written", group=group, n=n)
        for group, n in shown
    ]
    title = "native cycles of one sync point, by entries written since the last"
    return Table.of("points", title, columns, policies)


def sync_cycles(data):
    """The break-even of one sync."""
    if not data.native:
        return None

    def writes(n):
        def cell(source, cache):
            want = {"group": "sweep", "name": "changes", "cache": cache, "n": n}
            found = comparison.native_spread(source, **want)
            if not found:
                return None
            middle, low, high = (plain(found[k]) for k in ("median", "p10", "p90"))
            return f"{middle} [{low}..{high}]"

        return str(n), cell

    def copy(name, shown):
        def cell(source, cache):
            want = {"group": "sweep", "name": name, "cache": cache}
            found = comparison.native_spread(source, **want)
            return plain(found["median"]) if found else None

        return shown, cell

    def dearer(source, cache):
        at = comparison.crossing(source, cache) if source else None
        return plain(round(at)) if at is not None else "never"

    def column(source, cache):
        name = f"ring of {source['ring'] if source else '?'}, {cache}"
        return Column(name, lambda row: row[1](source, cache), unit="cycles")

    numbers = (0, 1, 2, 4, 8, 16, 32, 48, 64, 65, 96, 128, 160, 192, 256, 512)
    rows = [writes(n) for n in numbers]
    rows += [copy("full", "full copy"), copy("rep movsq", "`rep movsq`")]
    rows.append(("dearer than a full copy from", dearer))
    columns = [label("entries written", lambda row: row[0])]
    sources = (data.native, data.ring)
    columns += [column(s, c) for s in sources for c in ("hot", "cold")]
    title = (
        "native cycles of one sync of `dirty`, and with a longer ring; "
        "median, p10 to p90"
    )
    return Table.of("sync", title, columns, rows)


# Kinds of change of the sweep, and numbers of writes that tell rings apart.
RING_SHOWN = {
    "changes": (4, 8, 16, 32, 64, 128),
    "coming and going": (4, 8, 16, 32, 64, 128),
    "among many": (4, 6, 8, 16, 32, 64, 128),
}


def rings(data):
    """What a sync costs with other lengths of the ring."""
    if not data.rings:
        return None

    def column(native, cache):
        def value(row):
            name, n = row
            want = {"group": "sweep", "name": name, "cache": cache, "n": n}
            found = comparison.native_spread(native, **want)
            return found["median"] if found else None

        return Column(f"{native['ring']}, {cache}", value, plain, "cycles")

    columns = [label("written", lambda row: row[0])]
    columns.append(label("entries", lambda row: str(row[1])))
    columns += [column(one, c) for c in ("hot", "cold") for one in data.rings]
    rows = [(name, n) for name, shown in RING_SHOWN.items() for n in shown]
    title = "native cycles of one sync of `dirty`, by the length of the ring"
    return Table.of("rings", title, columns, rows)


def map_table(name, title, maps):
    """A map of comparison.py: a row for each number of returns and of CPUs."""

    def of_writes(writes):
        def value(row):
            rate, cpus = row
            return maps[rate].get((writes, cpus))

        return Column(f"{writes} written", value, lambda v: f"{plain(v[0])} ({v[1]})")

    rows = sorted({(rate, cpus) for rate, found in maps.items() for _, cpus in found})
    columns = [label("returns", lambda row: str(row[0]))]
    columns.append(label("CPUs", lambda row: str(row[1])))
    columns += [of_writes(n) for n in sorted({w for m in maps.values() for w, _ in m})]
    return Table.of(name, title, columns, rows)


def map_native(data):
    title = (
        "native cycles of dirty divided by those of the best other correct policy, "
        "named"
    )
    return map_table("map-cycles", title, comparison.native_maps(data.native))


def map_rival(data):
    title = (
        "native cycles of dirty divided by those of full copies with `rep movsq` at "
        "each switch, which the module cannot make"
    )
    return map_table("map-movsq", title, comparison.rival_maps(data.native))


def map_bytes(data):
    title = (
        "bytes into mirrors of dirty, first copies counted, divided by those of the "
        "best other correct policy, named; virtual machines without PTI"
    )
    return map_table("map-bytes", title, comparison.bytes_maps(data.machines))


def sweep_policies(data):
    """The sweep itself on one machine."""
    machine = pick([m for m in data.machines if m.cells])
    if not machine:
        return None
    spreads = comparison.cell_spreads(machine)

    def of_writes(writes):
        def value(row):
            trips, policy = row
            found = spreads.get((policy, writes, trips))
            return found["stats"]["written"] if found else None

        return Column(f"{writes} written", value, spelled, "bytes")

    trips = sorted({t for _, _, t in spreads})
    columns = [label("returns", lambda row: str(row[0]))]
    columns.append(label("policy", lambda row: row[1]))
    columns += [of_writes(n) for n in sorted({w for _, w, _ in spreads})]
    rows = [(t, p) for t in trips for p in policies_of(machine)]
    title = (
        f"bytes into mirrors per period, {machine.label}: entries written, then so "
        "many returns on each CPU"
    )
    return Table.of("sweep", title, columns, rows)


def costs(data):
    """What each policy costs: the table of README."""
    machine = pick([m for m in data.machines if m.run])
    if not machine:
        return None
    plain_ones = [m for m in data.machines if m.run and not m.pti]
    widest = max(plain_ones or [machine], key=lambda m: m.cpus)

    def median_of(where, workload, measure):
        def value(policy):
            found = measures.spread_of(where.run.of(workload, policy), measure)
            return found["median"] if found else None

        return value

    def bytes_on(workload):
        return Column(
            f"bytes: {workload}",
            median_of(machine, workload, measures.written_a_point),
            plain,
        )

    def right(policy):
        return "no" if policy in measures.INCORRECT else "yes"

    def cycles(name, **want):
        return median_cycles(data.native, name, **want)

    ipis = ratio("ipis", lambda stats: stats["publishes"])
    faults = ratio("faults_fixed", measures.added)
    columns = [
        label("policy", str),
        label("right", right),
        bytes_on("compile"),
        bytes_on("hackbench"),
        Column("IPIs", median_of(widest, "churn", ipis), plain),
        Column("faults", median_of(machine, "churn", faults), plain),
        cycles("write", group="write", n=8),
        cycles("switch", group="switch", n=0),
        cycles("first copy", group="first", n=3),
    ]
    policies = policies_of(machine)
    if comparison.native_rows(data.native, name=measures.RIVAL):
        policies.append(measures.RIVAL)
    title = (
        f"what each policy costs. Live, {machine.label}: bytes into mirrors a sync "
        "point, first copies counted; extra faults a new entry, on churn. "
        f"{widest.label}: CPUs that the policy interrupts a root write, on churn. "
        "Native cycles: of a write with 8 CPUs on the mm, of a switch with nothing "
        "to do, and of a first copy for a program that has 3 entries"
    )
    return Table.of("costs", title, columns, policies, aligned=True)


TABLES = (
    costs,
    new_entry,
    signals,
    shares,
    xen,
    all_policies,
    real_programs,
    instructions,
    points_native,
    sync_cycles,
    rings,
    map_native,
    map_rival,
    map_bytes,
    sweep_policies,
)


def make(data):
    """All tables that there are figures for."""
    made = [one(data) for one in TABLES]
    return [table for table in made if table and table.rows]
