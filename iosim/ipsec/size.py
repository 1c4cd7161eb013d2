"""Packets that are too long once they are sealed: cut before encryption or after it, or not at all.

What an interface is told by `crypto ipsec fragmentation` and `crypto ipsec df-bit`, which both are about tunnel mode.
In transport mode a packet keeps its own DF bit and is sealed whole, as there are no fragments in it (RFC 4303
section 3.1.1); what comes of it may be cut like any other packet.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

from iosim.data import dataclass
from iosim.wire.ipv4 import DONT_FRAGMENT, MORE_FRAGMENTS, OFFSET_MASK

SHORTEST_MTU: Final = 68
"""What every link carries (RFC 791 section 3.2)."""

DfBit = Literal["clear", "copy", "set"]


class Fit(Enum):
    """What is to be done with a packet on its way into an SA."""

    SEAL = "seal it whole"
    CUT = "cut it, then seal the fragments"
    TOO_LONG = "drop it: it may not be cut"
    FRAGMENT = "drop it: transport mode takes no fragments"


@dataclass(frozen=True, slots=True)
class SizePolicy:
    """What an interface does with lengths: where it cuts, and the DF bit that outer headers get."""

    before_encryption: bool = True
    df_bit: DfBit = "copy"

    def outer_df(self, inner: bool) -> bool:
        """The DF bit of the outer header around a packet with this one."""
        return inner if self.df_bit == "copy" else self.df_bit == "set"

    def fit(self, packet: bytes, limit: int, tunnel: bool) -> Fit:
        """What is to be done with a packet if `limit` is the longest that may be sealed.

        The table "Pre-Fragmentation for IPsec VPNs Dependencies" of Cisco's "Pre-Fragmentation for IPsec VPNs".
        """
        flags = packet[6] << 8 | packet[7]
        if not tunnel and flags & (MORE_FRAGMENTS | OFFSET_MASK):
            return Fit.FRAGMENT
        if len(packet) <= limit:
            return Fit.SEAL
        inner = bool(flags & DONT_FRAGMENT)
        if tunnel and self.before_encryption:
            return Fit.TOO_LONG if inner and self.df_bit != "clear" else Fit.CUT
        return Fit.TOO_LONG if (self.outer_df(inner) if tunnel else inner) else Fit.SEAL
