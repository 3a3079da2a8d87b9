# SPDX-License-Identifier: GPL-2.0
"""The report of the full benchmark: every policy, a machine for each setting."""

from . import checks, documents, machines, quick, tables, verdict
from .model import TEXT, WORD, Column, Note, Report, Table
from .numbers import plural

MEANING = Note(
    "What is shown",
    (
        "Every policy does the same fixed work on every workload, live, in a virtual "
        "machine a setting. Bytes are those that are written into mirrors: by the CPU "
        "that owns one, or, under *eager*, by the writer of an entry. IPIs are the "
        "CPUs that a policy interrupts, the kernel's own not counted. *flush-only* is "
        "not correct, and is never what another is compared with. Figures are medians "
        "of the rounds, with the least and the greatest.",
        "The virtual machines are emulated: *no time measured in them is shown.* "
        "Counts hold; cycles are those of the host's CPU, running the same core files.",
    ),
)

# Checks that the verdict quotes.
QUOTED = ("audit", "dirty-bytes", "dirty-ipis", "dirty-sync-cycles", "dirty-cycles")

# Facts that differ from machine to machine, or that another table has.
NOT_SHARED = ("cpus", "pti", "seconds", "started", "host_load")


def summary(machine):
    """What to tell of a machine."""
    if machine.told:
        return "; ".join(machine.told[:3])
    if not machine.run:
        return None
    host = machine.run.host
    return (
        f"{machine.run.rounds} rounds, {host.get('seconds', '?')} s, "
        f"commit {host.get('commit', '?')[:12]}"
    )


def machine_table(data):
    """Each machine, and whether all of it is there."""
    columns = (
        Column("verdict", lambda m: m.verdict, width=10, kind=WORD),
        Column("machine", lambda m: m.label, kind=WORD),
        Column("told", summary, kind=TEXT),
    )

    def bad(machine):
        return machine.verdict != "whole"

    rows = data.machines
    return Table.of("machines", "Machines", columns, rows, terminal=True, bad=bad)


def facts(data):
    """What was run."""
    run = data.first
    where = plural(len(data.machines), "machine")
    if not run:
        return where
    found = documents.environment(run)
    return (
        f"{where}, policies {', '.join(run.policies)}, "
        f"{plural(len(run.workloads), 'workload')}: "
        f"kernel {found['kernel']}, by {found['accel']}, {found['mode']} mode, "
        f"commit {str(found['commit'])[:12]}"
    )


def report(data, plots, files):
    """All of it. @files: what lies beside the page."""
    rows = checks.check(data, checks.FULL)
    appendix = [machine_table(data)]
    if data.first:
        appendix.append(quick.where(data.first, NOT_SHARED))
    return Report(
        title="pgd-mirror: every policy",
        verdict=verdict.decide(data, rows, QUOTED),
        facts=facts(data),
        checks=rows,
        plots=plots,
        tables=tables.make(data),
        notes=[MEANING],
        appendix=appendix,
        files=files,
    )


def document(data, report_made):
    """What full.json holds."""
    described = []
    for machine in data.machines:
        rows = []
        if machine.run:
            alone = machines.Data([machines.only(machine.run)])
            rows = checks.check(alone, checks.QUICK)
        described.append(documents.machine(machine, rows))
    return documents.full(data, described, report_made.plots, report_made.checks)
