"""The Internet checksum: RFC 1071, and its update in place, RFC 1624."""

from __future__ import annotations

_LONG = 256
_FOLDS = tuple((bits, (1 << bits) - 1) for bits in (8192, 4096, 2048))
"""Shorter numbers that are congruent: adding them is faster than dividing."""


def checksum(data: bytes, around: int = 0) -> int:
    """The 16-bit Internet checksum of `data`; an odd last byte is padded with zero (RFC 1071 section 1).

    `around` is the sum of what it covers besides, a pseudo header's, in numbers of whole 16-bit words. Over data that
    holds a correct checksum the result is 0.
    """
    number = around + (int.from_bytes(data, "big") << 8 if len(data) & 1 else int.from_bytes(data, "big"))
    if len(data) > _LONG:
        for bits, mask in _FOLDS:
            number = (number >> bits) + (number & mask)
    # 2**16 is 1 modulo 0xFFFF, so the number and the sum of its 16-bit words are congruent; only 0 has two forms.
    remainder = number % 0xFFFF
    return 0xFFFF - remainder if remainder or not number else 0


def update(old: int, before: int, after: int) -> int:
    """The checksum after one 16-bit word changed from `before` to `after` (RFC 1624 section 3, equation 3)."""
    total = (old ^ 0xFFFF) + (before ^ 0xFFFF) + after
    total = (total & 0xFFFF) + (total >> 16)
    return ((total & 0xFFFF) + (total >> 16)) ^ 0xFFFF
