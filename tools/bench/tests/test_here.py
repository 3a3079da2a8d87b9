#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of what is made of the runs of tools/bench/here, and of tools/bench/compare."""

import contextlib
import copy
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
TESTS = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.dirname(TESTS)
sys.path[:0] = [TESTS, BENCH]

# pylint: disable=wrong-import-position
import fixture  # noqa: E402
import here_fixture  # noqa: E402
import here_report  # noqa: E402
import ktap  # noqa: E402
import report  # noqa: E402
from ktap import same  # noqa: E402
from pgdm_here import judge  # noqa: E402

LOADER = importlib.machinery.SourceFileLoader("compare", os.path.join(BENCH, "compare"))
compare = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("compare", LOADER)
)
LOADER.exec_module(compare)


def said_by(function, argv):
    """(status, output, errors)"""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = function(argv)
    return status, out.getvalue(), err.getvalue()


class Made:
    """A result, from snapshots that @spoil may have spoilt."""

    def __init__(self, spoil=None, **options):
        top = tempfile.mkdtemp()
        self.raw = os.path.join(top, "raw")
        path = os.path.join(top, "here.json")
        here_fixture.write(self.raw, **options)
        if spoil:
            spoil(self.raw)
        self.status, self.out, self.err = said_by(here_report.main, [self.raw, path])
        self.text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                self.text = f.read()
        shutil.rmtree(top)

    @property
    def json(self):
        return json.loads(self.text)

    def result(self, policy):
        return next(r for r in self.json["results"] if r["policy"] == policy)

    def verdict(self, policy, measure="seconds"):
        return self.result(policy)["to_native"][measure]["verdict"]


def compared(first, second):
    """What compare says of two values, or texts, in files."""
    top = tempfile.mkdtemp()
    paths = [os.path.join(top, name) for name in ("a.json", "b.json")]
    for path, value in zip(paths, (first, second)):
        with open(path, "w", encoding="utf-8") as f:
            f.write(value if isinstance(value, str) else json.dumps(value))
    found = said_by(compare.main, paths)
    shutil.rmtree(top)
    return found


def bench_json(**options):
    """What the benchmark in the virtual machine writes."""
    top = tempfile.mkdtemp()
    fixture.write_run(f"{top}/raw", **options)
    said_by(report.main, ["--raw", f"{top}/raw", "--out", f"{top}/out"])
    with open(f"{top}/out/bench.json", encoding="utf-8") as f:
        value = json.load(f)
    shutil.rmtree(top)
    return value


def test_sound():
    """a whole run: status 0, a result, no problem"""
    made = Made()
    same((made.status, made.err), (0, ""))
    same(made.json["schema"], "pgd-mirror-here/1")
    assert "FAILED" not in made.out, made.out


def test_private():
    """no name, no path and no output of the command gets into the result"""
    made = Made(spoil=lambda raw: fixture.put(f"{raw}/r1/command/x", "secret"))
    for secret in ("secret", made.raw, os.uname().nodename):
        assert secret not in made.text, secret
    documented = set(
        "date kernel kernel_version accel cpu_model cpus memory_kib pti".split()
    )
    documented |= set(
        "paging_levels mode mirrors module_version commit emulated".split()
    )
    same(set(made.json["environment"]), documented | {"module_srcversion"})
    same(made.json["run"]["name"], None)
    same(Made(name="a build").json["run"]["name"], "a build")


def test_rank():
    """the interval of the sign test: the ranks that tables have for 5 %"""
    same([judge.rank(n, 0.05) for n in (5, 6, 8, 9, 11, 12, 20)], [0, 1, 1, 2, 2, 3, 6])


def test_rounds_needed():
    """the more comparisons, the more rounds a verdict needs"""
    same([judge.rounds_needed(n) for n in (1, 2, 4, 21)], [6, 7, 8, 10])


def test_more():
    """a tenth more in each round is a verdict"""
    made = Made()
    same(
        (made.verdict("always"), made.verdict("dirty")), ("more", "no difference seen")
    )
    same(made.verdict("always", "cycles"), "more")
    found = made.result("always")["to_native"]["seconds"]
    assert 1 < found["low"] <= found["median"] <= found["high"] < 1.2, found


