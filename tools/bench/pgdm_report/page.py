# SPDX-License-Identifier: GPL-2.0
"""A report as a page: one plain file that needs no network."""

import base64
import re
from html import escape

from . import panels
from .model import NUMBER, TEXT, WORD, Column, Table

STYLE = """
:root { --ink: #111; --dim: #555; --paper: #fff; --shade: #f2f4f6; --rule: #ccd2d8;
  --bar: #8a96a3; --strong: #0b5cad; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --dim: #a5adb6; --paper: #14171a; --shade: #20252a;
    --rule: #3a424a; --bar: #7d8a97; --strong: #6db3ff; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 75em; margin: 1.5em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin-bottom: .2em; }
h2 { font-size: 1.25em; margin: 2em 0 .4em; }
p, li { max-width: 48em; } .lead { color: var(--dim); margin-top: 0; }
code { overflow-wrap: anywhere; background: var(--shade); padding: 0 .2em; }
a { color: var(--strong); }
table { border-collapse: collapse; margin-bottom: 1em; font-size: 13px; }
caption { text-align: left; font-weight: bold; padding: .4em 0; }
th, td { padding: .2em .5em; border-bottom: 1px solid var(--rule);
  text-align: right; vertical-align: top; }
.word, .text { text-align: left; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { background: var(--shade); font-weight: normal; text-align: left; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { white-space: normal; min-width: 13em; }
.wide { overflow-x: auto; max-width: 100%; }
.verdict { border-left: .4em solid var(--strong); padding: .1em 1em;
  background: var(--shade); }
.verdict > p { font-size: 1.15em; max-width: 44em; } .verdict ul { padding-left: 1.2em; }
.verdict.failed { border: .2em solid var(--ink); }
.bad { font-weight: bold; border: 2px solid var(--ink); }
.panels { display: grid; gap: 1.2em 2em;
  grid-template-columns: repeat(auto-fit, minmax(min(16em, 100%), 1fr)); }
figure { margin: 0; } figcaption { font-size: 14px; line-height: 1.3; }
@media (min-width: 40em) { figcaption { min-height: 4em; } }
figcaption strong { display: block; } figcaption span { color: var(--dim); }
.panels svg { display: block; width: 100%; max-width: 28em; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .tick { font-size: 11px; fill: var(--dim); } svg .strong { font-weight: bold; }
svg line { stroke: var(--rule); stroke-width: 1; }
svg .bar { fill: var(--bar); } svg .bar.strong { fill: var(--strong); }
svg .hatched { stroke: var(--bar); stroke-width: 1; }
.plot img { max-width: 100%; min-width: 44em; height: auto; background: #fff; }
iframe { width: 100%; height: 32em; border: 1px solid var(--rule); background: #fff;
  color-scheme: light; }
summary { cursor: pointer; padding: .3em 0; }
@media print {
  body { font-size: 9pt; max-width: none; margin: 0; }
  table { font-size: 8pt; }
  .wide { overflow: visible; }
  th, td { padding: .1em .3em; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
}
"""


def marked(text):
    """Words of a note: *x* is stressed, `x` is a name."""
    text = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", escape(text, quote=False))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def cell(column, text, tag="td", scope=""):
    kind = "" if column.kind == NUMBER else f" class={column.kind}"
    shown = marked(text) if column.kind == WORD else escape(text)
    return f"<{tag}{scope}{kind}>{shown}</{tag}>"


def table_rows(table, rows):
    for row in rows:
        cells = zip(table.columns, table.cells(row))
        bad = " class=bad" if table.bad(row) else ""
        yield f"<tr{bad}>" + "".join(cell(c, text) for c, text in cells) + "</tr>"


def table_of(table, caption=True):
    """A table; wide ones are scrolled by themselves."""
    out = [f"<div class=wide><table id='{escape(table.name)}'>"]
    if caption:
        out.append(f"<caption>{marked(table.title)}</caption>")
    labels = [(c, c.label(table.title)) for c in table.columns]
    head = "".join(cell(c, text, "th", " scope=col") for c, text in labels)
    out.append(f"<thead><tr>{head}</tr></thead><tbody>")
    span = len(table.columns)
    for group in table.groups:
        if group.name:
            out.append(
                f"<tr><th colspan={span} scope=rowgroup><strong>{escape(group.name)}"
                f"</strong>: {escape(group.description)}</th></tr>"
            )
        out += table_rows(table, group.rows)
        if not group.rows:
            out.append(f"<tr><td class=word colspan={span}>no result</td></tr>")
    out.append("</tbody></table></div>")
    return "\n".join(out)


