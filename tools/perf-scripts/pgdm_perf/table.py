# SPDX-License-Identifier: GPL-2.0
"""Tables for reports, and percentiles."""


def percentile(ordered, percent):
    """Nearest rank, of a list in ascending order that is not empty."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def spread(values):
    """Percentiles 50, 90 and 99, and the maximum; "-" where there is no value."""
    if not values:
        return ["-"] * 4
    ordered = sorted(values)
    return [percentile(ordered, p) for p in (50, 90, 99, 100)]


def microseconds(values):
    """spread() of nanoseconds, in microseconds."""
    return [v if v == "-" else f"{v / 1000:.1f}" for v in spread(values)]


def share(part, whole):
    """Part of a whole in percent."""
    return f"{100 * part / whole:.1f}%" if whole else "-"


def is_number(cell):
    return isinstance(cell, (int, float)) or cell[:1].isdigit() or cell == "-"


def print_table(head, rows):
    """Columns as wide as what is in them; those of numbers to the right.

    A column is one of numbers if it holds nothing else, but for "-".
    """
    lines = [[str(cell) for cell in row] for row in rows]
    form = []
    for column, title in enumerate(head):
        width = max([len(title), *(len(line[column]) for line in lines)])
        right = bool(rows) and all(is_number(row[column]) for row in rows)
        form.append((">" if right else "<") + str(width))
    for line in [head, *lines]:
        cells = (f"{cell:{f}}" for cell, f in zip(line, form))
        print("  ".join(cells).rstrip())


def print_longest(head, rows, most=30):
    """print_table() of the first rows, and how many more there are; a count is last."""
    print_table(head, rows[:most])
    if rows[most:]:
        rest = sum(row[-1] for row in rows[most:])
        print(f"... and {len(rows) - most} rows more, of {rest} together")
