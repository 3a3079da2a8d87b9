# SPDX-License-Identifier: GPL-2.0
"""What the report's directory holds, and how it gets there."""

import os

# In the order of the page.
KNOWN = {
    "bench.json": "the quick benchmark for programs: every counter of every round",
    "full.json": "the full benchmark for programs",
    "full.html": "every policy, on machines of 1 to 8 CPUs (make bench BENCH=full)",
    "answers.txt": "the tables as Documentation/answers.md has them",
    "syncs.txt": "the traced round by comm, CPU, policy and reason "
    "(perf script pgd-mirror-syncs)",
    "timeline.html": "a moment of the traced round, a lane a CPU "
    "(perf script pgd-mirror-timeline)",
    "perf.data": "the trace itself, of a short round of its own under each policy",
    "native.json": "cycles of the core on the host CPU (make bench-native)",
    "native-ring-1024.json": "the same with a longer ring",
    "quick-bytes-per-switch.svg": "a plot of this page",
    "quick-extra-faults.svg": "another one",
    "icount.txt": "guest instructions (make bench-icount)",
}


def beside(out, wanted=(), without=()):
    """Those that are there, or will be; with what they hold."""
    return {
        name: what
        for name, what in KNOWN.items()
        if name not in without
        and (name in wanted or os.path.exists(os.path.join(out, name)))
    }


def read(out, name):
    """The text of a file, or None where it is not there."""
    try:
        with open(os.path.join(out, name), encoding="utf-8") as f:
            return f.read()
    except OSError:
        return None


def write(out, name, content):
    """Write a file so that a reader sees the old one or the whole new one."""
    path = os.path.join(out, name)
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(content)
    os.replace(path + ".new", path)
