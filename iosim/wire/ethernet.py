"""Ethernet II frames, without the frame check sequence (IEEE 802.3 section 3; RFC 894)."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError

HEADER = Struct("!6s6sH")
HEADER_LENGTH = 14
MINIMUM_LENGTH = 60
"""Shorter frames are padded with zeros; the payload's own length field tells where it ends."""

BROADCAST = b"\xff" * 6
TYPE_IPV4 = 0x0800
TYPE_ARP = 0x0806


@dataclass(slots=True)
class Ethernet:
    """One frame. MAC addresses are 6 bytes; after `unpack` the payload includes the padding."""

    destination: bytes
    source: bytes
    ethertype: int
    payload: bytes

    def pack(self) -> bytes:
        """The frame, padded to the minimum length."""
        frame = HEADER.pack(self.destination, self.source, self.ethertype) + self.payload
        return frame.ljust(MINIMUM_LENGTH, b"\0")

    @classmethod
    def unpack(cls, data: bytes) -> Ethernet:
        """Read a frame of at least a header; raises WireError."""
        if len(data) < HEADER_LENGTH:
            raise WireError(f"Ethernet frame of {len(data)} bytes")
        destination, source, ethertype = HEADER.unpack_from(data)
        return cls(destination, source, ethertype, data[HEADER_LENGTH:])
