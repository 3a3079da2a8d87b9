# SPDX-License-Identifier: GPL-2.0
"""The suites: their list, which of them are asked for, and what runs each."""

import fnmatch
from dataclasses import dataclass

# The words of options and commands are shell words; a word that is broken, or a
# variable that is not set, fails the suite and no other.
MACHINE_SCRIPT = """\
options=({options}) command=({command})
exec "$@" "${{options[@]}}" -- "${{command[@]}}"
"""
ODD_SCRIPT = """\
echo "suites: neither host, vm nor bochs: $1"
exit 1
"""

# What runs a machine, by the suite's place, and options that it always has.
MACHINES = {
    "vm": ("tools/vm/run", ["--no-stdin"]),
    "bochs": ("tools/bochs/run", []),
}

# The kernel of KDIR, as tools/setup/custom names it.
CUSTOM = "custom"

# The statuses that it has for itself fail a suite as a whole.
MACHINE_STATUSES = {
    123: "the module did not load",
    124: "the machine timed out",
    125: "the machine was lost",
    126: "the kernel log is not clean",
}


@dataclass(frozen=True)
class Suite:
    """A row of the list."""

    name: str
    where: str
    options: str
    command: str

    @property
    def machine(self):
        """What of MACHINES runs it, if any does: "where" without a kernel's name."""
        return self.where.partition(":")[0]

    @property
    def own_kernel(self):
        """The kernel that its machine boots whatever the run's kernel is, or ""."""
        return self.where.partition(":")[2]

    def argv(self, kernel, logs):
        """The command that runs it, where the list's directories begin.

        logs is the directory for the logs of its virtual machine.
        """
        if self.where == "host":
            return ["bash", "-c", self.command]
        if self.machine in MACHINES:
            script = MACHINE_SCRIPT.format(options=self.options, command=self.command)
            program, more = MACHINES[self.machine]
            kernel = self.own_kernel or kernel
            argv = [program, "--kernel", kernel, "--logs", logs, *more]
            return ["bash", "-eu", "-c", script, "suite", *argv]
        return ["bash", "-c", ODD_SCRIPT, "suite", self.where]

    def why_ended(self, status):
        """The reason for which a status fails the suite as a whole, or ""."""
        return MACHINE_STATUSES.get(status, "") if self.machine in MACHINES else ""


def read(path):
    """The suites of a file, in its order."""
    suites = []
    with open(path, encoding="utf-8", errors="surrogateescape") as rows:
        for row in rows:
            fields = [field.strip() for field in row.split("|", 3)]
            fields += [""] * (4 - len(fields))
            if fields[0] and not fields[0].startswith("#"):
                suites.append(Suite(*fields))
    return suites


def chosen(suites, patterns, kernel):
    """Those with a name that a pattern matches; without patterns, all.

    For a kernel of the caller's own these are those that boot it: the others look at
    the project alone, or at kernels that it knows.
    """
    if not patterns:
        return [s for s in suites if kernel != CUSTOM or s.where == "vm"]
    return [
        suite
        for suite in suites
        if any(fnmatch.fnmatchcase(suite.name, pattern) for pattern in patterns)
    ]
