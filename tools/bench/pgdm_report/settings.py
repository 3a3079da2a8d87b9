# SPDX-License-Identifier: GPL-2.0
"""Read what the full experiment left: a machine a setting, icount, native cycles.

A setting whose machine was lost, or is not there, is so in words.
"""

import json
import os
import re
from dataclasses import dataclass, field

from . import raw

SETTING = re.compile(r"^([1-9][0-9]?)(p?)$")
SWEEP_KEYS = ("writes", "trips", "cpus", "periods")


@dataclass
class Setting:
    """One machine: a number of CPUs, with or without PTI."""

    name: str
    cpus: int
    pti: bool
    run: object = None  # raw.Run
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
        return f"{self.cpus} CPU{'s' if self.cpus > 1 else ''}{', PTI' if self.pti else ''}"


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
            raise raw.Broken(f"{path}:{at}: {len(values)} values for {len(names)} names")
        cells.append(Cell(nr, policy, *values[:4], dict(zip(names[4:], values[4:]))))
    return cells


def read_sweep(setting, base):
    """All rounds and policies of the sweep."""
    if setting.run.meta.get("sweep", "0") == "0":
        return
    for nr in range(1, setting.run.rounds + 1):
        for policy in setting.run.policies:
            if policy == raw.NATIVE:
                continue
            try:
                setting.cells += read_cells(os.path.join(base, f"r{nr}", "sweep", policy, "cells"), nr, policy)
            except raw.Broken as err:
                setting.problems.append(str(err).replace(base.rstrip("/") + "/", ""))


def read_setting(base, name):
    """One machine's snapshots."""
    cpus, pti = SETTING.match(name).groups()
    setting = Setting(name, int(cpus), bool(pti))
    try:
        setting.run = raw.read_run(base)
    except raw.Broken as err:
        setting.problems.append("nothing is there: " + str(err).replace(base.rstrip("/") + "/", ""))
        return setting
    for what, want in (("cpus", cpus), ("pti", "on" if pti else "off")):
        have = setting.run.meta.get(what)
        if have != want:
            setting.problems.append(f"{what} is {have} and not {want}")
    status = setting.run.host.get("vm_status", "unknown")
    if status not in ("0", "1"):
        setting.problems.append(f"the virtual machine's status was {status}")
    read_sweep(setting, base)
    return setting


def read_all(base):
    """The settings, by CPUs, without PTI first."""
    names = [name for name in os.listdir(base) if SETTING.match(name)]
    found = [read_setting(os.path.join(base, name), name) for name in names]
    if not found:
        raise raw.Broken(f"{base}: no setting is there")
    return sorted(found, key=lambda s: (s.pti, s.cpus))


def read_json(path):
    """A file of the native benchmark, or None."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


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
            found.setdefault(words[0], {}).setdefault(words[1], []).append(float(words[2]))
    return found
