# SPDX-License-Identifier: GPL-2.0
"""One run, from the command line to the status."""

import os
import traceback
from typing import Sequence

from . import accel, host, logs, verdict
from .caller import Caller, keep_three_open
from .machine import Machine, prepare_kernel
from .options import USAGE, Help, Options, parse
from .rundir import RunDirectory, make_initrd
from .session import Session
from .shares import kind_for
from .signals import Signals


def run_machine(options: Options) -> int:
    """What would be left behind is made when signals no longer end us at once."""
    kernel = prepare_kernel(options)
    place = accel.Place(options.emulator)
    chosen = accel.choose(options.accel, options.cpu, place)
    machine = Machine(options, chosen, kernel, kind_for(kernel))
    caller = Caller(options.stdin)
    signals = Signals()
    with RunDirectory(options.logs) as run:
        make_initrd(run, machine, caller, signals)
        result = Session(machine, run, caller, signals).run()
        logs.make_dmesg(run)
        return verdict.judge(result, run, options, signals)


def main(args: Sequence[str]) -> int:
    keep_three_open()
    try:
        return run_machine(parse(args, os.environ))
    except Help:
        os.write(1, USAGE.encode())
        return 0
    except host.Exit as end:
        return end.status
    except OSError as error:
        host.say(f"cannot go on: {error}")
    except Exception:  # pylint: disable=broad-exception-caught
        # Python's own status for this is 1, which could be the command's.
        host.write_error(traceback.format_exc().encode(errors="replace"))
    return host.STATUS_LOST
