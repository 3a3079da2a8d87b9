# SPDX-License-Identifier: GPL-2.0
"""Commands in sessions of their own, so that an interrupt can end all of each."""

import contextlib
import os
import select
import signal
import subprocess
import time
from typing import NamedTuple

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """A signal has come that ends the run."""

    def __init__(self, signum):
        super().__init__(signal.Signals(signum).name)
        self.status = 128 + signum


class Started(NamedTuple):
    """A command that runs, and what it stands for."""

    subject: object
    process: subprocess.Popen
    began: float


class Ended(NamedTuple):
    """A command that has ended: its status as a shell tells it, and its time."""

    subject: object
    status: int
    seconds: int


class Sessions:
    """The commands that run. What an exception leaves of them is ended with it.

    Signals are only noted when they come, and looked at in wait_one(): so a command
    that was just started is always known when all are to be ended.
    """

    def __init__(self):
        self._running = []
        self._interrupt = 0
        # The interpreter writes to this pipe when a signal comes, so that one which
        # comes before select() ends it, too.
        self._wake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda signum, frame: None)
        for signum in INTERRUPTS:
            # What was ignored from the start stays so, as nohup wants it.
            if signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, self._note)

    def _note(self, signum, _frame):
        self._interrupt = self._interrupt or signum

    def __len__(self):
        return len(self._running)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        if kind:
            self._end_all()

    def start(self, subject, argv, log):
        """Start a command that reads nothing; its output and errors go to the log."""
        with open(log, "wb") as output:
            # pylint: disable-next=consider-using-with  # it runs on
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append(Started(subject, process, time.monotonic()))

    def wait_one(self):
        """Wait until a command ends. None: there is none to wait for.

        Raises Interrupted if a signal has come that ends the run.
        """
        while True:
            if self._interrupt:
                raise Interrupted(self._interrupt)
            if not self._running:
                return None
            for started in self._running:
                code = started.process.poll()
                if code is None:
                    continue
                self._running.remove(started)
                status = code if code >= 0 else 128 - code
                seconds = int(time.monotonic() - started.began)
                return Ended(started.subject, status, seconds)
            select.select([self._wake], [], [])
            os.read(self._wake, 4096)

    def _end_all(self):
        """End all commands, with what they have started, and wait for them."""
        for signum in INTERRUPTS:
            signal.signal(signum, signal.SIG_IGN)
        # These were not waited for yet, so each number is still that of its group.
        for started in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.process.pid, signal.SIGTERM)
        for started in self._running:
            started.process.wait()
