# SPDX-License-Identifier: GPL-2.0
"""Read what tools/bench/here left of its runs. Nothing is computed here."""

import os
from dataclasses import dataclass, field

from pgdm_report import raw
from pgdm_report.raw import NATIVE, Broken

META = (
    "format date policies rounds timed name kernel kernel_version accel cpu_model cpus "
    "memory_kib pti paging_levels mode mirrors module_version module_srcversion commit"
).split()
END = ("failures", "rounds", "warned")
COMMAND = "command"  # the workload


@dataclass
class Step:
    """One run of the command under one policy. Round 0 is the one with audits."""

    round: int
    policy: str
    status: int
    measured: dict  # seconds, cycles, instructions: what could be measured
    stats: dict = field(default_factory=dict)  # {}: nothing was counted
    violations: int = 0
    entries: int = 0  # compared by audits


@dataclass
class Run:
    """All runs."""

    meta: dict
    end: dict
    steps: list

    @property
    def policies(self):
        return self.meta["policies"].split()

    @property
    def timed(self):
        return self.meta["timed"] == "yes"

    @property
    def failures(self):
        return int(self.end["failures"])

    def of(self, policy, checked=False):
        """The steps of a policy, by round; or the one of round 0."""
        return [
            s for s in self.steps if s.policy == policy and (s.round == 0) == checked
        ]


def read_perf(path):
    """What perf stat -x ';' counted: {event: sum}; of a CPU with two kinds of core,
    the sum of both. What it could not count is not there."""
    found = {}
    for line in raw.read_lines(path):
        words = line.split(";")
        if line.startswith("#") or len(words) < 3:
            continue
        for name in ("duration_time", "cycles", "instructions"):
            if name in words[2] and words[0].isdigit():
                found[name] = found.get(name, 0) + int(words[0])
    return found


def measured(where, nanoseconds):
    """Seconds and counts of the command alone, where perf took them; else seconds
    with the shell around it."""
    counts = {}
    if os.path.exists(os.path.join(where, "perf")):
        counts = read_perf(os.path.join(where, "perf"))
    values = {"seconds": counts.pop("duration_time", nanoseconds) / 1e9}
    return {**values, **counts}


def read_step(base, nr, policy, watched):
    """One directory. @watched: without the module, too, the kernel has counted."""
    where = os.path.join(base, f"r{nr}", COMMAND, policy)
    said = raw.read_pairs(os.path.join(where, "step"))
    try:
        status, took = (
            raw.number(said[n], f"{where}/step: {n}") for n in ("status", "nanoseconds")
        )
    except KeyError as err:
        raise Broken(f"{where}/step: missing: {err.args[0]}") from err
    step = Step(nr, policy, status, measured(where, took))
    if policy != NATIVE or watched:
        step.stats = raw.read_stats(os.path.join(where, "stats"))
    if policy == NATIVE:
        return step
    audits = [raw.read_audit(os.path.join(where, "audit"))]
    if watched:
        audits.append(raw.read_running(os.path.join(where, "audits_running")))
    step.entries = sum(a["entries"] for a in audits)
    running = audits[1]["violations"] if watched else 0
    step.violations = audits[0]["violations"] + max(running, step.stats["violations"])
    return step


def read_named(path, names):
    """A file of `name value` lines in which these must be."""
    pairs = raw.read_pairs(path)
    missing = [name for name in names if name not in pairs]
    if missing:
        raise Broken(f"{path}: missing: {' '.join(missing)}")
    return pairs


def read(base):
    """All of it. Raises Broken where anything is missing: there is nobody else's
    run to be saved, it can be made again."""
    path = os.path.join(base, "meta")
    meta = read_named(path, META)
    if meta["format"] != "here-1":
        raise Broken(f"{path}: format {meta['format']}; this report reads here-1")
    end = read_named(os.path.join(base, "finished"), END)
    rounds = raw.number(end["rounds"], f"{base}/finished: rounds")
    raw.number(end["failures"], f"{base}/finished: failures")
    run = Run(meta, end, [])
    first = 0 if run.timed else 1
    run.steps = [
        read_step(base, nr, policy, not run.timed or nr == 0)
        for nr in range(first, rounds + 1)
        for policy in run.policies
    ]
    return run
