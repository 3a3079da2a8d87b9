# SPDX-License-Identifier: GPL-2.0
"""A window of a timeline as a page of its own: one picture, no script, no network."""

from html import escape

WIDTH, LEFT, LANE, TOP = 1200, 70, 84, 30
BAND, BARS, MARKS = 8, 40, 58  # heights within a lane

# what: (a letter, its colour, what it means)
MARKS_OF = {
    "add": ("a", "#1b7837", "an entry was added"),
    "remove": ("r", "#762a83", "an entry was removed"),
    "sync": ("s", "#2166ac", "a sync copied something"),
    "fault": ("f", "#b2182b", "an extra fault: the mirror lacked the entry"),
    "kick": ("k", "#e08214", "a policy sent something"),
    "miss": ("m", "#000000", "a sync noticed a missed hook"),
}

STYLE = """
body { font: 15px/1.4 sans-serif; margin: 1em; }
svg { width: 100%; min-width: 60em; background: #fff; font: 11px sans-serif; }
.picture { overflow-x: auto; }
"""


def mark_title(mark, ms):
    details = ", ".join(f"{key} {value}" for key, value in mark.details.items())
    return f"{ms:.4f} ms: {mark.what} ({mark.comm}) {details}"


class Picture:
    """The picture: shapes are added to it, in milliseconds of the window."""

    def __init__(self, cpus, start, length):
        self.rows = {cpu: TOP + nr * LANE for nr, cpu in enumerate(cpus)}
        self.start, self.length = start, length
        self.shapes = []

    def x(self, ms):
        """Where a time is; outside of the window at its edge."""
        part = (ms - self.start) / self.length
        return LEFT + min(max(part, 0), 1) * (WIDTH - LEFT)

    def shows(self, start, end):
        return end >= self.start and start <= self.start + self.length

    def rectangle(self, lane, top, height, span, colour, title):
        """A band or a bar, with what is said when the pointer rests on it."""
        x, y = self.x(span[0]), self.rows[lane] + top
        width = max(self.x(span[1]) - x, 1)
        self.shapes.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" '
            f'fill="{colour}"><title>{escape(title)}</title></rect>'
        )

    def text(self, x, y, words, extra=""):
        self.shapes.append(f'<text x="{x:.1f}" y="{y}"{extra}>{words}</text>')

    def letter(self, lane, ms, what, title):
        letter, colour, _ = MARKS_OF[what]
        words = f"{letter}<title>{escape(title)}</title>"
        self.text(self.x(ms), self.rows[lane] + MARKS + 12, words, f' fill="{colour}"')

    def axis(self):
        """Ten ticks, in milliseconds from the first event."""
        bottom = TOP + LANE * len(self.rows)
        for tick in range(11):
            ms = self.start + self.length * tick / 10
            x = self.x(ms)
            self.shapes.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" '
                'stroke="#ddd"/>'
            )
            if tick < 10:
                self.text(x, TOP - 10, f"{ms:.2f} ms")
        for cpu, y in self.rows.items():
            self.text(4, y + BAND + 16, f"CPU {cpu}")
            self.text(4, y + BARS + 9, "lacking")

    def svg(self):
        height = TOP + LANE * len(self.rows) + 10
        body = "\n".join(self.shapes)
        return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">\n{body}\n</svg>'


def page(lanes, start, length, notes):
    """The text of the page; the window in milliseconds after the first event."""
    zero = lanes.start()

    def ms(time):
        return (time - zero) / 1e6

    picture = Picture(lanes.cpus(), start, length)
    picture.axis()
    for band in lanes.bands:
        span = ms(band.start), ms(band.end)
        if picture.shows(*span):
            colour = f"hsl({band.mm * 47 % 360} 45% 80%)"
            title = f"mm {band.mm}, {span[0]:.4f} to {span[1]:.4f} ms"
            picture.rectangle(band.cpu, BAND, 26, span, colour, title)
    for stale in lanes.bars:
        span = ms(stale.start), ms(stale.end)
        if picture.shows(*span):
            title = (
                f"mm {stale.mm}, entry {stale.index}, sequence {stale.seq}: written on "
                f"CPU {stale.writer}, lacking for {span[1] - span[0]:.4f} ms, "
                f"until {stale.by}"
            )
            picture.rectangle(stale.cpu, BARS, 10, span, "#d6604d88", title)
    shown = [m for m in lanes.marks if picture.shows(ms(m.time), ms(m.time))]
    for mark in shown:
        at = ms(mark.time)
        picture.letter(mark.cpu, at, mark.what, mark_title(mark, at))
    legend = "; ".join(
        f'<b style="color:{colour}">{letter}</b> {meaning}'
        for letter, colour, meaning in MARKS_OF.values()
    )
    said = "".join(f"<li>{escape(note)}</li>" for note in notes)
    title = f"Mirrors of page table roots: {start:.2f} to {start + length:.2f} ms"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>{STYLE}</style></head><body>
<h1>{title}</h1>
<p>After the first event; {len(shown)} of {len(lanes.marks)} events. Bands: the mm whose
mirror the CPU synced last. Bars (lacking): a mirror of the CPU lacks a change. Letters:
{legend}. The pointer, resting on one, tells more.</p>
<div class="picture">
{picture.svg()}
</div>
<ul>{said}</ul>
</body></html>
"""
