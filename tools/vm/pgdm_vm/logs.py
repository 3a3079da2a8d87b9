# SPDX-License-Identifier: GPL-2.0
"""The logs of a machine: made readable, searched, shown."""

import re
from pathlib import Path

from . import host
from .rundir import RunDirectory

# A record of /dev/kmsg; lines of another form go with the record before them.
RECORD = re.compile(rb"([0-9]+),[0-9]+,([0-9]+),")

ASSERTION = re.compile(rb"Assertion .* failed")


def content(path: Path) -> bytes:
    """What is not there is empty: a machine may end before it has said a word."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def last_lines(path: Path, count: int) -> bytes:
    lines = content(path).replace(b"\r", b"").splitlines(keepends=True)
    return b"".join(lines[-count:])


def readable(record: bytes) -> bytes:
    """As dmesg shows it; nothing for a line that is no record."""
    head = RECORD.match(record)
    if not head:
        return b""
    # Facility 0 is the kernel; any other is a program that wrote to the log.
    mark = b"(user) " if int(head[1]) >= 8 else b""
    seconds, micros = divmod(int(head[2]), 1000000)
    text = record[record.find(b";") + 1:]
    return b"[%5d.%06d] %s%s\n" % (seconds, micros, mark, text)


def make_dmesg(run: RunDirectory) -> None:
    """dmesg.log, from what the guest has read from /dev/kmsg."""
    kmsg = content(run / "kmsg")
    if not kmsg:
        return
    records = kmsg.split(b"\n")
    with open(run / "dmesg.log", "wb") as log:
        log.writelines(map(readable, records))
        # The first record is gone: the log has wrapped, the console has more.
        if not re.match(rb"[0-9]*,0,", records[0]):
            log.write(content(run / "console.log"))
    run.remove("kmsg")


def scan(log: Path) -> tuple[bool, bytes]:
    """Is the log clean, and what was found in it."""
    status, found = host.output_of("tools/vm/scan-log", log)
    return status == 0, found


def first_lines(text: bytes, count: int) -> bytes:
    return b"".join(text.splitlines(keepends=True)[:count])


def show_end(run: RunDirectory) -> None:
    """What may tell why a machine was lost."""
    console = run / "console.log"
    if content(console):
        host.write_error(first_lines(scan(console)[1], 5))
    for log in (run / "qemu.log", console):
        if end := last_lines(log, 15):
            host.say(f"{log.name} ends:")
            host.write_error(end)
