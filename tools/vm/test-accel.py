#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of how tools/vm/run chooses KVM: CPUs, devices and emulators made up."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, f"{HERE}/../bench/tests"]

# pylint: disable=wrong-import-position
import ktap  # noqa: E402
from ktap import same  # noqa: E402
from pgdm_vm import accel, host  # noqa: E402

RUNS = f"exit {accel.RAN}"
STANDS_STILL = "trap '' TERM; read -r <>\"$0.never\""
# More than the busiest host needs to start a shell; none of the fakes takes it.
LONG = 300.0


@contextlib.contextmanager
def a_place(emulator, flags="fpu svm", limit=LONG):
    """A host with such a CPU, on which the emulator does that."""
    with tempfile.TemporaryDirectory() as name:
        there = Path(name)
        for file, text in (
            ("qemu", f'#!/bin/bash\necho "$*" >>"$0.starts"\n{emulator}\n'),
            ("cpuinfo", f"processor\t: 0\nflags\t\t: {flags}\nbogomips: 1\n"),
            ("kvm", ""),
            ("boot_id", "one\n"),
        ):
            (there / file).write_text(text, encoding="utf-8")
        (there / "qemu").chmod(0o755)
        os.mkfifo(there / "qemu.never")
        yield accel.Place(
            emulator=str(there / "qemu"),
            cpuinfo=there / "cpuinfo",
            device=there / "kvm",
            boot_id=there / "boot_id",
            kept=there / "run/kvm",
            limit=limit,
        )


def starts(place):
    """How often the emulator was started."""
    path = Path(f"{place.emulator}.starts")
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


def test_works():
    """KVM is chosen where a machine has run"""
    for flag in "vmx", "svm":
        with a_place(RUNS, flags=f"fpu {flag} nx") as place:
            same(accel.choose("auto", "max", place), "kvm")
            same(accel.choose("kvm", "max", place), "kvm")
            same(accel.choose("tcg", "max", place), "tcg")
            said = Path(f"{place.emulator}.starts").read_text(encoding="utf-8")
            assert "-accel kvm" in said and accel.PORT in said, said


def test_no_flag():
    """A CPU without vmx and svm: nothing is started"""
    with a_place(RUNS, flags="fpu nx") as place:
        same(accel.choose("auto", "max", place), "tcg")
        same(starts(place), 0)
        assert "neither vmx nor svm" in accel.why_not(place)


def test_no_device():
    """No /dev/kvm: nothing is started"""
    with a_place(RUNS) as place:
        place.device.unlink()
        same(accel.choose("auto", "max", place), "tcg")
        same(starts(place), 0)


def test_stands_still():
    """A machine that stands still is killed, and the choice is made"""
    with a_place(STANDS_STILL, limit=1.0) as place:
        same(accel.choose("auto", "max", place), "tcg")
        same(accel.why_not(place), "a machine stood still for 1 s")


def test_says_no():
    """An emulator that says why: its last line is the reason"""
    with a_place("echo first; echo no permission >&2; exit 1") as place:
        same(accel.choose("auto", "max", place), "tcg")
        same(accel.why_not(place), "no permission")


def test_ends_otherwise():
    """An emulator that ends by itself has not run the machine"""
    for status in 0, 1, accel.RAN - 1:
        with a_place(f"exit {status}") as place:
            same(accel.choose("auto", "max", place), "tcg")
            same(accel.why_not(place), f"QEMU ended with status {status}")


def test_no_emulator():
    """An emulator that is not there"""
    with a_place(RUNS) as place:
        place.emulator = "/no/such/emulator"
        same(accel.choose("auto", "max", place), "tcg")


def test_asked_for():
    """KVM that is asked for and does not work ends the run"""
    with a_place("exit 1") as place:
        try:
            accel.choose("kvm", "max", place)
        except host.Exit as end:
            same(end.status, host.STATUS_LOST)
        else:
            raise AssertionError("went on")


def test_remembered():
    """What came out is kept until a boot, or another emulator"""
    for emulator, chosen in ((RUNS, "kvm"), ("exit 1", "tcg")):
        with a_place(emulator) as place:
            for _ in range(3):
                same(accel.choose("auto", "max", place), chosen)
            same(starts(place), 1)
            place.boot_id.write_text("two\n", encoding="ascii")
            same(accel.choose("auto", "max", place), chosen)
            same(starts(place), 2)
            os.utime(place.emulator, (1, 1))
            same(accel.choose("auto", "max", place), chosen)
            same(starts(place), 3)


def test_lacking():
    """A CPU that lacks what is asked for is emulated, unless KVM is asked for"""
    with a_place(RUNS, flags="fpu svm avx512_vnni") as place:
        for cpu, chosen in (
            ("max,la57=off", "kvm"),
            ("max,la57=on", "tcg"),
            ("max,+la57", "tcg"),
            ("max,avx512-vnni=on,-x", "kvm"),
        ):
            same(accel.choose("auto", cpu, place), chosen)
        same(accel.choose("kvm", "max,la57=on", place), "kvm")


if __name__ == "__main__":
    sys.exit(ktap.run(sys.modules["__main__"]))
