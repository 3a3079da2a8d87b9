# SPDX-License-Identifier: GPL-2.0
"""An event as perf hands it to a script, and the names of the module's numbers."""

# In the order of the module's enumerations: core/stats.h, core/policy.h, trace.h.
KINDS = ("clean", "dirty", "full")
REASONS = ("switch", "flush", "fault", "user_return", "attach", "kick")
KICKS = ("none", "ipi", "flush")

# Entries from this one on map the kernel.
KERNEL_HALF = 256

# Policies under which the writer stores into every mirror: none is ever stale.
STORING_POLICIES = ("eager",)


class MissingField(Exception):
    """An event lacks a field that a script reads."""


def text_of(value):
    """A character array: perf hands out str, or bytes where it is no UTF-8."""
    if isinstance(value, (bytes, bytearray)):
        value = value.split(b"\0", 1)[0].decode("ascii", "replace")
    return value.split("\0", 1)[0]


def name_of(names, number):
    return names[number] if 0 <= number < len(names) else str(number)


class Event:
    """One event: its fields by name, and what all events have."""

    def __init__(self, name, fields):
        self.name = name  # SYSTEM__EVENT, without SYSTEM if it is the module's
        self.fields = fields

    def __getitem__(self, field):
        try:
            return self.fields[field]
        except KeyError:
            raise MissingField(field) from None

    @property
    def cpu(self):
        return self["common_cpu"]

    @property
    def comm(self):
        """Of the task that ran; at a switch, of the one that is switched away from."""
        return text_of(self["common_comm"])

    @property
    def pid(self):
        """Of the same task: perf's tid."""
        return self["common_pid"]

    @property
    def time(self):
        """In nanoseconds, of perf's clock."""
        return self["common_s"] * 1_000_000_000 + self["common_ns"]

    @property
    def policy(self):
        return text_of(self["policy"])

    @property
    def reason(self):
        return name_of(REASONS, self["reason"])

    @property
    def kind(self):
        return name_of(KINDS, self["kind"])
