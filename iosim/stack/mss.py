"""`ip tcp adjust-mss`: the segment size that both ends of a TCP connection announce is lowered on its way."""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.wire.checksum import update
from iosim.wire.ipv4 import OFFSET_MASK, TCP

SYN: Final = 0x02
_HEADER_LENGTH, _CHECKSUM_AT = 20, 16
_END_OF_OPTIONS, _NO_OPERATION, _MSS = range(3)
_WORD = Struct("!H")


def clamp(packet: bytes, limit: int) -> bytes:
    """A packet, its MSS option lowered to `limit` if it is a SYN that announces more; the TCP checksum follows."""
    if packet[9] != TCP or _WORD.unpack_from(packet, 6)[0] & OFFSET_MASK:
        return packet
    start = (packet[0] & 15) * 4
    if len(packet) < start + _HEADER_LENGTH or not packet[start + 13] & SYN:
        return packet
    at = _find_mss(packet, start + _HEADER_LENGTH, min(len(packet), start + (packet[start + 12] >> 4) * 4))
    if at is None or _WORD.unpack_from(packet, at)[0] <= limit:
        return packet
    segment = bytearray(packet)
    _WORD.pack_into(segment, at, limit)
    # A word at an odd place of the segment counts with its bytes exchanged: patch the two words that it lies in.
    first = at - (at - start & 1)
    (value,) = _WORD.unpack_from(packet, start + _CHECKSUM_AT)
    for word in range(first, at + 2, 2):
        value = update(value, _word(packet, word), _word(segment, word))
    _WORD.pack_into(segment, start + _CHECKSUM_AT, value)
    return bytes(segment)


def _word(data: bytes | bytearray, at: int) -> int:
    """16 bits, padded with zeros at the end of the data as in a checksum."""
    return int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")


def _find_mss(packet: bytes, at: int, end: int) -> int | None:
    """Where the value of the MSS option stands; None when there is none, or the options cannot be read."""
    while at < end and packet[at] != _END_OF_OPTIONS:
        if packet[at] == _NO_OPERATION:
            at += 1
            continue
        length = packet[at + 1] if at + 1 < end else 0
        if length < 2 or at + length > end:
            return None
        if (packet[at], length) == (_MSS, 4):
            return at + 2
        at += length
    return None
