"""IPsec transforms as ESP proposals, offers against a policy, proxies as IDs (RFC 2407 sections 4.4.4, 4.5, 4.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from iosim.crypto.dh import GROUPS
from iosim.ike.v1.attributes import KILOBYTES, SECONDS, attribute, durations
from iosim.ike.v1.config import QuickModePolicy, QuickModeRequest
from iosim.ike.v1.states import Reason
from iosim.ipsec.model import Proxy, Transform
from iosim.wire import WireError, isakmp
from iosim.wire.isakmp import (
    Attribute,
    Identification,
    IdType,
    Proposal,
    ProtocolId,
    SecurityAssociation,
    number,
    pack_attributes,
    unpack_attributes,
)

LIFE_TYPE, LIFE_DURATION, GROUP, ENCAPSULATION, AUTHENTICATION, KEY_LENGTH = 1, 2, 3, 4, 5, 6
DEFAULT_LIFETIME = 28800
"""Seconds, where a proposal has no lifetime (RFC 2407 section 4.5)."""
MINIMAL_SPI = 256

CIPHERS: dict[str, tuple[int, int | None]] = {
    "des": (2, None),
    "3des": (3, None),
    "aes-128": (12, 128),
    "aes-192": (12, 192),
    "aes-256": (12, 256),
}
"""ESP transform id and key length in bits by name."""
INTEGRITIES = {"md5": 1, "sha": 2, "sha256": 5}
MODES = {"tunnel": 1, "transport": 2}
KNOWN_ATTRIBUTES = frozenset((LIFE_TYPE, LIFE_DURATION, GROUP, ENCAPSULATION, AUTHENTICATION, KEY_LENGTH))

_CIPHER_NAMES = {value: name for name, value in CIPHERS.items()}
_INTEGRITY_NAMES: dict[int | None, str | None] = {value: name for name, value in INTEGRITIES.items()} | {None: None}
_MODE_NAMES = {value: name for name, value in MODES.items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offered transform and what it means; `value` is None if it cannot be read as a transform that exists here.

    Lifetimes are in seconds and kilobytes (0: no limit).
    """

    proposal: Proposal
    transform: isakmp.Transform
    value: Transform | None
    group: int | None
    lifetime: int
    lifesize: int


def offer(request: QuickModeRequest, spi: int) -> bytes:
    """The body of the SA payload that offers what IPsec wants: one proposal a transform set, as IOS does it."""
    return SecurityAssociation(
        tuple(
            Proposal(index, ProtocolId.ESP, spi.to_bytes(4, "big"), (_transform(request, transform),))
            for index, transform in enumerate(request.transforms[:255], 1)
        )
    ).pack()


def _transform(request: QuickModeRequest, transform: Transform) -> isakmp.Transform:
    transform_id, key_length = CIPHERS[transform.cipher]
    attributes = [
        (ENCAPSULATION, MODES[transform.mode]),
        *duration_attributes(request.lifetime, request.lifesize),
    ]
    if transform.integrity is not None:
        attributes.append((AUTHENTICATION, INTEGRITIES[transform.integrity]))
    if key_length is not None:
        attributes.append((KEY_LENGTH, key_length))
    if request.pfs_group is not None:
        attributes.append((GROUP, request.pfs_group))
    return isakmp.Transform(1, transform_id, tuple(attributes))


def duration_attributes(lifetime: int, lifesize: int) -> tuple[Attribute, ...]:
    """Lifetimes as attributes, those that are not 0."""
    seconds = ((LIFE_TYPE, SECONDS), attribute(LIFE_DURATION, lifetime)) if lifetime else ()
    kilobytes = ((LIFE_TYPE, KILOBYTES), attribute(LIFE_DURATION, lifesize)) if lifesize else ()
    return (*seconds, *kilobytes)


def candidates(sa_body: bytes) -> Iterator[Candidate]:
    """The offered transforms in their order; WireError if the SA payload is malformed.

    Proposals with equal numbers belong together; more than one protocol at once is not known here.
    """
    proposals = SecurityAssociation.unpack(sa_body).proposals
    numbers = Counter(proposal.number for proposal in proposals)
    for proposal in proposals:
        alone = proposal.protocol == ProtocolId.ESP and numbers[proposal.number] == 1
        if alone and len(proposal.spi) != 4:
            raise WireError(f"ISAKMP: ESP proposal with an SPI of {len(proposal.spi)} bytes")
        for transform in proposal.transforms:
            value, group, lifetime, lifesize = _meaning(transform.transform_id, transform.attributes)
            yield Candidate(proposal, transform, value if alone else None, group, lifetime, lifesize)


