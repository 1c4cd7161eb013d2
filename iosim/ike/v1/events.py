"""What the engine reports to the router: what came up and went down, and what deserves a system message."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.admission import Limit
from iosim.ike.v1.config import QuickModeRequest
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Reason
from iosim.ipsec.model import SaPair


class Phase1Keys(NamedTuple):
    """The key that decrypts a phase-1 SA: `key` is Ka, expanded as in RFC 2409 appendix B, `cipher` its cipher."""

    initiator_cookie: bytes
    cipher: str
    key: bytes


class Phase1Up(NamedTuple):
    """The peer is authenticated."""

    sa: IkeSa


class Phase1Down(NamedTuple):
    """A phase-1 SA is deleted, whether or not it ever was up."""

    sa: IkeSa
    reason: Reason


class InboundReady(NamedTuple):
    """As responder: the peer may use the inbound SA from now on; the outbound one waits for `QuickModeFinished`."""

    pair: SaPair
    policy: object


class InboundAbandoned(NamedTuple):
    """As responder: the quick mode behind an `InboundReady` came to nothing."""

    pair: SaPair
    policy: object


class QuickModeFinished(NamedTuple):
    """Both SAs of a pair are ready. `policy` is what the request or the configuration brought."""

    pair: SaPair
    policy: object
    request: QuickModeRequest | None


class RequestFailed(NamedTuple):
    """The SAs that IPsec asked for do not come."""

    request: QuickModeRequest
    reason: Reason


class PeerDeletedIpsec(NamedTuple):
    """The peer has deleted these SAs of its own: our outbound ones, by IP protocol and SPI."""

    local: int
    remote: int
    spis: tuple[tuple[int, int], ...]


class PeerRestarted(NamedTuple):
    """INITIAL-CONTACT: the peer knows nothing of SAs that were made before the time `before` (µs).

    `port` is its own where a translator may have others at its address.
    """

    local: int
    remote: int
    before: int
    port: int | None = None


class PeerDead(NamedTuple):
    """The peer does not answer any more: what is up with it leads nowhere. `port` as with `PeerRestarted`."""

    local: int
    remote: int
    port: int | None = None


class BadMessage(NamedTuple):
    """A message is malformed, does not decrypt, or fails its HASH."""

    local: int
    remote: int


class NoSa(NamedTuple):
    """A message belongs to no SA and offers none."""

    local: int
    remote: int


class ModeFailure(NamedTuple):
    """The exchange (an ExchangeType) cannot go on."""

    exchange: int
    remote: int


class NoKeyPair(NamedTuple):
    """A signature was agreed on, and there is no certificate and key to make it by."""

    remote: int


class NotOffered(NamedTuple):
    """The peer answered with something that was not offered, or changed it."""

    remote: int


class AggressiveModeDisabled(NamedTuple):
    """Aggressive mode is wanted, by us or by the peer, and switched off."""

    remote: int


class SaDenied(NamedTuple):
    """A phase-1 SA is asked for, by the peer or by us, and `limit` forbids it."""

    local: int
    remote: int
    incoming: bool
    limit: Limit


class NotAuthenticated(NamedTuple):
    """The peer begins quick mode before it has proved who it is."""

    remote: int


class UnsupportedExchange(NamedTuple):
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
    | PeerDead
    | BadMessage
    | NoSa
    | ModeFailure
    | NoKeyPair
    | NotOffered
    | AggressiveModeDisabled
    | SaDenied
    | NotAuthenticated
    | UnsupportedExchange
)
