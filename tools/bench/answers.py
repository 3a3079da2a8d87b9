#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Put the tables of the last full experiment into README and Documentation/answers.md.

usage: answers.py [--page FILE]... [--tables FILE]

A table of a page begins with a line "Table `name`: title.", which may go on in the
next lines, and ends with its last row. It is replaced by the one of that name; what
git diff shows then is what came out differently. A table that the experiment did not
make stays.

Exit status: 0 when all tables of the pages are there, 1 when not.
"""

import argparse
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = re.compile(
    r"^Table `([^`]+)`:[^\n]*\n(?:[^|\n][^\n]*\n)*\n(?:\|[^\n]*\n)+", re.M
)
PAGES = (f"{TOP}/README", f"{TOP}/Documentation/answers.md")


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
    parser = argparse.ArgumentParser(description="Put tables into the documents.")
    parser.add_argument("--page", action="append", help="default: both documents")
    parser.add_argument("--tables", default=f"{TOP}/build/report/answers.txt")
    args = parser.parse_args(argv)
    status = 0
    try:
        tables = read(args.tables)
        for path in args.page or PAGES:
            text, missing = replace(read(path), tables)
            with open(path + ".new", "w", encoding="utf-8") as f:
                f.write(text)
            os.replace(path + ".new", path)
            for name in missing:
                what = f"the experiment made no table `{name}`"
                print(f"answers: {what}", file=sys.stderr)
                status = 1
    except OSError as err:
        print(f"answers: {err.filename}: {err.strerror.lower()}", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
