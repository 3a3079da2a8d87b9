# SPDX-License-Identifier: GPL-2.0
"""The directory of a run, build/vm-run/run.PID: logs, and what QEMU reads."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Sequence

from . import host
from .caller import Caller
from .machine import Machine
from .options import Options
from .signals import Signals

# Directories that stay, "last" among them.
KEPT = 12
# What is of no use when the machine has ended.
PASSING = ("in", "initrd", "status", "out", "err")


def remove_old(runs: Path) -> None:
    """All but the last few, and those of runs that are still there."""
    aged = []
    for path in runs.iterdir():
        # Another run may remove it, too, at any time.
        with contextlib.suppress(FileNotFoundError):
            aged.append((path.lstat().st_mtime, path))
    for _, path in sorted(aged)[:-KEPT]:
        pid = re.fullmatch(r"run\.([0-9]+)", path.name)
        if pid and not os.path.isdir(f"/proc/{pid[1]}"):
            shutil.rmtree(path, ignore_errors=True)


class RunDirectory:
    """While this is open, a machine may run in it; what stays are the logs."""

    def __init__(self, logs: str):
        self.copy_to = logs
        runs = host.BUILD / "vm-run"
        self.path = runs / f"run.{os.getpid()}"

    def __enter__(self) -> "RunDirectory":
        runs = self.path.parent
        runs.mkdir(parents=True, exist_ok=True)
        (host.BUILD / "vm-out").mkdir(exist_ok=True)
        remove_old(runs)
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir()
        # Other runs may do the same now: "last" is one of them at any time.
        link = runs / f"last.{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(self.path.name)
        link.replace(runs / "last")
        if self.copy_to:
            os.makedirs(self.copy_to, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for name in PASSING:
            self.remove(name)
        if self.copy_to:
            for log in self.path.glob("*.log"):
                with contextlib.suppress(OSError):
                    shutil.copy(log, self.copy_to)

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def remove(self, name: str) -> None:
        path = self.path / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def words(values: Sequence[str]) -> str:
    return " ".join(map(shlex.quote, values))


def orders(options: Options, caller: Caller, cwd: str) -> str:
    """guest.conf, which tools/vm/guest reads as a shell."""
    return (
        f"cwd={shlex.quote(cwd)} stdin={caller.stdin:d}"
        f" interactive={caller.interactive:d} insmod={shlex.quote(options.insmod)}\n"
        f"term={shlex.quote(os.environ.get('TERM') or 'dumb')}"
        f" rows={caller.rows} cols={caller.columns}\n"
        f"cmd=( {words(options.command)} )\n"
    )


def make_initrd(
    run: RunDirectory, machine: Machine, caller: Caller, signals: Signals
) -> None:
    """The kernel's own initramfs, then this run's orders as conf/."""
    options = machine.options
    status, base = host.output_of("tools/vm/mkinitramfs", machine.kernel, machine.share)
    # A signal to all of the group ends the tools as well; it is no failure of theirs.
    signals.check()
    if status:
        host.cannot_start("no initramfs")
    # No links in it: the guest looks for it below the root of this machine.
    cwd = os.getcwd()
    conf = run / "in/conf"
    conf.mkdir(parents=True)
    for name, content in (
        ("top", f"{host.TOP}\n"),
        ("kernel", f"{machine.kernel}\n"),
        ("share", f"{machine.share}\n"),
        ("cwd", f"{cwd}\n"),
        ("guest.conf", orders(options, caller, cwd)),
    ):
        (conf / name).write_bytes(os.fsencode(content))
    if options.loads_module:
        shutil.copyfile(options.ko, conf / "pgd_mirror.ko")
    names = ["conf", *(f"conf/{name}" for name in sorted(os.listdir(conf)))]
    with open(run / "initrd", "wb") as out:
        with open(os.fsdecode(base).rstrip("\n"), "rb") as first:
            shutil.copyfileobj(first, out)
        out.flush()
        done = subprocess.run(
            ["cpio", "-0", "-o", "-H", "newc", "--quiet", "-R", "0:0"],
            input="\0".join(names).encode(), stdout=out, cwd=run / "in", check=False,
        )
    signals.check()
    if done.returncode:
        host.cannot_start("no initrd")
