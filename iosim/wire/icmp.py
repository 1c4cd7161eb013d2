"""ICMP (RFC 792), with the next-hop MTU of RFC 1191 in "fragmentation needed"."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum
from iosim.wire.error import ChecksumError, WireError

ECHO_REPLY = 0
UNREACHABLE = 3
SOURCE_QUENCH = 4
REDIRECT = 5
ECHO = 8
TIME_EXCEEDED = 11
PARAMETER_PROBLEM = 12
MASK_REQUEST = 17
MASK_REPLY = 18

ERRORS = (UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM)
"""The types that quote a packet and about which no error is ever sent (RFC 1122 section 3.2.2)."""

NET, HOST, PROTOCOL, PORT, FRAGMENTATION_NEEDED = range(5)
PROHIBITED = 13
"""Codes of UNREACHABLE; the last one from RFC 1812 section 5.2.7.1."""

REDIRECT_HOST = 1
"""Code of REDIRECT: for this destination alone."""

TTL_EXCEEDED, REASSEMBLY_EXCEEDED = range(2)
"""Codes of TIME_EXCEEDED."""

_HEADER = Struct("!BBHI")


@dataclass(slots=True)
class Icmp:
    """One message. `rest` is the second word of the header, which each type divides in its own way."""

    type: int
    code: int = 0
    rest: int = 0
    data: bytes = b""

    @property
    def identifier(self) -> int:
        """Of an echo."""
        return self.rest >> 16

    @property
    def sequence(self) -> int:
        """Of an echo."""
        return self.rest & 0xFFFF

    @property
    def mtu(self) -> int:
        """Of "fragmentation needed"."""
        return self.rest & 0xFFFF

    def pack(self) -> bytes:
        """The message with its checksum."""
        value = checksum(_HEADER.pack(self.type, self.code, 0, self.rest) + self.data)
        return _HEADER.pack(self.type, self.code, value, self.rest) + self.data

    @classmethod
    def unpack(cls, data: bytes) -> Icmp:
        """Read a message and check its checksum; raises WireError."""
        if len(data) < _HEADER.size:
            raise WireError(f"ICMP message of {len(data)} bytes")
        if checksum(data):
            raise ChecksumError("bad ICMP checksum")
        kind, code, _, rest = _HEADER.unpack_from(data)
        return cls(kind, code, rest, data[_HEADER.size :])


def echo(kind: int, identifier: int, sequence: int, data: bytes) -> Icmp:
    """An echo or echo reply."""
    return Icmp(kind, 0, identifier << 16 | sequence, data)


def quote(packet: bytes) -> bytes:
    """What an error quotes of a packet: its header and 8 bytes (RFC 792)."""
    return packet[: ((packet[0] & 15) << 2) + 8]
