# SPDX-License-Identifier: GPL-2.0
"""A result of tools/bench/here as text."""

import textwrap

from pgdm_report import measures, text
from pgdm_report.model import WORD, Column, Table
from pgdm_report.numbers import plural, short
from pgdm_report.raw import NATIVE

from . import document, judge


def written(result):
    """Bytes that were written into mirrors."""
    stats = {name: found["median"] for name, found in result["stats"].items()}
    return None if result["policy"] == NATIVE else measures.written(stats)


def audit(result):
    """Whether the command succeeded, and the mirrors were right."""
    bad = result["audit"]["violations"]
    without = None if result["policy"] == NATIVE else "ok"
    return "FAILED" if result["failed"] else f"{bad} BAD" if bad else without


def counts(made):
    """What each policy did."""
    columns = [
        Column("policy", lambda r: r["policy"], kind=WORD),
        Column("switches", measures.counter("switches"), short),
        Column("flushes", measures.counter("flush_receipts"), short),
        Column("faults", measures.counter("faults_seen"), short),
        Column("fixed", measures.counter("faults_fixed"), short),
        Column("clean", measures.counter("syncs_clean"), short),
        Column("dirty", measures.counter("syncs_dirty"), short),
        Column("full", measures.counter("syncs_full"), short),
        Column("bytes written", written, short),
        Column("IPIs", measures.counter("ipis"), short),
        Column("audit", audit, kind=WORD),
    ]
    return Table.of("counts", "Counts", columns, made["results"])


def spelled(measure, found):
    """A spread with its unit."""
    form = "{:.3f} s".format if measure == "seconds" else short
    return f"{form(found['median'])} [{form(found['min'])}..{form(found['max'])}]"


def judged(found):
    """A ratio, its interval and what it says."""
    if found["low"] is None:
        return f"{found['median']:.4f}: {found['verdict']}"
    interval = f"[{found['low']:.4f}..{found['high']:.4f}]"
    return f"{found['median']:.4f} {interval} {found['verdict']}"


def times(made, measure):
    """Seconds, cycles or instructions of each policy."""
    columns = [
        Column("policy", lambda r: r["policy"], kind=WORD),
        Column(
            measure,
            lambda r: r["measured"].get(measure),
            lambda found: spelled(measure, found),
        ),
        Column(
            "to native, by round",
            lambda r: r["to_native"].get(measure),
            judged,
            kind=WORD,
        ),
    ]
    return Table.of(measure, measure, columns, made["results"])


def what_counts(made):
    """Which figures are to be believed, and by what rule."""
    if made["environment"]["emulated"]:
        return (
            "The CPU is emulated, or it cannot be told that it is not: times would be "
            "the emulator's, so there are none. Counts do hold."
        )
    number = made["run"]["comparisons"]
    if not number:
        return "Without native there is nothing that times are compared with."
    rounds = plural(judge.rounds_needed(number), "round")
    return (
        f"To native: the median of the rounds' ratios, and the interval of the sign "
        f"test at which {plural(number, 'comparison')} together are right with 95 %. "
        f"{judge.MORE.capitalize()} or {judge.LESS} stands only where it excludes 1. "
        f"At least {rounds} are needed."
    )


def problems(made):
    """What makes the result a failure, in words."""
    found = []
    if made["run"]["failures"]:
        found.append(f"{plural(made['run']['failures'], 'failure')}, told above")
    bad = sum(r["audit"]["violations"] for r in made["results"])
    if bad:
        found.append(plural(bad, "violation") + " of the mirrors")
    if made["run"]["kernel_warned"]:
        found.append("the kernel has warned, or worse: see dmesg")
    return found


def render(made):
    """What is printed."""
    where, run = made["environment"], made["run"]
    facts = (
        f"kernel {where['kernel']}, {plural(where['cpus'], 'CPU')} "
        f"({where['cpu_model']}), PTI {where['pti']}, {where['paging_levels']} levels, "
        f"{where['mode']} mode, {plural(run['rounds'], 'round')}, medians"
    )
    shown = [
        m for m in document.MEASURES if any(m in r["measured"] for r in made["results"])
    ]
    tables = [counts(made), *(times(made, m) for m in shown)]
    parts = [textwrap.fill(facts, text.WIDTH)]
    parts += ["\n".join(text.terminal(table)) for table in tables]
    parts.append(textwrap.fill(what_counts(made), text.WIDTH))
    parts += [f"FAILED: {what}" for what in problems(made)]
    return "\n\n".join(parts) + "\n"
