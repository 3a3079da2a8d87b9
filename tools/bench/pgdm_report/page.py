# SPDX-License-Identifier: GPL-2.0
"""build/report/index.html: one plain file that needs no network."""

from html import escape

from .columns import COLUMNS

STYLE = """
body { font: 15px/1.45 sans-serif; color: #111; background: #fff; max-width: 75em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: bold; padding: .4em 0; }
th, td { padding: .15em .6em; border-bottom: 1px solid #ccc; text-align: right; vertical-align: top; }
th:first-child, td:first-child, table.left th, table.left td { text-align: left; }
thead th { border-bottom: 2px solid #111; } tbody th { background: #f2f2f2; font-weight: normal; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; } table.left td { white-space: normal; }
img { max-width: 100%; }
.bad { font-weight: bold; border: 2px solid #111; } .wide { overflow-x: auto; }
@media print { body { font-size: 9pt; max-width: none; margin: 0; } .wide { overflow: visible; }
  th, td { padding: .1em .3em; } thead { display: table-header-group; } tr { break-inside: avoid; } }
"""

LIMITS = """
<p>A <em>mirror</em> is a copy of a root page table (the <em>primary</em>) that one CPU owns; a <em>sync</em> brings it up
to date, and the <em>policy</em> decides when that is done and how much is copied. In <em>live mode</em> the CPU walks the
mirrors; in <em>shadow mode</em> they are kept and compared, but the CPU stays on the primary. What is shown is how much
each policy has to do for the same work, and that it is right.</p>
<ul>
<li>Each workload is a fixed amount of work. It is run under every policy in every round, and the order of the policies
changes from round to round. Figures are medians of the rounds.</li>
<li>All mirrors are compared with their primaries, entry by entry, twice a second while the work is done (then the
mirrors of the work exist) and once after it. A difference that is published and not
yet synced is allowed; any other is a violation.</li>
<li>The tools that start the workloads and read the counters are counted along with them; so is whatever else the
machine does. The scheduler decides differently each time, so switches and faults differ a little between policies and
rounds.</li>
<li>Nothing here says how a policy affects the speed of the machine.</li>
</ul>
"""

EMULATED = """
<p><strong>The virtual machine was emulated.</strong> Cycles and seconds are then those of the emulator: a copy of 4 KiB,
a load or an interrupt have other relative costs there than on hardware. They are marked with ~ and say nothing about
cost. Counts (switches, syncs, entries, bytes, faults) are the same kind of fact as on hardware.</p>
"""

NATIVE = """
<p>The cycles that are left out have times of a real CPU in <code>native.json</code>, made by
<code>make bench-native</code> from the same core files.</p>
"""


def cells(row, tag="td"):
    return "".join(f"<{tag}>{escape(str(c))}</{tag}>" for c in row)


def figures(table):
    """The table of the terminal."""
    heads = "".join(f"<th scope=col>{escape(' '.join(h for h in c.heads if h))}</th>" for c in COLUMNS)
    out = [f"<div class=wide><table><thead><tr>{heads}</tr></thead><tbody>"]
    for workload in table:
        out.append(
            f"<tr><th colspan={len(COLUMNS)} scope=rowgroup><strong>{escape(workload['name'])}</strong>: "
            f"{escape(workload['description'])}</th></tr>"
        )
        out += [f"<tr>{cells(c.cell(r) for c in COLUMNS)}</tr>" for r in workload["results"]]
        if not workload["results"]:
            out.append(f"<tr><td colspan={len(COLUMNS)}>no result</td></tr>")
    out.append("</tbody></table></div>")
    return "\n".join(out)


def rounds(table):
    """Every round by itself, for the reader who doubts a median."""
    out = [
        "<div class=wide><table><thead><tr><th>workload</th><th>policy</th><th>round</th><th>run as</th>"
        "<th>seconds</th><th>switches</th><th>syncs</th><th>bytes copied</th><th>audit</th></tr></thead><tbody>"
    ]
    for workload in table:
        for r in workload["results"]:
            for one in r["rounds"]:
                stats, audit, running = one["stats"], one["audit"], one["audits_running"]
                count = stats["syncs_clean"] + stats["syncs_dirty"] + stats["syncs_full"]
                row = (workload["name"], r["policy"], one["round"], one["order"], f"{one['seconds']:.1f}")
                row += (stats["switches"], count, stats["bytes_copied"])
                found = audit["violations"] + running["violations"]
                row += (f"{1 + running['audits']} audits, {audit['entries'] + running['entries']} entries, {found} violations",)
                out.append(f"<tr>{cells(row)}</tr>")
    out.append("</tbody></table></div>")
    return "\n".join(out)


def plots(drawn):
    """Pictures that lie beside the page."""
    return "".join(f"<p><a href='{escape(name)}'><img src='{escape(name)}' alt='{escape(what)}'></a></p>" for name, what in drawn)


def render(run, table, checks, environment, extras, drawn=()):
    """The whole page. @extras: names of further files in the same directory."""
    out = [
        "<!DOCTYPE html>",
        "<html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>pgd-mirror benchmark</title><style>{STYLE}</style></head><body>",
        "<h1>pgd-mirror benchmark</h1>",
        LIMITS,
        EMULATED if run.emulated else "",
        NATIVE if "native.json" in extras else "",
        "<h2>Checks</h2><table class=left><thead><tr><th>verdict</th><th>check</th><th>found</th></tr></thead><tbody>",
    ]
    for one in checks:
        bad = " class=bad" if one["verdict"] == "FAIL" else ""
        out.append(f"<tr{bad}>{cells((one['verdict'], one['name'], one['text']))}</tr>")
    out += [
        "</tbody></table>",
        f"<h2>Figures</h2><p>Size {escape(run.meta['size'])}, {run.rounds} rounds, medians; "
        "k, M, G are thousands, millions, thousand millions.</p>",
        figures(table),
        plots(drawn),
        "<h2>What the columns mean</h2><table class=left><tbody>",
    ]
    for col in COLUMNS:
        name = " ".join(h for h in col.heads if h)
        out.append(f"<tr><th scope=row>{escape(name)}</th><td>{escape(col.meaning)}</td></tr>")
    out += ["</tbody></table>", "<h2>Where it ran</h2><table class=left><tbody>"]
    for _, label, value in environment:
        out.append(f"<tr><th scope=row>{escape(label)}</th><td>{escape(str(value))}</td></tr>")
    out += ["</tbody></table>", "<h2>Each round</h2>", rounds(table), "<h2>Files</h2><ul>"]
    for name, what in extras.items():
        out.append(f"<li><a href='{escape(name)}'>{escape(name)}</a>: {escape(what)}</li>")
    out.append("</ul></body></html>")
    return "\n".join(out) + "\n"