def test_less():
    """a tenth less in each round is a verdict, too"""
    made = Made(seconds=lambda policy, nr: 0.9 if policy == "dirty" else 1.0 + nr / 100)
    same(made.verdict("dirty"), "less")


def test_chance():
    """two rounds of ten the other way round: no verdict"""
    made = Made(
        seconds=lambda policy, nr: 0.9
        if policy == "dirty" and nr > 2
        else 1.0 + nr / 1e4
    )
    same(made.verdict("dirty"), "no difference seen")


def test_few():
    """five rounds: no verdict, however great the difference"""
    made = Made(rounds=5)
    same(made.verdict("always"), "too few rounds")
    assert "At least 8 rounds are needed" in made.out, made.out


def test_not_counted():
    """what perf cannot count is no measure, and no zero"""
    made = Made()
    assert "instructions" not in made.result("dirty")["measured"]
    same(made.json["run"]["comparisons"], 4)
    same(made.result("dirty")["rounds"][1]["instructions"], None)


def test_audited_round():
    """the round with audits gives no times; without the module it gives the counts"""
    rounds = Made().result("native")["rounds"]
    same((rounds[0]["round"], rounds[0]["seconds"]), (0, None))
    same((rounds[0]["stats"]["switches"], rounds[1]["stats"]), (7, {}))
    same(Made().result("native")["stats"]["switches"]["median"], 7)


def test_emulated():
    """under emulation there are counts and no times"""
    made = Made(timed="no", rounds=3)
    same(made.status, 0)
    same(
        (made.result("dirty")["measured"], made.result("dirty")["to_native"]), ({}, {})
    )
    same({r["seconds"] for r in made.result("dirty")["rounds"]}, {None})
    assert "times would be the emulator's" in made.out.replace("\n", " "), made.out


def test_no_native():
    """without native there is nothing to compare with, and that is said"""
    made = Made(policies=("always", "dirty"))
    same(made.result("dirty")["to_native"]["seconds"], None)
    assert "Without native" in made.out, made.out


def test_failed():
    """a run that failed: its time does not count, the result is a failure"""

    def spoil(raw):
        here_fixture.pairs(
            f"{raw}/r2/command/always/step",
            {"status": 3, "nanoseconds": 1, "order": 1},
        )
        here_fixture.pairs(
            f"{raw}/finished", {"failures": 1, "rounds": 10, "warned": "no"}
        )

    made = Made(spoil)
    same((made.status, made.result("always")["failed"]), (1, 1))
    assert "FAILED: 1 failure" in made.out, made.out
    assert made.result("always")["measured"]["seconds"]["min"] > 1, made.text


def test_violation():
    """a violation is a failure"""

    def spoil(raw):
        fixture.put(
            f"{raw}/r0/command/dirty/audits_running",
            "audited 6 mirrors, 3072 entries, 2 violations\n",
        )

    made = Made(spoil)
    same((made.status, made.result("dirty")["audit"]["violations"]), (1, 2))
    assert "FAILED: 2 violations" in made.out and "2 BAD" in made.out, made.out


def test_warned():
    """a warning of the kernel is a failure"""

    def spoil(raw):
        here_fixture.pairs(
            f"{raw}/finished", {"failures": 0, "rounds": 10, "warned": "yes"}
        )

    same(Made(spoil).status, 1)


def test_missing():
    """a snapshot that is missing or broken: no result"""

    def broken(name, text):
        return lambda raw: fixture.put(f"{raw}/{name}", text)

    for spoil, what in (
        (
            lambda raw: os.unlink(f"{raw}/r3/command/dirty/stats"),
            "r3/command/dirty/stats",
        ),
        (lambda raw: os.unlink(f"{raw}/finished"), "finished"),
        (broken("meta", "format here-1\n"), "missing: date"),
        (broken("r1/command/always/step", "status x\n"), "'x' is not a count"),
        (broken("r1/command/always/step", "status 0\n"), "missing: nanoseconds"),
        (broken("r1/command/always/audit", "audited\n"), "does not end with"),
    ):
        made = Made(spoil)
        same((made.status, made.text), (2, ""))
        assert what in made.err, made.err
    made = Made(format="here-2")
    assert "reads here-1" in made.err, made.err


def rows_of(text, case):
    """{measure: line} of a case of compare's table."""
    part = text.split(f"== {case}:", 1)[1].split("\n==", 1)[0].splitlines()[1:]
    return {re.split(r"  +", line)[0]: line for line in part if line}


