"""`ip virtual-reassembly`: fragments go on when all are there, as they were and in order, or not at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network import Network, chain

from iosim.sim.clock import SECOND, Simulator
from iosim.stack.fragment import BAD, FULL, LATE, Limits, fragment
from iosim.stack.virtual_reassembly import DROPPED, VirtualReassembler
from iosim.wire.address import parse_address
from iosim.wire.ipv4 import Ipv4


class Wait:
    """A reassembler, what it dropped, and how often it was full."""

    def __init__(self, limits: Limits = Limits(2, 4, 3 * SECOND), none_at_all: bool = False) -> None:  # noqa: B008
        self.sim = Simulator()
        self.drops: list[str] = []
        self.overflows = 0
        self.engine = VirtualReassembler(self.sim, limits, self.drops.append, self._overflowed, none_at_all)

    def _overflowed(self) -> None:
        self.overflows += 1

    def add(self, *pieces: bytes) -> list[bytes]:
        return [out for piece in pieces for out in self.engine.pass_on(piece)]


def datagram(identification: int = 7, length: int = 40) -> bytes:
    return Ipv4(1, 2, 17, bytes(n % 251 for n in range(length)), identification=identification, tos=5, ttl=9).pack()


@given(st.integers(69, 900), st.integers(68, 120), st.randoms(use_true_random=False))
def test_they_go_on_as_they_were_whatever_their_order(length: int, mtu: int, order: random.Random) -> None:
    pieces = fragment(datagram(length=length), mtu)
    mixed = [*pieces, pieces[0]] if len(pieces) > 1 else pieces
    order.shuffle(mixed)
    wait = Wait(Limits(2, 64, SECOND))
    passed = wait.add(*mixed)
    assert passed == pieces and wait.engine.reassembled == 1 and wait.drops == []


def test_what_never_arrives_in_full_goes_no_further_and_is_forgotten() -> None:
    wait = Wait()
    pieces = fragment(datagram(), 36)
    assert wait.add(*pieces[:-1]) == [] and wait.engine.waiting == (1, 2)
    wait.sim.run(until=3 * SECOND)
    assert wait.drops == [LATE] and (wait.engine.waiting, wait.engine.timeouts) == ((0, 0), 1)
    assert wait.add(pieces[-1]) == []


def test_overlaps_and_too_many_fragments_go_no_further() -> None:
    wait = Wait()
    first = Ipv4(1, 2, 17, bytes(16), identification=7, more_fragments=True).pack()
    overlapping = Ipv4(1, 2, 17, bytes(16), identification=7, offset=8).pack()
    assert wait.add(first, overlapping) == [] and wait.drops == [BAD] and wait.engine.waiting == (0, 0)
    assert wait.add(*fragment(datagram(), 28)[:5]) == [] and wait.drops == [BAD] * 2


def test_when_too_many_wait_new_ones_are_dropped_and_it_is_said() -> None:
    wait = Wait()
    pairs = [fragment(datagram(number), 44) for number in range(3)]
    assert wait.add(*(pair[0] for pair in pairs)) == []
    assert (wait.drops, wait.overflows, wait.engine.waiting) == ([FULL], 1, (2, 2))
    assert wait.add(pairs[0][1]) == pairs[0]
    assert wait.add(*pairs[2]) == pairs[2]


def test_none_at_all() -> None:
    wait = Wait(none_at_all=True)
    assert wait.add(*fragment(datagram(), 44)) == [] and wait.drops == [DROPPED] * 2


@pytest.fixture
def network() -> Network:
    """PC1 - R1 - R2 - PC2, and R1 waits for fragments that come from PC1."""
    network = chain()
    router = network["R1"]
    router.interfaces["Gi0"].reassembly = VirtualReassembler(network.sim, Limits(), router.drop, lambda: None)
    network.ping("PC1", "192.168.2.10")
    return network


def test_a_router_passes_whole_packets_and_complete_ones_on(network: Network) -> None:
    assert network.ping("PC1", "192.168.2.10", size=5000).kind == "reply"
    assert network.ping("PC1", "192.168.1.1", size=5000).kind == "reply"  # for itself
    assert network["R1"].traffic.forwarded >= 4 * 2


def test_a_router_passes_nothing_on_of_an_incomplete_one(network: Network) -> None:
    ends = parse_address("192.168.1.10"), parse_address("192.168.2.10")
    forwarded = network["R1"].traffic.forwarded
    for number in range(100):
        network["PC1"].send(Ipv4(*ends, 17, bytes(64), identification=number, more_fragments=True).pack())
    network.sim.run(until=network.sim.now + 20 * SECOND)
    assert network["R1"].traffic.forwarded == forwarded
    assert network["R1"].drops[FULL] + network["R1"].drops[LATE] == 100


def test_the_options_of_the_first_may_make_another_too_long() -> None:
    wait = Wait()
    first = Ipv4(1, 2, 17, bytes(8), more_fragments=True, options=bytes(40)).pack()
    last = Ipv4(1, 2, 17, bytes(0xFFFF - 20 - 8), offset=8).pack()
    assert wait.add(first, last) == []
    assert wait.drops == [BAD]
    assert wait.engine.reassembled == 0


def test_those_that_leave_wait_likewise(network: Network) -> None:
    router = network["R1"]
    router.interfaces["Gi0"].reassembly = None
    leaving = router.interfaces["Gi1"].reassembly_out = VirtualReassembler(
        network.sim, Limits(), router.drop, lambda: None
    )
    assert network.ping("PC1", "192.168.2.10", size=5000).kind == "reply"
    assert (leaving.reassembled, leaving.waiting) == (1, (0, 0))
    ends = parse_address("192.168.1.10"), parse_address("192.168.2.10")
    forwarded = router.traffic.forwarded
    network["PC1"].send(Ipv4(*ends, 17, bytes(64), more_fragments=True).pack())
    network.sim.run(until=network.sim.now + SECOND)
    assert (router.traffic.forwarded, leaving.waiting) == (forwarded, (1, 1))
    network["PC1"].send(Ipv4(*ends, 17, bytes(64), offset=64).pack())
    network.sim.run(until=network.sim.now + SECOND)
    assert (router.traffic.forwarded, leaving.waiting) == (forwarded + 2, (0, 0))
