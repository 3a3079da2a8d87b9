#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the full experiment's report: figures, checks, tables, plots."""

import base64
import contextlib
import html
import io
import json
import os
import re
import shutil
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# pylint: disable=wrong-import-position
import answers  # noqa: E402
import fixture  # noqa: E402
import full  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402
from pgdm_report import comparison, machines, measures  # noqa: E402
from pgdm_report import plots as drawing  # noqa: E402
from pgdm_report.numbers import plain, spelled  # noqa: E402
from test_report import Page, check_axes, counter, edit, remove  # noqa: E402

ICOUNT = (
    "absent switch 6000.0\nabsent switch 6010.0\n"
    "live switch 6085.0\nlive switch 6095.0\n"
    "absent evicted 6200.0\nlive evicted 6550.0\n"
)


class Made:
    """An experiment and its report in a directory of their own."""

    def __init__(self, spoil=None, native=None, plots=False, **options):
        self.top = tempfile.mkdtemp()
        self.raw, self.out = os.path.join(self.top, "raw"), os.path.join(
            self.top, "out"
        )
        os.makedirs(self.raw)
        fixture.write_settings(self.raw, **options)
        for name, content in (
            ("native.json", native or fixture.native()),
            ("native-ring-8.json", fixture.native(ring=8)),
            ("native-ring-1024.json", fixture.native(ring=1024)),
        ):
            fixture.put(f"{self.out}/{name}", json.dumps(content))
        fixture.put(f"{self.out}/icount.raw", ICOUNT)
        if spoil:
            spoil(self)
        stdout, stderr = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            self.status = full.main(
                ["--raw", self.raw, "--out", self.out]
                + ([] if plots else ["--no-plots"])
            )
        self.stdout, self.stderr = stdout.getvalue(), stderr.getvalue()
        self.files = {}
        for name in os.listdir(self.out):
            with open(f"{self.out}/{name}", encoding="utf-8") as f:
                self.files[name] = f.read()
        self.json = json.loads(self.files.get("full.json", "{}"))
        shutil.rmtree(self.top)

    def failed(self):
        return [c["name"] for c in self.json["checks"] if c["verdict"] == "FAIL"]

    def verdict(self, name):
        return next(c["verdict"] for c in self.json["checks"] if c["name"] == name)

    def verdicts(self):
        return {s["name"]: s["verdict"] for s in self.json["settings"]}

    def text(self, name):
        return next(c["text"] for c in self.json["checks"] if c["name"] == name)

    def table(self, name):
        """A table of answers.txt: its lines, as cells."""
        part = (
            self.files["answers.txt"].split(f"Table `{name}`")[1].split("\nTable ")[0]
        )
        return [
            [c.strip() for c in line.strip("|").split("|")]
            for line in part.splitlines()
            if line.startswith("|")
        ]


def test_good_run():
    """a whole experiment passes every check"""
    made = Made()
    same((made.status, made.failed(), made.stderr), (0, [], ""))
    same(made.verdicts(), {"1": "whole", "2p": "whole"})
    same([c["verdict"] for c in made.json["checks"]], ["PASS"] * 7)


def test_lost_machine():
    """a machine that was lost is reported as lost, and the rest is there"""
    made = Made(remove("2p/meta"))
    same((made.status, made.failed()), (1, ["settings"]))
    same(made.verdicts(), {"1": "whole", "2p": "lost"})
    assert "2 CPUs, PTI: lost: nothing is there: meta: no such file" in made.text(
        "settings"
    ), made.text("settings")
    assert "lost       2 CPUs, PTI" in made.stdout
    same(made.json["settings"][1]["bench"], None)
    assert made.table("new-entry")[2][0] == "1 CPU"


def test_died_machine():
    """a machine that died on its way keeps what there is, and fails"""

    def spoil(made):
        remove("2p/finished")(made)
        remove("2p/r2/compile")(made)
        edit("2p/host", lambda t: t.replace("vm_status 0", "vm_status 125"))(made)

    made = Made(spoil)
    same((made.status, made.failed()), (1, ["settings"]))
    same(made.verdicts()["2p"], "incomplete")
    assert "the virtual machine's status was 125" in made.text("settings")