def test_compare_same():
    """a result and itself: each ratio is 1, nothing is marked"""
    value = Made().json
    status, out, err = compared(value, value)
    same((status, err), (0, ""))
    assert "The machines do not differ" in out, out
    rows = rows_of(out, "command, always")
    assert "seconds" in rows and "bytes written" in rows, rows
    assert not any(line.endswith("*") for line in rows.values()), rows


def test_compare_different():
    """twice the time in each round: the ratio, the mark, the fact that differs"""
    first = Made().json
    second = Made(seconds=lambda p, nr: 2 * here_fixture.steady(p, nr), pti="on").json
    _, out, _ = compared(first, second)
    row = rows_of(out, "command, dirty")["seconds"]
    assert " 2.000 [" in row and row.endswith("*"), row
    assert "pti: off, on" in out, out
    assert not rows_of(out, "command, dirty")["syncs"].endswith("*"), out


def test_compare_few():
    """three rounds each lie apart by chance: no mark"""
    first = Made(rounds=3).json
    second = Made(rounds=3, seconds=lambda p, nr: 2.0).json
    row = rows_of(compared(first, second)[1], "command, dirty")["seconds"]
    assert not row.endswith("*"), row


def test_compare_bench():
    """results of make bench are compared by counts"""
    status, out, _ = compared(bench_json(), bench_json(syncs=60_000, rounds=5))
    same(status, 0)
    rows = rows_of(out, "pipe, always")
    assert "seconds" not in rows, rows
    assert " 1.99" in rows["syncs"] or " 2.0" in rows["syncs"], rows
    assert "Times are compared only where" in out.replace("\n", " "), out


def test_compare_nothing():
    """results with nothing in common are refused"""
    status, _, err = compared(Made().json, bench_json())
    same(status, 2)
    assert "no workload and policy in common" in err, err


def test_compare_own_command():
    """a command of one's own in the virtual machine and on a real one: by counts"""
    status, out, _ = compared(Made().json, bench_json(workloads=("command",)))
    same(status, 0)
    assert "seconds" not in rows_of(out, "command, dirty"), out


def test_compare_refused():
    """what is foreign, broken, or of another version is refused with the reason"""
    good = Made().json

    def spoilt(path, value):
        spoiled = copy.deepcopy(good)
        place = spoiled
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return spoiled

    for value, what in (
        ("", "no JSON"),
        ('{"schema": "pgd-mirror-here/1", ', "cut short"),
        ("[" * 100_000, "no JSON"),
        ('{"schema": NaN}', "NaN is no number"),
        ("[1, 2]", "not a result of this benchmark"),
        ({"schema": "other/1"}, "not a result of this benchmark"),
        ({"schema": 7}, "not a result of this benchmark"),
        ({"schema": "pgd-mirror-here/2"}, "what can be compared is pgd-mirror-here/1"),
        ({"schema": "pgd-mirror-full/1"}, "what can be compared is"),
        ({"schema": "pgd-mirror-here/1"}, "environment is missing"),
        (spoilt(["results"], {}), "results is missing or no such value"),
        (spoilt(["results", 1], 7), "results[1] is no object"),
        (spoilt(["results", 1, "policy"], None), "results[1].policy is missing"),
        (
            spoilt(["results", 1, "rounds", 2, "stats", "ipis"], "many"),
            "results[1].rounds[2].stats.ipis",
        ),
        (
            spoilt(["results", 1, "rounds", 2, "stats"], {"ipis": 1}),
            "results[1].rounds[2].stats.switches is missing",
        ),
        (spoilt(["results", 1, "rounds", 2, "seconds"], "x"), "rounds[2].seconds"),
    ):
        for pair in ((value, good), (good, value)):
            status, out, err = compared(*pair)
            same((status, out), (2, ""))
            assert what in err, (what, err)


def test_compare_usage():
    """a file that is missing, and bad usage"""
    status, _, err = said_by(compare.main, ["/no/such", "/no/such"])
    same(status, 2)
    assert "/no/such: no such file" in err, err
    same(said_by(compare.main, ["a"])[0], 2)
    same(said_by(compare.main, ["--help"])[0], 0)


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules[__name__]))
