# SPDX-License-Identifier: GPL-2.0
"""What a suite's log says of it, as tools/check/ktap reads it."""

import os
import subprocess
from dataclasses import dataclass, field

KTAP = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ktap")


@dataclass
class Verdict:
    """The counts of a suite, and the lines to print of it."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    fails: list = field(default_factory=list)  # "SUITE: test", for the summary
    skips: list = field(default_factory=list)  # the same, of tests left out
    words: list = field(default_factory=list)  # each failed test and what it said


def judge(name, status, why, log):
    """The verdict on a suite that ended with this status.

    why is a reason that fails the suite as a whole, or "".
    """
    variables = [f"suite={name}", f"ended={status}", f"why={why}"]
    options = [word for variable in variables for word in ("-v", variable)]
    # A terminal's interrupt must not cut the verdict short.
    said = subprocess.run(
        [KTAP, *options, log],
        check=False,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
        start_new_session=True,
    ).stdout
    verdict = Verdict()
    for line in said.split("\n"):
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == "fail":
            verdict.fails.append(rest)
            verdict.words.append(f"    not ok  {rest}")
        elif word == "note":
            verdict.words.append(f"            {rest}")
        elif word == "skip":
            verdict.skips.append(rest)
        elif word == "count":
            verdict.passed, verdict.failed, verdict.skipped = map(int, rest.split())
    if not verdict.passed + verdict.failed + verdict.skipped:
        verdict.failed = 1
        verdict.fails.append(f"{name}: no verdict")
        verdict.words.append("    no verdict")
    return verdict
