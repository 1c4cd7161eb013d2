"""IPv4 packets (RFC 791): the header, its checksum, and the patches that forwarding needs.

The packet path reads headers with `HEADER.unpack_from` and patches bytes; `Ipv4` is for building and looking inside.
"""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum, number_of
from iosim.wire.error import ChecksumError, WireError

HEADER = Struct("!BBHHHBBHII")
"""Version and length, TOS, total length, identification, flags and offset, TTL, protocol, checksum, addresses."""
HEADER_LENGTH = 20
MAXIMUM_LENGTH = 0xFFFF

ICMP, TCP, UDP, ESP, AH = 1, 6, 17, 50, 51

DONT_FRAGMENT = 0x4000
MORE_FRAGMENTS = 0x2000
OFFSET_MASK = 0x1FFF

_TTL = Struct("!BBH")
_FLOW = Struct("!B5xHxB2xII")
_PORTS = Struct("!HH")


@dataclass(slots=True)
class Ipv4:
    """One packet. `offset` is the fragment offset in bytes; options are whole words, at most 40 bytes."""

    source: int
    destination: int
    protocol: int
    payload: bytes = b""
    ttl: int = 255
    tos: int = 0
    identification: int = 0
    dont_fragment: bool = False
    more_fragments: bool = False
    offset: int = 0
    options: bytes = b""

    def pack(self) -> bytes:
        """The packet with its header checksum; raises WireError when the parts do not fit into one."""
        flags = self.dont_fragment * DONT_FRAGMENT | self.more_fragments * MORE_FRAGMENTS
        return (
            header(
                self.source,
                self.destination,
                self.protocol,
                len(self.payload),
                self.ttl,
                self.tos,
                self.identification,
                flags | self.offset >> 3,
                self.options,
            )
            + self.payload
        )

    @classmethod
    def unpack(cls, data: bytes) -> Ipv4:
        """Read a packet and check its header; bytes after the total length are ignored. Raises WireError."""
        length, total = check(data)
        _, tos, _, identification, fragment, ttl, protocol, _, source, destination = HEADER.unpack_from(data)
        return cls(
            source,
            destination,
            protocol,
            data[length:total],
            ttl,
            tos,
            identification,
            bool(fragment & DONT_FRAGMENT),
            bool(fragment & MORE_FRAGMENTS),
            (fragment & OFFSET_MASK) << 3,
            data[HEADER_LENGTH:length],
        )


def header(
    source: int,
    destination: int,
    protocol: int,
    payload_length: int,
    ttl: int = 255,
    tos: int = 0,
    identification: int = 0,
    fragment: int = 0,
    options: bytes = b"",
) -> bytes:
    """A header with its checksum; `fragment` is the field of flags and offset. Raises WireError when too long."""
    length = HEADER_LENGTH + len(options)
    total = length + payload_length
    if length & 3 or length > 60 or total > MAXIMUM_LENGTH:
        raise WireError(f"IPv4 packet of {total} bytes with {len(options)} bytes of options")
    first = 0x40 | length >> 2
    around = (first << 8 | tos) + total + identification + fragment + (ttl << 8 | protocol) + source + destination
    value = checksum(options, around) if options else -around % 0xFFFF
    return HEADER.pack(first, tos, total, identification, fragment, ttl, protocol, value, source, destination) + options


def check(data: bytes) -> tuple[int, int]:
    """The header length and the total length of a packet whose header is sound; raises WireError otherwise."""
    if len(data) < HEADER_LENGTH:
        raise WireError(f"IPv4 packet of {len(data)} bytes")
    length, total = (data[0] & 15) << 2, data[2] << 8 | data[3]
    if data[0] >> 4 != 4:
        raise WireError(f"IP version {data[0] >> 4}")
    if not HEADER_LENGTH <= length <= total <= len(data):
        raise WireError(f"IPv4 header length {length}, total length {total}, received {len(data)} bytes")
    if number_of(data[:length]) % 0xFFFF:
        raise ChecksumError("bad IPv4 header checksum")
    return length, total


def decrement_ttl(packet: bytes, head: bytes = b"") -> bytes:
    """The packet with a TTL that is one less, behind a header of the link layer. The TTL must not be 0.

    Its checksum is updated as in RFC 1624.
    """
    ttl, protocol, value = _TTL.unpack_from(packet, 8)
    value += 0x0100
    changed = _TTL.pack(ttl - 1, protocol, value if value < 0xFFFF else value - 0xFFFF)
    return b"".join((head, packet[:8], changed, packet[12:]))


UNKNOWN_PORT = -1


def five_tuple(packet: bytes) -> tuple[int, int, int, int, int]:
    """(source, destination, protocol, source port, destination port) of a packet, or of the part an ICMP error quotes.

    Ports are 0 where there are none; for ICMP the destination port is `type << 8 | code`. In a later fragment of a
    packet with ports they are UNKNOWN_PORT. Raises WireError for less than a header; checks nothing else.
    """
    if len(packet) < HEADER_LENGTH:
        raise WireError(f"IPv4 packet of {len(packet)} bytes")
    first, fragment, protocol, source, destination = _FLOW.unpack_from(packet)
    start = (first & 15) << 2
    if protocol not in (TCP, UDP, ICMP) or len(packet) < start + 4:
        return source, destination, protocol, 0, 0
    if fragment & OFFSET_MASK:
        return source, destination, protocol, UNKNOWN_PORT, UNKNOWN_PORT
    source_port, destination_port = _PORTS.unpack_from(packet, start)
    if protocol == ICMP:
        return source, destination, protocol, 0, source_port
    return source, destination, protocol, source_port, destination_port
