"""Sequence numbers: 32 bits that go round (RFC 9293 section 3.4)."""

from __future__ import annotations

MASK = 0xFFFFFFFF


def add(number: int, distance: int) -> int:
    """The number so far behind another one."""
    return number + distance & MASK


def ahead(one: int, other: int) -> int:
    """How far `one` is ahead of `other`; negative when it is behind."""
    distance = one - other & MASK
    return distance - (MASK + 1) if distance >> 31 else distance