def test_wrong_machine():
    """a machine that is not what its name says fails"""
    made = Made(edit("2p/meta", lambda t: t.replace("pti on", "pti off")))
    same(made.failed(), ["settings"])
    assert "pti is off and not on" in made.text("settings")


def test_nothing():
    """without any setting there is nothing to report on"""
    made = Made(lambda m: [remove(n)(m) for n in ("1", "2p")])
    same((made.status, made.json), (2, {}))
    assert "no setting is there" in made.stderr


def test_sweep_missing():
    """a policy's sweep that is missing, cut or garbage fails and is named"""
    for change, text in (
        (remove("1/r2/sweep/flag/cells"), "r2/sweep/flag/cells: no such file"),
        (edit("1/r2/sweep/flag/cells", lambda t: t[:-3]), "cut short"),
        (
            edit("1/r2/sweep/flag/cells", lambda t: t.replace("writes", "wrote")),
            "COUNTER...' is expected",
        ),
        (
            edit("1/r2/sweep/flag/cells", lambda t: t.replace(" ipis", " other")),
            "missing: ipis",
        ),
        (edit("1/r2/sweep/flag/cells", lambda t: t + "1 2 3\n"), "3 values for"),
    ):
        made = Made(change)
        same((made.status, made.failed()), (1, ["settings"]))
        assert text in made.stderr, made.stderr


def test_violation():
    """a violation in any machine fails"""
    made = Made(
        edit(
            "2p/r1/churn/flag/audit",
            lambda t: t.replace(" 0 violations", " 2 violations"),
        )
    )
    same(made.failed(), ["audit"])
    assert "2 violations: 2 CPUs, PTI: churn/flag round 1: 2" in made.text("audit")


def test_failed_workload():
    """a run that failed or took too long fails"""
    made = Made(
        edit("1/r1/churn/flag/step", lambda t: t.replace("status 0", "status 124"))
    )
    same(made.failed(), ["workloads"])


def test_guest_failed():
    """a failure outside of the table (warm-up, sweep) fails"""
    made = Made(edit("2p/host", lambda t: t.replace("vm_status 0", "vm_status 1")))
    same((made.status, made.failed()), (1, ["workloads"]))
    assert "2 CPUs, PTI: a step outside of the table" in made.text("workloads")


def test_native_in_part():
    """native figures without a sweep: its check is skipped"""
    native = fixture.native()
    native["rows"] = [r for r in native["rows"] if r["group"] != "sweep"]
    made = Made(native=native)
    same((made.status, made.verdict("dirty-sync-cycles")), (0, "SKIP"))


def test_measures():
    """bytes into mirrors: copied by owners and stored by writers; first copies apart"""
    stats = {"bytes_copied": 3 * 8192 + 80, "write_throughs": 7, "attaches": 3}
    same(measures.written(stats), 3 * 8192 + 80 + 56)
    same(measures.beyond_first(stats, True), 136)
    same(measures.beyond_first(stats, False), 3 * 4096 + 136)
    same(measures.bytes_a_first_copy(stats, True), 8192)
    same(measures.written({"bytes_copied": 8, "own_stores": 2}), 24)
    stats["entries_first"] = 12
    same(measures.beyond_first(stats, True), 3 * 8192 + 136 - 96)
    same(measures.bytes_a_first_copy(stats, True), 32)
    same(measures.per(5, 0), 0)


def beat(policy, name, value):
    """Another policy's counter in each round of churn on one CPU."""

    def spoil(made):
        for nr in (1, 2):
            edit(f"1/r{nr}/churn/{policy}/stats", counter(name, value))(made)

    return spoil


def test_dirty_beaten_in_bytes():
    """dirty that writes more bytes than another correct policy on any workload fails"""
    made = Made(beat("flag", "bytes_copied", 1000))
    same((made.status, made.failed()), (1, ["dirty-bytes"]))
    assert re.search(
        r"by flag on churn \(1 CPU\): 61,920 and 1,000 bytes", made.text("dirty-bytes")
    ), made.text("dirty-bytes")


