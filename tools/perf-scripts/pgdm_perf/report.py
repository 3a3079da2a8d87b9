# SPDX-License-Identifier: GPL-2.0
"""A report: from perf's calls to its output and exit status.

perf runs a function of the script named SYSTEM__EVENT with the fields in the order of
the event's format. Here fields are taken by name, through the handler for events that
have no function: a field that is added or moved does no harm, and one that is gone is
named.
"""

import signal
import sys

from pgdm_perf.datafile import data_file
from pgdm_perf.event import Event, MissingField
from pgdm_perf.health import Health


class UsageError(Exception):
    """The arguments of a script are not what it expects."""


class Report:
    """What a script makes of the events. A method on_EVENT gets those of that name.

    EVENT is the name of one of the module's, or SYSTEM__EVENT.
    """

    NAME = ""  # the script's
    USAGE = ""  # its arguments
    NEEDS = ()  # the events without which there is no report

    def __init__(self):
        self.health = Health()
        self.data = None
        self.seen = set()  # the names of the events that came, SYSTEM:EVENT
        self.lacking = set()  # (event, field)

    def arguments(self, words):
        """Take the script's arguments; raise UsageError if they are none."""
        if words:
            raise UsageError

    def print(self):
        """Print what was found."""
        raise NotImplementedError

    def begin(self, words):
        """Refuse wrong arguments."""
        try:
            self.arguments(words)
        except UsageError as e:
            why = f"{self.NAME}: {e}\n" if e.args else ""
            sys.exit(
                f"{why}usage: perf script report {self.NAME} {self.USAGE}".rstrip()
            )
        self.data = data_file()

    def check(self):
        """Refuse data in which the events that are needed were not recorded."""
        lacking = [name for name in self.NEEDS if name not in self.seen]
        if lacking and self.data:
            # There may have been none to record.
            recorded = self.data.events()
            lacking = [name for name in lacking if name not in recorded]
            if lacking:
                sys.exit(
                    f"{self.NAME}: {self.data.name} has no event {', '.join(lacking)}: "
                    f"record with perf script record {self.NAME}"
                )

    def event(self, name, fields):
        """Hand an event to its method."""
        self.seen.add(name.replace("__", ":", 1))
        event = Event(name.removeprefix("pgd_mirror__"), fields)
        handle = getattr(self, "on_" + event.name, None)
        try:
            if name != event.name:
                self.health.event(event)
            if handle:
                handle(event)
        except MissingField as e:
            self.lacking.add((name.replace("__", ":"), e.args[0]))

    def end(self):
        """Print the report, then what there is to say of the data."""
        self.check()
        self.print()
        print()
        for line in self.health.lines(self.data):
            print(line)
        if not self.lacking:
            return
        sys.stdout.flush()
        fields = ", ".join(" ".join(pair) for pair in sorted(self.lacking))
        sys.exit(f"{self.NAME}: another version of the module? No field {fields}")


def handlers(report):
    """The three functions of a script that perf calls, for a report."""
    # The reader of a long table may stop early (`| head`).
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    def begin():
        report.begin(sys.argv[1:])

    # perf counts the arguments: a fourth would get the whole sample, which takes time.
    def unhandled(name, _context, fields):
        report.event(name, fields)

    return begin, unhandled, report.end
