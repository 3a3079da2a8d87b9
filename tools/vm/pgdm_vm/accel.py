# SPDX-License-Identifier: GPL-2.0
"""Does the machine run on the CPU (KVM), or is its CPU emulated (TCG)?

A CPU that shows vmx or svm and a /dev/kvm that opens are not enough: there are hosts
where a virtual CPU stands still then, for ever. So a machine is tried that does one
thing, with a limit of time; what came out is kept until the host boots again.
"""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from . import host

# A machine that does this has run: its firmware, at the first instruction, makes
# QEMU exit with this status (twice what is written to the port, and one).
#	mov $0xf4,%dx; mov $0x10,%al; out %al,%dx; hlt; jmp to hlt
FIRMWARE = bytes(0xFFF0) + bytes.fromhex("baf400b010eef4ebfd").ljust(16, b"\0")
PORT = "isa-debug-exit,iobase=0xf4,iosize=4"
RAN = 0x10 * 2 + 1

# Seconds in which it must have run, and in which it must go when it is killed.
LIMIT = 30.0
GRACE = 5.0


@dataclass
class Place:
    """Where to look, and what to start; tests have another one."""

    emulator: str
    cpuinfo: Path = Path("/proc/cpuinfo")
    device: Path = Path("/dev/kvm")
    boot_id: Path = Path("/proc/sys/kernel/random/boot_id")
    kept: Path = field(default_factory=lambda: host.BUILD / "vm-run/kvm")
    limit: float = LIMIT

    def flags(self) -> set[str]:
        """What the CPU shows."""
        text = self.cpuinfo.read_text(encoding="utf-8", errors="replace")
        line = re.search(r"^flags\s*:(.*)$", text, re.M)
        return set(line[1].split()) if line else set()


def start_and_wait(place: Place, image: str) -> str:
    """Run the little machine; why it has not run, or nothing."""
    argv = [place.emulator, "-accel", "kvm", "-machine", "q35", "-cpu", "max"]
    argv += ["-nodefaults", "-no-user-config", "-display", "none", "-m", "64M"]
    argv += ["-no-reboot", "-bios", image, "-device", PORT]
    # To a file: what it has started could hold a pipe open.
    with tempfile.TemporaryFile() as said:
        try:
            qemu = subprocess.Popen(  # pylint: disable=consider-using-with
                argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        except OSError as error:
            return f"cannot start {place.emulator}: {error.strerror}"
        try:
            status = qemu.wait(place.limit)
        except subprocess.TimeoutExpired:
            qemu.kill()
            try:
                qemu.wait(GRACE)
            except subprocess.TimeoutExpired:
                pass  # It hangs in the kernel, beyond our reach; we go on.
            return f"a machine stood still for {place.limit:g} s"
        if status == RAN:
            return ""
        said.seek(0)
        last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
        return last or f"QEMU ended with status {status}"


def probe(place: Place) -> str:
    """Why KVM does not work here, or nothing: from the CPU, the device, a machine."""
    if not place.flags() & {"vmx", "svm"}:
        return "the CPU shows neither vmx nor svm"
    if not os.access(place.device, os.R_OK | os.W_OK):
        return f"{place.device} is closed to us, or not there"
    with tempfile.NamedTemporaryFile(prefix="pgdm-kvm.") as image:
        image.write(FIRMWARE)
        image.flush()
        return start_and_wait(place, image.name)


def why_not(place: Place) -> str:
    """The same, remembered while the host is up and the emulator is the same one."""
    try:
        made = os.stat(place.emulator).st_mtime_ns
    except OSError:
        made = 0
    boot = place.boot_id.read_text(encoding="ascii").strip()
    key = f"{boot} {made} {place.emulator}"
    try:
        known, _, reason = place.kept.read_text(encoding="utf-8").partition("\n")
        if known == key:
            return reason
    except OSError:
        pass
    reason = probe(place)
    place.kept.parent.mkdir(parents=True, exist_ok=True)
    # Two runs may do this at once: each puts a whole file in place.
    temp = place.kept.with_name(f"{place.kept.name}.{os.getpid()}")
    temp.write_text(f"{key}\n{reason}", encoding="utf-8")
    temp.rename(place.kept)
    return reason


def lacking(cpu: str, flags: set[str]) -> list[str]:
    """What is asked of the CPU by name and is not there for KVM to hand on."""
    words = cpu.split(",")[1:]
    asked = [w[:-3] for w in words if w.endswith("=on")]
    asked += [w[1:] for w in words if w.startswith("+")]
    return [name for name in asked if name.replace("-", "_") not in flags]


def choose(asked: str, cpu: str, place: Place) -> str:
    """kvm or tcg; where KVM is asked for and does not work this run ends."""
    if asked == "tcg":
        return "tcg"
    missing = lacking(cpu, place.flags())
    if missing and asked == "auto":
        return "tcg"
    reason = why_not(place)
    if reason and asked == "kvm":
        host.cannot_start(f"no KVM here: {reason}")
    if not reason and missing:
        host.say(f"this CPU lacks {' '.join(missing)}, and so will the machine")
    # Where the CPU could, one would like to know.
    if reason and place.flags() & {"vmx", "svm"}:
        host.say(f"the machine is emulated: {reason}")
    return "tcg" if reason else "kvm"
