# SPDX-License-Identifier: GPL-2.0
"""A report as text: for the terminal (at most 126 columns), and as Markdown."""

import textwrap

from .model import NUMBER

WIDTH = 126
PLAIN = 80  # of README


def line(columns, widths, cells):
    """One line; words to the left, numbers to the right."""
    parts = [
        cell.rjust(width) if column.kind == NUMBER else cell.ljust(width)
        for column, width, cell in zip(columns, widths, cells)
    ]
    return " ".join(parts).rstrip()


def heads(table):
    """The lines above a table: two where a column's name is in two."""
    columns = table.columns
    if any(column.heads for column in columns):
        named = [column.heads or ("", column.name) for column in columns]
        return [[head[nr] for head in named] for nr in range(2)]
    return [table.head]


def terminal(table):
    """The lines of a table."""
    above = heads(table)
    below = [table.cells(row) for row in table.rows]
    widths = [
        column.width or max(len(cells[nr]) for cells in above + below)
        for nr, column in enumerate(table.columns)
    ]
    out = [line(table.columns, widths, cells) for cells in above]
    for group in table.groups:
        if group.name:
            out.append(f"== {group.name}: {group.description}"[:WIDTH])
        out += [line(table.columns, widths, table.cells(row)) for row in group.rows]
        if not group.rows:
            out.append("  no result")
    return out


def wrapped(text):
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)


def render(report):
    """What is printed."""
    said = [report.verdict.headline, *report.verdict.sentences]
    parts = [[report.title] + [part for sentence in said for part in wrapped(sentence)]]
    parts.append(wrapped(f"What was run: {report.facts}"))
    tables = report.tables + report.appendix
    parts += [terminal(table) for table in tables if table.terminal]
    parts += [[note.terminal] for note in report.notes if note.terminal]
    parts.append([f"{c.verdict} {c.name}: {c.text}" for c in report.checks])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def markdown(table):
    """A table as Documentation/answers.md and README have it."""
    rows = [table.head, *(table.cells(row) for row in table.rows)]
    widths = [3] * len(table.columns)
    if table.aligned:
        widths = [max(3, *(len(row[nr]) for row in rows)) for nr in range(len(widths))]
    rows.insert(1, ["-" * width for width in widths])

    def padded(cells):
        if table.aligned:
            cells = [
                cell.rjust(width) if column.kind == NUMBER else cell.ljust(width)
                for column, width, cell in zip(table.columns, widths, cells)
            ]
        return "| " + " | ".join(cells) + " |"

    title = f"Table `{table.name}`: {table.title}."
    if table.aligned:
        title = "\n".join(textwrap.wrap(title, PLAIN, break_on_hyphens=False))
    return "\n".join([title, "", *map(padded, rows)]) + "\n"
