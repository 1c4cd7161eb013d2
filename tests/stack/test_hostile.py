"""Fragments of all kinds, and any bytes at all: counted, dropped, never an exception."""

from __future__ import annotations

import random
import tracemalloc
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network import chain
from scapy.layers.inet import IP
from scapy.layers.inet import fragment as scapy_fragment

from iosim.sim.clock import SECOND, Simulator
from iosim.stack.fragment import MAXIMUM_DATAGRAMS, MAXIMUM_FRAGMENTS, TIMEOUT, Reassembler, fragment
from iosim.wire import ipv4
from iosim.wire.address import parse_address
from iosim.wire.arp import Arp
from iosim.wire.ethernet import TYPE_ARP, TYPE_IPV4, Ethernet
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import Ipv4


class Collector:
    """A reassembler and what it reports."""

    def __init__(self) -> None:
        self.sim = Simulator()
        self.expired: list[bytes] = []
        self.drops: list[str] = []
        self.reassembler = Reassembler(self.sim, self.expired.append, self.drops.append)

    def add(self, *packets: Ipv4) -> bytes | None:
        """What the last of the packets completes."""
        return [self.reassembler.add(packet.pack()) for packet in packets][-1]


def piece(offset: int, payload: bytes, more: bool = True) -> Ipv4:
    return Ipv4(1, 2, 17, payload, identification=7, offset=offset, more_fragments=more)


PACKETS = st.builds(
    Ipv4,
    source=st.just(1),
    destination=st.just(2),
    protocol=st.integers(0, 255),
    payload=st.binary(max_size=900),
    tos=st.integers(0, 255),
    ttl=st.integers(0, 255),
    identification=st.integers(0, 0xFFFF),
    options=st.sampled_from([b"", bytes(8)]),
)


@given(PACKETS, st.integers(68, 400), st.integers(68, 400), st.randoms(use_true_random=False))
def test_fragments_of_fragments_in_any_order_are_put_together(
    packet: Ipv4, first_mtu: int, second_mtu: int, order: random.Random
) -> None:
    data = packet.pack()
    pieces = [small for large in fragment(data, first_mtu) for small in fragment(large, second_mtu)]
    assert all(len(each) <= max(second_mtu, 36) for each in pieces)
    pieces = [*pieces[: len(pieces) // 2], *pieces]
    order.shuffle(pieces)
    collector = Collector()
    results = [collector.reassembler.add(each) for each in pieces] if packet.payload else [data]
    assert data in results


def test_fragments_agree_with_scapy() -> None:
    packet = Ipv4(0x0A000001, 0x0A000002, 17, bytes(range(200)) * 5, identification=9)
    theirs = [bytes(each) for each in scapy_fragment(IP(packet.pack()), fragsize=480)]
    assert fragment(packet.pack(), 500) == theirs


def test_overlapping_pieces_end_the_packet() -> None:
    collector = Collector()
    assert collector.add(piece(0, bytes(16)), piece(8, bytes(16)), piece(16, bytes(8), False)) is None
    assert collector.drops == ["bad fragment"]


def test_a_piece_beyond_the_end_ends_the_packet() -> None:
    collector = Collector()
    assert collector.add(piece(64, bytes(32)), piece(8, bytes(24), False)) is None
    assert collector.drops == ["bad fragment"]


def test_a_packet_that_would_be_too_long_is_refused() -> None:
    collector = Collector()
    assert collector.add(piece(0xFFF8, bytes(8), False)) is None
    assert collector.drops == ["bad fragment"]


def test_a_header_with_options_makes_a_packet_too_long() -> None:
    """Each piece fits into the longest packet; under the options of the first one the whole does not."""
    collector = Collector()
    first = piece(0, bytes(8))
    first.options = bytes(40)
    end = ipv4.MAXIMUM_LENGTH - ipv4.HEADER_LENGTH
    others = [piece(at, bytes(min(1480, end - at)), at + 1480 < end) for at in range(8, end, 1480)]
    assert collector.add(first, *others) is None
    assert collector.drops == ["bad fragment"]


@pytest.mark.parametrize("length", [8, 1480])
def test_ten_thousand_that_never_finish(length: int) -> None:
    """The oldest make room, the others end in time, and none stays in memory."""
    collector = Collector()
    tracemalloc.start()
    try:
        for number in range(10_000):
            collector.add(Ipv4(1, 2, 17, bytes(length), identification=number, more_fragments=True))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < MAXIMUM_DATAGRAMS * (2 * length + 2000) + 500_000
    assert collector.drops == ["reassembly table full"] * (10_000 - MAXIMUM_DATAGRAMS)
    collector.sim.run(until=TIMEOUT - 1)
    assert len(collector.expired) == 0
    collector.sim.run(until=TIMEOUT)
    assert collector.drops[10_000 - MAXIMUM_DATAGRAMS :] == ["reassembly timeout"] * MAXIMUM_DATAGRAMS
    assert len(collector.expired) == MAXIMUM_DATAGRAMS
    assert collector.add(piece(0, bytes(8)), piece(8, b"end", False))


def test_a_packet_in_very_many_pieces_is_given_up() -> None:
    collector = Collector()
    assert collector.add(*(piece(at, bytes(8)) for at in range(0, 8 * MAXIMUM_FRAGMENTS, 8))) is None
    assert collector.drops == []
    assert collector.add(piece(8 * MAXIMUM_FRAGMENTS, bytes(8))) is None
    assert collector.drops == ["bad fragment"]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40), st.booleans(), st.booleans()), max_size=40))
