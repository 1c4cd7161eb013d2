"""What the kernel leaves to the network card, done here: checksums, and TCP segments that travel as one frame."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct, pack

from iosim.wire.checksum import checksum

_ETHERNET = 14
_IPV4 = b"\x08\0"
_CHECKSUM_AT = {6: 16, 17: 6}
"""Where TCP and UDP have their checksum."""
_ONLY_LAST = 0x09
"""FIN and PSH."""
_WORD = Struct("!H")
_SEQUENCE = Struct("!I")


def with_checksum(frame: bytes) -> bytes:
    """The frame with the checksum of its TCP or UDP, where the kernel has left it for the network card."""
    start = _ETHERNET + (frame[14] & 15) * 4 if len(frame) > 33 else 0
    at = start + _CHECKSUM_AT.get(frame[23], 0) if start and frame[12:14] == _IPV4 else 0
    end = _ETHERNET + int.from_bytes(frame[16:18], "big") if at else 0
    if at == start or not start < at + 2 <= end <= len(frame):
        return frame
    body = frame[start:at] + b"\0\0" + frame[at + 2 : end]
    pseudo = frame[26:34] + pack("!BBH", 0, frame[23], len(body))
    value = checksum(pseudo + body) or 0xFFFF  # RFC 768: zero would mean that there is none
    return frame[:at] + value.to_bytes(2, "big") + frame[at + 2 :]


def segments(frame: bytes, size: int) -> Iterator[bytes]:
    """The frames that a frame of TCP over IPv4 stands for, each with at most `size` bytes of data."""
    start = _ETHERNET + (frame[14] & 15) * 4 if len(frame) > 33 else 0
    if not start or frame[12:14] != _IPV4 or len(frame) < start + 20:
        yield frame
        return
    begin = start + (frame[start + 12] >> 4) * 4
    data = frame[begin:]
    (sequence,), (identification,) = _SEQUENCE.unpack_from(frame, start + 4), _WORD.unpack_from(frame, 18)
    for number, at in enumerate(range(0, len(data), size)):
        piece, head = data[at : at + size], bytearray(frame[:begin])
        _WORD.pack_into(head, 16, begin - _ETHERNET + len(piece))
        _WORD.pack_into(head, 18, identification + number & 0xFFFF)
        _SEQUENCE.pack_into(head, start + 4, sequence + at & 0xFFFFFFFF)
        if at + size < len(data):
            head[start + 13] &= ~_ONLY_LAST
        head[24:26] = b"\0\0"
        head[24:26] = checksum(bytes(head[_ETHERNET:start])).to_bytes(2, "big")
        yield with_checksum(bytes(head) + piece)
