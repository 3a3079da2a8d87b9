#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the result of tools/bench/here from the snapshots of its runs.

usage: here_report.py RAW FILE

Prints the tables and writes the result as JSON (Documentation/real-machine.md).

Exit status: 0 when all went well, 1 when a run failed or anything was wrong, 2 when
there is nothing to report on.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_here import document, show, snapshots  # noqa: E402
from pgdm_report import files, raw  # noqa: E402


def main(argv):
    if len(argv) != 2:
        print("usage: here_report.py RAW FILE", file=sys.stderr)
        return 2
    try:
        made = document.make(snapshots.read(argv[0]))
    except raw.Broken as err:
        print(f"here: nothing to report on: {err}", file=sys.stderr)
        return 2
    out, name = os.path.split(os.path.abspath(argv[1]))
    files.write(out, name, json.dumps(made, indent=1) + "\n")
    print(show.render(made), end="")
    print(f"\nThe result, which you may send: {argv[1]}")
    return 1 if show.problems(made) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
