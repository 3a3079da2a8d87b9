#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the benchmark's report: the figures, and that no loss goes unseen."""

import base64
import contextlib
import html
import html.parser
import io
import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# pylint: disable=wrong-import-position
import fixture  # noqa: E402
import ktap  # noqa: E402
import report  # noqa: E402
from ktap import same  # noqa: E402
from pgdm_report import axes, machines, measures, panels, raw, scales  # noqa: E402
from pgdm_report import plots as drawing  # noqa: E402
from pgdm_report.numbers import fine, short, tick, times  # noqa: E402


class Made:
    """A run and its report in a directory of their own."""

    def __init__(self, spoil=None, plots=False, **options):
        self.top = tempfile.mkdtemp()
        self.raw, self.out = os.path.join(self.top, "raw"), os.path.join(
            self.top, "out"
        )
        fixture.write_run(self.raw, **options)
        if spoil:
            spoil(self)
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            self.status = report.main(
                ["--raw", self.raw, "--out", self.out] + ["--plots"] * plots
            )
        self.stdout, self.stderr = stdout.getvalue(), stderr.getvalue()
        self.json = self.page = None
        self.names = sorted(os.listdir(self.out)) if os.path.isdir(self.out) else []
        if os.path.exists(f"{self.out}/bench.json"):
            with open(f"{self.out}/bench.json", encoding="utf-8") as f:
                self.json = json.load(f)
            with open(f"{self.out}/index.html", encoding="utf-8") as f:
                self.page = f.read()
        shutil.rmtree(self.top)

    def verdict(self, name):
        return next(c["verdict"] for c in self.json["checks"] if c["name"] == name)

    def failed(self):
        return [c["name"] for c in self.json["checks"] if c["verdict"] == "FAIL"]

    def result(self, workload, policy):
        found = next(w for w in self.json["workloads"] if w["name"] == workload)
        return next(r for r in found["results"] if r["policy"] == policy)


def edit(path, change):
    """Spoil one file of a run: its text is passed through a function."""

    def spoil(made):
        with open(f"{made.raw}/{path}", encoding="ascii") as f:
            text = f.read()
        with open(f"{made.raw}/{path}", "w", encoding="ascii") as f:
            f.write(change(text))

    return spoil


def remove(path):
    def spoil(made):
        where = f"{made.raw}/{path}"
        if os.path.isdir(where):
            shutil.rmtree(where)
        else:
            os.remove(where)

    return spoil


def counter(name, value):
    """Set one counter of a stats file."""
    return lambda text: re.sub(rf"^{name} \d+$", f"{name} {value}", text, flags=re.M)


STEP = "r2/compile/dirty"


def test_good_run():
    """a whole run passes every check"""
    made = Made()
    same((made.status, made.failed(), made.stderr), (0, [], ""))
    same([c["verdict"] for c in made.json["checks"]], ["PASS"] * 8)


