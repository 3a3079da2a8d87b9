# SPDX-License-Identifier: GPL-2.0
"""Read a here.json or a bench.json into one form, for tools/bench/compare."""

import json
from dataclasses import dataclass

from pgdm_report import documents, measures, raw

from . import document
from .snapshots import COMMAND

COUNTERS = {
    "switches": lambda stats: stats["switches"],
    "flush receipts": lambda stats: stats["flush_receipts"],
    "faults": lambda stats: stats["faults_seen"],
    "syncs": measures.syncs,
    "full syncs": lambda stats: stats["syncs_full"],
    "bytes written": measures.written,
    "faults fixed": lambda stats: stats["faults_fixed"],
    "IPIs": lambda stats: stats["ipis"],
}
COUNTED_BY_KERNEL = ("switches", "flush receipts", "faults")
TIMES = document.MEASURES


class Unusable(Exception):
    """A file that cannot be compared; the text says which and why."""


@dataclass
class Result:
    """A result."""

    path: str
    schema: str
    facts: dict
    timed: bool
    cases: dict  # {(workload, policy): {measure: [a value a round]}}


class Fields:
    """A parsed JSON object of which fields are asked for by kind."""

    def __init__(self, path, value, where=""):
        self.path, self.value, self.where = path, value, where

    def wrong(self, what):
        return Unusable(f"{self.path}: broken: {self.where or 'the file'} {what}")

    def get(self, name, kind):
        """A field that must be there and be of this kind."""
        if not isinstance(self.value, dict):
            raise self.wrong("is no object")
        where = f"{self.where}.{name}" if self.where else name
        found = self.value.get(name)
        if not isinstance(found, kind) or (
            isinstance(found, bool) and kind is not bool
        ):
            raise Fields(self.path, found, where).wrong("is missing or no such value")
        return found

    def object(self, name):
        """A field that is an object."""
        where = f"{self.where}.{name}" if self.where else name
        return Fields(self.path, self.get(name, dict), where)

    def objects(self, name):
        """A field that is a list of objects."""
        where = f"{self.where}.{name}" if self.where else name
        found = self.get(name, list)
        return [Fields(self.path, v, f"{where}[{i}]") for i, v in enumerate(found)]


def counters(one_round, policy):
    """The counters of a round; {} where nothing was counted."""
    stats = one_round.get("stats", dict)
    if not stats:
        return {}
    fields = one_round.object("stats")
    for name in (*raw.STATS, *stats):
        fields.get(name, int)
    names = COUNTED_BY_KERNEL if policy == raw.NATIVE else COUNTERS
    return {name: COUNTERS[name](stats) for name in names}


def times(one_round):
    """The times of a round of here.json; those of an emulator are not there."""
    found = {}
    for name in TIMES:
        if one_round.value.get(name) is not None:
            found[name] = one_round.get(name, (int, float))
    return found


def values_of(rounds, values):
    """{measure: [values]} of the rounds that succeeded."""
    found = {}
    for one_round in rounds:
        if one_round.get("status", int):
            continue
        for name, value in values(one_round).items():
            found.setdefault(name, []).append(value)
    return found


def of_here(top):
    """here.json: one workload. Without the module only round 0 has counts."""
    cases = {}
    for result in top.objects("results"):
        policy = result.get("policy", str)
        rounds = result.objects("rounds")
        timed = [r for r in rounds if r.get("round", int)]
        found = values_of(timed, lambda r, p=policy: counters(r, p))
        if not found:
            found = values_of(rounds, lambda r, p=policy: counters(r, p))
        cases[COMMAND, policy] = {**found, **values_of(timed, times)}
    return cases


def of_bench(top):
    """bench.json: its times are an emulator's, or with counting and audits beside."""
    cases = {}
    for workload in top.objects("workloads"):
        for result in workload.objects("results"):
            policy = result.get("policy", str)
            rounds = result.objects("rounds")
            key = workload.get("name", str), policy
            cases[key] = values_of(rounds, lambda r, p=policy: counters(r, p))
    return cases


READERS = {document.SCHEMA: of_here, documents.QUICK_SCHEMA: of_bench}


def no_number(name):
    """NaN and Infinity, which are no JSON."""
    raise ValueError(f"{name} is no number")


def parse(path):
    """The JSON value of a file."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f, parse_constant=no_number)
    except OSError as err:
        raise Unusable(f"{path}: {err.strerror.lower()}") from err
    except (ValueError, RecursionError) as err:
        raise Unusable(f"{path}: no JSON, or cut short: {err}") from err


def read(path):
    """A file; Unusable where it is not one of this project's, or broken."""
    value = parse(path)
    schema = value.get("schema") if isinstance(value, dict) else None
    if not isinstance(schema, str) or not schema.startswith("pgd-mirror-"):
        raise Unusable(
            f"{path}: not a result of this benchmark: it has no schema of it"
        )
    if schema not in READERS:
        known = " and ".join(READERS)
        raise Unusable(
            f"{path}: its schema is {schema}; what can be compared is {known}"
        )
    top = Fields(path, value)
    facts = top.get("environment", dict)
    cases = READERS[schema](top)
    timed = any(name in found for found in cases.values() for name in TIMES)
    return Result(path, schema, facts, timed, cases)
