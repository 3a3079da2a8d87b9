# SPDX-License-Identifier: GPL-2.0
"""The report of the quick benchmark: one machine, a few policies."""

from . import checks, documents, histograms, measures, summary, verdict
from .model import TEXT, WORD, Column, Group, Inset, Note, Report, Table
from .numbers import brief, plural, short
from .raw import NATIVE

# Checks that the verdict quotes.
QUOTED = ("audit",)

LEAD = (
    "On x86-64 each program has a root page table, which all CPUs share. pgd-mirror "
    "gives each CPU a copy of its own, a mirror, and tries policies of keeping "
    "it up to date. This page says what each of them costs for the same work."
)

MEANING = Note(
    "What is shown",
    (
        "A *mirror* is a copy of a root page table (the *primary*) that one CPU owns; "
        "a *sync* brings it up to date, and the *policy* decides when that is done "
        "and how much is copied. In *live mode* the CPU walks the mirrors; in *shadow "
        "mode* they are kept and compared, but the CPU stays on the primary. What is "
        "shown is how much each policy has to do for the same work, and that it is "
        "right.",
    ),
    (
        "Each workload is a fixed amount of work. It is run under every policy in "
        "every round, and the order of the policies changes from round to round. "
        "Figures are medians of the rounds.",
        "All mirrors are compared with their primaries, entry by entry, twice a "
        "second while the work is done (then the mirrors of the work exist) and once "
        "after it. A difference that is published and not yet synced is allowed; any "
        "other is a violation.",
        "The tools that start the workloads and read the counters are counted along "
        "with them; so is whatever else the machine does. The scheduler decides "
        "differently each time, so switches and faults differ a little between "
        "policies and rounds.",
        "Nothing here says how a policy affects the speed of the machine.",
    ),
)

EMULATED = Note(
    "The virtual machine was emulated",
    (
        "Cycles and seconds are then those of the emulator: a copy of 4 KiB, a load "
        "or an interrupt have other relative costs there than on hardware. They are "
        "marked with ~ and say nothing about cost. Counts (switches, syncs, entries, "
        "bytes, faults) are the same kind of fact as on hardware.",
    ),
    terminal=(
        "~: cycles were counted under emulation and say nothing about cost; "
        "counts (syncs, entries, bytes, faults) do hold."
    ),
)

NATIVE_CYCLES = Note(
    "Cycles",
    (
        "The cycles that are left out have times of a real CPU in `native.json`, made "
        "by `make bench-native` from the same core files.",
    ),
)


def cycles(result):
    found = result["cycles_per_sync"]
    return found if found["p50"] else None


def show_cycles(found):
    mark = "~" if found["meaningless"] else ""
    return f"{mark}{short(found['p50']['high'])}/{short(found['p99']['high'])}"


def fewer(result):
    if result["policy"] == NATIVE:
        return None
    if result["policy"] == measures.BASELINE:
        return {}
    return result["bytes_to_always"]


def show_fewer(ratio):
    if not ratio:
        return "1"
    text = brief(ratio["median"])
    if ratio["min"] == ratio["max"]:
        return text
    return f"{text} ({brief(ratio['max'])}..{brief(ratio['min'])})"


def audit(result):
    if result["failed"]:
        return "FAILED"
    if result["policy"] == NATIVE:
        return None
    found = result["audit"]["violations"]
    return f"{found} BAD" if found else "ok"


def counted(name, counter_name, heads, meaning, unit=""):
    """A column of the table: a counter; @heads: its name on the terminal."""
    return Column(name, measures.counter(counter_name), short, unit, meaning, heads, 6)


COLUMNS = (
    Column(
        "policy",
        lambda result: result["policy"],
        meaning="When a mirror is synced, and how much of it is copied.",
        heads=("", "policy"),
        width=11,
        kind=WORD,
    ),
    counted(
        "switch",
        "switches",
        ("", "switch"),
        "Context switches that loaded the root of a tracked mm.",
    ),
    counted(
        "flush recv",
        "flush_receipts",
        ("flush", "recv"),
        "TLB flushes received, from this CPU or another.",
    ),
    counted(
        "faults",
        "faults_seen",
        ("", "faults"),
        "Page faults seen before the kernel handled them.",
    ),
    counted(
        "faults fixed",
        "faults_fixed",
        ("faults", "fixed"),
        "Faults on an entry that the mirror lacked; live, the access was repeated: the "
        "extra faults of mirroring.",
    ),
    counted(
        "syncs clean",
        "syncs_clean",
        ("syncs", "clean"),
        "Syncs that found nothing to copy.",
    ),
    counted(
        "syncs dirty",
        "syncs_dirty",
        ("syncs", "dirty"),
        "Syncs that copied the changed entries only.",
    ),
    counted(
        "syncs full",
        "syncs_full",
        ("syncs", "full"),
        "Syncs that copied the whole table.",
    ),
    counted(
        "entries copied",
        "entries_copied",
        ("entry", "copies"),
        "Entries (8-byte words) written into mirrors.",
    ),
    counted(
        "bytes copied",
        "bytes_copied",
        ("bytes", "copied"),
        "Bytes written into mirrors.",
        "bytes",
    ),
    counted(
        "publishes",
        "publishes",
        ("publi", "shes"),
        "Changes of a root that were made known to the mirrors.",
    ),
    counted(
        "evictions",
        "evictions",
        ("evic", "tions"),
        "Mirrors that were given to another mm because the CPU's cache was full: the "
        "next sync of the old one is full.",
    ),
    Column(
        "cycles/sync p50/p99",
        cycles,
        show_cycles,
        "cycles",
        "Upper ends of the log2 buckets that hold the median and the 99th percentile "
        "of a sync's cycles.",
        ("cycles/sync", "p50/p99"),
        12,
    ),
    Column(
        "times fewer bytes than always",
        fewer,
        show_fewer,
        "",
        "Bytes copied by always divided by this policy's: the median of the rounds, "
        "and the least and greatest of them. Compared within a round.",
        ("times fewer bytes", "than always"),
        17,
    ),
    Column(
        "audit",
        audit,
        meaning="Whether every audit found 0 violations, and every run of the workload "
        "succeeded.",
        heads=("", "audit"),
        width=6,
    ),
)


