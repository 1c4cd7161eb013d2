"""`crypto map … ipsec-manual`: SAs whose SPIs and keys are typed by hand, `set session-key`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iosim.crypto.aead import AEADS
from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Table, bound
from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import MapEntries, MapEntry
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.ipsec.model import ManualKeys, SaKeys, Transform
from iosim.ipsec.policy import CryptoMapEntry
from iosim.stack.acl import AccessList
from iosim.wire.ipv4 import AH, ESP

MANUAL = "ipsec-manual"
NAMES = {ESP: "esp", AH: "ah"}


@dataclass(frozen=True, slots=True)
class SessionKey:
    """`set session-key inbound esp 300 cipher 0123… authenticator 4567…`, `set session-key outbound ah 301 89ab…`"""

    direction: str
    protocol: str
    spi: int
    cipher: str | None = None
    authenticator: str | None = None
    key: str | None = None


@part("config_crypto_map")
@dataclass(slots=True)
class SessionKeys:
    """The keys of an entry: one for each direction of each protocol."""

    keys: dict[Any, SessionKey] = bound(
        Table(
            "crypto_map_session_key",
            order=15,
            key=("protocol", "direction"),
            type=SessionKey,
            sort=lambda key: key,
            tail=" ",
        )
    )

    def of(self, protocol: int, direction: str) -> SessionKey | None:
        """The key of a protocol for `inbound` or `outbound` packets."""
        return self.keys.get((NAMES[protocol], direction))


def is_manual(entry: Config) -> bool:
    """Whether an entry of a crypto map is one of `ipsec-manual`."""
    return bool(entry.get("kind") == MANUAL)


def manual_keys(entry: Config, transform: Transform) -> ManualKeys:
    """The keys that are typed, as they fit the transform.

    What is longer is cut (Cisco IOS Security Command Reference, `set session-key`). That shorter ones are taken, too,
    is seen in configurations of routers; that zeros fill them up is a guess.
    """
    settings = entry[SessionKeys]

    def of(direction: str) -> tuple[SaKeys, ...]:
        typed = ((protocol, settings.of(protocol, direction)) for protocol in transform.protocols)
        found = (_keys(transform, protocol, key) for protocol, key in typed if key is not None)
        return tuple(keys for keys in found if keys is not None)

    return ManualKeys(transform, of("inbound"), of("outbound"))


def with_manual_keys(made: CryptoMapEntry, config: Config, transforms: tuple[Transform, ...]) -> CryptoMapEntry:
    """An entry with the keys that are typed for it.

    There are keys for one flow only, so what is behind the first permit line of the access list does not count (same
    source, `crypto map`).
    """
    lines = made.acl.entries if made.acl else []
    ends = [at for at, line in enumerate(lines, 1) if line.permit]
    acl = AccessList(made.acl.name if made.acl else "", lines[: ends[0]] if ends else lines)
    return replace(made, acl=acl, peers=made.peers[:1], manual=manual_keys(config, transforms[0]))


def _keys(transform: Transform, protocol: int, typed: SessionKey) -> SaKeys | None:
    """None if a key is missing, or may not be typed: a counter mode would use its nonces again (RFC 4106 section 1)."""
    if protocol == ESP and transform.cipher in AEADS:
        return None
    words = (typed.cipher, typed.authenticator) if protocol == ESP else (None, typed.key)
    lengths = transform.key_lengths(protocol)
    if any(length and not word for word, length in zip(words, lengths, strict=True)):
        return None
    cipher, integrity = (_fit(word or "", length) for word, length in zip(words, lengths, strict=True))
    return SaKeys(typed.spi, cipher, integrity, protocol)


def _fit(digits: str, length: int) -> bytes:
    return bytes.fromhex(digits + "0" * (len(digits) % 2))[:length].ljust(length, b"\0")


@check("crypto_map")
def _check_kind(router: Router, config: Config, statement: Statement) -> None:
    """What is negotiated does not become manual; the wording is ours."""
    known = config[MapEntries].maps.get((statement.get("name"), statement.get("sequence")))
    if known is not None and statement.get("kind") and not is_manual(known) and not statement.no:
        raise Rejected("% The entry exists as ipsec-isakmp; delete it first")


@check("crypto_map_session_key")
def _check_key(router: Router, config: Config, statement: Statement) -> None:
    """The wording is ours."""
    if not is_manual(config) and not statement.no:
        raise Rejected("% Session keys are for ipsec-manual entries only")


@check("crypto_map_pfs", "crypto_map_lifetime_seconds", "crypto_map_lifetime_kilobytes", "crypto_map_per_host")
def _check_negotiated(router: Router, config: Config, statement: Statement) -> None:
    """These are for what is negotiated (same source, `set pfs`, `set security-association lifetime`; our wording)."""
    if is_manual(config) and not (statement.no or statement.default):
        raise Rejected("% This is for entries that are negotiated; an ipsec-manual entry has its keys for good")


@check("crypto_map_peer")
def _check_peer(router: Router, config: Config, statement: Statement) -> None:
    """A manual entry has one peer: to change it, delete the old one first (same source, `set peer`; our wording)."""
    others = [peer for peer in config[MapEntry].addresses if peer != statement.get("peer")]
    if is_manual(config) and others and not (statement.no or statement.default):
        raise Rejected("% An ipsec-manual entry has one peer only; delete it first")
