"""What the data plane tells its owner: requests to the key exchange and facts for syslog and debug."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from iosim.ipsec.esp import ReceiveError
from iosim.ipsec.flow import Flow, InstalledPair


class Cause(Enum):
    """Why SAs were deleted; all but PEER are news to the peer."""

    LIFETIME = "lifetime expired"
    VOLUME = "volume limit reached"
    CLEARED = "cleared"
    PEER = "deleted by peer"
    CONFIG = "configuration changed"


@dataclass(frozen=True, slots=True)
class Acquire:
    """A packet waits for SAs that do not exist: negotiate them, then `install`, or `acquire_failed`."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class Rekey:
    """The pair nears its end and has been used: negotiate its successor, then `install`, or `acquire_failed`."""

    flow: Flow
    expiring: InstalledPair


@dataclass(frozen=True, slots=True)
class SaCreated:
    """A pair was installed."""

    installed: InstalledPair


@dataclass(frozen=True, slots=True)
class SasDeleted:
    """Pairs were removed together, for one cause."""

    removed: tuple[InstalledPair, ...]
    cause: Cause


@dataclass(frozen=True, slots=True)
class PacketRefused:
    """A packet came on a known SA and was dropped."""

    installed: InstalledPair
    error: ReceiveError
    sequence: int


@dataclass(frozen=True, slots=True)
class InvalidSpi:
    """An ESP packet came for an SA that is not here."""

    source: int
    destination: int
    spi: int
    interface: str


@dataclass(frozen=True, slots=True)
class NotIpsec:
    """A packet came in the clear that the policy wants protected."""

    source: int
    destination: int
    protocol: int
    interface: str


Event = Acquire | Rekey | SaCreated | SasDeleted | PacketRefused | InvalidSpi | NotIpsec
