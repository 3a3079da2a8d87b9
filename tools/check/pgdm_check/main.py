# SPDX-License-Identifier: GPL-2.0
"""The command line of tools/check/run, and the order of a run."""

import collections
import os
import sys
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
        """Build what these suites need. Where that fails, they run; it is counted."""
        self._make("build", self.kernel, ["module", "seeded", "selftests"])
        others = {}
        for suite in wanted:
            if suite.own_kernel not in ("", self.kernel):
                # A disk of Bochs has both builds.
                goals = others.setdefault(suite.own_kernel, ["module"])
                if suite.machine == "bochs" and "seeded" not in goals:
                    goals.append("seeded")
        for kernel, goals in others.items():
            self._make(f"build-{kernel}", kernel, goals)

    def _make(self, name, kernel, goals):
        log = self.log(name)
        print(f"{name:<16} ", end="", flush=True)
        make = ["make", "-s", "-j", str(self.cpus), "-C", str(TOP)]
        self.sessions.start(name, [*make, f"KERNEL={kernel}", *goals], log)
        ended = self.sessions.wait_one()
        if ended.status == 0:
            print(f"done ({ended.seconds} s)")
            return
        print(f"failed; {self.shown(log)} ends:")
        with open(log, encoding="utf-8", errors="surrogateescape") as lines:
            print(*collections.deque(lines, 20), sep="", end="")
        self.tally.add_failure(f"{name}: make {' '.join(goals)}")

    def run(self, wanted):
        """Run these suites, as many at once as there may be."""
        for suite in wanted:
            if len(self.sessions) >= self.jobs:
                self._judge(self.sessions.wait_one())
            argv = suite.argv(self.kernel, str(self.out / f"{suite.name}.vm"))
            self.sessions.start(suite, argv, self.log(suite.name))
        while ended := self.sessions.wait_one():
            self._judge(ended)

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
