# SPDX-License-Identifier: GPL-2.0
"""A report as a page: one plain file that needs no network."""

import re
from html import escape

from .model import NUMBER, TEXT, WORD, Column, Table

STYLE = """
body { font: 15px/1.45 sans-serif; color: #111; background: #fff;
  max-width: 78em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; }
p, li { max-width: 60em; } p.plot { max-width: none; }
table { border-collapse: collapse; margin-bottom: 1em; font-size: 13px; }
caption { text-align: left; font-weight: bold; padding: .4em 0; }
th, td { padding: .15em .5em; border-bottom: 1px solid #ccc;
  text-align: right; vertical-align: top; }
.word, .text { text-align: left; }
thead th { border-bottom: 2px solid #111; vertical-align: bottom; }
tbody th { background: #f2f2f2; font-weight: normal; text-align: left; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { white-space: normal; }
img { max-width: 100%; }
.verdict { border-left: .4em solid #111; padding: .1em 1em; background: #f2f2f2; }
.verdict.failed { border: .2em solid #111; }
.bad { font-weight: bold; border: 2px solid #111; } .wide { overflow-x: auto; }
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
    """What its columns mean; '' where their names say it."""
    told = [column for column in table.columns if column.meaning]
    if not told:
        return ""
    columns = (
        Column("column", Column.label, kind=WORD),
        Column("meaning", lambda column: column.meaning, kind=TEXT),
    )
    name = f"{table.name}-columns"
    return table_of(Table.of(name, "What the columns mean", columns, told))


def verdict(one):
    """The first thing on the page."""
    failed = " failed" if one.failed else ""
    items = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in one.sentences)
    return (
        f"<div class='verdict{failed}'><p><strong>{escape(one.headline)}</strong></p>\n"
        f"<ul>\n{items}</ul></div>"
    )


def plot(one):
    name, what = escape(one.file), escape(one.what)
    return f"<p class=plot><a href='{name}'><img src='{name}' alt='{what}'></a></p>"


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
        "<meta name=viewport content='width=device-width'>",
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        verdict(report.verdict),
        f"<p>What was run: {escape(report.facts)}</p>",
        "<h2>Checks</h2>",
        checks(report),
    ]
    if report.plots:
        out += ["<h2>Plots</h2>"] + [plot(one) for one in report.plots]
    out.append("<h2>Tables</h2>")
    for table in report.tables:
        out += [table_of(table), meanings(table)]
    out += [note(one) for one in report.notes]
    for table in report.appendix:
        out += [f"<h2>{escape(table.title)}</h2>", table_of(table, caption=False)]
    out += [file_links(report.files), "</body></html>"]
    return "\n".join(out) + "\n"