def results(run):
    """The table of the terminal and of the page."""
    groups = [
        Group(workload["results"], workload["name"], workload["description"])
        for workload in documents.workloads(run)
    ]
    title = (
        f"Size {run.meta['size']}, {plural(run.rounds, 'round')}, medians; "
        "k, M, G are thousands, millions, thousand millions"
    )

    def bad(result):
        return audit(result) not in (None, "ok")

    return Table("results", title, COLUMNS, groups, True, bad)


def rounds(run):
    """Every round by itself, for the reader who doubts a median."""

    def number(name, value):
        return Column(name, value, "{:,}".format)

    def audited(step):
        if step.policy == NATIVE:
            return None
        entries = measures.entries_audited(step)
        found = step.audit["violations"] + step.running["violations"]
        audits = plural(1 + step.running["audits"], "audit")
        return f"{audits}, {entries:,} entries, {plural(found, 'violation')}"

    columns = (
        Column("workload", lambda step: step.workload, kind=WORD),
        Column("policy", lambda step: step.policy, kind=WORD),
        Column("round", lambda step: step.round),
        Column("run as", lambda step: step.order),
        Column("seconds", lambda step: step.seconds, "{:.1f}".format, "seconds"),
        number("switches", lambda step: step.stats["switches"]),
        number("syncs", lambda step: measures.syncs(step.stats)),
        number("bytes copied", lambda step: step.stats["bytes_copied"]),
        Column("audit", audited, kind=WORD),
    )
    steps = [s for w in run.workloads for p in run.policies for s in run.of(w, p)]
    return Table.of("rounds", "Each round", columns, steps)


def where(run, leave_out=()):
    """Facts of the machine."""
    found = documents.environment(run)
    rows = [
        (label, found[name])
        for name, label in documents.ENVIRONMENT
        if name not in leave_out
    ]
    columns = (
        Column("fact", lambda row: row[0], kind=WORD),
        Column("value", lambda row: row[1], kind=TEXT),
    )
    return Table.of("environment", "Where it ran", columns, rows)


def descriptions(run):
    """What each policy copies, and when."""
    columns = (
        Column("policy", str, kind=WORD),
        Column("what is copied, and when", summary.DOES.get, kind=TEXT),
    )
    return Table.of("does", "What each policy does", columns, summary.policies(run))


def reproduce(run):
    """The same again: on which commit, by which command, on what."""
    found = documents.environment(run)
    changed = found["commit_changed"] == "yes"
    items = [
        f"`git checkout {found['commit']}`"
        + (", with changes that were not committed" if changed else ""),
        f"`{found['command']}`",
    ]
    machine = (
        f"This was kernel {found['kernel']}, module version {found['module_version']} "
        f"(source {found['module_srcversion']}), {plural(found['cpus'], 'CPU')} "
        f"({found['cpu_model']}, {found['accel']}), "
        f"{found['memory_kib']} KiB of memory."
    )
    return Note("How to reproduce it", ("In a clone, as root:",), (*items, machine))


def facts(run):
    """What was run, and on what."""
    found = documents.environment(run)
    changed = " (changed)" if found["commit_changed"] == "yes" else ""
    return (
        f"{run.meta['size']}, {plural(run.rounds, 'round')}, medians: "
        f"kernel {found['kernel']}, "
        f"{found['cpus']} CPUs by {found['accel']}, {found['paging_levels']} levels, "
        f"PTI {found['pti']}, {found['mode']} mode, mirrors={found['mirrors']}, "
        f"commit {str(found['commit'])[:12]}{changed}"
    )


def moment(html):
    """What happened on each CPU for a moment; [] without a timeline."""
    words = (
        "The first changes of the traced round for which a mirror had to wait: the "
        "bars last from a write to the sync that brought it to a CPU's mirror."
    )
    title = "timeline of syncs, writes and faults, a lane a CPU"
    return [Inset("A moment of the trace", words, title, html)] if html else []


def report(data, plots, files, timeline=None):
    """All of it. @files: what lies beside the page; @timeline: a page, or None."""
    run = data.first
    rows = checks.check(data, checks.QUICK)
    notes = [EMULATED] if run.emulated else []
    notes += [NATIVE_CYCLES] if "native.json" in files else []
    spread = histograms.picture(run, summary.policies(run))
    return Report(
        title="pgd-mirror benchmark",
        lead=LEAD,
        pictures=[summary.picture(data)],
        insets=moment(timeline),
        further=[spread] if spread else [],
        verdict=verdict.decide(data, rows, QUOTED),
        facts=facts(run),
        checks=rows,
        plots=plots,
        tables=[summary.table(run), descriptions(run), results(run)],
        notes=[*notes, MEANING, reproduce(run)],
        appendix=[where(run), rounds(run)],
        files=files,
    )
