#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the report's pages in a browser, at the widths of a desktop and a phone."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.dirname(HERE))

# pylint: disable=wrong-import-position
import browser  # noqa: E402
import fixture  # noqa: E402
import full  # noqa: E402
import ktap  # noqa: E402
import report  # noqa: E402
from ktap import same  # noqa: E402

DESKTOP, PHONE = 1280, 390
TOP = os.path.join(HERE, "..", "..", "..")
POLICIES = "always always-exit flag flag-mm flush-only carry eager dirty".split()
WORKLOADS = "churn compile forkexec hackbench pipe".split()


def made(command, write, name, *options):
    """A page of a report on made-up snapshots."""
    with tempfile.TemporaryDirectory() as top:
        raw, out = os.path.join(top, "raw"), os.path.join(top, "out")
        write(raw)
        with contextlib.redirect_stdout(io.StringIO()):
            command(["--raw", raw, "--out", out, *options])
        with open(os.path.join(out, name), encoding="utf-8") as f:
            return f.read()


def quick():
    """That of the quick benchmark, with plots."""

    def write(raw):
        fixture.write_run(raw, policies=POLICIES, workloads=WORKLOADS)

    return made(report.main, write, "index.html", "--plots")


def test_desktop():
    """the page in a wide window: no errors, nothing cut off or on other text"""
    same(browser.problems(quick(), DESKTOP), [])


def test_phone():
    """the page in the window of a phone: no errors, nothing beyond the window"""
    same(browser.problems(quick(), PHONE), [])


def test_failed():
    """a page whose verdict is that checks failed"""
    page = made(
        report.main, lambda raw: fixture.write_run(raw, syncs=1000), "index.html"
    )
    assert "verdict failed" in page
    same(browser.problems(page, PHONE), [])


def test_full():
    """the page of the full experiment"""

    def write(raw):
        programs = {"entries.real-tsan": 12}
        workloads = ("churn", "compile", "real-tsan")
        fixture.write_settings(raw, workloads=workloads, **programs)

    page = made(full.main, write, "full.html")
    assert "real programs" in page
    same(browser.problems(page, PHONE), [])


SEEDED = {
    "<p style='width: 900px'>far</p>": "page is wider than the window",
    "<p style='width: 901px'>too far</p>": "beyond the window: p too far",
    "<script>console.error('wrong')</script>": 'console: "wrong"',
    "<script>nothing()</script>": 'console: "Uncaught ReferenceError: nothing is not '
    'defined"',
    "<img src='none.svg' alt='lost'>": "not shown: img lost",
    "<svg viewBox='0 0 99 9' aria-label='a'><text x='98' y='8'>end</text></svg>": "cut "
    "off: text end",
    "<svg viewBox='0 0 99 30' aria-label='b'><text x='1' y='20'>one</text>"
    "<text x='2' y='20'>two</text></svg>": "on another text: text two",
    "<svg viewBox='0 0 9 9'></svg>": "no words for a picture: svg",
    "<div class=wide><table><tr><th>head</th></tr></table></div>": "a head without a "
    "scope: th head",
}


def test_seeded():
    """each fault that is put into a page is found"""
    page = quick().replace("</body>", "".join(SEEDED) + "</body>")
    found = [line.strip() for line in browser.problems(page, PHONE)]
    same([want for want in SEEDED.values() if want not in found], [])


def main():
    packages = os.path.join(HERE, "packages")
    setup = os.path.join(TOP, "tools", "setup", "host")
    if subprocess.run([setup, packages], check=False).returncode:
        print("KTAP version 1\n1..1\nnot ok 1 a browser can be installed")
        return 1
    return ktap.run(sys.modules["__main__"])


if __name__ == "__main__":
    sys.exit(main())
