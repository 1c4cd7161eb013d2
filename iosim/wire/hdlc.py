"""Cisco HDLC frames and SLARP, its keepalives (RFC 1547 section 4.3.1), without flags and frame check sequence."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError

HEADER = Struct("!BBH")
UNICAST, MULTICAST = 0x0F, 0x8F
TYPE_IPV4 = 0x0800
TYPE_SLARP = 0x8035

_SLARP = Struct("!IIIHI")
_KEEPALIVE = 2
_RELIABILITY = 0xFFFF


@dataclass(slots=True)
class Keepalive:
    """A SLARP keepalive: the sender's own sequence number, the last one that it has seen, its uptime in ms."""

    mine: int
    yours: int
    uptime: int = 0

    def pack(self) -> bytes:
        """The frame."""
        head = HEADER.pack(MULTICAST, 0, TYPE_SLARP)
        return head + _SLARP.pack(_KEEPALIVE, self.mine, self.yours, _RELIABILITY, self.uptime & 0xFFFFFFFF)

    @classmethod
    def unpack(cls, data: bytes) -> Keepalive:
        """Read what stands behind the header of the frame; raises WireError, also for other SLARP messages."""
        if len(data) < _SLARP.size:
            raise WireError(f"SLARP message of {len(data)} bytes")
        kind, mine, yours, _, uptime = _SLARP.unpack_from(data)
        if kind != _KEEPALIVE:
            raise WireError(f"SLARP message {kind}")
        return cls(mine, yours, uptime)


def pack(packet: bytes) -> bytes:
    """The frame of an IPv4 packet."""
    return HEADER.pack(UNICAST, 0, TYPE_IPV4) + packet


def pack_group(protocol: int, payload: bytes) -> bytes:
    """The frame of another protocol that speaks to all who may listen."""
    return HEADER.pack(MULTICAST, 0, protocol) + payload


def unpack(frame: bytes) -> tuple[int, bytes]:
    """The protocol and the payload of a frame; raises WireError."""
    if len(frame) < HEADER.size:
        raise WireError(f"HDLC frame of {len(frame)} bytes")
    address, _, protocol = HEADER.unpack_from(frame)
    if address not in (UNICAST, MULTICAST):
        raise WireError(f"HDLC address {address:#x}")
    return protocol, frame[HEADER.size :]
