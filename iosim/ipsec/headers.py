"""The IPv4 headers around ESP and AH: an outer one in front, a changed one in transport mode, the inner one."""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.wire.checksum import number_of, update
from iosim.wire.ipv4 import DONT_FRAGMENT, HEADER

IPV4: Final = 4
OUTER_TTL: Final = 255

_BYTE, _WORD = Struct("!B"), Struct("!H")


class OuterHeader:
    """The header that a tunnel puts in front: its checksum is a sum that is made once, and what differs by packet."""

    __slots__ = ("_local", "_protocol", "_remote", "_sum")

    def __init__(self, local: int, remote: int, protocol: int) -> None:
        self._local, self._remote, self._protocol = local, remote, protocol
        self._sum = (0x45 << 8) + (OUTER_TTL << 8 | protocol) + sum(divmod(local, 65536)) + sum(divmod(remote, 65536))

    def build(self, packet: bytes, length: int, identification: int) -> bytes:
        """The header of a packet of `length` bytes; ToS and DF are copied from the inner one (RFC 4301 5.1.2.1)."""
        tos = packet[1]
        fragment = DONT_FRAGMENT if packet[6] & 0x40 else 0
        header_checksum = -(self._sum + tos + length + identification + fragment) % 0xFFFF
        return HEADER.pack(
            0x45, tos, length, identification, fragment, OUTER_TTL, self._protocol, header_checksum,
            self._local, self._remote,
        )  # fmt: skip


def change_df(packet: bytes, on: bool) -> bytes:
    """A packet with its DF bit set or not, and the checksum that follows (RFC 1624)."""
    (before,) = _WORD.unpack_from(packet, 6)
    after = before | DONT_FRAGMENT if on else before & ~DONT_FRAGMENT
    if after == before:
        return packet
    (old,) = _WORD.unpack_from(packet, 10)
    value = _WORD.pack(update(old, before, after))
    return packet[:6] + _WORD.pack(after) + packet[8:10] + value + packet[12:]


def change_header(header: bytes, length: int, protocol: int) -> bytes:
    """An IPv4 header with another length and protocol, and the checksum that follows."""
    start, rest = header[:2] + _WORD.pack(length) + header[4:9] + _BYTE.pack(protocol), header[12:]
    return start + _WORD.pack(-number_of(start + rest) % 0xFFFF) + rest