def test_writers_stores_count():
    """what writers store counts: eager is not better for copying nothing"""
    policies = ("native", "always", "eager", "dirty")

    def spoil(stores):
        def change(made):
            for where in ("1", "2p"):
                for nr in (1, 2):
                    for w in ("churn", "compile"):
                        path = f"{where}/r{nr}/{w}/eager/stats"
                        edit(path, counter("bytes_copied", 0))(made)
                        edit(path, counter("publishes", 60))(made)
                        edit(path, counter("write_throughs", stores))(made)

        return change

    # Dirty copied 60 entries and 15 tables a round, for 60 writes.
    same(Made(spoil(60), policies=policies).failed(), ["dirty-bytes"])
    same(Made(spoil(60 + 16 * 512), policies=policies).failed(), [])


def with_first(firsts):
    """Churn on one CPU: 60 writes, a word each, and so many first copies of so many
    words each: {policy: (copies, words)}."""

    def spoil(made):
        for policy, (copies, words) in firsts.items():
            for nr in (1, 2):
                path = f"1/r{nr}/churn/{policy}/stats"
                for name, value in (
                    ("bytes_copied", 8 * (60 + copies * words)),
                    ("attaches", copies),
                    ("entries_first", copies * words),
                    ("publishes", 60),
                ):
                    edit(path, counter(name, value))(made)

    return spoil


def test_first_copies_apart():
    """first copies, which the scheduler decides on, are not held against dirty"""
    same(Made(with_first({"dirty": (400, 4), "flag": (1, 4)})).failed(), [])
    same(Made(with_first({"dirty": (400, 512), "flag": (1, 512)})).failed(), [])


def test_first_copies_count():
    """how much a first copy writes counts, but for chance"""
    made = Made(with_first({"dirty": (400, 512), "flag": (1, 4)}))
    same((made.status, made.failed()), (1, ["dirty-bytes"]))
    want = "by flag on churn (1 CPU): 1,638,880 and 13,280 bytes"
    same(made.text("dirty-bytes"), want)
    # A hundred first copies of 10 words: 21 words of noise, and 100 of chance.
    beaten = with_first({"dirty": (100, 12), "flag": (100, 10)})
    same(Made(beaten).failed(), ["dirty-bytes"])
    # One entry, in all processes of a run, is chance.
    same(Made(with_first({"dirty": (100, 11), "flag": (100, 10)})).failed(), [])


def test_no_first_copies():
    """a policy without first copies says nothing of them"""
    same(Made(with_first({"dirty": (400, 4), "flag": (0, 0)})).failed(), [])


def test_flush_only_is_no_rival():
    """a policy that is not correct is not what dirty is compared with"""
    made = Made(
        beat("flush-only", "bytes_copied", 0),
        policies=("native", "always", "flush-only", "dirty"),
    )
    same(made.failed(), [])


def test_dirty_beaten_in_ipis():
    """dirty that interrupts a CPU fails"""
    made = Made(edit("1/r2/churn/dirty/stats", counter("ipis", 1)))
    same(made.failed(), ["dirty-ipis"])


def test_dirty_beaten_in_cycles():
    """a sync of dirty that costs more than a full copy, hot or cold, fails"""
    same(Made(native=fixture.native(entry=4.7)).failed(), [])
    made = Made(native=fixture.native(entry=5))
    same(made.failed(), ["dirty-sync-cycles"])
    assert "1.07 times" in made.text("dirty-sync-cycles"), made.text(
        "dirty-sync-cycles"
    )


def periods(name, n, cycles):
    """native.json with other cycles in the periods of a policy and number of writes."""
    native = fixture.native()
    for r in native["rows"]:
        if (r["group"], r["name"], r["n"]) == ("period", name, n):
            r["over_empty"] = fixture.spread(cycles)
    return native


