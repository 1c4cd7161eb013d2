"""IPsec transforms as transform payloads, and what an offered one means (RFC 2407 sections 4.4.3, 4.4.4 and 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from iosim.ike.v1.attributes import KILOBYTES, SECONDS, attribute, durations
from iosim.ike.v1.config import QuickModeRequest
from iosim.ike.v1.nat import METHODS, NatMethod
from iosim.ipsec.model import Transform
from iosim.wire import isakmp
from iosim.wire.isakmp import Attribute, ProtocolId, number

LIFE_TYPE, LIFE_DURATION, GROUP, ENCAPSULATION, AUTHENTICATION, KEY_LENGTH = 1, 2, 3, 4, 5, 6
DEFAULT_LIFETIME = 28800
"""Seconds, where a proposal has no lifetime (RFC 2407 section 4.5)."""

CIPHERS: dict[str, tuple[int, int | None]] = {
    "des": (2, None),
    "3des": (3, None),
    "null": (11, None),
    "aes-128": (12, 128),
    "aes-192": (12, 192),
    "aes-256": (12, 256),
    "gcm-128": (20, 128),
    "gcm-192": (20, 192),
    "gcm-256": (20, 256),
    "gmac-128": (23, 128),
    "gmac-192": (23, 192),
    "gmac-256": (23, 256),
}
"""ESP transform id and key length in bits by name (IANA; RFC 4106 section 8.2, with a tag of 16 bytes; RFC 4543)."""
COMBINED = frozenset((20, 23))
"""ESP transforms with an authentication of their own."""
ESP_NULL = 11
INTEGRITIES = {"md5": 1, "sha": 2, "sha256": 5, "sha384": 6, "sha512": 7}
AH_TRANSFORMS = {"md5": 2, "sha": 3, "sha256": 5, "sha384": 6, "sha512": 7}
MODES = {"tunnel": 1, "transport": 2}
KNOWN_ATTRIBUTES = frozenset((LIFE_TYPE, LIFE_DURATION, GROUP, ENCAPSULATION, AUTHENTICATION, KEY_LENGTH))

_CIPHER_NAMES = {value: name for name, value in CIPHERS.items()}
_INTEGRITY_NAMES: dict[int | None, str] = {value: name for name, value in INTEGRITIES.items()}
_AH_NAMES = {(AH_TRANSFORMS[name], value): name for name, value in INTEGRITIES.items()}
_MODE_NAMES = {value: (name, False) for name, value in MODES.items()} | {
    value: (name, True)
    for method in METHODS
    for name, value in (("tunnel", method.numbers.udp_tunnel), ("transport", method.numbers.udp_transport))
}
"""Number of an encapsulation mode → its name and whether it goes through UDP."""


def encode(request: QuickModeRequest, part: Transform, nat: NatMethod | None) -> isakmp.Transform:
    """The transform payload for one protocol of a transform, with what the request says of lifetimes and PFS.

    Where NAT traversal is at work, ESP is asked for within UDP.
    """
    modes = MODES if nat is None else {"tunnel": nat.numbers.udp_tunnel, "transport": nat.numbers.udp_transport}
    transform_id, key_length = CIPHERS[part.cipher] if part.cipher else (AH_TRANSFORMS[part.ah or ""], None)
    integrity = part.integrity or part.ah
    attributes = [
        (ENCAPSULATION, modes[part.mode]),
        *duration_attributes(request.lifetime, request.lifesize),
    ]
    if integrity is not None:
        attributes.append((AUTHENTICATION, INTEGRITIES[integrity]))
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


class Meaning(NamedTuple):
    """What a transform means: the value (None: it does not exist here), the group, seconds, kilobytes, UDP or not."""

    value: Transform | None
    group: int | None
    lifetime: int
    lifesize: int
    udp: bool


@lru_cache(maxsize=256)
def meaning(protocol: int, transform_id: int, attributes: tuple[Attribute, ...]) -> Meaning:
    """What a transform of a protocol means."""
    values = {kind: number(value) for kind, value in attributes}
    lasting = durations(attributes, LIFE_TYPE, LIFE_DURATION)
    mode, udp = _MODE_NAMES.get(values.get(ENCAPSULATION, MODES["tunnel"]), (None, False))
    value = None
    if mode and values.keys() <= KNOWN_ATTRIBUTES:
        value = (_esp_value if protocol == ProtocolId.ESP else _ah_value)(transform_id, values, mode)
    lifetime = lasting.get(SECONDS, 0 if KILOBYTES in lasting else DEFAULT_LIFETIME)
    return Meaning(value, values.get(GROUP), lifetime, lasting.get(KILOBYTES, 0), udp)


def _esp_value(transform_id: int, values: Mapping[int, int], mode: str) -> Transform | None:
    """No encryption needs authentication (RFC 2406 section 5), a combined algorithm has its own."""
    cipher, authentication = _CIPHER_NAMES.get((transform_id, values.get(KEY_LENGTH))), values.get(AUTHENTICATION)
    integrity = _INTEGRITY_NAMES.get(authentication)
    fits = (integrity is None) is (authentication is None)
    if transform_id in COMBINED or transform_id == ESP_NULL:
        fits = fits and (integrity is None) is (transform_id in COMBINED)
    return Transform(cipher, integrity, mode) if cipher and fits else None


def _ah_value(transform_id: int, values: Mapping[int, int], mode: str) -> Transform | None:
    """The transform and the authentication algorithm must be the same one (RFC 2407 section 4.4.3)."""
    name = _AH_NAMES.get((transform_id, values.get(AUTHENTICATION, 0)))
    return Transform(None, None, mode, name) if name and KEY_LENGTH not in values else None
