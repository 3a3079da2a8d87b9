# SPDX-License-Identifier: GPL-2.0
"""What the commands that make a report share: options, output, exit status."""

import argparse
import json
import os
import sys

from . import files, page, text

NOTHING = 2


def options(what):
    """The options of both commands."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--raw", required=True, help="directory of snapshots")
    parser.add_argument("--out", required=True, help="directory for the report")
    return parser


def nothing(tool, err):
    """Say why there is no report; returns the exit status."""
    print(f"{tool}: nothing to report on: {err}", file=sys.stderr)
    return NOTHING


def tell_problems(tool, data):
    """Each problem with the snapshots, before the report."""
    for machine in data.machines:
        for problem in machine.told:
            print(f"{tool}: {machine.prefix}{problem}", file=sys.stderr)


def publish(report, document, out, name, pages):
    """Write a report and its document, print it; returns the exit status."""
    os.makedirs(out, exist_ok=True)
    files.write(out, name, json.dumps(document, indent=1) + "\n")
    html = page.render(report)
    for page_name in pages:
        files.write(out, page_name, html)
    print(text.render(report), end="")
    return 1 if report.failed else 0
