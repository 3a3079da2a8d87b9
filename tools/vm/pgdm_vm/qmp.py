# SPDX-License-Identifier: GPL-2.0
"""NMIs from outside: a client of QEMU's monitor protocol, QMP.

QEMU gets one end of a pair of sockets. A socket with a name would be too long in a
deep directory (108 bytes), and there would be a moment without it.
"""

import json
import math
import socket
import time
from typing import Any

from . import host


class NmiStorm:
    """NMIs, HZ a second, from begin() to the end of QEMU.

    The session waits for the socket, until due() at most, and calls turn() then.
    """

    def __init__(self, hz: int):
        self.gap = 1 / hz
        self.ours, self.for_qemu = socket.socketpair()
        self.ours.setblocking(False)
        self.gone = False
        self._next = math.inf
        self._unanswered = 0
        self._refused = False
        self._begun = b""

    def begin(self) -> None:
        # QEMU's greeting is there, or comes; it has no news.
        self._send("qmp_capabilities")
        self._next = time.monotonic() + self.gap

    def due(self) -> float:
        """When turn() is to be called, even if nothing comes."""
        return math.inf if self._unanswered or self.gone else self._next

    def turn(self) -> None:
        self._receive()
        now = time.monotonic()
        # One at a time: a QEMU that is busy gets no heap of them.
        if now >= self.due():
            self._send("inject-nmi")
            self._next = now + self.gap

    def _send(self, command: str) -> None:
        try:
            self.ours.sendall(json.dumps({"execute": command}).encode() + b"\n")
            self._unanswered += 1
        except OSError:
            self.gone = True

    def _receive(self) -> None:
        try:
            while data := self.ours.recv(65536):
                self._begun += data
            self.gone = True
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        *lines, self._begun = self._begun.split(b"\n")
        for line in lines:
            self._answer(json.loads(line))

    def _answer(self, message: dict[str, Any]) -> None:
        """Greeting and events are no answers."""
        if "return" in message or "error" in message:
            self._unanswered -= 1
        if "error" in message and not self._refused:
            self._refused = True
            host.say(f"no NMIs: QEMU says {message['error'].get('desc')}")

    def close(self) -> None:
        self.ours.close()
