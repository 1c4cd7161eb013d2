"""GRE (RFC 2784) with keys and sequence numbers (RFC 2890): the header between two IPv4 headers."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum
from iosim.wire.error import ChecksumError, WireError

PROTOCOL = 47
"""GRE's number in IPv4."""
IPIP = 4
"""That of IPv4 in IPv4, which has no header of its own (RFC 2003)."""
TYPE_IPV4 = 0x0800
TYPE_KEEPALIVE = 0
"""What Cisco sends in the inner packet of a keepalive: nothing."""

HEADER = Struct("!HH")
CHECKSUM, KEY, SEQUENCE = 0x8000, 0x2000, 0x1000
_UNKNOWN = 0x4FFF
"""Routing and what else RFC 1701 had, flags that must be 0, and the version (RFC 2784 sections 2.2 to 2.4)."""
_WORD = Struct("!I")
_CHECKSUM = Struct("!HH")


@dataclass(slots=True)
class Gre:
    """A GRE header and what follows it; `key` and `sequence` are None where there are none."""

    protocol: int = TYPE_IPV4
    payload: bytes = b""
    key: int | None = None
    sequence: int | None = None
    checksum: bool = False

    def pack(self) -> bytes:
        """The header and the payload."""
        head = HEADER.pack(
            self.checksum * CHECKSUM | (self.key is not None) * KEY | (self.sequence is not None) * SEQUENCE,
            self.protocol,
        )
        tail = b"".join(_WORD.pack(field) for field in (self.key, self.sequence) if field is not None)
        if not self.checksum:
            return head + tail + self.payload
        value = checksum(head + tail + self.payload)
        return head + _CHECKSUM.pack(value, 0) + tail + self.payload

    @classmethod
    def unpack(cls, data: bytes) -> Gre:
        """Read a header and verify the checksum if it has one; raises WireError."""
        if len(data) < HEADER.size:
            raise WireError(f"GRE header of {len(data)} bytes")
        flags, protocol = HEADER.unpack_from(data)
        if flags & _UNKNOWN:
            raise WireError(f"GRE flags {flags:#06x}")
        start = HEADER.size + 4 * (flags & (CHECKSUM | KEY | SEQUENCE)).bit_count()
        if len(data) < start:
            raise WireError(f"GRE header cut short after {len(data)} bytes")
        if flags & CHECKSUM and checksum(data):
            raise ChecksumError("bad GRE checksum")
        words = iter(range(HEADER.size + 4 * bool(flags & CHECKSUM), start, 4))
        key = _WORD.unpack_from(data, next(words))[0] if flags & KEY else None
        sequence = _WORD.unpack_from(data, next(words))[0] if flags & SEQUENCE else None
        return cls(protocol, data[start:], key, sequence, bool(flags & CHECKSUM))
