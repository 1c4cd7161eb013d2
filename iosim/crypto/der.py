"""The little of ASN.1's distinguished encoding (X.690) that cryptographic messages are made of.

The library's own has no room for open types that may be missing, and refuses sets whose order is not the canonical one,
which widespread programs send.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from iosim.crypto.errors import CryptoError

INTEGER, BITS, OCTETS, NULL, OID, PRINTABLE, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x05, 0x06, 0x13, 0x30, 0x31
EXPLICIT = 0xA0
"""The tag of `[0]` around something, or in the place of a SET's."""
INSTEAD = 0x80
"""The tag of `[0]` in the place of that of octets."""
_LONGEST_LENGTH = 3


class Element(NamedTuple):
    """One element: its tag, its contents, and all of it."""

    tag: int
    body: bytes
    whole: bytes

    def parts(self, *tags: int) -> list[Element]:
        """The elements in it, of which the first must have these tags. Raises CryptoError."""
        parts = elements(self.body)
        if tuple(part.tag for part in parts[: len(tags)]) != tags:
            raise CryptoError("not the elements that are expected")
        return parts


def read(data: bytes, tag: int = SEQUENCE) -> Element:
    """The one element that the bytes are. Raises CryptoError."""
    parts = elements(data)
    if len(parts) != 1 or parts[0].tag != tag:
        raise CryptoError("not the element that is expected")
    return parts[0]


def elements(data: bytes) -> list[Element]:
    """The elements that stand one behind the other. Raises CryptoError, also for lengths that are not definite."""
    found, at = [], 0
    while at < len(data):
        start, end = _contents(data, at)
        if end > len(data) or data[at] & 0x1F == 0x1F:
            raise CryptoError("not an element")
        found.append(Element(data[at], data[start:end], data[at:end]))
        at = end
    return found


def _contents(data: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the element begin and end."""
    first = data[at + 1] if at + 1 < len(data) else INSTEAD
    if first < 0x80:
        return at + 2, at + 2 + first
    count = first & 0x7F
    if not 0 < count <= _LONGEST_LENGTH or at + 2 + count > len(data):
        raise CryptoError("not the length of an element")
    return at + 2 + count, at + 2 + count + int.from_bytes(data[at + 2 : at + 2 + count], "big")


def write(tag: int, *parts: bytes) -> bytes:
    """An element with these contents."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE."""
    return write(SEQUENCE, *parts)


def set_of(parts: Sequence[bytes]) -> bytes:
    """A SET, in the canonical order."""
    return write(SET, *sorted(parts))


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return write(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *others = map(int, text.split("."))
    return write(OID, b"".join(map(_base128, [first * 40 + second, *others])))


def _base128(value: int) -> bytes:
    octets = [value & 0x7F]
    while value := value >> 7:
        octets.append(value & 0x7F | 0x80)
    return bytes(reversed(octets))
