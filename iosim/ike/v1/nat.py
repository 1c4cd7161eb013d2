"""The versions of NAT traversal (RFC 3947 and its drafts), and what it finds."""

from __future__ import annotations

from enum import Enum

from iosim.data import dataclass
from iosim.wire.isakmp import PayloadType

PORT = 4500
KEEPALIVE = b"\xff"
"""The whole payload of a NAT keepalive (RFC 3948 section 2.3)."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the versions of NAT traversal number differently."""

    nat_d: PayloadType
    nat_oa: PayloadType
    udp_tunnel: int
    udp_transport: int


_STANDARD = _Numbers(PayloadType.NAT_D, PayloadType.NAT_OA, 3, 4)
_DRAFT = _Numbers(PayloadType.NAT_D_DRAFT, PayloadType.NAT_OA_DRAFT, 61443, 61444)


class NatMethod(Enum):
    """The versions of NAT traversal, by their vendor IDs, the best first."""

    RFC_3947 = "4a131c81070358455c5728f20e95452f", _STANDARD
    DRAFT_07 = "439b59f8ba676c4c7737ae22eab8f582", _STANDARD
    DRAFT_03 = "7d9419a65310ca6f2c179d9215529d56", _DRAFT
    DRAFT_02 = "90cb80913ebb696e086381b5ec427b1f", _DRAFT

    def __init__(self, vendor_id: str, numbers: _Numbers) -> None:
        self.vendor_id = bytes.fromhex(vendor_id)
        """The body of its vendor ID payload."""
        self.numbers = numbers
        """Its payload type and encapsulation modes."""


METHODS = tuple(NatMethod)


@dataclass(slots=True)
class NatView:
    """What the NAT-D payloads have shown: whether our own address and the peer's arrive as they were sent."""

    ours_match: bool
    theirs_match: bool

    @property
    def translated(self) -> bool:
        """Whether there is a translator between."""
        return not (self.ours_match and self.theirs_match)
