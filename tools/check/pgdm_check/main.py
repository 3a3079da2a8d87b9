# SPDX-License-Identifier: GPL-2.0
"""The command line of tools/check/run, and the order of a run."""

import collections
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from . import suites
from .sessions import Interrupted, Sessions
from .tally import Tally
from .verdict import judge

TOP = Path(__file__).resolve().parents[3]

USAGE = """\
usage: tools/check/run [--list] [--no-build] [SUITE...]
Runs all suites of tools/check/suites, or those named (patterns are allowed).
Logs: build/check/SUITE.log. KERNEL chooses the kernel (default 6.1; custom is that of
KDIR, with which all suites are those that boot it), JOBS how many suites run at once
(default: as many as there are CPUs; with more, the CPUs of virtual machines wait for
each other, and all takes longer). PGDM_SUITES names other lists, with spaces between
them.
  --list       only print the suites' names
  --no-build   take the module and the selftests as they are
"""

BAD_USAGE = 2
READER_GONE = 141


class BadUsage(Exception):
    """The caller asked for a suite or an option that does not exist."""


def say(text):
    """Tell the user, on standard error."""
    print(f"check: {text}", file=sys.stderr)


@dataclass(frozen=True)
class Build:
    """What make builds for a kernel."""

    name: str
    kernel: str
    goals: list


class Run:
    """A run of suites: where its files are, and what was counted so far."""

    def __init__(self, sessions):
        environ = os.environ
        self.sessions = sessions
        self.tally = Tally()
        self.cpus = len(os.sched_getaffinity(0))
        jobs = environ.get("JOBS") or str(self.cpus)
        if not jobs.isdecimal() or int(jobs) == 0:
            raise BadUsage(f"JOBS: not a number of suites: '{jobs}'")
        self.jobs = int(jobs)
        self.unbuilt = []  # what run() builds beside suites
        own = suites.CUSTOM if environ.get("KDIR") else ""
        self.kernel = environ.get("KERNEL") or own or "6.1"
        self.out = Path(environ.get("PGDM_CHECK_OUT") or TOP / "build/check").absolute()
        self.out.mkdir(parents=True, exist_ok=True)

        # What a suite finds: the directory, and some variables.
        os.chdir(TOP)
        environ["KERNEL"] = self.kernel
        for name, variant in ("module", ""), ("seeded", "-seeded"):
            product = TOP / f"build/module/{self.kernel}{variant}"
            environ[name] = str(product / "pgd_mirror.ko")

    def log(self, name):
        """A suite's log."""
        return self.out / f"{name}.log"

    def shown(self, path):
        """A file's name for the user: short, if it is in the tree."""
        return path.relative_to(TOP) if path.is_relative_to(TOP) else path

    def build(self, wanted):
        """Build what suites of the run's kernel need. Where that fails, they run; it is
        counted. What suites of other kernels need is built beside suites: see run().
        """
        goals = ["module", "seeded", "selftests"]
        first = Build("build", self.kernel, goals)
        print(f"{first.name:<16} ", end="", flush=True)
        self._start(first)
        print(self._built(self.sessions.wait_one()))
        others = {}
        for suite in wanted:
            if suite.own_kernel not in ("", self.kernel):
                # A disk of Bochs has both builds.
                goals = others.setdefault(suite.own_kernel, ["module"])
                if suite.machine == "bochs" and "seeded" not in goals:
                    goals.append("seeded")
        self.unbuilt = [Build(f"build-{k}", k, goals) for k, goals in others.items()]

    def _start(self, build):
        make = ["make", "-s", "-j", str(self.cpus), "-C", str(TOP)]
        argv = [*make, f"KERNEL={build.kernel}", *build.goals]
        self.sessions.start(build, argv, self.log(build.name))

    def _built(self, ended):
        """Count a build that failed. Returns what to print of it."""
        log = self.log(ended.subject.name)
        if ended.status == 0:
            return f"done ({ended.seconds} s)"
        self.tally.add_failure(
            f"{ended.subject.name}: make {' '.join(ended.subject.goals)}"
        )
        with open(log, encoding="utf-8", errors="surrogateescape") as lines:
            end = "".join(collections.deque(lines, 20))
        return f"failed; {self.shown(log)} ends:\n{end}".rstrip("\n")

    def run(self, wanted):
        """Run these suites, as many at once as there may be.

        Kernels that are not built yet are built beside them, one at a time, as their
        set-up takes a lock. A suite waits for its kernel.
        """
        rows, building = list(wanted), False
        while rows or self.unbuilt or len(self.sessions):
            if len(self.sessions) < self.jobs:
                if self.unbuilt and not building:
                    self._start(self.unbuilt[0])
                    building = True
                    continue
                waits_for = {build.kernel for build in self.unbuilt}
                ready = [row for row in rows if row.own_kernel not in waits_for]
                if ready:
                    rows.remove(ready[0])
                    self._run(ready[0])
                    continue
            ended = self.sessions.wait_one()
            if isinstance(ended.subject, Build):
                self.unbuilt.remove(ended.subject)
                building = False
                print(f"{ended.subject.name:<16} {self._built(ended)}")
            else:
                self._judge(ended)

    def _run(self, suite):
        argv = suite.argv(self.kernel, str(self.out / f"{suite.name}.vm"))
        self.sessions.start(suite, argv, self.log(suite.name))

    def _judge(self, ended):
        suite = ended.subject
        log = self.log(suite.name)
        verdict = judge(suite.name, ended.status, suite.why_ended(ended.status), log)
        self.tally.add(suite.name, verdict, ended.seconds, self.shown(log))

    def finish(self):
        """Print what did not pass, and the closing line, which is kept as well."""
        print(*self.tally.summary(), self.tally.closing(), sep="\n")
        (self.out / "count").write_text(f"{self.tally.closing()}\n", encoding="utf-8")
        return 1 if self.tally.failed else 0


