# SPDX-License-Identifier: GPL-2.0
"""The machine as QEMU's command line has it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import host
from .options import Options
from .shares import Shares, escaped

CPUINFO = Path("/proc/cpuinfo")


def prepare_kernel(options: Options) -> Path:
    """The kernel's directory; the emulator, the kernel and the module are there."""
    if not host.run_tool("tools/setup/qemu"):
        host.cannot_start("no QEMU")
    if not host.run_tool("tools/setup/kernel", options.kernel):
        host.cannot_start(f"no kernel {options.kernel}")
    if options.loads_module:
        module = host.BUILD / "module" / options.kernel / "pgd_mirror.ko"
        options.ko = options.ko or str(module)
        if not os.access(options.ko, os.R_OK):
            how = f"build it first (make KERNEL={options.kernel})"
            host.cannot_start(f"no module at {options.ko}: {how}")
    return host.BUILD / "kernels" / options.kernel


def delay_loop(kernel: Path) -> str:
    """What the kernel is to use for udelay().

    An emulated CPU has the host's TSC; a CPU of the guest that stands still while it
    calibrates its loop, as on a busy host, gets it wrong by any factor, down to no
    delay at all.
    """
    config = (kernel / "config").read_text(encoding="utf-8")
    hz = re.search(r"^CONFIG_HZ=([0-9]+)$", config, re.M)
    cpuinfo = CPUINFO.read_text(encoding="utf-8")
    mips = re.search(r"^bogomips\s*: ([0-9.]+)$", cpuinfo, re.M)
    if not hz or not mips:
        return ""
    return f" lpj={int(float(mips[1]) * 500000 / int(hz[1]))}"


def port(name: str, backend: str) -> list[str]:
    """A channel that the guest finds by this name."""
    device = f"virtserialport,chardev={name},name={name}"
    return ["-chardev", f"{backend},id={name}", "-device", device]


@dataclass
class Machine:
    """What is asked for, with what it was found to mean here."""

    options: Options
    accel: str
    kernel: Path
    share: str

    def kernel_arguments(self) -> str:
        args = "console=ttyS0 loglevel=5 panic=-1 log_buf_len=4M random.trust_cpu=on"
        # An emulated CPU may make no progress for long while the host is busy.
        args += " rcupdate.rcu_cpu_stall_timeout=120 watchdog_thresh=60"
        # The same holds of the timer, whose ticks the kernel counts for some 50 ms:
        # too few, and it panics (IO-APIC + timer doesn't work).
        if self.accel != "kvm" and not self.options.icount:
            args += f" no_timer_check{delay_loop(self.kernel)}"
        return " ".join((args, *self.options.append))

    def accelerator(self) -> list[str]:
        if self.accel == "kvm":
            return ["-accel", "kvm"]
        if self.options.icount:
            return ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"]
        threads = "single" if self.options.one_thread else "multi"
        return ["-accel", f"tcg,thread={threads}"]

    def qemu_arguments(
        self, run: Path, shares: Shares, monitor: Optional[int]
    ) -> list[str]:
        """All of them. MONITOR is a socket from which QEMU is to take commands."""
        options = self.options
        here = escaped(run)
        args = ["-nodefaults", "-no-user-config", "-display", "none", "-vga", "none"]
        args += ["-no-reboot", "-rtc", "base=utc"]
        args += ["-m", options.mem, "-smp", options.cpus, "-cpu", options.cpu]
        args += ["-kernel", f"{self.kernel}/vmlinuz", "-initrd", f"{run}/initrd"]
        args += ["-append", self.kernel_arguments()]
        args += ["-chardev", f"file,id=console,path={here}/console.log"]
        args += ["-serial", "chardev:console"]
        args += ["-machine", "q35", *shares.arguments()]
        args += ["-device", "virtio-serial", *self.accelerator()]
        if monitor is not None:
            args += ["-chardev", f"socket,id=qmp,fd={monitor}"]
            args += ["-mon", "chardev=qmp,mode=control"]
        # Words, as a shell would split them.
        for more in options.hardware:
            args += more.split()
        # status, out and err are FIFOs: see channels.py.
        args += port("status", f"file,path={here}/status")
        args += port("in", "stdio,signal=off")
        args += port("out", f"file,path={here}/out")
        args += port("err", f"file,path={here}/err")
        args += port("kmsg", f"file,path={here}/kmsg")
        args += port("last", "null")
        return args