@lru_cache(maxsize=256)
def _meaning(transform_id: int, attributes: tuple[Attribute, ...]) -> tuple[Transform | None, int | None, int, int]:
    """What an ESP transform means: the value (None: it does not exist here), the group, seconds and kilobytes."""
    values = {kind: number(value) for kind, value in attributes}
    lasting = durations(attributes, LIFE_TYPE, LIFE_DURATION)
    cipher = _CIPHER_NAMES.get((transform_id, values.get(KEY_LENGTH)))
    integrity = values.get(AUTHENTICATION)
    mode = _MODE_NAMES.get(values.get(ENCAPSULATION, MODES["tunnel"]))
    value = None
    if cipher and mode and integrity in _INTEGRITY_NAMES and values.keys() <= KNOWN_ATTRIBUTES:
        value = Transform(cipher, _INTEGRITY_NAMES[integrity], mode)
    lifetime = lasting.get(SECONDS, 0 if KILOBYTES in lasting else DEFAULT_LIFETIME)
    return value, values.get(GROUP), lifetime, lasting.get(KILOBYTES, 0)


def answer(candidate: Candidate, spi: int) -> bytes:
    """The body of the SA payload that chooses a candidate, with the SPI of the responder."""
    proposal = candidate.proposal
    chosen = Proposal(proposal.number, proposal.protocol, spi.to_bytes(4, "big"), (candidate.transform,))
    return SecurityAssociation((chosen,)).pack()


def objection(candidate: Candidate, policy: QuickModePolicy | None) -> Reason | None:
    """Why a policy does not take a candidate; None: it does. Any group is welcome where PFS is not required."""
    if policy is None:
        return Reason.PROXY_NOT_SUPPORTED
    if candidate.value is None or candidate.value not in policy.transforms:
        return Reason.TRANSFORM_NOT_SUPPORTED
    if policy.pfs_group is not None and candidate.group != policy.pfs_group:
        return Reason.PFS_NOT_SUPPORTED
    if candidate.group is not None and candidate.group not in GROUPS:
        return Reason.PFS_NOT_SUPPORTED
    return None


def lower(one: int, other: int) -> int:
    """The lower of two limits, where 0 is no limit."""
    return min(one, other) if one and other else one or other


def notified_durations(data: bytes) -> tuple[int, int]:
    """Seconds and kilobytes (0: not there) in the data of a RESPONDER-LIFETIME (RFC 2407 section 4.6.3.1)."""
    lasting = durations(unpack_attributes(data), LIFE_TYPE, LIFE_DURATION)
    return lasting.get(SECONDS, 0), lasting.get(KILOBYTES, 0)


def durations_notice(lifetime: int, lifesize: int) -> bytes:
    """The data of a RESPONDER-LIFETIME."""
    return pack_attributes(duration_attributes(lifetime, lifesize))


def proxy_id(proxy: Proxy) -> bytes:
    """The body of the ID payload for a proxy: an address, or a subnet with its mask."""
    address = proxy.address.to_bytes(4, "big")
    if proxy.mask == 0xFFFFFFFF:
        return Identification(IdType.IPV4_ADDR, proxy.protocol, proxy.port, address).pack()
    mask = proxy.mask.to_bytes(4, "big")
    return Identification(IdType.IPV4_ADDR_SUBNET, proxy.protocol, proxy.port, address + mask).pack()


def read_proxy(body: bytes) -> Proxy | None:
    """The proxy that an ID payload names; None for a kind that is not an address or a subnet. WireError: malformed."""
    identification = Identification.unpack(body)
    size = _PROXY_SIZES.get(identification.kind)
    if size is None:
        return None
    data = identification.data
    if len(data) != size:
        raise WireError(f"ISAKMP: ID of type {identification.kind} with {len(data)} bytes")
    mask = int.from_bytes(data[4:], "big") if size == 8 else 0xFFFFFFFF
    return Proxy(int.from_bytes(data[:4], "big"), mask, identification.protocol, identification.port)


_PROXY_SIZES: dict[int, int] = {IdType.IPV4_ADDR: 4, IdType.IPV4_ADDR_SUBNET: 8}
