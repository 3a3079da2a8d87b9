# SPDX-License-Identifier: GPL-2.0
"""The table for the terminal: at most 126 columns."""

from .columns import COLUMNS

EMULATED = (
    "~: cycles were counted under emulation and say nothing about cost; "
    "counts (syncs, entries, bytes, faults) do hold."
)


def line(cells):
    """One line; the first column to the left, numbers to the right."""
    parts = [cells[0].ljust(COLUMNS[0].width)]
    parts += [cell.rjust(col.width) for cell, col in zip(cells[1:], COLUMNS[1:])]
    return " ".join(parts).rstrip()


def render(run, table, checks, environment):
    """The whole text."""
    facts = {name: value for name, _, value in environment}
    out = [
        f"pgd-mirror benchmark ({run.meta['size']}, {run.rounds} rounds, medians): kernel {facts['kernel']}, "
        f"{facts['cpus']} CPUs by {facts['accel']},",
        f"{facts['paging_levels']} levels, PTI {facts['pti']}, {facts['mode']} mode, mirrors={facts['mirrors']}, commit {str(facts['commit'])[:12]}"
        + (" (changed)" if facts["commit_changed"] == "yes" else ""),
        "",
        line([col.heads[0] for col in COLUMNS]),
        line([col.heads[1] for col in COLUMNS]),
    ]
    for workload in table:
        out.append(f"== {workload['name']}: {workload['description']}"[:126])
        out += [line([col.cell(r) for col in COLUMNS]) for r in workload["results"]]
        if not workload["results"]:
            out.append("  no result")
    out.append("")
    if run.emulated:
        out.append(EMULATED)
        out.append("")
    for one in checks:
        out.append(f"{one['verdict']} {one['name']}: {one['text']}")
    return "\n".join(out) + "\n"
