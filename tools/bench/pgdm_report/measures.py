# SPDX-License-Identifier: GPL-2.0
"""What policies are compared by.

Bytes are those that are written into mirrors, by whomever: copied by the CPU
that owns a mirror (bytes_copied), or stored by the writer of an entry
(write_throughs, words of 8 bytes), which is all that `eager` does between two
first copies.
"""

from .figures import spread, syncs

WORD = 8
TABLE = 4096

# Not right by design: never compared with the others.
INCORRECT = {"flush-only"}
SUBJECT = "dirty"


def written(stats):
    """Bytes written into mirrors, by owners and by writers."""
    return stats["bytes_copied"] + WORD * stats.get("write_throughs", 0)


def first_copies(stats, pti):
    """Bytes of the copies that a mirror needs when it is given to an mm."""
    return stats.get("attaches", 0) * TABLE * (2 if pti else 1)


def beyond_first(stats, pti):
    """Bytes written that a policy has a say in."""
    return max(0, written(stats) - first_copies(stats, pti))


def per(value, by):
    """A quotient that is 0 without a divisor."""
    return value / by if by else 0


def points(stats):
    """Sync points that all policies have: not returns to user mode."""
    return stats["switches"] + stats["flush_receipts"] + stats["faults_seen"]


def spread_of(steps, measure):
    """Over the rounds; None without any."""
    values = [measure(s.stats) for s in steps]
    return spread(values) if values else None


__all__ = ["beyond_first", "first_copies", "per", "points", "spread_of", "syncs", "written"]
