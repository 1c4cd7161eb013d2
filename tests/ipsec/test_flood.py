"""Very many packets of very many flows at a router with a tunnel: what it remembers of them is bounded.

Whatever the stack keeps of a flow (its trail, neighbours, fragments, parts of IPsec flows), the second half of a flood
must not need more memory than the first one has taken.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from random import Random

import pytest

from iosim.ipsec.model import Transform
from iosim.ipsec.udp import PORT
from iosim.sim.clock import SECOND
from iosim.stack import trail
from iosim.stack.fib import Hop
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import AH, ESP, ICMP, UDP, Ipv4
from iosim.wire.udp import Udp

from .helpers import LAN1, LAN2, PC2, R1, R2, packet
from .siege import DELIVERED, Row, Tunnel

MEGABYTE = 1_000_000
COUNT = 5_000
"""Packets of each kind."""
Throw = Callable[[Tunnel, Random], None]


def transit(tunnel: Tunnel, chance: Random) -> None:
    """From and to anywhere in the clear."""
    source, destination = (chance.randrange(1 << 24, 0xDF000000) for _ in range(2))
    ports = chance.getrandbits(16), chance.getrandbits(16)
    tunnel.throw(packet(source, destination, protocol=chance.choice((6, 17)), ports=ports, ttl=2))


def neighbours(tunnel: Tunnel, chance: Random) -> None:
    """To addresses of a connected subnet that nobody has, and some that do not exist."""
    tunnel.throw(packet(R1, R2 & 0xFFFFFF00 | chance.getrandbits(8), ports=(chance.getrandbits(16), 9)))


def unknown_spis(tunnel: Tunnel, chance: Random) -> None:
    """ESP, AH, and ESP within UDP, from forged sources."""
    source, body = chance.getrandbits(31), chance.randbytes(60)
    protocol = chance.choice((ESP, AH, UDP))
    if protocol == UDP:
        body = Udp(chance.getrandbits(16), PORT, b"\x01" + body).pack(source, R2)
    tunnel.throw(Ipv4(source, R2, protocol, body).pack())


def known_spi(tunnel: Tunnel, chance: Random) -> None:
    """With the SPI and any sequence number."""
    tunnel.throw(Ipv4(chance.getrandbits(31), R2, ESP, (0x2001).to_bytes(4) + chance.randbytes(60)).pack())


def fragments(tunnel: Tunnel, chance: Random) -> None:
    """Beginnings of packets of 64 KB."""
    tunnel.throw(packet(chance.getrandbits(31), R2, bytes(508), protocol=ESP, flags=0x2000 | chance.getrandbits(13)))


def advice(tunnel: Tunnel, chance: Random) -> None:
    """ICMP about packets that nobody has sent, with any MTU, and some that the tunnel has sent."""
    quote = Ipv4(R2, R1, chance.choice((ESP, AH, UDP)), chance.choice((0x1001, 7)).to_bytes(4) + chance.randbytes(8))
    error = Icmp(3, chance.choice((4, 4, 1)), chance.getrandbits(16), quote.pack())
    tunnel.throw(Ipv4(chance.getrandbits(31), R2, ICMP, error.pack()).pack())


def through_the_tunnel(tunnel: Tunnel, chance: Random) -> None:
    """Authentic ones of a flow each, to the router and to others behind it."""
    destination = chance.choice((PC2, LAN2 + chance.randrange(20, 99)))
    ports = chance.getrandbits(16), chance.getrandbits(16)
    sealed = tunnel.sender.seal(packet(LAN1 + chance.randrange(1, 255), destination, ports=ports))
    assert isinstance(sealed, bytes)
    tunnel.throw(sealed)


def into_the_tunnel(tunnel: Tunnel, chance: Random) -> None:
    """From a LAN that scans the one behind the tunnel."""
    ports = chance.getrandbits(16), chance.getrandbits(16)
    scan = packet(LAN2 + chance.randrange(1, 255), LAN1 + chance.randrange(1, 255), ports=ports)
    tunnel.far.stack.receive_decrypted(scan, tunnel.far.loopback)


def in_the_clear(tunnel: Tunnel, chance: Random) -> None:
    """What should have come through the tunnel."""
    ports = chance.getrandbits(16), chance.getrandbits(16)
    tunnel.throw(packet(LAN1 + chance.randrange(1, 255), LAN2 + chance.randrange(1, 255), ports=ports))


def to_ports(tunnel: Tunnel, chance: Random) -> None:
    """UDP and TCP to the router itself."""
    tunnel.throw(packet(chance.getrandbits(31), R2, protocol=chance.choice((6, 17)), ports=(9, chance.getrandbits(16))))


FLOODS: list[Throw] = [
    transit, neighbours, unknown_spis, known_spi, fragments, advice, through_the_tunnel, into_the_tunnel, in_the_clear,
    to_ports,
]  # fmt: skip


def without_loops() -> Tunnel:
    """The far end sends what it does not know to the near end, which sends nothing back."""
    tunnel = Tunnel(Row(Transform("gcm-128", None)))
    near, far = tunnel.near, tunnel.far
    link = R1 & 0xFFFFFF00, 24
    near.stack.fib.replace(
        {link: (Hop(near.interface),), (LAN1, 24): (Hop(near.loopback),), (LAN2, 24): (Hop(near.interface, R2),)}
    )
    far.stack.fib.replace(
        {link: (Hop(far.interface),), (LAN2, 24): (Hop(far.loopback),), (0, 0): (Hop(far.interface, R1),)}
    )
    return tunnel


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
def test_a_flood_of_flows_costs_a_bounded_amount_of_memory(flood: Throw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MAXIMUM_TRAILS", 512)  # so that the flow cache has been full before the second half
    tunnel, chance = without_loops(), Random(1)
    held = list(memory_during(tunnel, lambda: flood(tunnel, chance)))
    half = len(held) // 2
    assert max(held) < 6 * MEGABYTE
    assert max(held[half:]) < max(held[:half]) + MEGABYTE / 8
    tunnel.sim.run(until=tunnel.sim.now + 100 * SECOND)
    assert tunnel.fate(tunnel.sealed(b"after the flood")) == DELIVERED


def memory_during(tunnel: Tunnel, throw: Callable[[], None]) -> Iterator[int]:
    """The bytes that are held after each tenth of a flood within three seconds."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(1, COUNT + 1):
        throw()
        tunnel.sim.run(until=tunnel.sim.now + 600)
        if number % (COUNT // 10) == 0:
            for end in (tunnel.near, tunnel.far):
                end.frames.clear()
                end.events.clear()
            gc.collect()
            yield tracemalloc.get_traced_memory()[0] - before
