# SPDX-License-Identifier: GPL-2.0
"""The status of a run, and what is said of one that did not go well."""

import errno
import os

from . import host, logs
from .options import Options
from .rundir import RunDirectory
from .session import Outcome, Result
from .signals import Signals


def judge(
    result: Result, run: RunDirectory, options: Options, signals: Signals
) -> int:
    """The runner's status; what the caller has to know is said."""
    if result.output_lost:
        host.say("part of the output was lost")
    if result.outcome is Outcome.PIPE:
        if result.error and result.error.errno != errno.EPIPE:
            host.say(f"cannot write the output: {result.error.strerror}")
        return host.STATUS_PIPE
    if result.outcome is Outcome.TIMEOUT:
        host.say(f"time-out after {options.timeout} s")
        logs.show_end(run)
        return host.STATUS_TIMEOUT
    # A guest that has forgotten the status has ended no better than a lost one.
    if result.outcome is not Outcome.END or result.status is None:
        after = ""
        if result.status is not None:
            after = f" (after CMD ended with {result.status})"
        host.say(f"the machine was lost{after}")
        logs.show_end(run)
        return host.STATUS_LOST
    if options.scan and not log_is_clean(run, signals):
        if not result.module_failed:
            host.say(f"CMD ended with {result.status}")
        return host.STATUS_LOG
    if result.module_failed:
        host.say("the module did not load")
        return host.STATUS_MODULE
    return result.status


def log_is_clean(run: RunDirectory, signals: Signals) -> bool:
    log = run / "dmesg.log"
    if not logs.content(log):
        log = run / "console.log"
    clean, found = logs.scan(log)
    # A signal to all of the group has ended the scan, too.
    signals.check()
    if not clean:
        host.say(f"the kernel log is not clean ({os.path.relpath(log, host.TOP)}):")
        host.write_error(logs.first_lines(found, 10))
    return clean
