#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the perf script pgd-mirror-timeline."""

import json
import os
import sys
import tempfile
from html.parser import HTMLParser

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import ATTACH, CLEAN, FAULT, FULL  # noqa: E402
from perf_script import event, fault, publish, stock, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402

NAME = "pgd-mirror-timeline"

# CPU 1 has a mirror of mm 7; CPU 0 writes 1 ms later; CPU 1 faults 2 ms after that, and
# goes to mm 8 at 5 ms.
SCENE = [
    sync(kind=FULL, reason=ATTACH, cpu=1, seq=0),
    publish(1, us=1000, comm="<w>"),
    fault(cpu=1, us=2999),
    sync(reason=FAULT, cpu=1, seq=1, entries=1, us=3000),
    sync(kind=CLEAN, cpu=1, id=8, us=5000),
    stock("sched__sched_switch", cpu=1, us=9000),
]


def written(suffix, events, *window):
    """The file that the script writes."""
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/out{suffix}"
        said = perf_script.run(NAME, events, path, *window)
        assert path in said, said
        with open(path, encoding="utf-8") as f:
            return f.read()


def trace(*events):
    return json.loads(written(".json", events))


def of_phase(trace_, phase):
    return [e for e in trace_["traceEvents"] if e["ph"] == phase]


def test_marks():
    """what happened, in microseconds after the first event, in the lane of its CPU"""
    got = [(e["ts"], e["tid"], e["name"]) for e in of_phase(trace(*SCENE), "i")]
    same(
        got,
        [(0, 1, "sync"), (1000, 0, "add"), (2999, 1, "fault"), (3000, 1, "sync")],
    )
    removal = of_phase(trace(*SCENE, publish(2, value=0, us=6)), "i")[-1]
    same((removal["name"], removal["args"]["comm"]), ("remove", "task"))
    same(len(of_phase(trace(*SCENE, fault(fixed=0)), "i")), 4)


def test_bands():
    """the mm that a CPU has loaded, from its first sync to that of another mm"""
    got = [
        (e["name"], e["tid"], e["ts"], e["dur"]) for e in of_phase(trace(*SCENE), "X")
    ]
    same(got, [("mm 7", 1, 0, 5000), ("mm 8", 1, 5000, 4000)])


def test_waits():
    """a mirror lacks a change from its publish to the sync, and an arrow joins them"""
    for first, last in (("b", "e"), ("s", "f")):
        begin, end = of_phase(trace(*SCENE), first), of_phase(trace(*SCENE), last)
        same([(e["ts"], e["id"]) for e in begin], [(1000, 0)])
        same([(e["ts"], e["id"]) for e in end], [(3000, 0)])
    same([e["tid"] for e in of_phase(trace(*SCENE), "s")], [0])
    same([e["tid"] for e in of_phase(trace(*SCENE), "f")], [1])
    gone = [SCENE[0], SCENE[1], event("evict", id=7, by=8, cpu=1), SCENE[3]]
    same(of_phase(trace(*gone), "b"), [])
    gone[2] = event("untrack", id=7, reason=1)
    same(of_phase(trace(*gone), "b"), [])


def test_others():
    """kicks and missed hooks are marks, and lost events are noted"""
    kick = event("kick", id=7, kick=1, cpus=3)
    got = trace(*SCENE, kick, event("hook_miss", missed=4, disarmed=0))
    marks = of_phase(got, "i")[-2:]
    same([e["name"] for e in marks], ["kick", "miss"])
    same(marks[0]["args"]["cpus"], 3)
    assert any("Missed hooks" in note for note in got["otherData"]["notes"])


class Page(HTMLParser):
    """What is in a page: its elements and titles; it must be balanced."""

    VOID = ("meta", "rect", "line")

    def __init__(self, text):
        super().__init__()
        self.open, self.count, self.titles = [], {}, []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        for name, value in attrs:
            assert "//" not in (value or ""), f"{tag} {name}={value}: of the network?"
        self.open.append(tag)
        if tag == "meta":
            self.open.pop()

    def handle_startendtag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag):
        same(tag, self.open.pop())

    def handle_data(self, data):
        if self.open[-1:] == ["title"]:
            self.titles.append(data)


def test_page():
    """a page of its own: two bands, a bar, and four marks with what they are"""
    page = Page(written(".html", SCENE))
    same((page.count["rect"], page.count["svg"]), (3, 1))
    same("script" in page.count, False)
    assert "1.0000 ms: add (<w>) mm 7, entry 3, seq 1" in page.titles, page.titles
    stale = "mm 7, entry 3, sequence 1: written on CPU 0, lacking for 2.0000 ms, "
    assert stale + "until fault" in page.titles, page.titles


def test_window():
    """a window shows what is in it; by default from the first wait on, 50 ms"""
    text = written(".html", SCENE)
    assert "1.00 to 51.00 ms" in text and "; 3 of 4 events" in text
    text = written(".html", SCENE, "3.5", "2")
    assert "3.50 to 5.50 ms" in text and "; 0 of 4 events" in text
    same(Page(text).count["rect"], 2)
    text = written(".html", SCENE, "0", "4")
    assert "; 4 of 4 events" in text
    same(Page(text).count["rect"], 2)


def test_refused():
    """wrong arguments, no events, a file that cannot be written"""
    for bad in (
        [],
        ["x"],
        ["a.svg"],
        ["/nonexistent/a.html", "1"],
        ["/nonexistent/a.html", "x", "1"],
    ):
        assert "usage" in perf_script.refusal(NAME, SCENE, *bad)
    for bad in (["-1", "1"], ["0", "0"], ["nan", "1"], ["0", "inf"]):
        assert "usage" in perf_script.refusal(NAME, SCENE, "/nonexistent/a.html", *bad)
    assert "usage" in perf_script.refusal(NAME, SCENE, "/nonexistent/a.json", "1", "1")
    assert "no event happened" in perf_script.refusal(NAME, [], "/nonexistent/a.json")
    said = perf_script.refusal(NAME, SCENE, "/nonexistent/a.json")
    assert "/nonexistent/a.json: No such file" in said, said


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
