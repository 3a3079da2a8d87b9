# SPDX-License-Identifier: GPL-2.0
"""TERM, INT and HUP: noted at once, obeyed where nothing is half done.

The handlers only note the signal. An exception out of a handler could come between
the start of QEMU and the moment when the session knows of it, or in the middle of the
cleaning up. So check() is called between steps, and a signal ends wait() at once.
"""

import os
import select
import signal
import time
from typing import Iterable

from .host import Exit

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# poll() takes no more than some weeks; to wake up once in a while does no harm.
LONGEST_WAIT = 3600.0


class Signals:
    """From its making on, the signals that end a program are only noted."""

    def __init__(self) -> None:
        self.noted = 0
        # Python runs handlers between two of its instructions. Only a descriptor
        # wakes a poll() that began between the signal and that moment; and the
        # signal may have come to a thread that waits for something else.
        self.reader, self.writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self.writer, warn_on_full_buffer=False)
        for number in ENDING:
            # What the caller ignores (nohup, a shell's background job) stays so.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        self.noted = self.noted or number

    def check(self) -> None:
        """End this run, if a signal has asked for it."""
        if self.noted:
            raise Exit(128 + self.noted)

    def wake(self) -> None:
        """End a wait(); for any thread."""
        try:
            os.write(self.writer, b"\0")
        except BlockingIOError:
            pass

    def wait(self, until: float, descriptors: Iterable[int]) -> None:
        """Until that time, or a signal, or a descriptor has something to say."""
        poll = select.poll()
        for descriptor in (self.reader, *descriptors):
            poll.register(descriptor, select.POLLIN)
        seconds = min(max(0.0, until - time.monotonic()), LONGEST_WAIT)
        poll.poll(seconds * 1000)
        try:
            while os.read(self.reader, 4096):
                pass
        except BlockingIOError:
            pass
