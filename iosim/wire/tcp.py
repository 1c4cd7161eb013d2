"""TCP segments (RFC 9293 section 3.1), with the option of the maximum segment size."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum
from iosim.wire.error import ChecksumError, WireError

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
FLAG_NAMES = ("FIN", "SYN", "RST", "PSH", "ACK", "URG")
"""By bit, the lowest first."""
HEADER_LENGTH = 20
END, NOP, MAXIMUM_SEGMENT_SIZE = 0, 1, 2
"""Kinds of options; any other is passed over (RFC 9293 section 3.1, MUST-6)."""

_HEADER = Struct("!HHIIHHHH")
_PSEUDO_HEADER = Struct("!IIHH")
_PROTOCOL = 6


@dataclass(slots=True)
class Segment:
    """One segment; its checksum also covers the addresses of the packet that carries it.

    `mss` is the option of this name, None without it. Of an urgent pointer nothing is kept.
    """

    source_port: int
    destination_port: int
    sequence: int
    ack: int = 0
    flags: int = 0
    window: int = 0
    mss: int | None = None
    data: bytes = b""

    @property
    def length(self) -> int:
        """What it takes of the sequence numbers: its data, and one each for SYN and FIN."""
        return len(self.data) + (self.flags & 1) + (self.flags >> 1 & 1)

    def pack(self, source: int, destination: int) -> bytes:
        """The segment with its checksum; raises WireError when it is too long for an IPv4 packet."""
        options = b"" if self.mss is None else bytes((MAXIMUM_SEGMENT_SIZE, 4, self.mss >> 8, self.mss & 0xFF))
        header_length = HEADER_LENGTH + len(options)
        total = header_length + len(self.data)
        if total > 0xFFFF - 20:
            raise WireError(f"TCP segment of {total} bytes")
        ports = self.source_port, self.destination_port
        words = self.sequence, self.ack, header_length << 10 | self.flags, self.window
        body = options + self.data
        pseudo = _PSEUDO_HEADER.pack(source, destination, _PROTOCOL, total)
        value = checksum(pseudo + _HEADER.pack(*ports, *words, 0, 0) + body)
        return _HEADER.pack(*ports, *words, value, 0) + body

    @classmethod
    def unpack(cls, data: bytes, source: int, destination: int) -> Segment:
        """Read a segment and check its checksum. Raises WireError."""
        if len(data) < HEADER_LENGTH:
            raise WireError(f"TCP segment of {len(data)} bytes")
        if checksum(_PSEUDO_HEADER.pack(source, destination, _PROTOCOL, len(data)) + data):
            raise ChecksumError("bad TCP checksum")
        source_port, destination_port, sequence, ack, offset_flags, window, _, _ = _HEADER.unpack_from(data)
        header_length = offset_flags >> 10 & 0x3C
        if not HEADER_LENGTH <= header_length <= len(data):
            raise WireError(f"TCP header of {header_length} bytes, received {len(data)}")
        mss = _mss_option(data[HEADER_LENGTH:header_length]) if header_length > HEADER_LENGTH else None
        flags = offset_flags & 0x3F
        return cls(source_port, destination_port, sequence, ack, flags, window, mss, data[header_length:])


def _mss_option(options: bytes) -> int | None:
    """The maximum segment size among the options, if it is there. Raises WireError for options that end too early.

    An option that says less than it should is one of the ways to harm who reads it (RFC 9293, MUST-7).
    """
    at, found = 0, None
    while at < len(options) and options[at] != END:
        if options[at] == NOP:
            at += 1
            continue
        length = options[at + 1] if at + 1 < len(options) else 0
        if not 2 <= length <= len(options) - at:
            raise WireError(f"TCP option {options[at]} of {length} bytes")
        if options[at] == MAXIMUM_SEGMENT_SIZE and length == 4:
            found = options[at + 2] << 8 | options[at + 3]
        at += length
    return found
