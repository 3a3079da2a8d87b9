#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Test of tools/vm/run on a terminal: test-terminal.py RUN [OPTION...]

Starts a shell in the machine through a pseudo-terminal and types into it.
Prints "ok", or what went wrong with the terminal's contents.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


class Terminal:
    """A program on a pseudo-terminal, and what it has written there."""

    def __init__(self, argv):
        self.text = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Here, so that it has its size before a program asks for it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
            os.execv(argv[0], argv)

    def wait_for(self, wanted, seconds=300):
        """Read until WANTED appears, and forget what came before it."""
        end = time.monotonic() + seconds
        while wanted not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise TimeoutError(f"{wanted!r} did not come; there is {self.text!r}")
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b""
            if not data:
                raise EOFError(f"{wanted!r} did not come; there is {self.text!r}")
            self.text += data
        self.text = self.text.split(wanted, 1)[1]

    def type(self, text):
        os.write(self.fd, text)

    def status(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def main():
    terminal = Terminal(sys.argv[1:] + ["--", "bash", "--norc", "-i"])
    try:
        terminal.wait_for(b"# ")
        terminal.type(b"tty; stty size\r")
        terminal.wait_for(b"/dev/pts/")
        terminal.wait_for(b"33 111\r\n")
        # The echo of what is typed has the quotes, the output has not.
        terminal.type(b"sh -c \"echo 'beg'in; exec sleep 1000\"\r")
        terminal.wait_for(b"begin\r\n")
        terminal.type(b"\x03")
        terminal.wait_for(b"# ")
        terminal.type(b"sleep 1000 & jobs\r")
        terminal.wait_for(b"Running")
        terminal.type(b"exit 6\r")
        terminal.wait_for(b"exit\r\n")
    except (TimeoutError, EOFError) as error:
        print(error)
        return 1
    status = terminal.status()
    if status != 6:
        print(f"status {status}, not 6")
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