def test_dirty_beaten_in_periods():
    """periods in which another correct policy costs fewer cycles fail"""
    made = Made(native=periods("flag", 512, 100))
    same((made.status, made.failed()), (1, ["dirty-cycles"]))
    found = next(c for c in made.json["checks"] if c["name"] == "dirty-cycles")
    same((found["value"], found["limit"]), (3.3, 1.05))
    assert "in 2; the worst: 3.30 times those of flag" in found["text"], found["text"]
    same(Made(native=periods("flag", 512, 330 / 1.04)).failed(), [])
    same(Made(native=periods("flag", 512, 330 / 1.06)).failed(), ["dirty-cycles"])


def test_periods_resolution():
    """a difference of a cycle cannot be told from nothing"""
    same(Made(native=periods("flag", 0, 29.1)).failed(), [])
    native = periods("flag", 0, 2)
    for r in native["rows"]:
        if (r["group"], r["name"], r["n"]) == ("period", "dirty", 0):
            r["over_empty"] = fixture.spread(2.9)
    made = Made(native=native)
    same(made.failed(), [])
    same({c["ratio"] for c in made.json["maps"]["cycles"] if not c["writes"]}, {1.0})


def test_rivals_copy():
    """a copy that the module cannot make is shown, and not what dirty is judged by"""
    native = fixture.native(policies=("always", "flag", "dirty", measures.RIVAL))
    for r in native["rows"]:
        if r["name"] == measures.RIVAL:
            r["over_empty"] = fixture.spread(15)
    made = Made(native=native)
    same(made.failed(), [])
    same(made.table("map-movsq")[2][2], "2 (always-movsq)")
    assert measures.RIVAL not in str(made.table("map-cycles"))
    same(made.table("costs")[-1][0], measures.RIVAL)


def test_without_native():
    """without native figures their checks are skipped, their tables absent"""
    made = Made(
        lambda m: [
            os.remove(f"{m.out}/{n}")
            for n in (
                "native.json",
                "native-ring-8.json",
                "native-ring-1024.json",
                "icount.raw",
            )
        ]
    )
    same(made.failed(), [])
    same([c["verdict"] for c in made.json["checks"]][-2:], ["SKIP", "SKIP"])
    assert "Table `sync`" not in made.files["answers.txt"]
    assert "Table `signals`" in made.files["answers.txt"]


def test_crossing():
    """the break-even lies between the two numbers that enclose it"""
    same(
        comparison.crossing(fixture.native(ring=1024), "hot"),
        64 + (300 - 192) / (384 - 192) * 64,
    )
    same(comparison.crossing(fixture.native(), "hot"), None)


def test_maps():
    """maps: dirty against the best of the others, which is named"""
    same(
        comparison.against_best({"dirty": 2, "flag": 4, "always": 8}, "dirty"),
        (0.5, "flag"),
    )
    same(comparison.against_best({"dirty": 0, "flag": 0}, "dirty"), (1.0, "flag"))
    same(
        comparison.against_best({"dirty": 1, "eager": 0}, "dirty"),
        (float("inf"), "eager"),
    )
    same(comparison.against_best({"dirty": 1}, "dirty"), None)
    made = Made()
    cell = next(
        c for c in made.json["maps"]["bytes"] if (c["returns"], c["writes"]) == (8, 64)
    )
    same(
        cell,
        {
            "returns": 8,
            "writes": 64,
            "cpus": 1,
            "ratio": 64 / (8 * 512),
            "best": "always",
        },
    )


def test_xen_table():
    """Xen's comparison: first form, merged form, and the change"""
    made = Made(
        beat("always-exit", "user_returns", 1),
        policies=("native", "always-exit", "flag", "dirty"),
    )
    rows = made.table("xen")
    same(
        rows[0][:5],
        ["setting", "what", "always-exit (first form)", "flag (merged)", "change"],
    )
    same(rows[2][:2] + rows[2][4:5], ["1 CPU", "full copies", "-98.5 %"])


def test_numbers():
    """numbers of the tables"""
    same(
        [plain(v) for v in (0, 7, 7.25, 12.34, 99.96, 123.4, 4567, None, float("inf"))],
        ["0", "7", "7.25", "12.3", "100.0", "123", "4,567", "-", "inf"],
    )
    same(spelled({"median": 5, "min": 5, "max": 5}), "5")
    same(spelled({"median": 5, "min": 4.5, "max": 6}), "5 [4.50..6]")


