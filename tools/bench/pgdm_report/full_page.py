# SPDX-License-Identifier: GPL-2.0
"""build/report/full.html: the experiment on one page that needs no network."""

import os
from html import escape

from . import figures
from .page import STYLE, cells, plots

FILES = {
    "full.json": "the same figures for programs",
    "answers.txt": "the tables as Documentation/answers.md has them",
    "native.json": "cycles of the core on the host CPU",
    "native-ring.json": "the same with a longer ring",
    "icount.txt": "guest instructions",
    "bench.json": "the quick benchmark, if it was run",
}

WORDS = """
<p>Every policy does the same fixed work on every workload, live, in a virtual machine a setting. Bytes are those that
are written into mirrors: by the CPU that owns one, or, under <em>eager</em>, by the writer of an entry. IPIs are the CPUs
that a policy interrupts, the kernel's own not counted. <em>flush-only</em> is not correct, and is never what another is
compared with. Figures are medians of the rounds, with the least and the greatest.</p>
<p><strong>The virtual machines are emulated: no time measured in them is shown.</strong> Counts hold; cycles are those of
the host's CPU, running the same core files.</p>
"""


def table(made):
    head = "".join(f"<th scope=col>{escape(c)}</th>" for c in made.head)
    rows = "".join(f"<tr>{cells(r)}</tr>" for r in made.rows)
    return f"<div class=wide><table id='{escape(made.name)}'><caption>{escape(made.title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def where(all_settings):
    """Facts of the first machine that there is, and each setting's verdict."""
    out = ["<h2>Machines</h2><table class=left><thead><tr><th>setting</th><th>verdict</th><th>told</th></tr></thead><tbody>"]
    for s in all_settings:
        told = s.problems + (s.run.problems if s.run else [])
        text = "; ".join(told[:3]) if told else f"{s.run.rounds} rounds, {s.run.host.get('seconds', '?')} s, commit {s.run.host.get('commit', '?')[:12]}"
        bad = "" if s.verdict == "whole" else " class=bad"
        out.append(f"<tr{bad}>{cells((s.label, s.verdict, text))}</tr>")
    out.append("</tbody></table>")
    first = next((s for s in all_settings if s.run), None)
    if first:
        out.append("<h2>Where it ran</h2><table class=left><tbody>")
        for name, label, value in figures.environment(first.run):
            if name not in ("cpus", "pti", "seconds", "started", "host_load"):
                out.append(f"<tr><th scope=row>{escape(label)}</th><td>{escape(str(value))}</td></tr>")
        out.append("</tbody></table>")
    return "\n".join(out)


def render(all_settings, made, drawn, checks, out_dir):
    """The whole page."""
    out = [
        "<!DOCTYPE html>",
        "<html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>pgd-mirror: every policy</title><style>{STYLE}</style></head><body>",
        "<h1>pgd-mirror: every policy</h1>",
        WORDS,
        "<h2>Checks</h2><table class=left><thead><tr><th>verdict</th><th>check</th><th>found</th></tr></thead><tbody>",
    ]
    for one in checks:
        bad = " class=bad" if one["verdict"] == "FAIL" else ""
        out.append(f"<tr{bad}>{cells((one['verdict'], one['name'], one['text']))}</tr>")
    out.append("</tbody></table><h2>Plots</h2>")
    out.append(plots(drawn))
    out.append("<h2>Tables</h2>")
    out += [table(t) for t in made]
    out.append(where(all_settings))
    out.append("<h2>Files</h2><ul>")
    for name, what in FILES.items():
        if os.path.exists(os.path.join(out_dir, name)):
            out.append(f"<li><a href='{escape(name)}'>{escape(name)}</a>: {escape(what)}</li>")
    out.append("</ul></body></html>")
    return "\n".join(out) + "\n"
