"""IPsec transforms as proposals, offers against a policy, proxies as IDs (RFC 2407 sections 4.4.3 to 4.6).

A transform of ESP and AH is two proposals of one number, which belong together (RFC 2408 section 4.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product

from iosim.crypto.dh import GROUPS
from iosim.data import dataclass
from iosim.ike.v1.attributes import KILOBYTES, SECONDS, durations
from iosim.ike.v1.config import QuickModePolicy, QuickModeRequest
from iosim.ike.v1.nat import NatMethod
from iosim.ike.v1.phase2_transforms import LIFE_DURATION, LIFE_TYPE, duration_attributes, encode, meaning
from iosim.ike.v1.states import Reason
from iosim.ipsec.model import Proxy, Transform
from iosim.wire import WireError, isakmp
from iosim.wire.ipv4 import AH, ESP
from iosim.wire.isakmp import (
    Identification,
    IdType,
    Proposal,
    ProtocolId,
    SecurityAssociation,
    pack_attributes,
    unpack_attributes,
)

MINIMAL_SPI = 256
MOST_COMBINATIONS = 255
"""Of the transforms of proposals that belong together."""

PROTOCOL_IDS = {AH: ProtocolId.AH, ESP: ProtocolId.ESP}
"""IP protocols as proposals name them, in the order in which IOS offers them."""
IP_PROTOCOLS: dict[int, int] = {known: protocol for protocol, known in PROTOCOL_IDS.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """An offered transform of one proposal."""

    proposal: Proposal
    transform: isakmp.Transform


@dataclass(frozen=True, slots=True)
class Candidate:
    """Offered transforms that belong together and what they mean, which may be nothing that exists here (None).

    Lifetimes are in seconds and kilobytes (0: no limit).
    """

    parts: tuple[Part, ...]
    value: Transform | None
    group: int | None
    lifetime: int
    lifesize: int
    udp: bool = False


def offer(request: QuickModeRequest, spis: Mapping[int, int], nat: NatMethod | None) -> bytes:
    """The body of the SA payload that offers what IPsec wants: one number a transform set, as IOS does it."""
    proposals = []
    for index, transform in enumerate(request.transforms[:255], 1):
        method = nat if goes_through_udp(transform, nat) else None
        for protocol, part in _parts(transform):
            spi = spis[protocol].to_bytes(4, "big")
            proposals.append(Proposal(index, PROTOCOL_IDS[protocol], spi, (encode(request, part, method),)))
    return SecurityAssociation(tuple(proposals)).pack()


def _parts(transform: Transform) -> list[tuple[int, Transform]]:
    return [(protocol, transform.part(protocol)) for protocol in PROTOCOL_IDS if protocol in transform.protocols]


def candidates(sa_body: bytes) -> Iterator[Candidate]:
    """The offered transforms in their order; WireError if the SA payload is malformed.

    Proposals with equal numbers belong together: a candidate has a transform of each.
    """
    together: dict[int, list[Proposal]] = {}
    for proposal in SecurityAssociation.unpack(sa_body).proposals:
        together.setdefault(proposal.number, []).append(proposal)
    for proposals in together.values():
        if not _is_known(proposals):
            for proposal in proposals:
                yield from (Candidate((Part(proposal, each),), None, None, 0, 0) for each in proposal.transforms)
            continue
        choices = ([Part(proposal, each) for each in proposal.transforms] for proposal in proposals)
        yield from map(_candidate, islice(product(*choices), MOST_COMBINATIONS))


def _is_known(proposals: Sequence[Proposal]) -> bool:
    """Whether proposals of one number are AH, ESP or both; WireError for an SPI of another length than theirs."""
    protocols = [proposal.protocol for proposal in proposals]
    if len(set(protocols)) < len(protocols) or not IP_PROTOCOLS.keys() >= set(protocols):
        return False
    for proposal in proposals:
        if len(proposal.spi) != 4:
            raise WireError(f"ISAKMP: IPsec proposal with an SPI of {len(proposal.spi)} bytes")
    return True


def _candidate(parts: tuple[Part, ...]) -> Candidate:
    """What the parts mean together: they must agree in mode and group, and the lower lifetime counts."""
    found = [meaning(part.proposal.protocol, part.transform.transform_id, part.transform.attributes) for part in parts]
    value, group, lifetime, lifesize, udp = found[0]
    for other in found[1:]:
        value = _joined(value, other.value) if (other.group, other.udp) == (group, udp) else None
        lifetime, lifesize = lower(lifetime, other.lifetime), lower(lifesize, other.lifesize)
    return Candidate(parts, value, group, lifetime, lifesize, udp)


def _joined(one: Transform | None, other: Transform | None) -> Transform | None:
    """ESP and AH as one transform; None unless both exist here and have the same mode."""
    if one is None or other is None or one.mode != other.mode:
        return None
    esp, ah = (other, one) if one.ah else (one, other)
    return replace(esp, ah=ah.ah)


def answer(candidate: Candidate, spis: Mapping[int, int]) -> bytes:
    """The body of the SA payload that chooses a candidate, with the SPIs of the responder by IP protocol."""
    return SecurityAssociation(
        tuple(
            replace(
                part.proposal,
                spi=spis[IP_PROTOCOLS[part.proposal.protocol]].to_bytes(4, "big"),
                transforms=(part.transform,),
            )
            for part in candidate.parts
        )
    ).pack()


def goes_through_udp(value: Transform | None, nat: NatMethod | None) -> bool:
    """Whether a transform must be one within UDP: all of ESP, where NAT traversal is at work."""
    return nat is not None and value is not None and value.ah is None


def objection(candidate: Candidate, policy: QuickModePolicy | None, nat: NatMethod | None) -> Reason | None:
    """Why a policy does not take a candidate; None: it does. Any group is welcome where PFS is not required."""
    if policy is None:
        return Reason.PROXY_NOT_SUPPORTED
    if candidate.value is None or candidate.value not in policy.transforms:
        return Reason.TRANSFORM_NOT_SUPPORTED
    if candidate.udp is not goes_through_udp(candidate.value, nat):
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