def test_any_pieces_at_all(parts: list[tuple[int, int, bool, bool]]) -> None:
    """What becomes whole is what pieces said that lie beside each other; all else is counted, or ends in time."""
    collector, whole = Collector(), 0
    for offset, length, more, other in parts:
        data = bytes(range(offset * 8, offset * 8 + length))
        packet = Ipv4(1, 2, 17, data, identification=other, offset=offset * 8, more_fragments=more)
        result = collector.reassembler.add(packet.pack())
        if result is not None:
            whole += 1
            assert result[20:] == bytes(range(len(result) - 20))
    collector.sim.run(until=TIMEOUT)
    assert whole + len(collector.drops) <= len(parts)
    assert collector.drops.count("reassembly timeout") <= 2
    assert collector.sim.next_time() is None


def test_the_source_of_an_incomplete_packet_hears_of_it() -> None:
    network = chain()
    heard: list[tuple[int, int]] = []
    network["PC1"].icmp.on_error.append(lambda message, source: heard.append((message.type, message.code)))
    source, destination = parse_address("192.168.1.10"), parse_address("192.168.2.10")
    network["PC1"].send(Ipv4(source, destination, 17, bytes(16), more_fragments=True).pack())
    network.sim.run(until=network.sim.now + 20 * SECOND)
    assert heard == [(11, 1)]


ADDRESSES = st.sampled_from(
    [parse_address(text) for text in ("192.168.1.1", "1.1.1.1", "192.168.2.10", "192.168.1.10", "192.168.1.255")]
) | st.integers(0, 0xFFFFFFFF)
BYTES = st.binary(max_size=60)
PAYLOADS = st.one_of(
    BYTES,
    st.builds(
        lambda kind, code, data: Icmp(kind, code, 0, data).pack(),
        st.sampled_from([0, 3, 5, 8, 11, 13]),
        st.integers(0, 15),
        BYTES,
    ),
    st.builds(lambda port, data: pack("!HHHH", 9, port, 8 + len(data), 0) + data, st.integers(0, 0xFFFF), BYTES),
)
HOSTILE_PACKETS = st.builds(
    lambda source, destination, protocol, payload, ttl, offset, more: Ipv4(
        source, destination, protocol, payload, ttl, offset=offset * 8, more_fragments=more
    ).pack(),
    ADDRESSES,
    ADDRESSES,
    st.sampled_from([1, 6, 17, 50, 51, 255]),
    PAYLOADS,
    st.integers(0, 3),
    st.sampled_from([0, 0, 1, 0x1FFF]),
    st.booleans(),
)
MACS = st.sampled_from([bytes.fromhex("aabbcc000002"), b"\xff" * 6]) | st.binary(min_size=6, max_size=6)
ARPS = st.builds(
    lambda operation, mac, sender, target: Arp(operation, mac, sender, mac, target).pack(),
    st.integers(0, 3),
    MACS,
    ADDRESSES,
    ADDRESSES,
)
FRAMES = st.one_of(
    BYTES,
    st.builds(
        lambda to, payload: Ethernet(to, bytes.fromhex("aabbcc000001"), *payload).pack(),
        MACS,
        st.one_of(
            st.tuples(st.just(TYPE_IPV4), HOSTILE_PACKETS | BYTES),
            st.tuples(st.just(TYPE_ARP), ARPS | BYTES),
            st.tuples(st.integers(0, 0xFFFF), BYTES),
        ),
    ),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(FRAMES, max_size=12))
def test_any_frames_are_taken(frames: list[bytes]) -> None:
    network = chain()
    router = network["R1"]
    router.interfaces["Gi0"].proxy_arp = True
    for frame in frames:
        router.receive(router.interfaces["Gi0"], frame)
    network.sim.run(until=network.sim.now + 30 * SECOND)
    network.sim.run(until=network.sim.now + 70 * SECOND)
    router.interfaces["Gi0"].set_admin(False)
    router.interfaces["Gi0"].set_admin(True)
    assert network.ping("PC1", "192.168.1.1").kind in ("reply", "timeout", "unreachable")


def test_random_bytes_to_every_protocol_and_many_ports_are_counted() -> None:
    network = chain()
    pc, router = network["PC1"], network["R1"]
    generator = random.Random(1)
    destination, source = parse_address("192.168.1.1"), parse_address("192.168.1.10")
    before = sum(router.drops.values())
    for protocol in range(256):
        packet = ipv4.header(source, destination, protocol, 40) + generator.randbytes(40)
        router.receive_decrypted(packet, router.interfaces["Gi0"])
    for port in range(0, 0x10000, 97):
        pc.udp.send(generator.randbytes(40), destination, port, 9)
        network.sim.run(until=network.sim.now + 5000)
    ports = len(range(0, 0x10000, 97))
    assert router.drops["UDP port closed"] == ports
    assert sum(router.drops.values()) - before >= 256 + ports


def test_frames_that_are_none_of_ours_are_counted() -> None:
    network = chain()
    router = network["R1"]
    interface = router.interfaces["Gi0"]
    frames = (
        b"short",
        Ethernet(interface.mac, bytes(6), 0x86DD, b"v6").pack(),
        Ethernet(bytes(6), bytes(6), TYPE_IPV4, b"").pack(),
        Ethernet(interface.mac, bytes(6), TYPE_IPV4, b"garbage").pack(),
    )
    for frame in frames:
        router.receive(interface, frame)
    counters = interface.counters
    assert (counters.runts, counters.unknown_protocol, counters.input_errors) == (1, 1, 2)
    reasons = ("runt", "unknown ethertype", "frame for another", "bad IPv4 header")
    assert [router.drops[reason] for reason in reasons] == [1, 1, 1, 1]
