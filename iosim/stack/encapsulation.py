"""What a tunnel puts around packets: IPv4 and GRE, a second IPv4 header alone, or nothing that IPsec does not."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire import WireError
from iosim.wire.gre import IPIP, PROTOCOL, TYPE_IPV4, Gre
from iosim.wire.ipv4 import DONT_FRAGMENT, HEADER_LENGTH, MAXIMUM_LENGTH

GRE = PROTOCOL
BARE = 0
"""The protocol of a tunnel whose packets are put into IPsec as they are."""

_VERSION = 0x45
"""The first byte of a header without options."""
_OUTER, _ADDRESSES, _WORDS = Struct("!BBHHHHH"), Struct("!II"), Struct("!HHHH")
"""A header up to its addresses, these, and the words of these."""


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

    __slots__ = (
        "_heard",
        "_sent",
        "_start",
        "_sum",
        "_tail",
        "bare",
        "head",
        "length",
        "local",
        "plain",
        "remote",
        "shape",
    )

    def __init__(self, shape: Shape, local: int, remote: int) -> None:
        self.shape, self.local, self.remote = shape, local, remote
        self.bare = shape.protocol == BARE
        self._sent = self._heard = -1
        self.plain = not (shape.checksum or shape.sequencing)
        """Whether each packet has the same `head`, which ends at `length`."""
        self.head = Gre(key=shape.key).pack() if shape.protocol == GRE else b""
        self.length = HEADER_LENGTH + len(self.head)
        self._start = shape.ttl << 8 | shape.protocol & 0xFF
        self._sum = (_VERSION << 8) + self._start + sum(_WORDS.unpack(_ADDRESSES.pack(local, remote)))
        self._tail = _ADDRESSES.pack(local, remote) + (self.head if self.plain else b"")

    def wrap(self, packet: bytes, identification: int) -> bytes:
        """The outer packet; raises WireError for one that would be too long."""
        shape = self.shape
        if shape.protocol == BARE:
            return packet
        tos = packet[1] if shape.tos is None else shape.tos
        flags = packet[6] << 8 & DONT_FRAGMENT if shape.copy_df else 0
        payload = packet if self.plain else self._gre(packet)
        total = HEADER_LENGTH - 8 + len(self._tail) + len(payload)
        if total > MAXIMUM_LENGTH:
            raise WireError(f"outer packet of {total} bytes")
        value = self._sum + tos + total + identification + flags
        value = (value & 0xFFFF) + (value >> 16)
        value = 0xFFFF ^ (value & 0xFFFF) + (value >> 16)
        return _OUTER.pack(_VERSION, tos, total, identification, flags, self._start, value) + self._tail + payload

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
        if self.plain and packet[HEADER_LENGTH : self.length] == self.head and packet[0] == _VERSION:
            return TYPE_IPV4, packet[self.length :]
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
