# SPDX-License-Identifier: GPL-2.0
"""Numbers as text: each way in which the report writes one."""

import math

INFINITE = float("inf")


def short(value):
    """A count in at most six characters, four digits kept."""
    value = round(value)
    if value < 10_000:
        return str(value)
    for unit in "kMGT":
        value /= 1000
        for digits, limit in ((2, 99.995), (1, 999.95)):
            if value < limit:
                return f"{value:.{digits}f}{unit}"
    return f"{value:.0f}T"


def times(ratio):
    """How many times fewer: the inverse of a ratio."""
    if not ratio:
        return "inf"
    value = 1 / ratio
    if value >= 99.5:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"


def brief(ratio):
    """The same in at most four characters."""
    value = 1 / ratio if ratio else INFINITE
    if value == INFINITE or value < 9999.5:
        return times(ratio).replace(",", "")
    power = min(3, int(math.log10(value * 1.0005) / 3))
    value /= 1000**power
    digits = 0 if value >= 9.95 else 1
    return f"{value:.{digits}f}{' kMG'[power]}"


def plain(value):
    """A number to read: separators from a thousand on, three digits below ten."""
    if value is None:
        return "-"
    if value == INFINITE:
        return "inf"
    if abs(value) >= 100 or value == int(value):
        return f"{round(value):,}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def fine(value):
    """The same, with a digit of what is small and is not 0."""
    return f"{value:.1g}" if 0.0001 <= value < 0.01 else plain(value)


def spelled(found, low="min", high="max", show=plain):
    """Median, and the range where there is one."""
    if not found:
        return "-"
    middle = show(found["median"])
    least, most = show(found[low]), show(found[high])
    return middle if least == most else f"{middle} [{least}..{most}]"


def ratio_cell(ratio):
    """A ratio in a cell of a map."""
    if ratio >= 100 or not ratio:
        return f"{ratio:.0f}"
    if ratio < 0.0005:
        return "<0.001"
    return f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.3f}"


def plural(count, what):
    """1 thing, 2 things."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def tick(value):
    """A number on an axis: 0.05, 1, 20, 1.5 k, 10 M."""
    for factor, unit in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"), (1, "")):
        if abs(value) >= factor:
            return f"{value / factor:.4f}".rstrip("0").rstrip(".") + unit
    return f"{value:.9f}".rstrip("0").rstrip(".") if value else "0"
