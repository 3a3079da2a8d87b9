# SPDX-License-Identifier: GPL-2.0
"""What perf says of the data file that it reads, where it does not tell a script.

A script runs inside perf and is not told the name of the file, which events were
recorded, nor of records of lost events. So another perf is asked, about the file that
this one holds open. Where perf reads a pipe there is nothing that could be read twice.
"""

import functools
import os
import re
import subprocess

MAGIC = b"PERFILE2"


@functools.cache
def data_file():
    """The one that perf reads: the same for all reports."""
    return DataFile()


class DataFile:
    """The file that perf reads; false where there is none."""

    def __init__(self):
        self.perf = os.readlink("/proc/self/exe")
        self.name = None
        self._file = None
        if not os.path.basename(self.perf).startswith("perf"):
            return
        for fd in os.listdir("/proc/self/fd"):
            path = f"/proc/self/fd/{fd}"
            if not os.path.isfile(path):
                continue
            # Opened anew, as perf closes its own before a script's end.
            file = open(path, "rb")  # pylint: disable=consider-using-with
            if file.read(len(MAGIC)) == MAGIC:
                self.name, self._file = os.readlink(path), file
                return
            file.close()

    def __bool__(self):
        return self._file is not None

    def _ask(self, *words):
        path = f"/proc/{os.getpid()}/fd/{self._file.fileno()}"
        done = subprocess.run(
            [self.perf, *words, "-f", "-i", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")

    def events(self):
        """The names of the events that were recorded, SYSTEM:EVENT."""
        names = set()
        for line in self._ask("evlist").splitlines():
            if not line.startswith("#"):
                names.add(":".join(line.strip().split(":")[:2]))
        return names

    @functools.cached_property
    def lost(self):
        """How many events were lost.

        The kernel writes a LOST record when there is room again, so not for the last
        ones. Since 6.0 it counts all, and perf records that count at the end.
        """
        # No task has so long a comm: of samples nothing is printed.
        words = ("script", "--show-lost-events", "--comms", "no task has this comm")
        found = self._ask(*words)
        records = re.findall(r"PERF_RECORD_LOST lost (\d+)", found)
        # By event; those of all events, which are numbers of records, have a share.
        counts = re.findall(
            r"LOST_SAMPLES events: +(\d+)$", self._ask("report", "--stats"), re.M
        )
        return max(sum(map(int, records)), sum(map(int, counts)))
