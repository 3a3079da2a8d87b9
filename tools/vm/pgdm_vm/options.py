# SPDX-License-Identifier: GPL-2.0
"""The command line: what is asked for, or what is wrong with it."""

import os
import re
from dataclasses import dataclass, field
from typing import Mapping, NoReturn, Sequence

from . import host

USAGE = """\
usage: tools/vm/run [options] -- CMD [ARG...]
Boots a virtual machine and runs CMD in it as root, in the current directory. The
guest sees this machine's files (what it writes stays in its memory), except that
build/vm-out/ is really written. Standard input, output and errors are CMD's; with a
terminal on input and output, CMD gets a terminal too.

  --kernel V       kernel of tools/setup/kernels (default 6.1; with KDIR in the
                   environment it is custom, the kernel that was built there)
  --cpus N         number of CPUs (default 2; 1 with --icount)
  --mem SIZE       memory (default 2G)
  --cpu MODEL      QEMU's CPU model and flags (default max; la57=off: 4-level paging)
  --append ARGS    more kernel arguments, such as pti=on; may be repeated
  --insmod PARAMS  load the module with these parameters before CMD ('' for none)
  --ko FILE        the module to load (default build/module/V/pgd_mirror.ko)
  --qemu ARGS      more arguments for QEMU, for other hardware; may be repeated
  --nmi HZ         send NMIs, that often, from the start of CMD on
  --icount         count instructions: one CPU, time advances with them
  --one-thread     where CPUs are emulated, one thread of the host emulates all: one
                   that waits for another gives way, instead of using up its time
  --accel A        auto, kvm or tcg (default auto: KVM where it was seen to work, and the
                   CPU has what --cpu asks for by name; else the CPU is emulated)
  --timeout S      seconds from the machine's start to its end (default 600)
  --logs DIR       keep the logs there (default: a directory under build/vm-run/)
  --no-stdin       CMD reads nothing (as < /dev/null)
  --no-scan        do not judge the kernel log
  --help           this text

Status: CMD's own (128 + N when signal N ended it), or
  2    bad usage
  123  the module did not load
  124  time-out
  125  the machine was lost, did not boot, or could not be started
  126  CMD ended, but the kernel log holds an oops, BUG, WARNING or lockdep report
  141  the reader of the output went away
Logs of the last run: build/vm-run/last/ (console.log, dmesg.log, qemu.log).
Environment: PGDM_QEMU, the emulator (default: the one that set-up has chosen);
PGDM_BOOT_SECONDS, after which a machine that has not booted stands still (default 120).
An emulator that fails an assertion of its own while the machine boots, or stands
still, as QEMU does now and then on a busy host, is started again, twice at most.
"""

# Options that take a value, and their field. Those of REPEATED add up.
VALUES = {
    "--kernel": "kernel",
    "--cpus": "cpus",
    "--mem": "mem",
    "--cpu": "cpu",
    "--append": "append",
    "--insmod": "insmod",
    "--ko": "ko",
    "--accel": "accel",
    "--timeout": "timeout",
    "--logs": "logs",
    "--qemu": "hardware",
    "--nmi": "nmi_hz",
}
REPEATED = ("append", "hardware")
FLAGS = {
    "--icount": ("icount", True),
    "--one-thread": ("one_thread", True),
    "--no-scan": ("scan", False),
    "--no-stdin": ("stdin", False),
}

COUNT = "[1-9][0-9]{0,2}"
SECONDS = "[1-9][0-9]{0,6}"
# Field, what a value must look like, and what is said of one that does not. Values
# that are empty by default, for "not given", may be empty.
CHECKS = (
    ("cpus", f"({COUNT})?", "--cpus: not a number of CPUs"),
    ("mem", "[1-9][0-9]*[MG]?", "--mem: not a size such as 2G"),
    ("timeout", SECONDS, "--timeout: not a number of seconds"),
    ("accel", "auto|kvm|tcg", "--accel: not auto, kvm or tcg"),
    ("nmi_hz", f"({COUNT})?", "--nmi: not a number a second"),
    ("boot_seconds", SECONDS, "PGDM_BOOT_SECONDS: not a number of seconds"),
    ("cpu", "(?s:[A-Za-z0-9].*)", "--cpu: not a CPU model"),
)


@dataclass
class Options:
    """As given, in words; the properties tell what they mean."""

    emulator: str = ""
    boot_seconds: str = "120"
    kernel: str = "6.1"
    cpus: str = ""
    mem: str = "2G"
    cpu: str = "max"
    append: list[str] = field(default_factory=list)
    insmod: str = "-"
    ko: str = ""
    hardware: list[str] = field(default_factory=list)
    nmi_hz: str = ""
    icount: bool = False
    one_thread: bool = False
    accel: str = "auto"
    timeout: str = "600"
    logs: str = ""
    stdin: bool = True
    scan: bool = True
    command: Sequence[str] = ()

    @property
    def loads_module(self) -> bool:
        """The guest is told "-" for no module; no parameters are an empty word."""
        return self.insmod != "-"


class Help(Exception):
    """The usage is asked for."""


def bad_usage(message: str) -> NoReturn:
    host.say(message)
    host.write_error(USAGE.encode())
    raise host.Exit(host.STATUS_USAGE)


def read(args: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Take the words apart, without a look at what they say."""
    given = Options()
    # Empty is as good as not set.
    given.emulator = environ.get("PGDM_QEMU") or str(
        host.BUILD / "qemu/qemu-system-x86_64"
    )
    given.boot_seconds = environ.get("PGDM_BOOT_SECONDS") or given.boot_seconds
    if environ.get("KDIR"):
        given.kernel = "custom"
    at = 0
    while at < len(args):
        word = args[at]
        at += 1
        if word == "--":
            given.command = args[at:]
            break
        if word in ("--help", "-h"):
            raise Help
        if word in FLAGS:
            setattr(given, *FLAGS[word])
        elif word in VALUES:
            if at == len(args):
                bad_usage(f"{word} wants a value")
            name, value = VALUES[word], args[at]
            at += 1
            if name in REPEATED:
                getattr(given, name).append(value)
            else:
                setattr(given, name, value)
        else:
            bad_usage(f"unknown option '{word}' (a command comes after --)")
    return given


def check_icount(given: Options) -> None:
    if not given.icount:
        return
    if given.cpus not in ("", "1"):
        bad_usage("--icount works with one CPU only")
    if given.accel == "kvm":
        bad_usage("--icount does not work with KVM")
    given.cpus = "1"
    given.accel = "tcg"


def check_kernel(version: str) -> None:
    """Is there a file for it? The tool tells why not."""
    if not host.run_tool("tools/setup/kernel", "--known", version):
        raise host.Exit(host.STATUS_USAGE)


def check_module(given: Options) -> None:
    if not given.ko:
        return
    if not given.loads_module:
        bad_usage("--ko is of no use without --insmod")
    if not os.access(given.ko, os.R_OK):
        bad_usage(f"--ko: cannot read {given.ko}")


def parse(args: Sequence[str], environ: Mapping[str, str]) -> Options:
    """The options, all of them valid; else this run ends with the usage."""
    given = read(args, environ)
    if not given.command:
        bad_usage("no command given")
    if not given.command[0]:
        bad_usage("the command's name is empty")
    for name, pattern, message in CHECKS:
        value: str = getattr(given, name)
        if not re.fullmatch(pattern, value):
            bad_usage(f"{message}: '{value}'")
    check_icount(given)
    given.cpus = given.cpus or "2"
    check_kernel(given.kernel)
    check_module(given)
    return given
