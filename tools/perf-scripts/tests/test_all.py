#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of all reports in one pass."""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import perf_script  # noqa: E402
from perf_script import ATTACH, FAULT, FULL, SCRIPTS, fault, publish, sync  # noqa: E402
import ktap  # noqa: E402
from ktap import same  # noqa: E402

ALL = "pgdm_perf/all_reports"
SCENE = [
    sync(kind=FULL, reason=ATTACH, cpu=1, seq=0),
    publish(1, us=1000),
    fault(cpu=1, us=2999),
    sync(reason=FAULT, cpu=1, seq=1, entries=1, us=3000),
]


def made(events):
    """The files that are made, and the status."""
    with tempfile.TemporaryDirectory() as directory:
        status = None
        try:
            perf_script.run(ALL, events, directory)
        except SystemExit as end:
            status = end.code
        files = {}
        for name in sorted(os.listdir(directory)):
            with open(f"{directory}/{name}", encoding="utf-8") as f:
                files[name] = f.read()
        return files, status


def test_same():
    """each report is what its script says by itself"""
    files, status = made(SCENE)
    same(status, 0)
    scripts = [name for name in os.listdir(SCRIPTS) if name.endswith(".py")]
    names = {name[len("pgd-mirror-") : -3] for name in scripts}
    texts = {f"{name}.txt" for name in names - {"timeline"}}
    same(set(files), texts | {"timeline.json", "timeline.html"})
    for name in names - {"timeline"}:
        args = ["1"] if name == "top" else []
        alone = perf_script.run(f"pgd-mirror-{name}", SCENE, *args)
        same(files[f"{name}.txt"], alone)


def test_one_fails():
    """what one script cannot report does not keep the others from it"""
    name, fields = fault()
    del fields["fixed"]
    files, status = made([*SCENE, (name, fields)])
    same(status, 1)
    same("faults.txt" in files, False)
    same("staleness.txt" in files, True)


def test_usage():
    """a directory is expected"""
    assert "usage" in perf_script.refusal(ALL, [], "a", "b")


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
