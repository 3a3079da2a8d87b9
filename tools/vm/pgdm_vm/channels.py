# SPDX-License-Identifier: GPL-2.0
"""The command's input, output and errors, and the guest's reports.

QEMU has FIFOs and pipes and never one of the caller's descriptors, so that it cannot
change the mode of a terminal, or make a pipe of the caller's not block.

What the caller gave us may block: the reader of a pipe stands still, a terminal is
stopped. O_NONBLOCK is no way out, for it belongs to the open file, which the caller and
his other programs share with us. So each direction has a thread, which may block: the
main thread, which watches over the time, asks how far it has come and does not wait for
it. A thread that is blocked at the end ends with the process.
"""

import os
import select
import threading
from pathlib import Path
from typing import Callable, Optional

CHUNK = 65536


def wait_for(descriptor: int, events: int) -> None:
    """For a descriptor that another program has made not block."""
    poll = select.poll()
    poll.register(descriptor, events)
    poll.poll()


class Relay(threading.Thread):
    """From a FIFO that QEMU writes to one of the caller's descriptors."""

    def __init__(self, fifo: Path, target: int, on_end: Callable[[], None]):
        super().__init__(daemon=True)
        os.mkfifo(fifo)
        self.target = target
        self.on_end = on_end
        # Bytes that have reached the caller, and why the rest cannot.
        self.written = 0
        self.error: Optional[OSError] = None
        # The first open waits for no writer. Then we are a writer, too: the end of
        # the input is when we say so, not when QEMU has not opened it yet.
        self.source = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.holder = os.open(fifo, os.O_WRONLY)
        os.set_blocking(self.source, True)

    def run(self) -> None:
        try:
            while data := os.read(self.source, CHUNK):
                self._write(data)
        except OSError as error:
            # Python ignores SIGPIPE: a reader that has gone is an error like any.
            self.error = error
        os.close(self.source)
        self.on_end()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                count = os.write(self.target, rest)
            except BlockingIOError:
                wait_for(self.target, select.POLLOUT)
                continue
            self.written += count
            rest = rest[count:]

    def no_more(self) -> None:
        """QEMU has gone: what is in the FIFO is all that there is."""
        os.close(self.holder)


class Feeder(threading.Thread):
    """From the caller's standard input to a pipe that QEMU reads."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.for_qemu, self.target = os.pipe()
        self.stopped, self.stopper = os.pipe()

    def run(self) -> None:
        # Input that comes after the end of the machine is for other programs: so no
        # read() that waits.
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(self.stopped, 0)
        try:
            while self.stopped not in dict(poll.poll()):
                data = self._read()
                if data == b"":
                    break
                while data:
                    data = data[os.write(self.target, data):]
        except OSError:
            pass  # QEMU, or the terminal, has gone.
        # QEMU, and so the guest, sees the end of the input.
        os.close(self.target)

    @staticmethod
    def _read() -> Optional[bytes]:
        try:
            return os.read(0, CHUNK)
        except BlockingIOError:
            return None  # Another program was faster.

    def stop(self) -> None:
        os.close(self.stopper)


class Reports:
    """The guest's reports, a line each (see tools/vm/guest)."""

    def __init__(self, fifo: Path):
        os.mkfifo(fifo)
        # As writers, too: QEMU's open waits for a reader, and we see no end.
        self.descriptor = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        self._begun = b""

    def lines(self) -> list[str]:
        """Whole lines that have come; the begun one waits for its end."""
        try:
            while data := os.read(self.descriptor, CHUNK):
                self._begun += data
        except BlockingIOError:
            pass
        *whole, self._begun = self._begun.split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def close(self) -> None:
        os.close(self.descriptor)
