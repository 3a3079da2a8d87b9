#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the benchmark's report from the snapshots of a run.

usage: report.py --raw DIR --out DIR [--plots]

Reads what tools/bench/guest left in the first directory, prints the report,
writes index.html and bench.json (Documentation/bench-json.md) to the second.

Exit status: 0 when every check passed (or was skipped), 1 when one failed,
2 when there is nothing to report on.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_report import command, documents, files, machines, quick, raw  # noqa: E402


def draw(data, out):
    """The plots; the library behind them is slow to load."""
    from pgdm_report import plots  # pylint: disable=import-outside-toplevel

    return plots.draw(plots.QUICK, data, out)


def main(argv):
    parser = command.options("Make the benchmark's report.")
    parser.add_argument("--plots", action="store_true", help="make plots, too")
    args = parser.parse_args(argv)

    try:
        data = machines.Data([machines.only(raw.read_run(args.raw))])
    except raw.Broken as err:
        return command.nothing("report", err)
    command.tell_problems("report", data)
    os.makedirs(args.out, exist_ok=True)
    plots = draw(data, args.out) if args.plots else []
    beside = files.beside(args.out, ["bench.json"])
    timeline = files.read(args.out, "timeline.html")
    made = quick.report(data, plots, beside, timeline)
    document = documents.quick(data.first, made.checks)
    return command.publish(made, document, args.out, "bench.json", ["index.html"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
