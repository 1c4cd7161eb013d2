"""What a tunnel puts around packets: IPv4 and GRE, a second IPv4 header alone, or nothing that IPsec does not."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.wire import WireError
from iosim.wire.gre import IPIP, PROTOCOL, TYPE_IPV4, Gre
from iosim.wire.ipv4 import DONT_FRAGMENT, HEADER_LENGTH, header

GRE = PROTOCOL
BARE = 0
"""The protocol of a tunnel whose packets are put into IPsec as they are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How packets look on their way. `tos` is copied from the packet inside if it is None; with `copy_df` so is DF."""

    protocol: int = GRE
    key: int | None = None
    checksum: bool = False
    sequencing: bool = False
    ttl: int = 255
    tos: int | None = None
    copy_df: bool = False

    @property
    def overhead(self) -> int:
        """The bytes that it adds."""
        if self.protocol in (BARE, IPIP):
            return HEADER_LENGTH if self.protocol else 0
        return HEADER_LENGTH + 4 + 4 * (self.checksum + (self.key is not None) + self.sequencing)


class Encapsulation:
    """The shape of packets between two addresses, and the sequence numbers of those sent and received."""

    __slots__ = ("_head", "_heard", "_length", "_plain", "_sent", "local", "remote", "shape")

    def __init__(self, shape: Shape, local: int, remote: int) -> None:
        self.shape, self.local, self.remote = shape, local, remote
        self._sent = self._heard = -1
        self._plain = not (shape.checksum or shape.sequencing)
        self._head = b"" if shape.protocol == IPIP else Gre(key=shape.key).pack()
        self._length = HEADER_LENGTH + len(self._head)

    def wrap(self, packet: bytes, identification: int) -> bytes:
        """The outer packet; raises WireError for one that would be too long."""
        shape = self.shape
        if shape.protocol == BARE:
            return packet
        return self.around(
            self._head + packet if self._plain else self._gre(packet),
            packet[1] if shape.tos is None else shape.tos,
            identification,
            packet[6] << 8 & DONT_FRAGMENT if shape.copy_df else 0,
        )

    def around(self, payload: bytes, tos: int, identification: int, flags: int = 0) -> bytes:
        """The outer header in front of what it is to carry."""
        shape = self.shape
        return (
            header(self.local, self.remote, shape.protocol, len(payload), shape.ttl, tos, identification, flags)
            + payload
        )

    def _gre(self, packet: bytes) -> bytes:
        """A packet with a GRE header that is another one each time."""
        shape = self.shape
        if shape.sequencing:
            self._sent = self._sent + 1 & 0xFFFFFFFF
        return Gre(TYPE_IPV4, packet, shape.key, self._sent if shape.sequencing else None, shape.checksum).pack()

    def unwrap(self, packet: bytes) -> tuple[int, bytes]:
        """What is within, and its Ethernet type; raises WireError, also for what comes out of order where that counts.

        What has no checksum or no number is taken without, as RFC 2784 section 2.1 lets each sender decide.
        """
        if self.shape.protocol == BARE:
            return TYPE_IPV4, packet
        if self._plain and packet[HEADER_LENGTH : self._length] == self._head and packet[0] == 0x45:
            return TYPE_IPV4, packet[self._length :]
        inside = packet[(packet[0] & 15) << 2 :]
        if self.shape.protocol == IPIP:
            return TYPE_IPV4, inside
        gre = Gre.unpack(inside)
        if self.shape.sequencing and gre.sequence is not None:
            self._follow(gre.sequence)
        return gre.protocol, gre.payload

    def _follow(self, sequence: int) -> None:
        """Take a sequence number that is newer than the last one (RFC 2890 section 2.2)."""
        if self._heard >= 0 and not 0 < sequence - self._heard & 0xFFFFFFFF < 0x80000000:
            raise WireError(f"GRE sequence number {sequence} after {self._heard}")
        self._heard = sequence
