# SPDX-License-Identifier: GPL-2.0
"""The suites: their list, which of them are asked for, and what runs each."""

import fnmatch
from dataclasses import dataclass

# The words of options and commands are shell words; a word that is broken, or a
# variable that is not set, fails the suite and no other.
VM_SCRIPT = """\
options=({options}) command=({command})
exec "$@" "${{options[@]}}" -- "${{command[@]}}"
"""
ODD_SCRIPT = """\
echo "suites: neither host nor vm: $1"
exit 1
"""

# The statuses that tools/vm/run has for itself fail a suite as a whole.
VM_STATUSES = {
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

    def argv(self, kernel, logs):
        """The command that runs it, where the list's directories begin.

        logs is the directory for the logs of its virtual machine.
        """
        if self.where == "host":
            return ["bash", "-c", self.command]
        if self.where == "vm":
            script = VM_SCRIPT.format(options=self.options, command=self.command)
            vm_run = ["tools/vm/run", "--kernel", kernel, "--logs", logs, "--no-stdin"]
            return ["bash", "-eu", "-c", script, "suite", *vm_run]
        return ["bash", "-c", ODD_SCRIPT, "suite", self.where]

    def why_ended(self, status):
        """The reason for which a status fails the suite as a whole, or ""."""
        return VM_STATUSES.get(status, "") if self.where == "vm" else ""


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


def chosen(suites, patterns):
    """Those with a name that a pattern matches; without patterns, all."""
    if not patterns:
        return suites
    return [
        suite
        for suite in suites
        if any(fnmatch.fnmatchcase(suite.name, pattern) for pattern in patterns)
    ]
