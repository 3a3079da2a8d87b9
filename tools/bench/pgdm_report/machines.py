# SPDX-License-Identifier: GPL-2.0
"""The machines that were measured, and what lies beside: icount, native cycles.

The quick benchmark has one machine, the full one a machine for each setting. One
that was lost, or is not there, is so in words.
"""

import json
import os
import re
from dataclasses import dataclass, field

from . import raw
from .numbers import plural

SETTING = re.compile(r"^([1-9][0-9]?)(p?)$")
RING = re.compile(r"^native-ring-[0-9]+\.json$")
SWEEP_KEYS = ("writes", "trips", "cpus", "periods")


@dataclass
class Machine:
    """A number of CPUs, with or without PTI."""

    name: str  # '' for the only one
    cpus: int
    pti: bool
    run: raw.Run = None
    cells: list = field(default_factory=list)  # one a round, policy and cell
    problems: list = field(default_factory=list)

    @property
    def verdict(self):
        """whole; incomplete: something is missing; lost: nothing is there."""
        if not self.run or not self.run.steps:
            return "lost"
        return "incomplete" if self.problems or self.run.problems else "whole"

    @property
    def label(self):
        return plural(self.cpus, "CPU") + (", PTI" if self.pti else "")

    @property
    def prefix(self):
        """What tells its steps from those of other machines."""
        return f"{self.label}: " if self.name else ""

    @property
    def told(self):
        """All problems, in words."""
        return self.problems + (self.run.problems if self.run else [])


@dataclass
class Data:
    """All that a report is made from."""

    machines: list
    native: dict = None  # native.json
    rings: list = field(default_factory=list)  # native-ring-N.json, shortest first
    icount: dict = field(default_factory=dict)

    @property
    def ring(self):
        """The one with the longest ring, or None."""
        return self.rings[-1] if self.rings else None

    @property
    def first(self):
        """The run of the first machine that there is."""
        return next((m.run for m in self.machines if m.run), None)


@dataclass
class Cell:
    """One cell of the sweep, in one round."""

    round: int
    policy: str
    writes: int
    trips: int
    cpus: int
    periods: int
    stats: dict


def read_cells(path, nr, policy):
    """The lines that sweep.c printed."""
    lines = raw.read_lines(path)
    names = lines[0].split()
    if tuple(names[:4]) != SWEEP_KEYS:
        raise raw.Broken(f"{path}:1: '{' '.join(SWEEP_KEYS)} COUNTER...' is expected")
    missing = [name for name in raw.STATS if name not in names]
    if missing:
        raise raw.Broken(f"{path}: missing: {' '.join(missing)}")
    cells = []
    for at, line in enumerate(lines[1:], 2):
        values = [raw.number(word, f"{path}:{at}") for word in line.split()]
        if len(values) != len(names):
            what = f"{len(values)} values for {len(names)} names"
            raise raw.Broken(f"{path}:{at}: {what}")
        counters = dict(zip(names[4:], values[4:]))
        cells.append(Cell(nr, policy, *values[:4], counters))
    return cells


def without(text, base):
    """A problem in words, its path as seen from @base."""
    return str(text).replace(base.rstrip("/") + "/", "")


def read_sweep(machine, base):
    """All rounds and policies of the sweep."""
    if machine.run.meta.get("sweep", "0") == "0":
        return
    for nr in range(1, machine.run.rounds + 1):
        for policy in machine.run.policies:
            if policy == raw.NATIVE:
                continue
            path = os.path.join(base, f"r{nr}", "sweep", policy, "cells")
            try:
                machine.cells += read_cells(path, nr, policy)
            except raw.Broken as err:
                machine.problems.append(without(err, base))


def status_problem(run, otherwise):
    """1 is the guest's own verdict: what failed is listed by the checks."""
    status = run.host.get("vm_status", otherwise)
    if status in ("0", "1"):
        return []
    return [f"the virtual machine's status was {status}"]


def only(run):
    """The machine of the quick benchmark."""
    cpus = run.meta["cpus"]
    pti = run.meta.get("pti") == "on"
    machine = Machine("", int(cpus) if cpus.isdigit() else 0, pti, run)
    # Without its status a run has a problem already: the file is missing.
    machine.problems = status_problem(run, "0")
    return machine


def read_machine(base, name):
    """One machine of the full benchmark."""
    cpus, pti = SETTING.match(name).groups()
    machine = Machine(name, int(cpus), bool(pti))
    try:
        machine.run = raw.read_run(base)
    except raw.Broken as err:
        machine.problems.append("nothing is there: " + without(err, base))
        return machine
    for what, want in (("cpus", cpus), ("pti", "on" if pti else "off")):
        have = machine.run.meta.get(what)
        if have != want:
            machine.problems.append(f"{what} is {have} and not {want}")
    machine.problems += status_problem(machine.run, "unknown")
    read_sweep(machine, base)
    return machine


def read_all(base):
    """The machines, by CPUs, without PTI first."""
    names = [name for name in os.listdir(base) if SETTING.match(name)]
    found = [read_machine(os.path.join(base, name), name) for name in names]
    if not found:
        raise raw.Broken(f"{base}: no setting is there")
    return sorted(found, key=lambda m: (m.pti, m.cpus))


def read_json(path):
    """A file of the native benchmark, or None."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def read_rings(beside):
    """Those of the native benchmark with other lengths of the ring."""
    names = os.listdir(beside) if os.path.isdir(beside) else []
    names = [name for name in names if RING.match(name)]
    found = [read_json(os.path.join(beside, name)) for name in names]
    return sorted([one for one in found if one], key=lambda one: one["ring"])


def read_icount(path):
    """build/report/icount.raw: {mode: {operation: [instructions, ...]}}."""
    found = {}
    try:
        lines = raw.read_lines(path)
    except raw.Broken:
        return found
    for line in lines:
        words = line.split()
        if len(words) == 3 and re.fullmatch(r"[0-9.]+", words[2]):
            mode = found.setdefault(words[0], {})
            mode.setdefault(words[1], []).append(float(words[2]))
    return found


def read_data(base, beside):
    """All that the full benchmark left: machines, and what lies in another place."""
    return Data(
        read_all(base),
        read_json(os.path.join(beside, "native.json")),
        read_rings(beside),
        read_icount(os.path.join(beside, "icount.raw")),
    )
