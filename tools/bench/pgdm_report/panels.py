# SPDX-License-Identifier: GPL-2.0
"""Pictures that are part of the page: panels of bars, as SVG.

Colours are the page's, by class, so that they follow its dark mode; what they say
is said by the text beside a bar, or by hatching, too.
"""

import math
from html import escape

from . import scales
from .numbers import plain, tick

# The units of a drawing; the page scales it to the width that there is.
WIDTH = 300
NAMES = 84  # to the left of the bars: names
VALUES = 52  # to the right of the longest one: its value
ROW = 22
AXIS = 22
HEIGHT = 120  # of upright bars
LETTER = 6.4  # of a label of the axis
LEAST = 0.6  # of a decade: the bar of the least power

HATCH = (
    "<pattern id='{id}' width='6' height='6' patternUnits='userSpaceOnUse' "
    "patternTransform='rotate(45)'><rect class='bar' width='3' height='6'/></pattern>"
)


class Axis:
    """Where a value lies, from 0 to 1; and the lines of the grid."""

    def __init__(self, values, most):
        self.scale = scales.choose(values, most)
        self.linear = self.scale.kind == "linear"
        self.powers = [] if self.linear else self.all_powers()

    def all_powers(self):
        ticks = (*self.scale.ticks, *self.scale.minor)
        powers = [t for t in ticks if t and round(math.log10(t), 9).is_integer()]
        return sorted(set(powers))

    def place(self, value):
        if self.linear:
            return value / self.scale.ticks[-1]
        if not value:
            return 0
        first, last = (math.log10(self.powers[n]) for n in (0, -1))
        return (math.log10(value) - first + LEAST) / (last - first + LEAST)

    @property
    def grid(self):
        return self.scale.ticks if self.linear else (0, *self.powers)

    def labels(self, room):
        """(value, text) that fit beside each other: 0 gives way to the next one."""
        found = [(value, tick(value)) for value in self.scale.ticks]
        letters = sum(len(label) for _, label in found[:2])
        if self.place(found[1][0]) * room < (letters + 1) * LETTER / 2:
            del found[0]
        return found


def text(x, y, words, anchor="start", kind=""):
    kind = f" class='{kind}'" if kind else ""
    where = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'"
    return f"<text {where}{kind}>{escape(words)}</text>"


def line(x1, y1, x2, y2):
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'/>"


def bar_class(one):
    return "bar strong" if one.strong else "bar"


def rect(x, y, width, height, kind, fill=""):
    fill = f" style='fill:url(#{fill})'" if fill else ""
    return (
        f"<rect class='{kind}' x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' "
        f"height='{height:.1f}'{fill}/>"
    )


def lying(panel, name):
    """Bars from the left to the right, a name before each and its value behind."""
    axis = Axis([one.value for one in panel.bars], 4)
    room = WIDTH - NAMES - VALUES
    bottom = ROW * len(panel.bars)
    out = [HATCH.format(id=name)]
    for value in axis.grid:
        x = NAMES + room * axis.place(value)
        out.append(line(x, 0, x, bottom))
    for nr, one in enumerate(panel.bars):
        y = nr * ROW
        weight = "strong" if one.strong else ""
        end = NAMES + room * axis.place(one.value)
        out += [
            text(NAMES - 6, y + 15, one.name, "end", weight),
            rect(
                NAMES,
                y + 4,
                end - NAMES,
                ROW - 8,
                "hatched" if one.bad else bar_class(one),
                name if one.bad else "",
            ),
            text(end + 4, y + 15, one.text, "start", f"value {weight}".strip()),
        ]
    for value, label in axis.labels(room):
        x = NAMES + room * axis.place(value)
        out.append(text(x, bottom + 14, label, "middle", "tick"))
    return out, bottom + AXIS


def upright(panel):
    """Bars side by side: a histogram. The axis below has names of some of them."""
    axis = scales.linear([one.value for one in panel.bars], 4)
    top, left, bottom = 8, 40, HEIGHT + 8
    room = WIDTH - left - 4
    step = room / max(1, len(panel.bars))
    out = []
    for value in axis.ticks:
        y = bottom - HEIGHT * value / axis.ticks[-1]
        out += [
            line(left, y, WIDTH - 4, y),
            text(left - 4, y + 4, tick(value), "end", "tick"),
        ]
    apart = max(1, -(-len(panel.bars) // 4))
    for nr, one in enumerate(panel.bars):
        x = left + nr * step
        high = HEIGHT * one.value / axis.ticks[-1]
        out.append(rect(x + 0.5, bottom - high, step - 1, high, bar_class(one)))
        if nr % apart == 0:
            out.append(text(x, bottom + 15, one.text, "start", "tick"))
    return out, top + HEIGHT + AXIS


def told(panel):
    """The same in words, for who does not see it."""
    if panel.upright:
        most = max(panel.bars, key=lambda one: one.value, default=None)
        found = f"most at {most.name}: {plain(most.value)} %" if most else "nothing"
    else:
        found = ", ".join(f"{one.name} {one.text}" for one in panel.bars)
    return f"{panel.title}, {panel.detail}: {found}"


def draw(panel, name):
    """A panel, with its title above."""
    shapes, height = upright(panel) if panel.upright else lying(panel, name)
    return "\n".join(
        [
            f"<figure><figcaption><strong>{escape(panel.title)}</strong> "
            f"<span>{escape(panel.detail)}</span></figcaption>",
            f"<svg viewBox='0 0 {WIDTH} {height}' role=img "
            f"aria-label='{escape(told(panel))}'>",
            *shapes,
            "</svg></figure>",
        ]
    )


def render(picture):
    """All panels of a picture, side by side where there is room."""
    panels = [
        draw(panel, f"{picture.name}-{nr}") for nr, panel in enumerate(picture.panels)
    ]
    return "\n".join(["<div class=panels>", *panels, "</div>"])
