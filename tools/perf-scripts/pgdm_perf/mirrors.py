# SPDX-License-Identifier: GPL-2.0
"""Which CPU has a mirror of which mm, and up to which change it was synced.

From what the events say: a mirror is known from the first sync event of it on.
"""

from dataclasses import dataclass, field


@dataclass
class Mirror:
    """A CPU's mirror of one mm."""

    seen: int = None  # the sequence that it holds; None: no sync was seen yet
    waiting: list = field(default_factory=list)  # changes that it does not hold


class Mirrors:
    """All that are known."""

    def __init__(self):
        self._of = {}  # id of the mm -> {CPU: mirror}
        self.loaded = {}  # CPU -> id of the mm whose mirror it synced last

    def of(self, mm):
        """The mirrors of an mm: {CPU: mirror}."""
        return self._of.get(mm, {})

    def sync(self, event):
        """The mirror that a sync event is of, with the sequence that it held before.

        The caller sets the new one.
        """
        mm, cpu = event["id"], event.cpu
        mirrors = self._of.setdefault(mm, {})
        if cpu not in mirrors or event.reason == "attach":
            mirrors[cpu] = Mirror()
        self.loaded[cpu] = mm
        return mirrors[cpu]

    def evict(self, event):
        """A mirror was given to another mm; returns it, or None."""
        return self._of.get(event["id"], {}).pop(event.cpu, None)

    def untrack(self, event):
        """All mirrors of an mm are gone; returns them."""
        return list(self._of.pop(event["id"], {}).values())

    def all(self):
        """Every mirror."""
        return [m for mirrors in self._of.values() for m in mirrors.values()]
