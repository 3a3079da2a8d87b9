# SPDX-License-Identifier: GPL-2.0
"""The matrix of kernels and machines: tools/check/kernels."""

import fnmatch
import itertools
import os
import sys
from dataclasses import dataclass

from .main import BAD_USAGE, TOP, BadUsage, Run
from .sessions import Sessions
from .suites import Suite

USAGE = """\
usage: tools/check/kernels [--list] [--no-build] [CELL...]
Runs the group "smoke" of the selftests on each kernel of tools/setup/kernels, with 4 and 5
levels, PTI off and on, and 1, 2 and 4 CPUs, and prints a table. A CELL is a pattern of
names such as 7.3-4-level-pti-on-2; without one, all run.
  --list       only print the cells' names
  --no-build   take the modules and the selftests as they are
Status: 0 when each cell that ran is well, and each that could not has a reason.
Environment: PGDM_GROUPS, what run_tests.sh runs in each cell (default: smoke);
PGDM_CELL_TIMEOUT, seconds for a cell (default 900); JOBS as for tools/check/run.
"""

LEVELS = ("4", "5")
PTI = ("off", "on")
CPUS = ("1", "2", "4")
# A kernel that the user makes is not for this table.
NOT_DEBIAN = ("custom",)

# Cells that cannot run: a pattern of names, and the fact of that kernel.
EXCEPTIONS = ()


@dataclass(frozen=True)
class Cell:
    """A kernel on a kind of machine."""

    kernel: str
    levels: str
    pti: str
    cpus: str

    @property
    def name(self):
        """For patterns, logs, and the list of what has failed."""
        return f"{self.kernel}-{self.levels}-level-pti-{self.pti}-{self.cpus}"

    @property
    def exception(self):
        """The fact because of which it cannot run, or ""."""
        for pattern, fact in EXCEPTIONS:
            if fnmatch.fnmatchcase(self.name, pattern):
                return fact
        return ""

    def suite(self):
        """As tools/check/run has it."""
        la57 = "on" if self.levels == "5" else "off"
        timeout = os.environ.get("PGDM_CELL_TIMEOUT") or "900"
        groups = os.environ.get("PGDM_GROUPS") or "smoke"
        options = f"--timeout {timeout} --cpus {self.cpus}"
        options += f" --cpu max,la57={la57} --append pti={self.pti}"
        command = f"selftests/run_tests.sh {groups}"
        return Suite(self.name, f"vm:{self.kernel}", options, command)


def kernels():
    """Those of Debian that set-up knows, oldest first; flavours after the plain one."""
    files = (TOP / "tools/setup/kernels").glob("*.conf")
    names = (file.name.removesuffix(".conf") for file in files)

    def age(name):
        version, _, flavour = name.partition("-")
        return [int(number) for number in version.split(".")], flavour

    return sorted((name for name in names if name not in NOT_DEBIAN), key=age)


def cells():
    """All of them, in the order of the table."""
    every = itertools.product(kernels(), LEVELS, PTI, CPUS)
    return [Cell(*coordinates) for coordinates in every]


def refused():
    """Kernels that set-up refuses: pattern of names, reason."""
    with open(TOP / "tools/setup/kernels/refused", encoding="utf-8") as lines:
        return [line.strip().split("\t", 1) for line in lines if line[0] != "#"]


def word(cell, verdicts):
    """What the table says of a cell."""
    if cell.exception:
        return "none"
    verdict = verdicts.get(cell.name)
    if not verdict:
        return "-"
    if verdict.failed:
        return "FAILED"
    return "ok" if verdict.passed else "skipped"


def table(every, verdicts):
    """The lines of the table, and below it what its words stand for."""
    heads = [f"{cpus} CPU{'s' if cpus != '1' else ''}" for cpus in CPUS]
    rows = [["kernel", "levels", "PTI", *heads]]
    for kernel, levels, pti in itertools.product(kernels(), LEVELS, PTI):
        words = [
            word(cell, verdicts)
            for cell in every
            if (cell.kernel, cell.levels, cell.pti) == (kernel, levels, pti)
        ]
        if any(said != "-" for said in words):
            rows.append([kernel, levels, pti, *words])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip()
        for row in rows
    ]
    lines += [f"none: {pattern}: {fact}" for pattern, fact in EXCEPTIONS]
    lines += [f"refused: {pattern}: {reason}" for pattern, reason in refused()]
    return lines


def run_cells(patterns, build_first):
    """Run the cells that the patterns name. Returns the status."""
    every = cells()
    wanted = [
        cell
        for cell in every
        if any(fnmatch.fnmatchcase(cell.name, pattern) for pattern in patterns)
    ]
    if not wanted:
        raise BadUsage("no such cell (tools/check/kernels --list)")
    with Sessions() as sessions:
        run = Run(sessions)
        rows = [cell.suite() for cell in wanted if not cell.exception]
        if build_first:
            run.build(rows)
        run.run(rows)
    lines = table(every, run.tally.verdicts)
    (run.out / "kernels").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("", *lines, "", sep="\n")
    # Where all was skipped, nothing was shown.
    for cell in wanted:
        if word(cell, run.tally.verdicts) == "skipped":
            run.tally.add_failure(f"{cell.name}: skipped")
    return run.finish()


def obey(argv):
    """Do what the command line says. Returns the status."""
    words = list(argv)
    build_first = "--no-build" not in words
    words = [argument for argument in words if argument != "--no-build"]
    if words and words[0] in ("--help", "-h"):
        print(USAGE, end="")
        return 0
    if words == ["--list"]:
        print(*(cell.name for cell in cells()), sep="\n")
        return 0
    if any(argument.startswith("-") for argument in words):
        print(USAGE, end="", file=sys.stderr)
        return BAD_USAGE
    return run_cells(words or ["*"], build_first)
