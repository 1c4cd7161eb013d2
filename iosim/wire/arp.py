"""ARP for IPv4 over Ethernet (RFC 826)."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError

REQUEST = 1
REPLY = 2

_PACKET = Struct("!HHBBH6sI6sI")
_ETHERNET_IPV4 = (1, 0x0800, 6, 4)


@dataclass(slots=True)
class Arp:
    """One ARP message: MAC addresses are 6 bytes, protocol addresses integers."""

    operation: int
    sender_mac: bytes
    sender_address: int
    target_mac: bytes
    target_address: int

    def pack(self) -> bytes:
        """The 28 bytes of the message."""
        return _PACKET.pack(
            *_ETHERNET_IPV4,
            self.operation,
            self.sender_mac,
            self.sender_address,
            self.target_mac,
            self.target_address,
        )

    @classmethod
    def unpack(cls, data: bytes) -> Arp:
        """Read a message, ignoring padding after it; raises WireError, also for other kinds of hardware."""
        if len(data) < _PACKET.size:
            raise WireError(f"ARP message of {len(data)} bytes")
        *kind, operation, sender_mac, sender, target_mac, target = _PACKET.unpack_from(data)
        if tuple(kind) != _ETHERNET_IPV4:
            raise WireError("ARP for something else than IPv4 over Ethernet")
        return cls(operation, sender_mac, sender, target_mac, target)
