#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Put the tables of the last full experiment into Documentation/answers.md.

usage: answers.py [--page FILE] [--tables FILE]

A table of the page begins with a line "Table `name`: title." and ends with its
last row. It is replaced by the one of that name; what git diff shows then is
what came out differently. A table that the experiment did not make stays.

Exit status: 0 when all tables of the page are there, 1 when not.
"""

import argparse
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = re.compile(r"^Table `([^`]+)`:[^\n]*\n\n(?:\|[^\n]*\n)+", re.M)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def replace(page, tables):
    """The page with its tables replaced, and the names of those not found."""
    made = {m.group(1): m.group(0) for m in TABLE.finditer(tables)}
    missing = []

    def one(match):
        name = match.group(1)
        if name not in made:
            missing.append(name)
        return made.get(name, match.group(0))

    return TABLE.sub(one, page), missing


def main(argv):
    parser = argparse.ArgumentParser(description="Put tables into the page of answers.")
    parser.add_argument("--page", default=f"{TOP}/Documentation/answers.md")
    parser.add_argument("--tables", default=f"{TOP}/build/report/answers.txt")
    args = parser.parse_args(argv)
    try:
        page, tables = read(args.page), read(args.tables)
    except OSError as err:
        print(f"answers: {err.filename}: {err.strerror.lower()}", file=sys.stderr)
        return 1
    text, missing = replace(page, tables)
    with open(args.page + ".new", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(args.page + ".new", args.page)
    for name in missing:
        print(f"answers: the experiment made no table `{name}`", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