def checks(report):
    columns = (
        Column("verdict", lambda check: check.verdict, kind=WORD),
        Column("check", lambda check: check.name, kind=WORD),
        Column("found", lambda check: check.text, kind=TEXT),
    )
    made = Table.of("checks", "Checks", columns, report.checks)
    made.bad = report.failed.__contains__
    return table_of(made, caption=False)


def meanings(table):
    """What its columns mean, folded; '' where their names say it."""
    told = [column for column in table.columns if column.meaning]
    if not told:
        return ""
    columns = (
        Column("column", Column.label, kind=WORD),
        Column("meaning", lambda column: column.meaning, kind=TEXT),
    )
    name = f"{table.name}-columns"
    return folded(Table.of(name, "What the columns mean", columns, told))


def verdict(one):
    """The first thing on the page."""
    failed = " failed" if one.failed else ""
    items = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in one.sentences)
    return (
        f"<div class='verdict{failed}'><p><strong>{escape(one.headline)}</strong></p>\n"
        f"<ul>\n{items}</ul></div>"
    )


def plot(one):
    """The file that lies beside, in the page itself: the page alone is enough."""
    what = escape(one.what)
    data = base64.b64encode(one.svg.encode()).decode()
    image = f"<img src='data:image/svg+xml;base64,{data}' alt='{what}'>"
    return f"<p class='plot wide'>{image}</p>"


def picture(one):
    return "\n".join(
        [
            f"<h2 id='{escape(one.name)}'>{escape(one.heading)}</h2>",
            f"<p>{marked(one.words)}</p>",
            panels.render(one),
        ]
    )


def inset(one):
    """Without scripts: it is a picture."""
    return (
        f"<h2>{escape(one.heading)}</h2><p>{marked(one.words)}</p>\n"
        f"<iframe sandbox title='{escape(one.title)}' srcdoc='{escape(one.html)}'>"
        "</iframe>"
    )


def folded(table):
    """A long table, which opens when it is asked for."""
    return (
        f"<details><summary>{escape(table.title)}</summary>"
        f"{table_of(table, caption=False)}</details>"
    )


def note(one):
    items = "".join(f"<li>{marked(item)}</li>\n" for item in one.items)
    return "\n".join(
        [f"<h2>{escape(one.heading)}</h2>"]
        + [f"<p>{marked(text)}</p>" for text in one.paragraphs]
        + ([f"<ul>\n{items}</ul>"] if items else [])
    )


def file_links(files):
    out = ["<h2>Files</h2><ul>"]
    for name, what in files.items():
        link = f"<a href='{escape(name)}'>{escape(name)}</a>"
        out.append(f"<li>{link}: {escape(what)}</li>")
    return "\n".join(out + ["</ul>"])


def render(report):
    """The whole page."""
    title = escape(report.title)
    out = [
        "<!DOCTYPE html>",
        "<html lang=en><head><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width, initial-scale=1'>",
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p class=lead>{escape(report.lead)}</p>" if report.lead else "",
        verdict(report.verdict),
        *(picture(one) for one in report.pictures),
        "<h2>Checks</h2>",
        f"<p>What was run: {escape(report.facts)}</p>",
        checks(report),
        "<h2>Tables</h2>",
    ]
    for table in report.tables:
        out += [table_of(table), meanings(table)]
    if report.plots:
        out += ["<h2>Plots</h2>"] + [plot(one) for one in report.plots]
    out += [picture(one) for one in report.further]
    out += [inset(one) for one in report.insets]
    out += [note(one) for one in report.notes]
    out.append("<h2>Further tables</h2>")
    out += [folded(table) for table in report.appendix]
    out += [file_links(report.files), "</body></html>"]
    return "\n".join(part for part in out if part) + "\n"
