"""What can be chosen for the connections of a node, and what all of them need of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, Protocol

from iosim.data import dataclass
from iosim.sim.clock import MILLISECOND, SECOND, Simulator
from iosim.wire.tcp import Segment

if TYPE_CHECKING:
    from iosim.stack.tcp.machine import Machine

DEFAULT_MSS = 536
"""What every host takes, and the size for whoever is not on our own subnet, unless the path is explored (RFC 9293)."""
HEADERS = 40
"""Of IPv4 and TCP, without options."""
ACK_HOLD = 200 * MILLISECOND
"""How long an acknowledgment waits for data to go with (RFC 9293 section 3.8.6.3 allows 500 ms)."""
Key = tuple[int, int, int, int]
"""Local address and port, remote address and port."""
Ending = Literal["closed", "refused", "reset", "timeout", "unreachable", "aborted", "keepalive", "limit"]
"""How a connection has ended; "closed" is the regular end."""


@dataclass(frozen=True, slots=True)
class TcpOptions:
    """The settings of connections; they begin as those of IOS. Times in µs.

    `window` is what is received ahead of the reader. `mss` takes the place of the size that follows from the interface.
    """

    window: int = 4128
    mss: int | None = None
    path_mtu_discovery: bool = False
    path_mtu_age: int | None = 600 * SECOND
    synwait: int = 30 * SECOND
    ttl: int = 255
    tos: int = 0
    nagle: bool = False
    keepalive: bool = False


class TcpWatcher(Protocol):
    """Is told what happens: "sending" (a SYN, FIN or RST of no connection, too), "state", "received mss", "timeout",
    "retransmit", "created" and "destroyed"; `said` are the numbers that belong to it."""

    def __call__(self, what: str, connection: Machine | None, segment: Segment | None, *said: object) -> None: ...


class Owner(Protocol):
    """What a connection needs of its node. `counts` are the counters of `show tcp statistics` by name."""

    sim: Simulator
    counts: Counter[str]
    watcher: TcpWatcher | None

    def transmit(self, connection: Machine, segment: Segment) -> bool:
        """Send a segment; False without a route."""

    def forget(self, connection: Machine) -> None:
        """The connection has ended."""
