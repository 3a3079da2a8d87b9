#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the report of the full experiment.

usage: full.py --raw DIR --out DIR [--no-plots]

The first directory has the snapshots of a machine for each setting; the second,
where the report goes, has native.json, native-ring-N.json and icount.raw already.
Writes full.html, full.json (Documentation/bench-json.md), answers.txt, the
tables of Documentation/answers.md, and the plots; prints the report.

Exit status: 0 when every check passed, 1 when one failed, 2 when there is
nothing to report on.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_report import command, experiment, files, machines, raw, text  # noqa: E402


def draw(data, out):
    """The plots; the library behind them is slow to load."""
    from pgdm_report import plots  # pylint: disable=import-outside-toplevel

    return plots.draw(plots.FULL, data, out)


def main(argv):
    parser = command.options("Make the report of the full experiment.")
    parser.add_argument("--no-plots", action="store_true", help="leave the plots out")
    args = parser.parse_args(argv)

    try:
        data = machines.read_data(args.raw, args.out)
    except (raw.Broken, OSError) as err:
        return command.nothing("full", err)
    command.tell_problems("full", data)
    os.makedirs(args.out, exist_ok=True)
    plots = [] if args.no_plots else draw(data, args.out)
    beside = files.beside(args.out, ["full.json", "answers.txt"], ["full.html"])
    made = experiment.report(data, plots, beside)
    answers = "\n".join(text.markdown(table) for table in made.tables)
    files.write(args.out, "answers.txt", answers)
    document = experiment.document(data, made)
    pages = ["full.html", "index.html"]
    return command.publish(made, document, args.out, "full.json", pages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
