"""What a policy writes into the headers of packets: precedence, type of service and the DF bit."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import update
from iosim.wire.ipv4 import DONT_FRAGMENT

_FIELDS = Struct("!H4xH2xH")
"""Version with type of service, flags with offset, and checksum."""
_WORD = Struct("!H")
PRECEDENCE_SHIFT, PRECEDENCE_BITS = 5, 0xE0
TOS_SHIFT, TOS_BITS = 1, 0x1E
"""Where both stand in the second byte of a header (RFC 1349 section 3)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`service` takes the place of those bits of the second byte that are in `bits`; `dont_fragment` is None where the
    DF bit stays as it is."""

    bits: int = 0
    service: int = 0
    dont_fragment: bool | None = None

    def write(self, packet: bytes) -> bytes:
        """A packet with these values in its header, whose checksum follows."""
        first, flags, checksum = _FIELDS.unpack_from(packet)
        marked, cut = first & ~self.bits | self.service, flags
        if self.dont_fragment is not None:
            cut = flags & ~DONT_FRAGMENT | self.dont_fragment * DONT_FRAGMENT
        checksum = update(update(checksum, first, marked), flags, cut)
        parts = (_WORD.pack(marked), packet[2:6], _WORD.pack(cut), packet[8:10], _WORD.pack(checksum), packet[12:])
        return b"".join(parts)
