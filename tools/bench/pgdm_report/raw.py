# SPDX-License-Identifier: GPL-2.0
"""Read the snapshots that tools/bench/guest left. Nothing is computed here.

Whatever is missing or cut short becomes a problem in words, never a zero: a
benchmark must not look good because a file was lost.
"""

import os
import re
from dataclasses import dataclass, field

# The names that the module's `stats` file promises.
STATS = (
    "switches flush_receipts user_returns faults_seen faults_fixed "
    "syncs_clean syncs_dirty syncs_full entries_copied bytes_copied "
    "publishes ipis livelocks_broken hooks_missed cycles_publish "
    "cycles_sync violations"
).split()

# The same work with the module absent, counted by the kernel itself.
NATIVE = "native"

META = "format size rounds policies workloads trace kernel accel cpus".split()

AUDIT_END = re.compile(r"^audited (\d+) mirrors?, (\d+) entries, (\d+) violations?$")


class Broken(Exception):
    """A snapshot that cannot be used; the text says which and why."""


@dataclass
class Step:
    """One run of one workload under one policy."""

    round: int
    workload: str
    policy: str
    order: int
    status: int
    seconds: float
    stats: dict = field(default_factory=dict)
    percpu: dict = field(default_factory=dict)
    hist: list = field(default_factory=list)
    audit: dict = field(default_factory=dict)
    running: dict = field(default_factory=dict)


@dataclass
class Run:
    """All of a benchmark: what was asked for, and what is there of it."""

    meta: dict
    host: dict
    steps: list
    problems: list
    finished: bool
    rounds: int
    trace_bytes: int

    @property
    def policies(self):
        return self.meta["policies"].split()

    @property
    def workloads(self):
        return self.meta["workloads"].split()

    @property
    def emulated(self):
        """Whether times are those of an emulator: then they say nothing."""
        return self.meta.get("accel") not in ("kvm", "none")

    def of(self, workload, policy):
        """The steps of one workload and policy, by round."""
        return [s for s in self.steps if (s.workload, s.policy) == (workload, policy)]


def read_lines(path):
    """The lines of a text file whose last line is whole."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read()
    except OSError as err:
        raise Broken(f"{path}: {err.strerror.lower()}") from err
    if not text:
        raise Broken(f"{path}: empty")
    if not text.endswith("\n"):
        raise Broken(f"{path}: cut short: the last line has no end")
    return text.splitlines()


def read_pairs(path):
    """`name value` lines; the value may hold spaces."""
    pairs = {}
    for nr, line in enumerate(read_lines(path), 1):
        name, sep, value = line.partition(" ")
        if not name or not sep:
            raise Broken(f"{path}:{nr}: 'name value' is expected, not '{line}'")
        pairs[name] = value
    return pairs


def number(text, where):
    """A count: digits only."""
    if not re.fullmatch(r"[0-9]+", text):
        raise Broken(f"{where}: '{text}' is not a count")
    return int(text)


def read_stats(path):
    """The module's counters; each promised name must be there."""
    stats = {k: number(v.strip(), f"{path}: {k}") for k, v in read_pairs(path).items()}
    missing = [name for name in STATS if name not in stats]
    if missing:
        raise Broken(f"{path}: missing: {' '.join(missing)}")
    return stats


def read_percpu(path):
    """A header `cpu name...` and a line for each CPU: {cpu: {name: value}}."""
    lines = read_lines(path)
    names = lines[0].split()
    if names[:1] != ["cpu"] or len(names) < 2:
        raise Broken(f"{path}:1: 'cpu NAME...' is expected, not '{lines[0]}'")
    rows = {}
    for nr, line in enumerate(lines[1:], 2):
        values = [number(v, f"{path}:{nr}") for v in line.split()]
        if len(values) != len(names):
            raise Broken(f"{path}:{nr}: {len(values)} values for {len(names)} names")
        rows[values[0]] = dict(zip(names[1:], values[1:]))
    if not rows:
        raise Broken(f"{path}: no CPU")
    return rows


def read_hist(path, policy):
    """The buckets of one policy, lowest first: [(low, high, count)]."""
    buckets = []
    for nr, line in enumerate(read_lines(path), 1):
        if line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 4:
            want = "'POLICY LOW HIGH COUNT' is expected"
            raise Broken(f"{path}:{nr}: {want}, not '{line}'")
        low, high, count = (number(w, f"{path}:{nr}") for w in words[1:])
        if low > high:
            raise Broken(f"{path}:{nr}: a bucket from {low} to {high}")
        if words[0] == policy:
            buckets.append((low, high, count))
    return sorted(buckets)