def test_instructions():
    """guest instructions: what is added to those without the module"""
    rows = Made().table("instructions")
    same(rows[0], ["mode", "one switch", "one switch, mirror evicted"])
    same(rows[2], ["absent", "6,010", "6,200"])
    same(rows[3], ["live", "+85 [+75..+85]", "+350 [+350..+350]"])


def test_costs():
    """what each policy costs: padded, with a title of several lines"""
    made = Made(policies=("native", "always", "flush-only", "dirty"))
    part = made.files["answers.txt"].split("\nTable ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    same({len(line) for line in lines}, {len(lines[0])})
    same(max(len(line) for line in part.split("|")[0].splitlines()) <= 80, True)
    rows = made.table("costs")
    told = [["always", "yes"], ["flush-only", "no"], ["dirty", "yes"]]
    same([row[:2] for row in rows[2:]], told)
    same(rows[2][2:], ["4,096", "-", "0", "0", "20", "300", "300"])
    same(rows[4][5:], ["0", "20", "0", "30"])


def test_real_programs():
    """real programs: a table of their own, with their root entries"""
    workloads = ("churn", "compile", "real-go", "real-fio")
    made = Made(workloads=workloads, settings=("2",), **{"entries.real-go": 5})
    rows = made.table("programs")
    same(rows[0][:4], ["program", "root entries", "policy", "writes"])
    same(
        [row[:3] for row in rows[2:]],
        [["go", "5", p] for p in ("always", "flag", "dirty")]
        + [["fio", "-", p] for p in ("always", "flag", "dirty")],
    )
    same({row[0] for row in made.table("policies")[2:]}, {"churn", "compile"})
    bench = made.json["settings"][0]["bench"]
    same([w["entries"] for w in bench["workloads"]], [None, None, 5, None])
    assert "Table `programs`" not in Made().files["answers.txt"]


def test_rings():
    """what the length of the ring is chosen by"""
    rows = Made().table("rings")
    same(rows[0][2:], ["8, hot", "1024, hot", "8, cold", "1024, cold"])
    row = next(r for r in rows if r[:2] == ["changes", "16"])
    same(row[2:], ["300", "48", "1,500", "240"])


def test_plots():
    """every plot is well-formed, repeatable, has units, and is on the page"""
    made = Made(plots=True)
    again = Made(plots=True)
    same([n for n in made.json["plots"] if made.files[n] != again.files[n]], [])
    same(
        sorted(made.json["plots"]),
        [
            "break-even.svg",
            "bytes-per-switch.svg",
            "cost-of-a-write.svg",
            "extra-faults.svg",
            "sync-cost.svg",
        ],
    )
    for name in made.json["plots"]:
        xml.etree.ElementTree.fromstring(made.files[name])
        drawn = base64.b64encode(made.files[name].encode()).decode()
        assert f"base64,{drawn}'" in made.files["full.html"], name
        links = set(re.findall(r'(?:href|src)="([^#"]+)"', made.files[name]))
        same((name, links - {"http://www.w3.org/1999/xlink"}), (name, set()))
    assert "bytes per switch" in made.files["bytes-per-switch.svg"]
    assert "TSC cycles to publish one write" in made.files["cost-of-a-write.svg"]
    same(made.files["index.html"], made.files["full.html"])


def test_plot_axes():
    """every axis of every plot has a unit, ticks to read, and clips nothing"""
    policies = ("native", "always", "eager", "flag", "dirty")
    with tempfile.TemporaryDirectory() as top:
        fixture.write_settings(f"{top}/raw", ("1", "2", "8", "2p"), policies)
        for name, ring in (("native", 64), ("native-ring-1024", 1024)):
            text = json.dumps(fixture.native(policies[1:], ring))
            fixture.put(f"{top}/{name}.json", text)
        data = machines.read_data(f"{top}/raw", top)
    for plot, name, _ in drawing.FULL:
        fig = plot(data)
        assert fig, name
        check_axes(fig, policies)
        drawing.plt.close(fig)
    none = machines.Data([machines.Machine("1", 1, False)])
    same([name for plot, name, _ in drawing.FULL if plot(none)], [])


def test_verdict():
    """the verdict comes first: over the baseline, over the others, and the checks"""
    made = Made()
    printed = made.stdout.split("\n\n")[0].replace("\n", " ")
    page = made.files["full.html"]
    first = html.unescape(page[page.index("<h1>") : page.index("<table")])
    for text in (
        "dirty won: of the 3 policies that are right, it wrote the fewest bytes into "
        "mirrors on all 4 cases.",
        "dirty won over always, the baseline, on all 4 cases (workload and machine), "
        "in each round: it wrote 1,994 times fewer bytes into mirrors.",
        "All 7 checks passed.",
        "dirty-bytes: dirty is not beaten in 8 comparisons",
    ):
        assert text in printed and text in first, (text, printed, first)
    made = Made(beat("flag", "bytes_copied", 1000))
    said = made.stdout.splitlines()
    same(said[1], "The benchmark FAILED: 1 of 7 checks failed: dirty-bytes.")
    assert said[2].startswith("dirty-bytes: by flag on churn"), said


def test_page():
    """the page: closed elements, nothing from a network"""
    page = Page()
    page.feed(Made().files["full.html"])
    same(page.open, [])
    links = [link for link in page.links if not link.startswith("data:image/svg")]
    same([link for link in links if ":" in link or link.startswith("/")], [])


def test_answers():
    """tables go into the page of answers by name; what is missing stays, and is told"""
    page = (
        "# Words\n\nTable `a`: old.\n\n| x |\n| --- |\n| 1 |\n\nMore.\n"
        "Table `b`: other.\n\n| y |\n\nTable `c`, no table.\n"
    )
    made = (
        "Table `a`: new.\n\n| x |\n| --- |\n| 2 |\n| 3 |\n\n"
        "Table `z`: unused.\n\n| q |\n"
    )
    text, missing = answers.replace(page, made)
    same(text, page.replace("old.", "new.").replace("| 1 |", "| 2 |\n| 3 |"))
    long = page.replace("old.", "old\nand long.")
    same(answers.replace(long, made)[0], text)
    same(missing, ["b"])
    tables_made = Made().files["answers.txt"]
    same(answers.replace(tables_made, tables_made), (tables_made, []))


def test_answers_page():
    """every table of the documents is one that the experiment makes"""
    here = os.path.dirname(os.path.abspath(__file__))
    policies = ("native", "always", "always-exit", "flag", "dirty")
    native = fixture.native(policies=(*policies[1:], measures.RIVAL))
    made = Made(policies=policies, settings=("1", "2"), native=native)
    made = made.files["answers.txt"]
    for name in ("README", "Documentation/answers.md"):
        with open(f"{here}/../../../{name}", encoding="utf-8") as f:
            page = f.read()
        assert answers.TABLE.search(page), name
        same((name, answers.replace(page, made)[1]), (name, []))


def test_documented():
    """every field of full.json is described, and nothing else"""
    here = os.path.dirname(os.path.abspath(__file__))
    described, prefix = set(), None
    with open(f"{here}/../../../Documentation/bench-json.md", encoding="utf-8") as f:
        for line in f:
            if line.startswith("## full.json"):
                head = re.match("## full.json: `(.*)`", line)
                prefix = head.group(1) + "." if head else ""
            elif line.startswith("## "):
                prefix = None
            field = re.match(r"\| `([^`]+)` \|", line)
            if field and prefix is not None:
                described.add(prefix + field.group(1))
    found = set()

    def walk(value, path):
        if path in ("settings[].bench", "icount"):
            found.add(path)
        elif isinstance(value, dict):
            for name, inner in value.items():
                name = "COUNTER" if path == "settings[].sweep[].stats" else name
                walk(inner, f"{path}.{name}".lstrip("."))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                walk(inner, path + "[]")
        else:
            found.add(path)

    walk(Made(remove("2p/r1/sweep/flag/cells")).json, "")
    found = {re.sub(r"\.(median|min|max)$", "", path) for path in found}
    same(sorted(found - described), [])
    same(sorted(described - found), [])


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
