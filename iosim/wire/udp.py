"""UDP (RFC 768)."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum
from iosim.wire.error import ChecksumError, WireError

_HEADER = Struct("!HHHH")
HEADER_LENGTH = _HEADER.size
_PROTOCOL = 17


@dataclass(slots=True)
class Udp:
    """One datagram; its checksum also covers the addresses of the packet that carries it."""

    source_port: int
    destination_port: int
    data: bytes

    def pack(self, source: int, destination: int) -> bytes:
        """The datagram with its checksum; raises WireError when it is too long for an IPv4 packet."""
        return datagram(self.source_port, self.destination_port, self.data, source, destination)

    @classmethod
    def unpack(cls, packet: bytes, source: int, destination: int, start: int = 0) -> Udp:
        """Read a datagram, which begins at `start`, and check its checksum if it has one. Raises WireError.

        Bytes after its length are ignored.
        """
        return cls(*read(packet, source, destination, start))


def datagram(source_port: int, destination_port: int, data: bytes, source: int, destination: int) -> bytes:
    """The bytes of a datagram between two addresses; raises WireError when it is too long for an IPv4 packet."""
    length = _HEADER.size + len(data)
    if length > 0xFFFF - 20:
        raise WireError(f"UDP datagram of {length} bytes")
    # 0 stands for no checksum; the sum over the pseudo header is of numbers, not of bytes: see `checksum`.
    value = checksum(data, source + destination + _PROTOCOL + length + source_port + destination_port + length)
    return _HEADER.pack(source_port, destination_port, length, value or 0xFFFF) + data


def read(packet: bytes, source: int, destination: int, start: int) -> tuple[int, int, bytes]:
    """The ports and the data of the datagram that begins at `start`; raises WireError as `Udp.unpack` does."""
    room = len(packet) - start
    if room < _HEADER.size:
        raise WireError(f"UDP datagram of {room} bytes")
    source_port, destination_port, length, value = _HEADER.unpack_from(packet, start)
    if not _HEADER.size <= length <= room:
        raise WireError(f"UDP length {length}, received {room} bytes")
    data = packet[start + _HEADER.size : start + length]
    if value:
        around = source + destination + _PROTOCOL + length + source_port + destination_port + length + value
        if checksum(data, around):
            raise ChecksumError("bad UDP checksum")
    return source_port, destination_port, data
