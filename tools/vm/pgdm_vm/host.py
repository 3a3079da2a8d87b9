# SPDX-License-Identifier: GPL-2.0
"""Where things are on this machine, and how to speak and to give up."""

import os
import subprocess
from pathlib import Path
from typing import NoReturn

# As tools/setup/lib.sh has them.
TOP = Path(__file__).resolve().parents[3]
BUILD = TOP / "build"

STATUS_USAGE = 2
STATUS_MODULE = 123
STATUS_TIMEOUT = 124
STATUS_LOST = 125
STATUS_LOG = 126
STATUS_PIPE = 141


class Exit(Exception):
    """End this run with a status; what there is to say was said."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


def write_error(text: bytes) -> None:
    """Write to standard error, if anything is there to take it.

    Not through sys.stderr: file names and logs may hold bytes that are no text.
    """
    try:
        while text:
            text = text[os.write(2, text):]
    except OSError:
        pass


def say(message: str) -> None:
    write_error(os.fsencode(f"vm: {message}\n"))


def cannot_start(message: str) -> NoReturn:
    say(message)
    raise Exit(STATUS_LOST)


def run_tool(name: str, *args: object) -> bool:
    """Run one of the project's tools; it must not take the command's input."""
    argv = [str(TOP / name), *map(str, args)]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode == 0


def output_of(name: str, *args: object) -> tuple[int, bytes]:
    """The status and the output of one of the project's tools."""
    argv = [str(TOP / name), *map(str, args)]
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    return done.returncode, done.stdout
