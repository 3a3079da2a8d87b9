#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Make the report of the full experiment.

usage: full.py --raw DIR --out DIR [--no-plots]

The first directory has the snapshots of a machine for each setting; the second,
where the report goes, has native.json, native-ring.json and icount.raw already.
Writes full.html, full.json (Documentation/bench-json.md), answers.txt, the
tables of Documentation/answers.md, and the plots.

Exit status: 0 when every check passed, 1 when one failed, 2 when there is
nothing to report on.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from pgdm_report import checks, figures, full_checks, full_figures, full_page, raw, settings, tables  # noqa: E402
from report import document, write  # noqa: E402

SCHEMA = "pgd-mirror-full/1"


def describe(setting):
    """A setting in full.json."""
    bench = None
    if setting.run:
        table = figures.tabulate(setting.run)
        bench = document(setting.run, table, checks.check(setting.run, table), figures.environment(setting.run))
    sweep = [
        {"policy": policy, "writes": writes, "trips": trips, **found}
        for (policy, writes, trips), found in full_figures.cell_spreads(setting).items()
    ]
    return {
        "name": setting.name,
        "cpus": setting.cpus,
        "pti": setting.pti,
        "verdict": setting.verdict,
        "problems": setting.problems,
        "bench": bench,
        "sweep": sweep,
    }


def named(maps):
    """A map in full.json: a list of its cells."""
    return [
        {"returns": rate, "writes": writes, "cpus": cpus, "ratio": ratio if ratio != float("inf") else None, "best": best}
        for rate, found in sorted(maps.items())
        for (writes, cpus), (ratio, best) in sorted(found.items())
    ]


def draw(found, out):
    """All plots that there are figures for."""
    from pgdm_report import plots  # pylint: disable=import-outside-toplevel  # slow to load

    all_settings, native = found["settings"], found["native"]
    made = []
    if any(s.run for s in all_settings):
        made.append((plots.bytes_per_switch(all_settings, out), "bytes per switch, by policy and workload"))
        made.append((plots.cost_of_a_write(all_settings, native, out), "cost of a write against the number of CPUs"))
        made.append((plots.extra_faults(all_settings, out), "extra faults"))
    name = plots.break_even(full_figures.native_maps(native), full_figures.bytes_maps(all_settings), out)
    if name:
        made.append((name, "break-even map"))
    if native:
        made.append((plots.sync_cost(native, found["ring"], out), "cost of a sync against the entries written"))
    return made


def main(argv):
    parser = argparse.ArgumentParser(description="Make the report of the full experiment.")
    parser.add_argument("--raw", required=True, help="directory of the machines' snapshots")
    parser.add_argument("--out", required=True, help="directory for the report")
    parser.add_argument("--no-plots", action="store_true", help="leave the plots out")
    args = parser.parse_args(argv)

    try:
        found = {"settings": settings.read_all(args.raw)}
    except (raw.Broken, OSError) as err:
        print(f"full: nothing to report on: {err}", file=sys.stderr)
        return 2
    os.makedirs(args.out, exist_ok=True)
    found["native"] = settings.read_json(os.path.join(args.out, "native.json"))
    found["ring"] = settings.read_json(os.path.join(args.out, "native-ring.json"))
    found["icount"] = settings.read_icount(os.path.join(args.out, "icount.raw"))
    rows = full_checks.check(found["settings"], found["native"])
    for s in found["settings"]:
        for problem in s.problems + (s.run.problems if s.run else []):
            print(f"full: {s.label}: {problem}", file=sys.stderr)

    made = tables.make(found["settings"], found)
    drawn = [] if args.no_plots else draw(found, args.out)
    result = {
        "schema": SCHEMA,
        "settings": [describe(s) for s in found["settings"]],
        "icount": found["icount"],
        "maps": {
            "cycles": named(full_figures.native_maps(found["native"])),
            "bytes": named(full_figures.bytes_maps(found["settings"])),
        },
        "plots": [name for name, _ in drawn],
        "checks": rows,
    }
    write(os.path.join(args.out, "full.json"), json.dumps(result, indent=1) + "\n")
    write(os.path.join(args.out, "answers.txt"), "\n".join(t.markdown() for t in made))
    page = full_page.render(found["settings"], made, drawn, rows, args.out)
    write(os.path.join(args.out, "full.html"), page)
    write(os.path.join(args.out, "index.html"), page)
    for s in found["settings"]:
        print(f"{s.verdict:<10} {s.label}")
    for one in rows:
        print(f"{one['verdict']} {one['name']}: {one['text']}")
    return 1 if any(one["verdict"] == checks.FAIL for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
