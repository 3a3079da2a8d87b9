#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the benchmark's report from the snapshots of a run.

usage: report.py --raw DIR --out DIR [--plots]

Reads what tools/bench/guest left in the first directory, prints the table,
writes index.html and bench.json (Documentation/bench-json.md) to the second.

Exit status: 0 when every check passed (or was skipped), 1 when one failed,
2 when there is nothing to report on.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_report import checks, figures, page, raw, settings, text  # noqa: E402

SCHEMA = "pgd-mirror-bench/1"

EXTRAS = {
    "bench.json": "the same figures for programs, with every counter of every round",
    "syncs.txt": "the traced round by comm, CPU, policy and reason (perf script pgd-mirror-syncs)",
    "perf.data": "the trace itself, of a short round of its own under each policy",
    "native.json": "cycles of the same core code on the host CPU (make bench-native)",
    "full.html": "every policy, on machines of 1 to 8 CPUs (make bench BENCH=full)",
}


def document(run, table, rows, environment):
    """What bench.json holds."""
    return {
        "schema": SCHEMA,
        "environment": {name: value for name, _, value in environment},
        "run": {
            "size": run.meta["size"],
            "rounds": run.rounds,
            "rounds_asked": int(run.meta["rounds"]),
            "policies": run.policies,
            "emulated": run.emulated,
            "finished": run.finished,
            "vm_status": int(run.host["vm_status"]) if run.host.get("vm_status", "").isdigit() else None,
            "problems": run.problems,
        },
        "workloads": table,
        "checks": rows,
    }


def write(path, content):
    """Write a file so that a reader sees the old one or the whole new one."""
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(content)
    os.replace(path + ".new", path)


def draw(run, out):
    """The plots of a single machine."""
    from pgdm_report import plots  # pylint: disable=import-outside-toplevel  # slow to load

    one = [settings.Setting("", int(run.meta["cpus"]), run.meta.get("pti") == "on", run)]
    made = [(plots.bytes_per_switch(one, out, "quick-bytes-per-switch.svg"), "bytes per switch, by policy and workload")]
    if "churn" in run.workloads:
        made.append((plots.extra_faults(one, out, "quick-extra-faults.svg"), "extra faults"))
    return made


def main(argv):
    parser = argparse.ArgumentParser(description="Make the benchmark's report.")
    parser.add_argument("--raw", required=True, help="directory of snapshots")
    parser.add_argument("--out", required=True, help="directory for the report")
    parser.add_argument("--plots", action="store_true", help="make plots, too")
    args = parser.parse_args(argv)

    try:
        run = raw.read_run(args.raw)
    except raw.Broken as err:
        print(f"report: nothing to report on: {err}", file=sys.stderr)
        return 2
    table = figures.tabulate(run)
    environment = figures.environment(run)
    rows = checks.check(run, table)
    for problem in run.problems:
        print(f"report: {problem}", file=sys.stderr)

    os.makedirs(args.out, exist_ok=True)
    result = document(run, table, rows, environment)
    write(os.path.join(args.out, "bench.json"), json.dumps(result, indent=1) + "\n")
    extras = {
        name: what
        for name, what in EXTRAS.items()
        if os.path.exists(os.path.join(args.out, name))
    }
    drawn = draw(run, args.out) if args.plots else []
    write(os.path.join(args.out, "index.html"), page.render(run, table, rows, environment, extras, drawn))
    print(text.render(run, table, rows, environment), end="")
    return 1 if any(one["verdict"] == checks.FAIL for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
