# SPDX-License-Identifier: GPL-2.0
"""The host's files in the guest: its root, to read, and build/vm-out, to write.

Over 9p, which QEMU serves itself. A kernel built for cloud machines has no 9p; it has
virtiofs, which a daemon of QEMU's package serves, one a share.
"""

import itertools
import os
import re
import socket
import subprocess
from pathlib import Path
from typing import Union

from . import host

# The tag by which tools/vm/init mounts it, the directory, and is it only read?
SHARES = (("hostroot", Path("/"), True), ("vmout", host.BUILD / "vm-out", False))
# What a kernel's configuration must have, the better one first.
KINDS = (("9p", "NET_9P_VIRTIO"), ("virtiofs", "VIRTIO_FS"))

DAEMON = Path("/usr/lib/qemu/virtiofsd")
# In a mount namespace of its own, where the root can only be read.
READ_ONLY = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             'mount -o remount,bind,ro / && exec "$@"', "sh"]

numbers = itertools.count()


def escaped(path: Path) -> str:
    """A comma in a file name is doubled in QEMU's options."""
    return str(path).replace(",", ",,")


def kind_for(kernel: Path) -> str:
    """How this kernel is to reach the host's files."""
    config = (kernel / "config").read_text(encoding="utf-8")
    for kind, option in KINDS:
        if re.search(f"^CONFIG_{option}=[ym]$", config, re.M):
            return kind
    wanted = " nor ".join(f"CONFIG_{option}" for _, option in KINDS)
    host.cannot_start(f"the kernel cannot reach this machine's files: neither {wanted}")


class NineP:
    """QEMU serves them; nothing runs besides it."""

    descriptors: tuple[int, ...] = ()

    def arguments(self) -> list[str]:
        args = []
        for tag, path, only_read in SHARES:
            what = f"local,path={escaped(path)},mount_tag={tag}"
            how = "readonly=on," if only_read else ""
            args += ["-virtfs", f"{what},{how}security_model=none,multidevs=remap"]
        return args

    def qemu_has_started(self) -> None:
        pass

    def close(self) -> None:
        pass


class Virtiofs:
    """A daemon a share, which has a socket with QEMU and sees the guest's memory."""

    def __init__(self, run: Path, memory: str):
        if not os.access(DAEMON, os.X_OK):
            host.cannot_start(f"no {DAEMON} (of package qemu-system-common)")
        # What has no unit is MiB for -m, and bytes here.
        self.memory = memory + "M" if memory.isdecimal() else memory
        self.daemons: list["subprocess.Popen[bytes]"] = []
        self.sockets: list[socket.socket] = []
        with open(run / "virtiofsd.log", "wb") as log:
            for _, path, only_read in SHARES:
                self._start(path, only_read, log.fileno())

    def _start(self, path: Path, only_read: bool, log: int) -> None:
        """The daemon wants to be connected to, QEMU takes what is connected.

        The name is abstract: one in a deep directory would be too long.
        """
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"\0pgdm-vm-{os.getpid()}-{next(numbers)}".encode())
            listener.listen(1)
            ours = socket.socket(socket.AF_UNIX)
            ours.connect(listener.getsockname())
            self.sockets.append(ours)
            tied = ["setpriv", "--pdeathsig", "KILL", "--"]
            cache = "always" if only_read else "auto"
            options = f"source={path},sandbox=chroot,cache={cache}"
            # Waited for in close().
            daemon = subprocess.Popen(  # pylint: disable=consider-using-with
                [*(READ_ONLY if only_read else []), *tied, str(DAEMON),
                 f"--fd={listener.fileno()}", "-o", options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=(listener.fileno(),),
            )
            self.daemons.append(daemon)

    @property
    def descriptors(self) -> tuple[int, ...]:
        return tuple(ours.fileno() for ours in self.sockets)

    def arguments(self) -> list[str]:
        memory = f"memory-backend-memfd,id=shared,size={self.memory},share=on"
        args = ["-object", memory, "-machine", "memory-backend=shared"]
        for (tag, _, _), descriptor in zip(SHARES, self.descriptors):
            args += ["-chardev", f"socket,id={tag},fd={descriptor}"]
            args += ["-device", f"vhost-user-fs-pci,chardev={tag},tag={tag}"]
        return args

    def qemu_has_started(self) -> None:
        """With a second holder the daemons would not see that QEMU has gone."""
        for ours in self.sockets:
            ours.close()

    def close(self) -> None:
        for daemon in self.daemons:
            daemon.terminate()
        for daemon in self.daemons:
            daemon.wait()


Shares = Union[NineP, Virtiofs]


def open_shares(kind: str, run: Path, memory: str) -> Shares:
    """For one start of QEMU in the directory of a run; close() when that has ended."""
    return NineP() if kind == "9p" else Virtiofs(run, memory)
