# SPDX-License-Identifier: GPL-2.0
"""From the start of the machine to its end, however it comes."""

import time
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Optional

from . import host, logs
from .boot import Boot
from .caller import Caller
from .machine import Machine
from .rundir import RunDirectory
from .signals import Signals

# Starts of QEMU, in all.
BOOTS = 3
# Seconds between two looks at how much of the output has arrived.
DRAIN_GAP = 0.02


class Outcome(Enum):
    """Why nothing more is to be waited for."""

    END = auto()  # The guest has said so.
    LOST = auto()  # QEMU has ended.
    STUCK = auto()  # It did not boot, and was killed for that.
    TIMEOUT = auto()
    PIPE = auto()  # The output cannot be written.


@dataclass
class Result:
    """What the guest has reported, and what became of the machine."""

    outcome: Outcome = Outcome.LOST
    booted: bool = False
    module_failed: bool = False
    status: Optional[int] = None
    # Bytes that the guest has sent, by port.
    sent: dict[str, int] = field(default_factory=dict)
    output_lost: bool = False
    error: Optional[OSError] = None


class Session:
    """The machine of a run: started, again if need be, and followed to its end."""

    def __init__(
        self, machine: Machine, run: RunDirectory, caller: Caller, signals: Signals
    ):
        self.machine = machine
        self.run_dir = run
        self.caller = caller
        self.signals = signals
        self.boots = 0
        self.boot: Optional[Boot] = None
        self.result = Result()

    def run(self) -> Result:
        """Leaves no machine, and the terminal as it was; on every way out."""
        try:
            while True:
                boot = self.start()
                self.result.outcome = self.follow(boot)
                if not self.boots_again():
                    break
                self.stop()
            if self.result.outcome is Outcome.END:
                self.drain(boot)
            self.result.error = boot.broken()
        finally:
            self.caller.reset_terminal()
            self.stop()
        self.signals.check()
        return self.result

    def start(self) -> Boot:
        self.signals.check()
        self.boots += 1
        self.boot = Boot(self.machine, self.run_dir, self.caller, self.signals)
        return self.boot

    def stop(self) -> None:
        if self.boot:
            boot, self.boot = self.boot, None
            boot.stop()

    def pause(self, boot: Boot, until: float, *descriptors: int) -> None:
        """Until that time, or until something happens. NMIs go on meanwhile."""
        wanted = [boot.end, *descriptors]
        if boot.storm and not boot.storm.gone:
            wanted.append(boot.storm.ours.fileno())
            until = min(until, boot.storm.due())
        self.signals.wait(until, wanted)
        if boot.storm and not boot.storm.gone:
            boot.storm.turn()

    def follow(self, boot: Boot) -> Outcome:
        """Read the guest's reports until the end."""
        over: Optional[Outcome] = None
        while True:
            self.signals.check()
            for line in boot.reports.lines():
                if self.is_end(boot, line):
                    return Outcome.END
            # What it said last was read after we knew that it is over.
            if over:
                return over
            over = self.why_over(boot)
            if not over:
                until = boot.deadline
                if self.can_boot_again():
                    until = min(until, boot.boot_deadline)
                self.pause(boot, until, boot.reports.descriptor)

    def is_end(self, boot: Boot, line: str) -> bool:
        """Take a report; is it the last one?"""
        word, _, rest = line.strip().partition(" ")
        result = self.result
        if word == "booted":
            result.booted = True
        elif word == "started":
            self.caller.set_terminal()
            if boot.storm:
                boot.storm.begin()
        elif word == "noinsmod":
            result.module_failed = True
        elif word == "status" and rest.isdecimal():
            result.status = int(rest)
        elif word == "sent":
            port, _, count = rest.partition(" ")
            if count.isdecimal():
                result.sent[port] = int(count)
        return word == "end"

    def why_over(self, boot: Boot) -> Optional[Outcome]:
        """What has ended the machine's run, or None while it goes on."""
        now = time.monotonic()
        # First, as it may cause the other outcomes: QEMU loses the FIFO's reader then.
        if boot.broken():
            return Outcome.PIPE
        if not boot.running():
            return Outcome.LOST
        if now >= boot.deadline:
            return Outcome.TIMEOUT
        if self.can_boot_again() and now >= boot.boot_deadline:
            # So that it does nothing any more. If it has begun just now, it is lost.
            # And if it has ended just now, by itself, it did not stand still.
            return Outcome.STUCK if boot.kill() else Outcome.LOST
        return None

    def can_boot_again(self) -> bool:
        """Nothing was done yet, and no input is gone."""
        again = not self.result.booted and not self.caller.stdin
        return again and self.boots < BOOTS

    def boots_again(self) -> bool:
        """The emulator broke, or stood still, while the machine booted."""
        if not self.can_boot_again():
            return False
        if self.result.outcome is Outcome.LOST:
            return self.emulator_broke()
        if self.result.outcome is Outcome.STUCK:
            seconds = self.machine.options.boot_seconds
            host.say(f"the machine has not booted in {seconds} s; booting again")
            logs.show_end(self.run_dir)
            return True
        return False

    def emulator_broke(self) -> bool:
        log = self.run_dir / "qemu.log"
        if not logs.ASSERTION.search(logs.content(log)):
            return False
        last = logs.last_lines(log, 1).decode(errors="surrogateescape").rstrip("\n")
        host.say(f"the emulator failed an assertion of its own; booting again: {last}")
        return True

    def drain(self, boot: Boot) -> None:
        """Wait until all that the guest has sent is here: the reader may be slow."""
        result = self.result
        for port, count in result.sent.items():
            while boot.received(port) < count:
                self.signals.check()
                if boot.broken():
                    result.outcome = Outcome.PIPE
                    return
                if time.monotonic() >= boot.deadline or not boot.running():
                    result.output_lost = True
                    return
                self.pause(boot, time.monotonic() + DRAIN_GAP)
