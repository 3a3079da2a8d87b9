# SPDX-License-Identifier: GPL-2.0
"""The caller's descriptors 0, 1 and 2: what they are, and the mode of a terminal."""

import os
import termios
import tty
from typing import Any, Optional


def keep_three_open() -> None:
    """Open what the caller has closed, so that no other file gets its number.

    For reading only: what is written there still fails, as on a closed one.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            null = os.open("/dev/null", os.O_RDONLY)
            if null != descriptor:
                os.dup2(null, descriptor)
                os.close(null)
            os.set_inheritable(descriptor, True)


def is_null(descriptor: int) -> bool:
    return os.path.samestat(os.fstat(descriptor), os.stat("/dev/null"))


def in_foreground() -> bool:
    """Reading a terminal from the background would stop us."""
    with open("/proc/self/stat", "rb") as stat:
        # Behind the name, which may hold anything: state, parent, group, ...
        fields = stat.read().rpartition(b")")[2].split()
    return fields[2] == fields[5]


class Caller:
    """Is there an input to hand on, and is it a terminal?"""

    def __init__(self, wanted: bool):
        terminal = os.isatty(0)
        self.stdin = wanted and not is_null(0) and (not terminal or in_foreground())
        self.interactive = self.stdin and terminal and os.isatty(1)
        self.rows, self.columns = 24, 80
        if self.interactive:
            columns, rows = os.get_terminal_size(0)
            if rows and columns:
                self.rows, self.columns = rows, columns
        self._saved: Optional[list[Any]] = None

    def set_terminal(self) -> None:
        """The guest's terminal echoes and edits, so ours must not."""
        if self.interactive and self._saved is None:
            self._saved = termios.tcgetattr(0)
            # Not TCSAFLUSH: what was typed in advance is the command's.
            tty.setraw(0, termios.TCSADRAIN)

    def reset_terminal(self) -> None:
        if self._saved is None:
            return
        saved, self._saved = self._saved, None
        try:
            termios.tcsetattr(0, termios.TCSADRAIN, saved)
        except termios.error:
            pass  # The terminal has hung up.
