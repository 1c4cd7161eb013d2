"""ISAKMP policies as proposals, and offered transforms against policies (RFC 2409 appendix A)."""

from __future__ import annotations

from functools import lru_cache

from iosim.data import dataclass
from iosim.ike.v1.attributes import SECONDS, attribute, durations
from iosim.ike.v1.config import Policy
from iosim.ike.v1.trace.offers import Mismatch
from iosim.wire import isakmp
from iosim.wire.isakmp import Attribute, Proposal, ProtocolId, SecurityAssociation, number, unpack_attributes

ENCRYPTION, HASH, AUTHENTICATION, GROUP, LIFE_TYPE, LIFE_DURATION, KEY_LENGTH = 1, 2, 3, 4, 11, 12, 14
KEY_IKE = 1
_LONGEST_KEPT = 2048
"""Bytes of an SA payload that is remembered."""

ENCRYPTIONS: dict[str, tuple[int, int | None]] = {
    "des": (1, None),
    "3des": (5, None),
    "aes-128": (7, 128),
    "aes-192": (7, 192),
    "aes-256": (7, 256),
}
"""Encryption algorithm and key length in bits by name."""
HASHES = {"md5": 1, "sha": 2, "sha256": 4, "sha384": 5, "sha512": 6}
AUTHENTICATIONS = {"pre-share": 1, "rsa-sig": 3}
_WITHOUT = {"pre-share": Mismatch.PRESHARED_KEY, "rsa-sig": Mismatch.CERTIFICATE}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offered transform; `more`: another one follows it."""

    proposal: Proposal
    transform: isakmp.Transform
    more: bool


@lru_cache(maxsize=64)
def offer(policies: tuple[Policy, ...]) -> bytes:
    """The body of the SA payload that offers all policies, as transforms 1 … n of one proposal."""
    transforms = tuple(
        isakmp.Transform(index, KEY_IKE, attributes(policy)) for index, policy in enumerate(policies[:255], 1)
    )
    return SecurityAssociation((Proposal(1, ProtocolId.ISAKMP, b"", transforms),)).pack()


def attributes(policy: Policy) -> tuple[Attribute, ...]:
    """A policy as attributes, in the order of IOS."""
    encryption, key_length = ENCRYPTIONS[policy.encryption]
    return (
        (ENCRYPTION, encryption),
        *(((KEY_LENGTH, key_length),) if key_length else ()),
        (HASH, HASHES[policy.hash]),
        (GROUP, policy.group),
        (AUTHENTICATION, AUTHENTICATIONS[policy.authentication]),
        *lifetime_attributes(policy.lifetime),
    )


def lifetime_attributes(seconds: int) -> tuple[Attribute, ...]:
    """A lifetime as attributes; it needs 4 bytes above 65535."""
    return ((LIFE_TYPE, SECONDS), attribute(LIFE_DURATION, seconds))


def candidates(sa_body: bytes) -> tuple[Candidate, ...]:
    """The ISAKMP transforms of an SA payload in their order; WireError if it is malformed."""
    return _read(sa_body) if len(sa_body) <= _LONGEST_KEPT else _read.__wrapped__(sa_body)


@lru_cache(maxsize=64)
def _read(sa_body: bytes) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(proposal, transform, index < len(proposal.transforms))
        for proposal in SecurityAssociation.unpack(sa_body).proposals
        if proposal.protocol == ProtocolId.ISAKMP
        for index, transform in enumerate(proposal.transforms, 1)
        if transform.transform_id == KEY_IKE
    )


def answer(candidate: Candidate) -> bytes:
    """The body of the SA payload that chooses a candidate, unchanged (RFC 2408 section 4.2)."""
    proposal = candidate.proposal
    return SecurityAssociation(
        (Proposal(proposal.number, proposal.protocol, proposal.spi, (candidate.transform,)),)
    ).pack()


def mismatch(offered: tuple[Attribute, ...], policy: Policy, methods: tuple[str, ...]) -> Mismatch | None:
    """The first attribute in which an offer differs from a policy; `methods` are those that we have the keys for.

    Lifetimes never differ: the lower one is taken.
    """
    values = {kind: number(value) for kind, value in offered}
    encryption, key_length = ENCRYPTIONS[policy.encryption]
    checks = (
        (values.get(ENCRYPTION) == encryption, Mismatch.ENCRYPTION),
        (values.get(KEY_LENGTH) == key_length, Mismatch.KEY_LENGTH),
        (values.get(HASH) == HASHES[policy.hash], Mismatch.HASH),
        (values.get(GROUP) == policy.group, Mismatch.GROUP),
        (values.get(AUTHENTICATION) == AUTHENTICATIONS[policy.authentication], Mismatch.AUTHENTICATION),
        (policy.authentication in methods, _WITHOUT[policy.authentication]),
    )
    return next((difference for same, difference in checks if not same), None)


def offered_lifetime(offered: tuple[Attribute, ...]) -> int | None:
    """The offered lifetime in seconds, if there is one."""
    return durations(offered, LIFE_TYPE, LIFE_DURATION).get(SECONDS)


def notified_lifetime(data: bytes) -> int | None:
    """The seconds in the data of a RESPONDER-LIFETIME, which peers number as in phase 1 or as in phase 2."""
    found = unpack_attributes(data)
    return offered_lifetime(found) or durations(found, 1, 2).get(SECONDS)
