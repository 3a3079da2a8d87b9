# SPDX-License-Identifier: GPL-2.0
"""One start of QEMU, with its channels."""

import os
import subprocess
import time
from typing import Optional

from .caller import Caller
from .channels import Feeder, Relay, Reports
from .machine import Machine
from .qmp import NmiStorm
from .rundir import RunDirectory
from .shares import open_shares
from .signals import Signals

# Seconds that QEMU has for an orderly end, and then a reader for the last output.
GRACE = 2.0
LAST_OUTPUT = 1.0


class Boot:
    """A machine that was started; it ends with stop(), and when this process does."""

    def __init__(
        self, machine: Machine, run: RunDirectory, caller: Caller, signals: Signals
    ):
        self.run = run
        # They count from this start: another one takes nothing from the command.
        now = time.monotonic()
        self.deadline = now + int(machine.options.timeout)
        self.boot_deadline = now + int(machine.options.boot_seconds)
        self.relays = {
            "out": Relay(run / "out", 1, signals.wake),
            "err": Relay(run / "err", 2, signals.wake),
        }
        self.reports = Reports(run / "status")
        self.feeder = Feeder() if caller.stdin else None
        hz = machine.options.nmi_hz
        self.storm = NmiStorm(int(hz)) if hz else None
        self.shares = open_shares(machine.share, run.path, machine.options.mem)
        self.qemu = self._start_qemu(machine)
        self.shares.qemu_has_started()
        # Readable when it has ended, whatever the mask of SIGCHLD that we inherited.
        self.end = os.pidfd_open(self.qemu.pid)
        # Last, so that none is left of a QEMU that could not be started.
        for thread in (*self.relays.values(), self.feeder):
            if thread:
                thread.start()

    def _start_qemu(self, machine: Machine) -> "subprocess.Popen[bytes]":
        """Of our descriptors it gets those that are named here, and no other.

        It stays in our process group, so that a signal to all of the group ends it
        with us. setpriv ties it to this thread, the main one, which lives as long as
        the process: it is killed even when we are.
        """
        monitor = self.storm.for_qemu.fileno() if self.storm else None
        args = machine.qemu_arguments(self.run.path, self.shares, monitor)
        passed = self.shares.descriptors + (() if monitor is None else (monitor,))
        tied = ["setpriv", "--pdeathsig", "KILL", "--", machine.options.emulator]
        with open(self.run / "qemu.log", "wb") as log:
            # Waited for when the machine is ended.
            qemu = subprocess.Popen(  # pylint: disable=consider-using-with
                [*tied, *args],
                stdin=self.feeder.for_qemu if self.feeder else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=passed,
            )
        # With a second holder we would not see that QEMU has closed them.
        if self.feeder:
            os.close(self.feeder.for_qemu)
        if self.storm:
            self.storm.for_qemu.close()
        return qemu

    def running(self) -> bool:
        return self.qemu.poll() is None

    def broken(self) -> Optional[OSError]:
        """What keeps output from the caller; that its reader has gone, mostly."""
        return next((r.error for r in self.relays.values() if r.error), None)

    def received(self, port: str) -> int:
        """Bytes of this port that are where they belong."""
        if port in self.relays:
            return self.relays[port].written
        return os.stat(self.run / port).st_size

    def kill(self) -> int:
        """End it at once: from here on it does nothing any more."""
        self.qemu.kill()
        return self.qemu.wait()

    def stop(self) -> None:
        """End QEMU, then what served it. Leaves the files that it wrote."""
        self.qemu.terminate()
        try:
            self.qemu.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.kill()
        self.shares.close()
        until = time.monotonic() + LAST_OUTPUT
        if self.feeder:
            self.feeder.stop()
            self.feeder.join(LAST_OUTPUT)
        for relay in self.relays.values():
            relay.no_more()
        for relay in self.relays.values():
            relay.join(max(0.0, until - time.monotonic()))
        if self.storm:
            self.storm.close()
        self.reports.close()
        os.close(self.end)
        for name in ("status", "out", "err"):
            self.run.remove(name)
