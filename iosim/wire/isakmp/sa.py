"""The SA payload: proposals, transforms and data attributes (RFC 2408 sections 3.3 to 3.6, RFC 2407 section 4.6.1)."""

from __future__ import annotations

import struct
from functools import lru_cache

from iosim.data import dataclass
from iosim.wire.error import WireError
from iosim.wire.isakmp.constants import DOI_IPSEC, SIT_IDENTITY_ONLY, PayloadType
from iosim.wire.isakmp.message import Payload, pack_payloads, unpack_payloads

_BASIC = 0x8000
_LARGEST_NUMBER = 0xFFFFFFFF
MOST_ATTRIBUTES = 64
"""Of one transform."""
MOST_TRANSFORMS = 255
"""Of a whole SA payload; each costs time, and anybody can send it."""
_LONGEST_KEPT = 256
"""Bytes of an attribute list that is remembered."""

Attribute = tuple[int, int | bytes]
"""Type and value: an int is sent in the basic form (16 bits), bytes in the variable form."""


def number(value: int | bytes) -> int:
    """The value of an attribute that is a number in either form; what does not fit into 32 bits is 0xFFFFFFFF."""
    return value if isinstance(value, int) else min(int.from_bytes(value, "big"), _LARGEST_NUMBER)


@lru_cache(maxsize=256)  # every handshake has the same few
def pack_attributes(attributes: tuple[Attribute, ...]) -> bytes:
    """Attributes as bytes, each in the form that its value has."""
    return b"".join(
        struct.pack("!HH", kind | _BASIC, value)
        if isinstance(value, int)
        else struct.pack("!HH", kind, len(value)) + value
        for kind, value in attributes
    )


def unpack_attributes(data: bytes) -> tuple[Attribute, ...]:
    """Read attributes; WireError if one is cut short, and for more than MOST_ATTRIBUTES."""
    return _read_attributes(data) if len(data) <= _LONGEST_KEPT else _read_attributes.__wrapped__(data)


@lru_cache(maxsize=256)
def _read_attributes(data: bytes) -> tuple[Attribute, ...]:
    attributes: list[Attribute] = []
    offset, size = 0, len(data)
    while offset < size:
        if size - offset < 4 or len(attributes) == MOST_ATTRIBUTES:
            raise WireError("ISAKMP: attribute is cut short, or one too many")
        kind, value = struct.unpack_from("!HH", data, offset)
        offset += 4
        if kind & _BASIC:
            attributes.append((kind & ~_BASIC, value))
            continue
        if value > size - offset:
            raise WireError(f"ISAKMP: attribute {kind} of length {value}, {size - offset} left")
        attributes.append((kind, data[offset : offset + value]))
        offset += value
    return tuple(attributes)


@dataclass(slots=True)
class Transform:
    """A transform payload. The order of the attributes counts: a duration belongs to the life type before it."""

    number: int
    transform_id: int
    attributes: tuple[Attribute, ...] = ()

    def pack(self) -> bytes:
        """The body."""
        return bytes((self.number, self.transform_id, 0, 0)) + pack_attributes(self.attributes)

    @classmethod
    def unpack(cls, body: bytes) -> Transform:
        """Read a body; WireError if it is cut short or an attribute leaves it."""
        if len(body) < 4:
            raise WireError("ISAKMP: transform is cut short")
        return cls(body[0], body[1], unpack_attributes(body[4:]))


@dataclass(slots=True)
class Proposal:
    """A proposal payload: one protocol, its SPI (empty in phase 1) and the transforms to choose from."""

    number: int
    protocol: int
    spi: bytes
    transforms: tuple[Transform, ...]

    def pack(self) -> bytes:
        """The body."""
        head = bytes((self.number, self.protocol, len(self.spi), len(self.transforms)))
        chain = pack_payloads([Payload(PayloadType.TRANSFORM, each.pack()) for each in self.transforms])
        return head + self.spi + chain

    @classmethod
    def unpack(cls, body: bytes) -> Proposal:
        """Read a body; WireError unless it holds exactly the SPI and the number of transforms that it announces."""
        if len(body) < 4 or len(body) < 4 + body[2]:
            raise WireError("ISAKMP: proposal is cut short")
        chain = body[4 + body[2] :]
        transforms = tuple(map(Transform.unpack, _unpack_chain(PayloadType.TRANSFORM, chain)))
        if len(transforms) != body[3]:
            raise WireError(f"ISAKMP: proposal announces {body[3]} transforms and holds {len(transforms)}")
        return cls(body[0], body[1], body[4 : 4 + body[2]], transforms)


@dataclass(slots=True)
class SecurityAssociation:
    """An SA payload of the IPsec DOI, situation SIT_IDENTITY_ONLY. Equal proposal numbers mean AND, others OR."""

    proposals: tuple[Proposal, ...]

    def pack(self) -> bytes:
        """The body."""
        chain = pack_payloads([Payload(PayloadType.PROPOSAL, each.pack()) for each in self.proposals])
        return struct.pack("!II", DOI_IPSEC, SIT_IDENTITY_ONLY) + chain

    @classmethod
    def unpack(cls, body: bytes) -> SecurityAssociation:
        """Read a body; WireError for another DOI or situation, proposals that do not fill it, too many transforms."""
        if len(body) < 8:
            raise WireError("ISAKMP: SA is cut short")
        doi, situation = struct.unpack_from("!II", body)
        if (doi, situation) != (DOI_IPSEC, SIT_IDENTITY_ONLY):
            raise WireError(f"ISAKMP: SA of DOI {doi}, situation {situation}")
        bodies = _unpack_chain(PayloadType.PROPOSAL, body[8:])
        if sum(each[3] for each in bodies if len(each) > 3) > MOST_TRANSFORMS:
            raise WireError(f"ISAKMP: SA of more than {MOST_TRANSFORMS} transforms")
        return cls(tuple(map(Proposal.unpack, bodies)))


def _unpack_chain(kind: PayloadType, data: bytes) -> list[bytes]:
    """The bodies of a chain that must hold payloads of one kind only, and nothing after them."""
    payloads, end = unpack_payloads(kind if data else PayloadType.NONE, data)
    if end != len(data):
        raise WireError(f"ISAKMP: {len(data) - end} bytes after the last {kind.name} payload")
    for payload in payloads:
        if payload.type != kind:
            raise WireError(f"ISAKMP: payload {payload.type} among {kind.name} payloads")
    return [payload.body for payload in payloads]