def read_audit(path):
    """The last line of an audit, and the lines before it that are not empty."""
    lines = read_lines(path)
    end = AUDIT_END.match(lines[-1])
    if not end:
        raise Broken(
            f"{path}: does not end with 'audited M mirrors, E entries, V violations' "
            f"but with '{lines[-1]}'"
        )
    mirrors, entries, violations = (int(g) for g in end.groups())
    return {
        "mirrors": mirrors,
        "entries": entries,
        "violations": violations,
        "lines": [line for line in lines[:-1] if line.strip()][:20],
    }


def read_running(path):
    """The audits made while the work ran; a short run may have had none."""
    found = {"audits": 0, "mirrors": 0, "entries": 0, "violations": 0, "lines": []}
    try:
        if os.path.getsize(path) == 0:
            return found
    except OSError as err:
        raise Broken(f"{path}: {err.strerror.lower()}") from err
    for line in read_lines(path):
        end = AUDIT_END.match(line)
        if not end:
            found["lines"].append(line)
            continue
        found["audits"] += 1
        for name, value in zip(("mirrors", "entries", "violations"), end.groups()):
            found[name] += int(value)
    if found["lines"] and not found["violations"]:
        raise Broken(f"{path}: not an audit: '{found['lines'][0]}'")
    found["lines"] = found["lines"][:20]
    return found


def read_step(base, nr, workload, policy):
    """One step's directory."""
    where = os.path.join(base, f"r{nr}", workload, policy)
    if not os.path.isdir(where):
        raise Broken(f"{where}: missing: this step was not run")
    said = read_pairs(os.path.join(where, "step"))
    try:
        step = Step(
            nr,
            workload,
            policy,
            number(said["order"], where),
            number(said["status"], where),
            number(said["nanoseconds"], where) / 1e9,
        )
    except KeyError as err:
        raise Broken(f"{where}/step: missing: {err.args[0]}") from err
    step.stats = read_stats(os.path.join(where, "stats"))
    if policy == NATIVE:
        step.audit = {"mirrors": 0, "entries": 0, "violations": 0, "lines": []}
        step.running = {"audits": 0, **step.audit}
        return step
    step.percpu = read_percpu(os.path.join(where, "stats_percpu"))
    step.hist = read_hist(os.path.join(where, "hist"), policy)
    step.audit = read_audit(os.path.join(where, "audit"))
    step.running = read_running(os.path.join(where, "audits_running"))
    return step


def read_run(base):
    """All of it. Raises Broken only when there is nothing to report on."""
    meta_path = os.path.join(base, "meta")
    meta = read_pairs(meta_path)
    missing = [name for name in META if name not in meta]
    if missing:
        raise Broken(f"{meta_path}: missing: {' '.join(missing)}")
    if meta["format"] != "1":
        what = f"format {meta['format']}; this report reads format 1"
        raise Broken(f"{meta_path}: {what}")
    if not meta["policies"].split() or not meta["workloads"].split():
        raise Broken(f"{meta_path}: no policies or no workloads")

    problems = []

    def note(err, what=""):
        problems.append(what + str(err).replace(base.rstrip("/") + "/", ""))

    host = {}
    try:
        host = read_pairs(os.path.join(base, "host"))
    except Broken as err:
        note(err)

    # Fewer rounds than were asked for are in order when the guest says so.
    rounds = number(meta["rounds"], meta_path)
    finished = False
    try:
        path = os.path.join(base, "finished")
        end = read_pairs(path)
        if "failures" not in end or "rounds" not in end:
            raise Broken(f"{path}: 'failures' and 'rounds' are expected")
        rounds = min(rounds, number(end["rounds"], path))
        finished = True
    except Broken as err:
        note(err, "the run was cut short: ")

    steps = []
    for nr in range(1, rounds + 1):
        for workload in meta["workloads"].split():
            for policy in meta["policies"].split():
                try:
                    steps.append(read_step(base, nr, workload, policy))
                except Broken as err:
                    note(err)
    try:
        trace_bytes = os.path.getsize(os.path.join(base, "trace", "perf.data"))
    except OSError:
        trace_bytes = 0
    return Run(meta, host, steps, problems, finished, rounds, trace_bytes)
