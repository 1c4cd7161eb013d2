"""The Internet checksum: RFC 1071, and its update in place, RFC 1624."""

from __future__ import annotations

_LONG = 256
_HALVES = tuple((bits, (1 << bits) - 1) for bits in (262080, 131280, 65760, 32880, 16560, 8400, 6000, 3120, 1680, 960))
"""Bits to cut a number at: as long as itself in halves, the parts of which are congruent, it is faster added up than
divided. All are whole words, and whole digits of Python's numbers."""
_FRAME = 1500
_HALVES_OF_FRAME = tuple(each for each in _HALVES if each[0] <= _FRAME * 4)


number_of = int.from_bytes
"""Bytes as a number; under a name of its own it is found in half the time."""


def checksum(data: bytes, around: int = 0) -> int:
    """The 16-bit Internet checksum of `data`; an odd last byte is padded with zero (RFC 1071 section 1).

    `around` is the sum of what it covers besides, a pseudo header's, in numbers of whole 16-bit words. Over data that
    holds a correct checksum the result is 0.
    """
    size = len(data)
    number = number_of(data) << 8 if size & 1 else number_of(data)
    if size > _LONG:
        for bits, mask in _HALVES_OF_FRAME if size <= _FRAME else _HALVES:
            number = (number >> bits) + (number & mask)
    # 2**16 is 1 modulo 0xFFFF, so the number and the sum of its 16-bit words are congruent; only 0 has two forms.
    number += around
    remainder = number % 0xFFFF
    return 0xFFFF - remainder if remainder or not number else 0


def update(old: int, before: int, after: int) -> int:
    """The checksum after one 16-bit word changed from `before` to `after` (RFC 1624 section 3, equation 3)."""
    total = (old ^ 0xFFFF) + (before ^ 0xFFFF) + after
    total = (total & 0xFFFF) + (total >> 16)
    return ((total & 0xFFFF) + (total >> 16)) ^ 0xFFFF
