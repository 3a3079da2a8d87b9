# SPDX-License-Identifier: GPL-2.0
"""Every report of one data file, in one pass; tools/perf-scripts/collect starts it.

    perf script -i DIRECTORY/perf.data -s pgdm_perf/all_reports.py DIRECTORY

Each script is loaded as perf would load it, and its output goes to a file. The status
is 1 if a report could not be made; the others are.
"""

import contextlib
import importlib.util
import io
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, HERE)

# What each script gets as arguments.
REPORTS = {"syncs": [], "staleness": [], "useful": [], "faults": [], "writers": []}
REPORTS.update({"victims": [], "top": ["1"]})


class Script:
    """One script, and what it has printed."""

    def __init__(self, directory, name, words, says=True):
        path = f"{HERE}/pgd-mirror-{name}.py"
        spec = importlib.util.spec_from_file_location(f"pgd_mirror_{name}", path)
        self.module = importlib.util.module_from_spec(spec)
        self.file = f"{directory}/{name}.txt" if says else None
        self.name, self.argv = name, [path, *words]
        self.out = io.StringIO()
        self.failed = None
        spec.loader.exec_module(self.module)

    def run(self, function, *args):
        """One of perf's calls; a script that has given up gets none any more."""
        if self.failed:
            return
        argv, sys.argv = sys.argv, self.argv
        try:
            with contextlib.redirect_stdout(self.out):
                getattr(self.module, function)(*args)
        except SystemExit as end:
            self.failed = str(end.code)
        finally:
            sys.argv = argv

    def write(self):
        if self.file and not self.failed:
            with open(self.file, "w", encoding="utf-8") as f:
                f.write(self.out.getvalue())


if len(sys.argv) != 2:
    sys.exit("usage: perf script -s all_reports.py DIRECTORY")
scripts = [Script(sys.argv[1], name, words) for name, words in REPORTS.items()]
for suffix in ("json", "html"):
    target = [f"{sys.argv[1]}/timeline.{suffix}"]
    scripts.append(Script(sys.argv[1], "timeline", target, says=False))


def trace_begin():
    for script in scripts:
        script.run("trace_begin")


def trace_unhandled(name, context, fields):
    for script in scripts:
        script.run("trace_unhandled", name, context, fields)


def trace_end():
    """Write what they say; name those that cannot."""
    status = 0
    for script in scripts:
        script.run("trace_end")
        script.write()
        if script.failed:
            print(script.failed, file=sys.stderr)
            status = 1
    sys.exit(status)
