"""Two engines on a manual clock, and a link between them that can lose, double, delay and damage datagrams."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TypeVar

from iosim.ike.v1 import Approach, Engine, IkeSa, Keepalive, Key, NoPki, Pki, Policy, QuickModeRequest
from iosim.ike.v1.admission import Admission
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import Event, QuickModeFinished
from iosim.ike.v1.trace import Trace
from iosim.ipsec.model import Proxy, SaPair, Transform
from iosim.wire.isakmp import Identification, IdType

T = TypeVar("T")

SECOND = 1_000_000
DELAY = 5_000
A, B = 0x0A000001, 0x0A000002
LAN_A, LAN_B = Proxy(0xC0A80100, 0xFFFFFF00), Proxy(0xC0A80200, 0xFFFFFF00)
AES_SHA = Transform("aes-128", "sha")
POLICY = Policy(10, "aes-128", "sha", "pre-share", 2, 86400)


@dataclass(frozen=True)
class Accept:
    """A quick mode policy."""

    transforms: tuple[Transform, ...] = (AES_SHA,)
    pfs_group: int | None = None
    lifetime: int = 3600
    lifesize: int = 4608000


@dataclass
class Config:
    """A configuration as a test sets it; the attributes may change at any time."""

    isakmp: tuple[Policy, ...] = (POLICY,)
    key: Key | None = Key(b"cisco123")
    accept: Accept | None = field(default_factory=Accept)
    proxies: tuple[Proxy, Proxy] = (LAN_A, LAN_B)
    enabled: bool = True
    aggressive: bool = False
    aggressive_mode: bool = True
    nat_transparency: bool = True
    nat_keepalive: int = 0
    pki: Pki = field(default_factory=NoPki)
    own_identity: Identification | None = None
    watching: Keepalive | None = None
    admission: Admission = field(default_factory=Admission)
    invalid_spi_recovery: bool = False
    needed: bool = True
    spis: set[int] = field(default_factory=set)

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        return Approach(self.isakmp, self.key, self.aggressive)

    def phase_1_needed(self, local: int, remote: int) -> bool:
        return self.needed

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        return self.watching

    def policies(self, remote: int) -> tuple[Policy, ...]:
        return self.isakmp

    def key_of_address(self, local: int, remote: int) -> Key | None:
        return self.key

    def key_of_identity(self, local: int, remote: int, identity: Identification, profile: str | None) -> Key | None:
        return self.key

    def keyrings(self, profile: str) -> tuple[str, ...]:
        return ()

    def identity(self, local: int, remote: int, profile: str | None) -> Identification:
        return self.own_identity or Identification(IdType.IPV4_ADDR, 17, 500, local.to_bytes(4, "big"))

    def profile(self, local: int, remote: int, identity: Identification, wanted: str | None) -> str | None:
        return None

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> Accept | None:
        return self.accept if (local_proxy, remote_proxy) == self.proxies else None

    def spi_in_use(self, spi: int) -> bool:
        return spi in self.spis


class Node:
    """An engine with its address, all its events and all its steps."""

    def __init__(self, address: int, config: Config, seed: int) -> None:
        self.address = address
        self.config = config
        self.events: list[Event] = []
        self.steps: list[Trace] = []
        self.engine = Engine(config, random.Random(f"{seed} {address}").randbytes, self.steps.append)

    def seen(self, kind: type[T]) -> list[T]:
        """The events and steps of a kind."""
        return [each for each in (*self.events, *self.steps) if isinstance(each, kind)]

    @property
    def sa(self) -> IkeSa:
        """The latest phase-1 SA."""
        return self.engine.sas[-1]

    @property
    def pairs(self) -> list[SaPair]:
        """The pairs of SAs that quick mode finished."""
        return [event.pair for event in self.seen(QuickModeFinished)]


Fault = Callable[[int, Datagram], list[tuple[int, bytes]]]
"""What becomes of the n-th datagram on the link (from 1): deliveries, each an extra delay and the bytes."""


def deliver(_: int, datagram: Datagram) -> list[tuple[int, bytes]]:
    return [(0, datagram.data)]


class Lab:
    """Nodes A and B. `wire` holds every datagram that was sent, in order."""

    def __init__(
        self, a: Config | None = None, b: Config | None = None, *, fault: Fault = deliver, seed: int = 1
    ) -> None:
        self.a = Node(A, a or Config(), seed)
        self.b = Node(B, b or Config(proxies=(LAN_B, LAN_A)), seed)
        self.fault = fault
        self.now = 0
        self.wire: list[Datagram] = []
        self._arrivals: list[tuple[int, int, Datagram]] = []

    def request(self, node: Node | None = None, **changes: object) -> QuickModeRequest:
        """IPsec of a node (A) wants a pair of SAs."""
        node = node or self.a
        peer, proxies = (B, (LAN_A, LAN_B)) if node is self.a else (A, (LAN_B, LAN_A))
        wanted = QuickModeRequest(node.address, peer, *proxies, (AES_SHA,), None, 3600, 4608000, "map 10")
        wanted = replace(wanted, **changes)  # type: ignore[arg-type]
        node.engine.request(wanted, self.now)
        self.collect()
        return wanted

    def collect(self) -> None:
        """Put what the engines have to send on the wire, and keep their events."""
        for node in (self.a, self.b):
            for datagram in node.engine.datagrams_to_send():
                self.wire.append(datagram)
                for delay, data in self.fault(len(self.wire), datagram):
                    arrival = self.now + DELAY + delay, len(self._arrivals) + len(self.wire) * 10
                    heappush(self._arrivals, (*arrival, replace(datagram, data=data)))
            while (event := node.engine.next_event()) is not None:
                node.events.append(event)

    def run(self, seconds: float = 1) -> Lab:
        """Let time pass."""
        end = self.now + int(seconds * SECOND)
        while (now := min(self._times(), default=end + 1)) <= end:
            self.now = max(now, self.now)
            for node in (self.a, self.b):
                node.engine.handle_timer(self.now)
            while self._arrivals and self._arrivals[0][0] <= self.now:
                self._arrive(heappop(self._arrivals)[2])
            self.collect()
        self.now = end
        return self

    def _arrive(self, datagram: Datagram) -> None:
        node = self.a if datagram.remote == A else self.b
        node.engine.receive_datagram(
            datagram.data, datagram.remote, datagram.local, datagram.remote_port, datagram.local_port, self.now
        )

    def _times(self) -> Iterator[int]:
        if self._arrivals:
            yield self._arrivals[0][0]
        for node in (self.a, self.b):
            timer = node.engine.get_timer()
            if timer is not None:
                yield timer


def assert_same_sas(one: SaPair, other: SaPair) -> None:
    """The two ends of a pair fit together."""
    assert one.inbound == other.outbound
    assert one.outbound == other.inbound
    assert (one.local_proxy, one.remote_proxy) == (other.remote_proxy, other.local_proxy)
    assert (one.transform, one.pfs_group) == (other.transform, other.pfs_group)
    assert (one.lifetime, one.lifesize) == (other.lifetime, other.lifesize)
    assert one.initiator is not other.initiator