def test_figures():
    """figures: medians, sums and spread of the rounds"""
    made = Made()
    dirty = made.result("compile", "dirty")
    same(dirty["stats"]["switches"], {"median": 15100, "min": 15050, "max": 15150})
    same(dirty["syncs"], 30100 + 30200 + 30300)
    same(
        dirty["audit"],
        {"audits": 9, "mirrors": 48, "entries": 48 * 512, "violations": 0},
    )
    same(len(dirty["rounds"]), 3)
    same(sum(b[2] for b in dirty["rounds"][0]["hist"]), 30100)
    same(dirty["rounds"][0]["percpu"]["1"]["switches"], 15050 // 2)


def test_ratio():
    """ratio: within each round, median and spread"""
    made = Made()
    ratio = made.result("compile", "dirty")["bytes_to_always"]
    want = {}
    for nr in (1, 2, 3):
        syncs = 30_000 + 100 * nr
        copied = 2 * (syncs // 1000) + 512 * (syncs // 2000)
        want[str(nr)] = copied / (512 * syncs)
    same(ratio["per_round"], want)
    same(ratio["min"], min(want.values()))
    same(made.result("compile", "always")["bytes_to_always"]["median"], 1.0)


def test_percentiles():
    """percentiles: the bucket of the nearest rank"""
    hist = [(0, 1, 50), (2, 3, 49), (4, 7, 1)]
    same(measures.percentile(hist, 50), {"low": 0, "high": 1})
    same(measures.percentile(hist, 51), {"low": 2, "high": 3})
    same(measures.percentile(hist, 99), {"low": 2, "high": 3})
    same(measures.percentile(hist, 100), {"low": 4, "high": 7})
    same(measures.percentile([(0, 1, 1)], 99), {"low": 0, "high": 1})
    same(measures.percentile([], 50), None)
    same(
        measures.merge_hists([[(2, 3, 1)], [(0, 1, 4), (2, 3, 5)]]),
        [(0, 1, 4), (2, 3, 6)],
    )


def test_numbers():
    """numbers: at most six characters, no false digits"""
    cases = {
        0: "0",
        9999: "9999",
        10_000: "10.00k",
        123_456: "123.5k",
        999_999: "1.00M",
    }
    cases.update(
        {
            12_345_678: "12.35M",
            420_491_264: "420.5M",
            9_999_999_999: "10.00G",
            16.5: "16",
        }
    )
    for value, want in cases.items():
        same(short(value), want)
    for exponent in range(15):
        for digits in (1, 3.3333, 9.9949, 9.9951, 9.9994, 9.9996):
            assert len(short(digits * 10**exponent)) <= 6, short(
                digits * 10**exponent
            )
    same(
        [times(r) for r in (1, 0.5, 0.0625, 0.004, 1.25, 0)],
        ["1.00", "2.00", "16.0", "250", "0.80", "inf"],
    )


def test_width():
    """the table fits 126 columns, with every policy and long numbers"""
    names = "always always-exit flag flag-mm flush-only carry eager dirty".split()
    made = Made(policies=names, syncs=123_456_789)
    table = next(s for s in made.stdout.split("\n\n") if "than always  audit" in s)
    too_long = [line for line in table.splitlines() if len(line) > 126]
    same(too_long, [])
    same(
        len([line for line in table.splitlines() if not line.startswith("==")]),
        2 + 2 * len(names),
    )


def test_emulated():
    """cycles of an emulated machine are marked as meaningless, others not"""
    made = Made()
    assert "~127/~8191" in made.stdout or "~127/8191" in made.stdout, made.stdout
    assert "say nothing about cost" in made.stdout
    assert made.result("pipe", "dirty")["cycles_per_sync"]["meaningless"] is True
    assert "was emulated" in made.page
    real = Made(edit("meta", lambda t: t.replace("accel tcg", "accel kvm")))
    assert " 127/8191" in real.stdout and "~" not in real.stdout, real.stdout
    assert real.result("pipe", "dirty")["cycles_per_sync"]["meaningless"] is False
    assert "was emulated" not in real.page
    unknown = Made(edit("meta", lambda t: t.replace("accel tcg", "accel unknown")))
    assert unknown.json["run"]["emulated"] is True


class Page(html.parser.HTMLParser):
    """Counts open elements and looks for what needs a network."""

    VOID = {"meta", "br", "hr", "img", "link", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.links, self.rows = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.rows += tag == "tr"
        self.links += [v for n, v in attrs if n in ("href", "src")]

    def handle_endtag(self, tag):
        same(self.open.pop(), tag)


def test_page():
    """the page: closed elements, escaped text, nothing from a network"""
    made = Made()
    page = Page()
    page.feed(made.page)
    same(page.open, [])
    same([link for link in page.links if ":" in link or link.startswith("/")], [])
    same(page.links, ["bench.json"])
    assert "a model &lt;of&gt; none" in made.page
    assert "url(" not in made.page and "@import" not in made.page


def test_plots():
    """plots are in the page, and lie beside it"""
    made = Made(plots=True, workloads=("churn", "pipe"))
    same(
        [name for name in made.names if name.endswith(".svg")],
        ["quick-bytes-per-switch.svg", "quick-extra-faults.svg"],
    )
    for name in made.names:
        assert not name.endswith(".svg") or f"href='{name}'" in made.page, name
    drawn = re.findall(
        r"src='data:image/svg\+xml;base64,([^']*)' alt='[^']+'", made.page
    )
    same(len(drawn), 2)
    assert all(b"</svg>" in base64.b64decode(one) for one in drawn)


NUMBER = re.compile(r"\d+(\.\d+)?( [kMGT])?")


def labels_of(axis):
    """What is read along an axis, in what is shown of it."""
    axis.figure.draw_without_rendering()
    low, high = sorted(axis.get_view_interval())
    for which in ("major", "minor"):
        places = axis.get_ticklocs(minor=which == "minor")
        labels = axis.get_ticklabels(which=which)
        shown = [
            text.get_text() for text, at in zip(labels, places) if low <= at <= high
        ]
        yield from (text for text in shown if text)


def check_axes(fig, words=()):
    """Every axis has a label and numbers (or words) to read, and holds all values."""
    for ax in fig.axes:
        if not ax.axison:
            continue
        for axis in (ax.xaxis, ax.yaxis):
            labels = list(labels_of(axis))
            odd = [s for s in labels if s not in words and not NUMBER.fullmatch(s)]
            same((odd, axis.get_offset_text().get_text()), ([], ""))
            assert len(labels) > 1 or set(labels) <= set(words), labels
            assert axis.get_label_text(), labels
        data, shown = ax.dataLim, ax.viewLim
        assert shown.xmin <= data.xmin <= data.xmax <= shown.xmax, (data, shown)
        assert shown.ymin <= data.ymin <= data.ymax <= shown.ymax, (data, shown)


def test_tick_labels():
    """axes: numbers as they are read; decades only where values spread far"""
    for value, want in (
        (0, "0"),
        (1, "1"),
        (0.5, "0.5"),
        (0.001, "0.001"),
        (20, "20"),
        (1000, "1 k"),
        (2500, "2.5 k"),
        (1e6, "1 M"),
        (2e9, "2 G"),
    ):
        same(tick(value), want)
    decades = ["1", "10", "100", "1 k", "10 k", "100 k", "1 M"]
    for values, kind, want in (
        ([1.1, 1.15, 1.2], "linear", ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
        ([1.10324], "linear", ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
        ([4096] * 3, "linear", ["0", "1 k", "2 k", "3 k", "4 k", "5 k"]),
        ([0, 0], "linear", ["0", "1"]),
        ([], "linear", ["0", "1"]),
        ([0, 3, 4], "linear", ["0", "1", "2", "3", "4"]),
        ([1, 10**6], "log", decades),
        ([3, 700], "log", ["1", "10", "100", "1 k"]),
        ([0, 1, 10**6], "symlog", ["0", *decades]),
        ([1e-3, 1e9], "log", ["0.001", "0.1", "10", "1 k", "100 k", "10 M", "1 G"]),
    ):
        scale = scales.choose(values)
        same((values, scale.kind, scale.labels), (values, kind, want))
        for value in values:
            assert scale.low < value < scale.high, (value, scale)
    same(scales.doubling([1, 2, 8]).labels, ["1", "2", "4", "8"])
    same(scales.doubling([0, 5]).labels, ["0", "4", "8"])


def test_axes_drawn():
    """axes: what is drawn is what was chosen, along both axes"""
    for values in ([1.1, 1.2], [1.1, 1.1], [0, 0], [1, 10**6], [0, 0.002, 7000]):
        fig, ax = drawing.plt.subplots(figsize=(3, 2))
        ax.plot(values, values, "o")
        scale = scales.choose(values)
        for axis in (ax.xaxis, ax.yaxis):
            axes.apply(axis, scale, "bytes")
            same(list(labels_of(axis)), scale.labels)
        check_axes(fig)
        drawing.plt.close(fig)


def bytes_plot(values):
    """The axes of the plot of bytes per switch: {policy: bytes per switch}."""
    with tempfile.TemporaryDirectory() as base:
        fixture.write_run(base, policies=tuple(values), rounds=2)
        for nr, workload in ((nr, w) for nr in (1, 2) for w in ("compile", "pipe")):
            for policy, value in values.items():
                path = f"{base}/r{nr}/{workload}/{policy}/stats"
                with open(path, encoding="ascii") as f:
                    text = counter("switches", 10_000)(f.read())
                text = counter("bytes_copied", round(value * 10_000))(text)
                fixture.put(path, text)
        data = machines.Data([machines.only(raw.read_run(base))])
    fig = drawing.bytes_per_switch(data)
    check_axes(fig, values)
    labels = [list(labels_of(ax.xaxis)) for ax in fig.axes]
    drawing.plt.close(fig)
    return labels


def test_plot_axes():
    """a plot: axes for values that are close, equal, zero, and far apart"""
    close = ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]
    same(bytes_plot({"always": 1.2, "dirty": 1.1}), [close] * 2)
    same(bytes_plot({"always": 1.1, "dirty": 1.1}), [close] * 2)
    zero = bytes_plot({"always": 4096, "dirty": 0})
    same(zero, [["0", "1 k", "2 k", "3 k", "4 k", "5 k"]] * 2)
    far = bytes_plot({"always": 10**6, "flag": 0, "dirty": 1})
    same(far, [["0", "1", "10", "100", "1 k", "10 k", "100 k", "1 M"]] * 2)


def said_first(made):
    """What comes before picture and tables, printed and on the page: the same."""
    printed = made.stdout.split("\n\n")[0].split("\n", 1)[1].replace("\n", " ")
    page = made.page[made.page.index("<h1>") : made.page.index("class=panels")]
    assert "class='verdict" in page and "<table" not in page, page
    items = re.findall(r"<(?:strong|li)>(.*?)</", page)
    same(html.unescape(" ".join(items)), printed)
    return printed


def bytes_copied(workload, policy, values):
    """Set the bytes copied in each round."""

    def spoil(made):
        for nr, value in enumerate(values, 1):
            path = f"r{nr}/{workload}/{policy}/stats"
            edit(path, counter("bytes_copied", value))(made)

    return spoil


def test_verdict():
    """the verdict comes first: who won, over what, by how much; all checks passed"""
    made = Made(bytes_copied("pipe", "dirty", [8 * 512 * 10_050] * 3))
    said = said_first(made)
    want = (
        r"dirty won over always, the baseline, on all 2 workloads, in each round: it "
        r"wrote 3\.00 times fewer bytes into mirrors \(pipe\) to 1,998 times fewer "
        r"\(compile\)\. All 8 checks passed\. audit: 0 violations"
    )
    assert re.match(want, said), said


def test_verdict_lost():
    """the verdict tells where the baseline was better, and where that is open"""
    always = 8 * 512 * 30_100
    made = Made(bytes_copied("pipe", "dirty", [2 * always] * 3))
    said = said_first(made)
    assert "dirty won over always, the baseline, on 1 of 2 workloads" in said, said
    assert "It lost, by bytes: 1.99 times on pipe." in said, said
    made = Made(bytes_copied("pipe", "dirty", [2 * always, always // 2, always // 2]))
    said = said_first(made)
    assert "It neither won nor lost in all rounds: 0.50 times on pipe." in said, said
    made = Made(bytes_copied("compile", "dirty", [0] * 3), workloads=("compile",))
    assert "on compile, in each round: it wrote no bytes into" in said_first(made)


def test_verdict_failed():
    """a failed check comes before everything else, by name and with what was found"""
    made = Made(edit(f"{STEP}/audit", lambda t: t.replace(" 0 viol", " 2 viol")))
    said = said_first(made)
    assert said.startswith(
        "The benchmark FAILED: 1 of 8 checks failed: audit. The fig"
    ), said
    assert "audit: 2 violations: compile/dirty round 2: 2." in said, said
    assert "All 8 checks passed" not in said
    made = Made(edit("r3/pipe/dirty/stats", counter("bytes_copied", 10**9)))
    said = said_first(made)
    assert said.startswith(
        "The benchmark FAILED: 1 of 8 checks failed: dirty-never-more. d"
    )


def test_verdict_without():
    """without the baseline, or without dirty, the verdict says so"""
    made = Made(policies=("dirty",), syncs=60_000)
    said = said_first(made)
    assert said.startswith(
        "There is no winner: always, the baseline, was not run."
    ), said
    assert (
        "6 of 8 checks passed, none failed; skipped: dirty-compile, dirty-nev" in said
    )
    said = said_first(Made(policies=("always", "always-exit"), syncs=60_000))
    assert said.startswith(
        "always-exit did not win over always, the baseline, on any of"
    ), said
    said = said_first(Made(policies=("always", "flush-only"), syncs=60_000))
    assert said.startswith("There is no winner: nothing was run"), said


EIGHT = "always always-exit flag flag-mm flush-only carry eager dirty".split()


def eight(*spoils, workloads=("churn", "pipe")):
    """All policies; what some of them wrote is changed."""

    def spoil(made):
        for one in spoils:
            one(made)

    return Made(spoil, policies=EIGHT, workloads=workloads)


def spread_bytes(workload, policy, values):
    """Bytes copied a sync point in each round, with nothing stored by writers."""

    def spoil(made):
        for nr, value in enumerate(values, 1):
            path = f"r{nr}/{workload}/{policy}/stats"
            edit(path, counter("bytes_copied", value * (30_000 + 100 * nr)))(made)
            edit(path, counter("write_throughs", 0))(made)

    return spoil


def test_verdict_winner():
    """of eight policies: who won, over how many, where a rival is as good or better"""
    few = [spread_bytes(w, "dirty", [2, 2, 2]) for w in ("churn", "pipe")]
    eager = spread_bytes("churn", "eager", [3, 3, 3])
    said = said_first(eight(*few, eager, spread_bytes("pipe", "eager", [4, 4, 4])))
    want = (
        "dirty won: of the 7 policies that are right, it wrote the fewest bytes into "
        "mirrors on all 2 workloads. dirty won over always, the baseline, on all 2 "
        "workloads, in each round: it wrote 2,048 times fewer bytes into mirrors."
    )
    assert said.startswith(want), said
    # In one round it was not the least: that is a tie.
    said = said_first(eight(*few, eager, spread_bytes("pipe", "eager", [3, 2, 4])))
    assert "on all 2 workloads; of these it shares pipe with eager. dirty" in said, said
    # It was beaten, and who beat it is as good on as many: two share the place.
    said = said_first(eight(*few, eager, spread_bytes("pipe", "eager", [1, 1, 1])))
    assert said.startswith("eager and dirty share the first place: of the 7"), said
    assert "each wrote the fewest bytes into mirrors on 1 of 2 workloads" in said, said


def test_verdict_loses():
    """the policy that the module is about may lose, and the verdict says so"""
    made = eight(*(spread_bytes(w, "eager", [1, 1, 1]) for w in ("churn", "pipe")))
    said = said_first(made)
    assert said.startswith("eager won: of the 7 policies that are right"), said
    assert "dirty won over always, the baseline" in said, said
    three = ("churn", "compile", "pipe")
    made = eight(
        *(spread_bytes(w, "eager", [3, 3, 3]) for w in three),
        *(spread_bytes(w, "dirty", [2, 2, 2]) for w in ("churn", "compile")),
        spread_bytes("pipe", "dirty", [8, 8, 8]),
        workloads=three,
    )
    said = said_first(made)
    assert said.startswith("dirty won"), said
    assert "on 2 of 3 workloads. " in said, said
    assert "Others wrote fewer: eager on pipe, 2.67 times fewer." in said, said


def test_verdict_price():
    """the verdict tells what the winner costs, and who has less of it"""
    counts = (("faults_fixed", 45), ("own_stores", 60))
    made = eight(
        *(
            edit(f"r{nr}/churn/dirty/stats", counter(name, value))
            for nr in (1, 2, 3)
            for name, value in counts
        ),
        *(spread_bytes(w, "eager", [9, 9, 9]) for w in ("churn", "pipe")),
    )
    said = said_first(made)
    want = (
        "What dirty costs besides, on churn: words that the writer stores "
        "into mirrors, each root write: 1 (0 under always, always-exit, flag, flag-mm "
        "and 2 more); other CPUs interrupted, each new root entry: 0; extra page "
        "faults, each new root entry: 1.50 (0 under always and eager)."
    )
    assert want in said, said


def test_verdict_wrong_policy():
    """a policy that is not right takes no part, however little it writes"""
    made = eight(*(spread_bytes(w, "flush-only", [0] * 3) for w in ("churn", "pipe")))
    said = said_first(made)
    assert "flush-only won" not in said and "of the 7 policies" in said, said
    assert "flush-only is not right, by design, and takes no part" in said, said
    assert "the guard ended its endless faults 180 times (churn" in said, said
    row = next(s for s in made.stdout.splitlines() if re.match("flush-only +NO ", s))
    same(row.split()[-1], "99")
    assert re.search(r"<tr class=bad><td class=word>flush-only</td>", made.page)


def panel_of(made, title):
    """The drawing of one panel of the page's picture."""
    page = made.page[made.page.index(f"<strong>{title}") :]
    return page[page.index("<svg") : page.index("</svg>")]


def test_picture():
    """the picture: bars as long as their values, in numbers to read, and in words"""
    made = eight()
    drawn = panel_of(made, "Other CPUs interrupted")
    bars = re.findall(BARS, drawn)
    # The first is the hatching.
    widths = [float(width) for _, width in bars[1:]]
    same([width > 0 for width in widths], [p in ("flag", "carry") for p in POLICIES])
    same(len(set(widths)), 2)
    same(re.findall(r"class='tick'>([^<]*)<", drawn), ["0", "0.5", "1"])
    assert "always 0, always-exit 0, flag 1" in drawn, drawn
    faults = panel_of(made, "Extra page faults")
    same([kind for kind, _ in re.findall(BARS, faults)][-1], "hatched")
    widths = [float(width) for _, width in re.findall(BARS, faults)][1:]
    assert 0 < widths[1] < widths[3] < widths[-1], widths
    same(re.findall(r"class='tick'>([^<]*)<", faults), ["0", "0.01", "1", "100"])


def test_picture_axis():
    """the picture's axes: labels that fit beside each other, decades or from 0 on"""
    for values, want in (
        ([0, 0.003, 101], ["0.001", "0.1", "10", "1 k"]),
        ([0, 0.03, 99], ["0", "0.01", "1", "100"]),
        ([2.26, 4096, 12_504], ["1", "100", "10 k"]),
        ([0, 0], ["0", "1"]),
    ):
        axis = panels.Axis(values, 4)
        labels = axis.labels(panels.WIDTH - panels.NAMES - panels.VALUES)
        same((values, [label for _, label in labels]), (values, want))
        places = [axis.place(value) for value in sorted(values)]
        assert places == sorted(places) and 0 <= places[0] <= places[-1] <= 1, places
    same([fine(v) for v in (0, 0.0028, 0.02, 1.66)], ["0", "0.003", "0.02", "1.66"])


BARS = r"<rect class='(bar.*?|hatched)' .*?width='([\d.]+)'"
# In the order of the picture.
POLICIES = [*(p for p in EIGHT if p != "flush-only"), "flush-only"]


def test_histograms():
    """histograms: the share of all syncs in each power of two, empty ones too"""
    made = eight(edit("r1/churn/flag/hist", lambda t: t + "flag 0 0 100\n"))
    drawn = panel_of(made, "always</")
    bars = re.findall(r"<rect class='bar' .*?height='([\d.]+)'", drawn)
    same((len(bars), bars.count("0.0")), (7, 5))
    same(re.findall(r"text-anchor='start' class='tick'>([^<]*)<", drawn)[0], "64")
    assert "most at 64 to 127 cycles: 98" in drawn, drawn
    assert "cycles of an emulator" in made.page


def test_timeline():
    """a timeline that lies beside the page is in it, and can run no script"""

    def spoil(made):
        fixture.put(f"{made.out}/timeline.html", "<p title='a'>lanes</p>")

    made = Made(spoil)
    inner = "&lt;p title=&#x27;a&#x27;&gt;lanes&lt;/p&gt;"
    assert re.search(f"<iframe sandbox title='[^']+' srcdoc='{inner}'>", made.page)
    assert "<iframe" not in Made().page


def test_reproduce():
    """the page tells the commit, the command, the kernel and the module"""
    made = Made(edit("host", lambda t: t + "command make bench ROUNDS=3\n"))
    told = made.page[made.page.index("How to reproduce") :]
    for part in (
        "<code>git checkout 0123456789abcdef</code>",
        "<code>make bench ROUNDS=3</code>",
        "kernel 6.1.0-test-amd64, module version 0.1",
    ):
        assert part in told, told


def test_violation_after():
    """a violation in the audit after the work fails"""
    made = Made(
        edit(f"{STEP}/audit", lambda t: t.replace(" 0 violations", " 2 violations"))
    )
    same((made.status, made.failed()), (1, ["audit"]))
    assert (
        "FAIL audit: 2 violations: compile/dirty round 2: 2" in made.stdout
    ), made.stdout
    assert "2 BAD" in made.stdout


def test_violation_running():
    """a violation in an audit during the work fails"""
    found = (
        "cpu 0 slot 1 id 7: 1 entries differ\n"
        "audited 6 mirrors, 3072 entries, 1 violations\n"
    )
    made = Made(edit(f"{STEP}/audits_running", lambda t: t + found))
    same((made.status, made.failed()), (1, ["audit"]))
    same(
        made.result("compile", "dirty")["rounds"][1]["audits_running"]["lines"],
        [found.splitlines()[0]],
    )


def test_violation_counted():
    """a violation that only the counter knows (the oracle's) fails"""
    made = Made(edit(f"{STEP}/stats", counter("violations", 5)))
    same((made.status, made.failed()), (1, ["audit"]))


def test_nothing_audited():
    """audits that compared nothing are no evidence"""

    def spoil(made):
        for nr in (1, 2, 3):
            for workload in ("compile", "pipe"):
                for policy in ("always", "dirty"):
                    step = f"{made.raw}/r{nr}/{workload}/{policy}"
                    fixture.put(
                        f"{step}/audit", "audited 0 mirrors, 0 entries, 0 violations\n"
                    )
                    fixture.put(f"{step}/audits_running", "")

    made = Made(spoil)
    same((made.status, made.failed()), (1, ["audit"]))


def test_workload_failed():
    """a workload that failed fails, its figures stay"""
    made = Made(edit(f"{STEP}/step", lambda t: t.replace("status 0", "status 124")))
    same((made.status, made.failed()), (1, ["workloads"]))
    assert "compile/dirty round 2 (status 124)" in made.stdout
    assert "FAILED" in made.stdout
    same(len(made.result("compile", "dirty")["rounds"]), 3)


def test_few_syncs():
    """fewer than 100,000 syncs fail"""
    made = Made(syncs=8_000)
    same((made.status, made.failed()), (1, ["syncs"]))
    assert "FAIL syncs: 98,400 syncs" in made.stdout, made.stdout


def test_no_cycles():
    """syncs of which no cycles were measured fail"""
    made = Made(edit(f"{STEP}/hist", lambda t: t.splitlines(True)[0]))
    same((made.status, made.failed()), (1, ["cycles"]))


def test_dirty_too_much():
    """dirty that copies over a 200th of always on compile fails, in one round too"""
    always = 8 * 512 * 30_200
    made = Made(edit(f"{STEP}/stats", counter("bytes_copied", always // 199)))
    same((made.status, made.failed()), (1, ["dirty-compile"]))
    made = Made(edit(f"{STEP}/stats", counter("bytes_copied", always // 201)))
    same((made.status, made.failed()), (0, []))


def test_dirty_more():
    """dirty that copies more than always on any workload fails"""
    made = Made(
        edit("r3/pipe/dirty/stats", counter("bytes_copied", 8 * 512 * 30_300 + 8))
    )
    same((made.status, made.failed()), (1, ["dirty-never-more"]))
    assert "on pipe" in made.stdout


def test_dirty_more_work():
    """dirty is judged by its bytes a sync, not by how many syncs there were"""

    def doubled(text):
        # Twice the syncs, each full: as many bytes per sync as always.
        for name, value in (
            ("syncs_clean", 0),
            ("syncs_dirty", 0),
            ("syncs_full", 60_000),
        ):
            text = counter(name, value)(text)
        return counter("bytes_copied", 8 * 512 * 60_000)(text)

    def spoil(made):
        for nr in (1, 2, 3):
            edit(f"r{nr}/pipe/dirty/stats", doubled)(made)

    made = Made(spoil)
    same((made.status, made.failed()), (0, []))
    same(made.result("pipe", "dirty")["bytes_per_sync_to_always"]["max"], 1.0)
    assert made.result("pipe", "dirty")["bytes_to_always"]["median"] > 1.9


def test_missing_step():
    """a step that was not run fails and is named"""
    made = Made(remove("r3/pipe/always"))
    same((made.status, made.failed()), (1, ["complete"]))
    assert "r3/pipe/always: missing: this step was not run" in made.stderr, made.stderr
    same(
        made.result("pipe", "dirty")["bytes_to_always"]["per_round"].keys()
        - {"1", "2"},
        set(),
    )


def test_missing_workload():
    """a workload of which nothing is there is shown as such"""
    made = Made(lambda m: [remove(f"r{nr}/pipe")(m) for nr in (1, 2, 3)])
    same((made.status, made.failed()), (1, ["complete"]))
    assert "no result" in made.stdout and "no result" in made.page


def test_missing_files():
    """every file of a step is missed"""
    for name in ("stats", "stats_percpu", "hist", "audit", "audits_running", "step"):
        made = Made(remove(f"{STEP}/{name}"))
        same((name, made.status, made.failed()), (name, 1, ["complete"]))
        assert re.search(rf"{STEP}/{name}: no such file", made.stderr), made.stderr


def test_cut_files():
    """a file cut short fails, wherever it is cut"""
    for name in ("stats", "stats_percpu", "hist", "audit", "audits_running", "step"):
        made = Made(edit(f"{STEP}/{name}", lambda t: t[:-5]))
        same((name, made.status, made.failed()), (name, 1, ["complete"]))
        assert (
            f"{STEP}/{name}" in made.stderr and "cut short" in made.stderr
        ), made.stderr
    made = Made(edit(f"{STEP}/stats", lambda t: "".join(t.splitlines(True)[:-9])))
    assert "missing: cycles_publish cycles_sync violations" in made.stderr, made.stderr
    made = Made(edit(f"{STEP}/audit", lambda t: t.splitlines(True)[0]))
    assert "does not end with" in made.stderr, made.stderr
    made = Made(edit(f"{STEP}/hist", lambda t: ""))
    assert "hist: empty" in made.stderr, made.stderr


def test_garbage():
    """a value that is no count fails and is named"""
    for name, change, text in (
        ("stats", lambda t: t.replace("publishes ", "publishes -"), "is not a count"),
        ("stats", lambda t: t + "no_value\n", "'name value' is expected"),
        ("hist", lambda t: t + "dirty 1 2\n", "POLICY LOW HIGH COUNT"),
        ("hist", lambda t: t + "dirty 9 2 1\n", "a bucket from 9 to 2"),
        ("stats_percpu", lambda t: t + "2 1 1\n", "3 values for 24 names"),
        ("stats_percpu", lambda t: t.splitlines(True)[0], "no CPU"),
        ("audits_running", lambda t: "cannot read it\n" + t, "not an audit"),
    ):
        made = Made(edit(f"{STEP}/{name}", change))
        same((name, made.status, made.failed()), (name, 1, ["complete"]))
        assert text in made.stderr, made.stderr


def test_lost_machine():
    """a machine that was lost fails, with a report of what is there"""

    def spoil(made):
        remove("finished")(made)
        remove("r3")(made)
        edit("host", lambda t: t.replace("vm_status 0", "vm_status 125"))(made)

    made = Made(spoil)
    same((made.status, made.failed()), (1, ["complete"]))
    assert "cut short" in made.stderr
    same(made.json["run"]["vm_status"], 125)
    same(made.json["run"]["finished"], False)
    same(len(made.result("pipe", "dirty")["rounds"]), 2)


def test_kernel_log():
    """a bad kernel log alone fails"""
    made = Made(edit("host", lambda t: t.replace("vm_status 0", "vm_status 126")))
    same((made.status, made.failed()), (1, ["complete"]))


def test_guest_failed():
    """a failure outside of the table (warm-up, trace) fails"""
    made = Made(edit("host", lambda t: t.replace("vm_status 0", "vm_status 1")))
    same((made.status, made.failed()), (1, ["workloads"]))


def test_fewer_rounds():
    """fewer rounds are in order if the guest says so"""

    def spoil(made):
        remove("r3")(made)
        edit("finished", lambda t: t.replace("rounds 3", "rounds 2"))(made)

    made = Made(spoil)
    same((made.status, made.failed()), (0, []))
    same((made.json["run"]["rounds"], made.json["run"]["rounds_asked"]), (2, 3))


def test_no_trace():
    """a trace that was asked for and is not there fails"""
    made = Made(remove("trace/perf.data"))
    same((made.status, made.failed()), (1, ["trace"]))
    made = Made(edit("meta", lambda t: t.replace("trace pipe", "trace ")))
    same((made.status, made.verdict("trace")), (0, "SKIP"))


def test_one_policy():
    """without always there is no ratio, and the comparisons are skipped"""
    made = Made(policies=("dirty",), syncs=60_000)
    same((made.status, made.failed()), (0, []))
    same(
        (made.verdict("dirty-compile"), made.verdict("dirty-never-more")),
        ("SKIP", "SKIP"),
    )
    same(made.result("compile", "dirty")["bytes_to_always"], None)


def test_native():
    """native: what the kernel counted, and nothing of the module's"""
    made = Made(policies=("native", "always", "dirty"))
    same((made.status, made.failed()), (0, []))
    native = made.result("compile", "native")
    same(native["stats"]["switches"]["median"], 15000)
    same((native["syncs"], native["audit"]["audits"]), (0, 3))
    # Nothing is audited in its 6 runs.
    assert "0 violations in 12 audits after and 24 during" in made.stdout, made.stdout
    row = next(line for line in made.stdout.splitlines() if line.startswith("native "))
    same(row.split()[1:3], ["15.00k", "0"])
    same(set(row.split()[4:]), {"-"})


def test_more_counters():
    """counters beyond the promised ones are kept"""
    made = Made(edit(f"{STEP}/stats", lambda t: t + "something_new 12\n"))
    same(made.status, 0)
    same(made.result("compile", "dirty")["rounds"][1]["stats"]["something_new"], 12)


def test_nothing():
    """without meta, or with one of another format, there is nothing to report on"""
    made = Made(remove("meta"))
    same((made.status, made.json), (2, None))
    assert "nothing to report on" in made.stderr and "meta" in made.stderr
    made = Made(edit("meta", lambda t: t.replace("format 1", "format 2")))
    same((made.status, made.json), (2, None))
    made = Made(edit("meta", lambda t: t.replace("rounds 3\n", "")))
    assert "missing: rounds" in made.stderr
    made = Made(
        edit("meta", lambda t: t.replace("policies always dirty", "policies  "))
    )
    assert "no policies" in made.stderr


def test_documented():
    """every field of bench.json is described, and nothing else"""
    here = os.path.dirname(os.path.abspath(__file__))
    described, prefix = set(), ""
    with open(f"{here}/../../../Documentation/bench-json.md", encoding="utf-8") as f:
        for line in f:
            if line.startswith("## full.json"):
                break
            if line.startswith("## "):
                head = re.match("## `(.*)`", line)
                prefix = head.group(1) + "." if head else ""
            field = re.match(r"\| `([^`]+)` \|", line)
            if field:
                described.add(prefix + field.group(1))
    found = set()

    def walk(value, path):
        if isinstance(value, dict):
            for name, inner in value.items():
                # Names that are data: counters, CPUs and rounds.
                last = path.rsplit(".", 1)[-1]
                data = {
                    "stats": "COUNTER",
                    "percpu": "CPU",
                    "CPU": "COUNTER",
                    "per_round": "ROUND",
                }
                name = data.get(last, name)
                found.add(f"{path}.{name}".lstrip("."))
                walk(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for inner in value:
                walk(inner, path + "[]")

    walk(Made().json, "")
    # What the page calls a spread, a ratio or a bucket is one field there.
    found = {
        re.sub(r"\.(median|min|max|low|high|per_round(\.ROUND)?)$", "", path)
        for path in found
    }
    found -= {
        path
        for path in found
        if any(inner.startswith((path + ".", path + "[]")) for inner in found)
    }
    same(sorted(found - described), [])
    same(sorted(described - found), [])


def test_stats_promised():
    """the counters of the fixture are those that the report asks for"""
    same([n for n in raw.STATS if n not in fixture.STATS], [])


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