def run_suites(rows, patterns, build_first):
    """Build, if asked to, and run the suites that the patterns name."""
    with Sessions() as sessions:
        run = Run(sessions)
        wanted = suites.chosen(rows, patterns, run.kernel)
        if not wanted:
            names = " ".join(suite.name for suite in rows)
            raise BadUsage(f"no such suite; there are: {names}")
        if build_first:
            run.build(wanted)
        if run.kernel == suites.CUSTOM and not patterns:
            say(f"{len(wanted)} of {len(rows)} suites boot this kernel; these run")
        run.run(wanted)
    return run.finish()


def parse(argv):
    """The command line as (what is asked for first, build first?, patterns)."""
    build_first = True
    words = list(argv)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "--no-build":
            build_first = False
        else:
            return option, build_first, []
    return "", build_first, words


def obey(argv):
    """Do what the command line says. Returns the status."""
    option, build_first, patterns = parse(argv)
    if option in ("--help", "-h"):
        print(USAGE, end="")
        return 0
    if option not in ("", "--list"):
        print(USAGE, end="", file=sys.stderr)
        return BAD_USAGE
    files = os.environ.get("PGDM_SUITES") or str(TOP / "tools/check/suites")
    rows = [row for file in files.split() for row in suites.read(file)]
    if option == "--list":
        print(*(suite.name for suite in rows), sep="\n")
        return 0
    return run_suites(rows, patterns, build_first)


def guarded(program, argv):
    """Run a program on its arguments, whatever comes in between. Returns its status."""
    # Programs may write what is no text, and it is passed on.
    sys.stdout.reconfigure(
        encoding="utf-8", errors="surrogateescape", line_buffering=True
    )
    try:
        return program(argv)
    except Interrupted as interrupt:
        say("interrupted")
        return interrupt.status
    except BadUsage as err:
        say(err)
        return BAD_USAGE
    except BrokenPipeError:
        # So that the interpreter's last flush has somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except OSError as err:
        say(err)
        return 1


def main(argv):
    """Run the program. Returns its status."""
    return guarded(obey, argv)
