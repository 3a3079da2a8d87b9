# SPDX-License-Identifier: GPL-2.0
"""KTAP from Python: every function named test_* of a module is a test."""

import sys
import traceback


def run(module):
    """Run them in the order in which they are written; returns a status."""
    tests = [
        (name, test)
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    ]
    print("KTAP version 1")
    print(f"1..{len(tests)}")
    failed = 0
    for nr, (name, test) in enumerate(tests, 1):
        title = (test.__doc__ or name).strip().splitlines()[0].rstrip(".")
        try:
            test()
        except Exception:  # pylint: disable=broad-except
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {nr} {title}")
        else:
            print(f"ok {nr} {title}")
        sys.stdout.flush()
    return 1 if failed else 0


def same(got, want):
    """An assertion that shows both sides."""
    assert got == want, f"\n got: {got!r}\nwant: {want!r}"
