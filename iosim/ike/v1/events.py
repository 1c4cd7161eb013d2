"""What the engine reports to the router: what came up and went down, and what deserves a system message."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.ike.v1.config import QuickModeRequest
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Reason
from iosim.ipsec.model import SaPair


@dataclass(frozen=True, slots=True)
class Phase1Keys:
    """The key that decrypts a phase-1 SA: `key` is Ka, expanded as in RFC 2409 appendix B, `cipher` its cipher."""

    initiator_cookie: bytes
    cipher: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Phase1Up:
    """The peer is authenticated."""

    sa: IkeSa


@dataclass(frozen=True, slots=True)
class Phase1Down:
    """A phase-1 SA is deleted, whether or not it ever was up."""

    sa: IkeSa
    reason: Reason


@dataclass(frozen=True, slots=True)
class InboundReady:
    """As responder: the peer may use the inbound SA from now on; the outbound one waits for `QuickModeFinished`."""

    pair: SaPair
    policy: object


@dataclass(frozen=True, slots=True)
class InboundAbandoned:
    """As responder: the quick mode behind an `InboundReady` came to nothing."""

    pair: SaPair
    policy: object


@dataclass(frozen=True, slots=True)
class QuickModeFinished:
    """Both SAs of a pair are ready. `policy` is what the request or the configuration brought."""

    pair: SaPair
    policy: object
    request: QuickModeRequest | None


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """The SAs that IPsec asked for do not come."""

    request: QuickModeRequest
    reason: Reason


@dataclass(frozen=True, slots=True)
class PeerDeletedIpsec:
    """The peer has deleted these SAs of its own: our outbound ones, by SPI."""

    local: int
    remote: int
    spis: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PeerRestarted:
    """INITIAL-CONTACT: the peer knows nothing of SAs that were made before the time `before` (µs)."""

    local: int
    remote: int
    before: int


@dataclass(frozen=True, slots=True)
class BadMessage:
    """A message is malformed, does not decrypt, or fails its HASH."""

    local: int
    remote: int


@dataclass(frozen=True, slots=True)
class NoSa:
    """A message belongs to no SA and offers none."""

    local: int
    remote: int


@dataclass(frozen=True, slots=True)
class ModeFailure:
    """The exchange (an ExchangeType) cannot go on."""

    exchange: int
    remote: int


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The peer answered with something that was not offered, or changed it."""

    remote: int


@dataclass(frozen=True, slots=True)
class UnsupportedExchange:
    """The peer wants an exchange that is not there."""

    exchange: int
    remote: int


Event = (
    Phase1Keys
    | Phase1Up
    | Phase1Down
    | InboundReady
    | InboundAbandoned
    | QuickModeFinished
    | RequestFailed
    | PeerDeletedIpsec
    | PeerRestarted
    | BadMessage
    | NoSa
    | ModeFailure
    | NotOffered
    | UnsupportedExchange
)
