"""What a stack counts of its packets, and what it tells to whoever watches them one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import Literal, Protocol

from iosim.data import dataclass
from iosim.stack.interface import Interface
from iosim.wire.arp import Arp
from iosim.wire.icmp import Icmp

Fate = Literal[
    "sending", "forward", "rcvd", "rcvd broadcast", "unroutable", "access denied", "encapsulation failed", "fragment"
]
"""What becomes of a packet."""


class PacketWatcher(Protocol):
    """Is told of each packet: its fate, where it came in (None: our own), where it goes out, and its next hop."""

    def __call__(
        self, fate: Fate, packet: bytes, arrived: Interface | None, leaves: Interface | None, next_hop: int | None
    ) -> None: ...


class IcmpWatcher(Protocol):
    """Is told of each ICMP message that is sent (or received), with the addresses of the packet that carries it."""

    def __call__(self, sent: bool, message: Icmp, source: int, destination: int, tos: int) -> None: ...


class ArpWatcher(Protocol):
    """Is told of ARP messages, and (`what` is "incomplete") of an address that is going to be asked for."""

    def __call__(self, what: Literal["sent", "rcvd", "incomplete"], interface: Interface, message: Arp) -> None: ...


@dataclass(slots=True)
class Traffic:
    """Counters of one node. Those of ICMP are by (type, code), those of ARP by operation."""

    received: int = 0
    local: int = 0
    forwarded: int = 0
    generated: int = 0
    bad_headers: int = 0
    bad_checksums: int = 0
    broadcasts_in: int = 0
    broadcasts_out: int = 0
    reassembled: int = 0
    fragmented: int = 0
    fragments: int = 0
    icmp_in: Counter[tuple[int, int]] = field(default_factory=Counter)
    icmp_out: Counter[tuple[int, int]] = field(default_factory=Counter)
    udp_in: int = 0
    udp_out: int = 0
    arp_in: Counter[int] = field(default_factory=Counter)
    arp_out: Counter[int] = field(default_factory=Counter)
    arp_proxied: int = 0
