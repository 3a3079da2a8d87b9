# SPDX-License-Identifier: GPL-2.0
"""Scales of axes: which kind, which ticks, and how they are labelled.

A scale is chosen by what is shown on it: decades where the values spread far,
from 0 on where they do not. Its limits lie beyond all values, so that nothing
is clipped.
"""

import math
from dataclasses import dataclass

from .numbers import tick

# Values whose greatest is this many times the least are shown in decades.
WIDE = 30
# Powers up to which the numbers between them have ticks.
FINE = 4
# The part of an axis that is left free at both of its ends.
MARGIN = 0.04


@dataclass(frozen=True)
class Scale:
    """One axis."""

    kind: str  # of matplotlib: linear, log, or symlog, which can show 0
    low: float
    high: float
    ticks: tuple
    minor: tuple = ()  # ticks without a label
    base: int = 10
    threshold: float = 0  # symlog: linear below

    @property
    def labels(self):
        return [tick(value) for value in self.ticks]


def round_up(value):
    """The least of 1, 2, 5, 10, ... that is not less."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= value * (1 - 1e-9))


def linear(values, most=7):
    """From 0 on, with so many labels at most."""
    top = max(values, default=0)
    if top <= 0:
        return Scale("linear", -MARGIN, 1 + MARGIN, (0, 1))
    step = round_up(top / (most - 1))
    count = math.ceil(round(top / step, 9))
    ticks = tuple(round(nr * step, 12) for nr in range(count + 1))
    margin = MARGIN * ticks[-1]
    return Scale("linear", -margin, ticks[-1] + margin, ticks)


def logarithmic(values, base, most):
    """Ticks at powers; 0 has a place below the least power."""
    positive = [value for value in values if value > 0]
    first = math.floor(round(math.log(min(positive), base), 9))
    last = math.ceil(round(math.log(max(positive), base), 9))
    if first == last:
        last += 1
    powers = [float(base) ** nr for nr in range(first, last + 1)]
    apart = -(-len(powers) // most)
    ticks = powers[::apart]
    minor = [power for power in powers if power not in ticks]
    if len(powers) <= FINE:
        minor += [n * power for power in powers[:-1] for n in range(2, base)]
    margin = float(base) ** (MARGIN * (last - first))
    high = powers[-1] * margin
    if len(positive) == len(values):
        low = powers[0] / margin
        return Scale("log", low, high, tuple(ticks), tuple(sorted(minor)), base)
    low = -powers[0] * 0.3
    ticks, minor = (0.0, *ticks), tuple(sorted(minor))
    return Scale("symlog", low, high, ticks, minor, base, powers[0])


def choose(values, most=7):
    """The scale for values from 0 up, with so many labels at most."""
    values = [value for value in values if math.isfinite(value)]
    positive = [value for value in values if value > 0]
    if not positive or max(positive) < WIDE * min(positive):
        return linear(values, most)
    return logarithmic(values, 10, most)


def doubling(values):
    """The scale for what is doubled from one value to the next."""
    return logarithmic(values, 2, 16)
