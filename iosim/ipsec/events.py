"""What the data plane tells its owner: requests to the key exchange and facts for syslog and debug."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.sa import ReceiveError
from iosim.ipsec.selectors import FiveTuple


class Cause(Enum):
    """Why SAs were deleted; all but PEER and DEAD are news to the peer."""

    LIFETIME = "lifetime expired"
    VOLUME = "volume limit reached"
    CLEARED = "cleared"
    PEER = "deleted by peer"
    DEAD = "peer does not answer"
    IDLE = "idle"
    CONFIG = "configuration changed"


class Acquire(NamedTuple):
    """A packet waits for SAs that do not exist: negotiate them, then `install`, or `acquire_failed`."""

    flow: Flow


class KeysMissing(NamedTuple):
    """A packet has found no SAs, as manual keys are not all there."""

    flow: Flow


class Rekey(NamedTuple):
    """The pair nears its end and has been used: negotiate its successor, then `install`, or `acquire_failed`."""

    flow: Flow
    expiring: InstalledPair


class StillWanted(NamedTuple):
    """The SAs that a packet waits for have not come in time; `attempt` counts from 1, the second is the last."""

    flow: Flow
    attempt: int


class SaPrepared(NamedTuple):
    """As responder: a pair receives from now on; it sends when `SaCreated` says so."""

    installed: InstalledPair


class SaCreated(NamedTuple):
    """A pair was installed; `prepared`: it has been there to receive already."""

    installed: InstalledPair
    prepared: bool = False


class SasDeleted(NamedTuple):
    """Pairs were removed together, for one cause."""

    removed: tuple[InstalledPair, ...]
    cause: Cause


class PacketRefused(NamedTuple):
    """A packet of `length` bytes came on a known SA and was dropped; `inner` is what it was in, where that is known."""

    installed: InstalledPair
    error: ReceiveError
    sequence: int
    length: int
    inner: FiveTuple | None = None


class InvalidSpi(NamedTuple):
    """A packet of ESP or AH came for an SA that is not here."""

    source: int
    destination: int
    protocol: int
    spi: int
    interface: str


class Silence(NamedTuple):
    """A packet was sent through a pair from which nothing came for longer than its `patience`."""

    installed: InstalledPair


class NotIpsec(NamedTuple):
    """A packet came in the clear that the policy wants protected."""

    source: int
    destination: int
    protocol: int
    interface: str


Event = (
    Acquire
    | KeysMissing
    | Rekey
    | StillWanted
    | SaPrepared
    | SaCreated
    | SasDeleted
    | PacketRefused
    | InvalidSpi
    | NotIpsec
    | Silence
)
