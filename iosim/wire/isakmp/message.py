"""The ISAKMP header and the chain of payloads behind it (RFC 2408 sections 3.1 and 3.2)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from iosim.data import dataclass
from iosim.wire.error import WireError
from iosim.wire.isakmp.constants import VERSION

_HEADER = struct.Struct("!8s8sBBBBII")
_GENERIC = struct.Struct("!BBH")
HEADER_LENGTH = _HEADER.size


@dataclass(slots=True)
class Header:
    """An ISAKMP header; `length` is that of the whole message, header included. Cookies are 8 bytes."""

    initiator_cookie: bytes
    responder_cookie: bytes
    next_payload: int
    exchange: int
    flags: int
    message_id: int
    length: int

    @classmethod
    def unpack(cls, data: bytes) -> Header:
        """Read the header of a whole datagram; WireError unless it is ISAKMP version 1 of exactly this length."""
        if len(data) < HEADER_LENGTH:
            raise WireError(f"ISAKMP: {len(data)} bytes are too few for a header")
        initiator, responder, first, version, exchange, flags, message_id, length = _HEADER.unpack_from(data)
        if version >> 4 != VERSION >> 4:
            raise WireError(f"ISAKMP: version {version >> 4}.{version & 15}")
        if length != len(data):
            raise WireError(f"ISAKMP: length {length} in a datagram of {len(data)}")
        return cls(initiator, responder, first, exchange, flags, message_id, length)

    def pack(self) -> bytes:
        """The 28 bytes of the header."""
        return _HEADER.pack(
            self.initiator_cookie,
            self.responder_cookie,
            self.next_payload,
            VERSION,
            self.exchange,
            self.flags,
            self.message_id,
            self.length,
        )


class Payload(NamedTuple):
    """A payload: its type and its body, without the generic header."""

    type: int
    body: bytes


def pack_payloads(payloads: Sequence[Payload]) -> bytes:
    """The chain as bytes. The header must name the type of the first payload (0 if there is none)."""
    chain: list[bytes] = []
    following = 0
    for kind, body in reversed(payloads):
        chain += body, _GENERIC.pack(following, 0, len(body) + 4)
        following = kind
    return b"".join(reversed(chain))


def unpack_payloads(first: int, data: bytes) -> tuple[list[Payload], int]:
    """Read the chain that starts with a payload of type `first`: the payloads, and where the chain ends in `data`.

    What follows the end is padding in an encrypted message and an error in a clear one; the caller knows.
    WireError for a length out of bounds and for a reserved octet that is not zero (RFC 2408 section 5.3).
    """
    payloads = []
    offset, size = 0, len(data)
    while first:
        if size - offset < 4:
            raise WireError(f"ISAKMP: payload {first} is cut short")
        next_type, reserved, length = _GENERIC.unpack_from(data, offset)
        if reserved:
            raise WireError(f"ISAKMP: reserved not zero on payload {first}")
        if length < 4 or length > size - offset:
            raise WireError(f"ISAKMP: payload {first} of length {length}, {size - offset} left")
        payloads.append(Payload(first, data[offset + 4 : offset + length]))
        offset += length
        first = next_type
    return payloads, offset
