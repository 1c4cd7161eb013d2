"""Packets that cannot be honest: impossible sources, single nodes in broadcast frames, parts that overflow."""

from __future__ import annotations

import pytest
from network import chain

from iosim.sim.clock import SECOND
from iosim.stack.fragment import fragment
from iosim.wire import icmp
from iosim.wire.address import parse_address
from iosim.wire.arp import REQUEST, Arp
from iosim.wire.ethernet import BROADCAST, TYPE_ARP, TYPE_IPV4, Ethernet
from iosim.wire.ipv4 import ICMP, Ipv4

ATTACKER = bytes.fromhex("aabbcc00beef")
ECHO = icmp.echo(icmp.ECHO, 1, 1, b"attack").pack()
R1, PC1, PC2 = (parse_address(text) for text in ("192.168.1.1", "192.168.1.10", "192.168.2.10"))


IMPOSSIBLE = ["0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5", "192.168.1.255"]
OWN = ["192.168.1.1", "10.0.0.1", "1.1.1.1"]


@pytest.mark.parametrize(
    ("source", "destination"),
    [(source, destination) for source in IMPOSSIBLE for destination in (R1, PC2)] + [(source, R1) for source in OWN],
)
def test_impossible_sources_are_dropped(source: str, destination: int) -> None:
    network = chain()
    router = network["R1"]
    interface = router.interfaces["Gi0"]
    packet = Ipv4(parse_address(source), destination, ICMP, ECHO).pack()
    sent = sum(each.counters.packets_out for each in router.interfaces.values())
    router.receive(interface, Ethernet(interface.mac, ATTACKER, TYPE_IPV4, packet).pack())
    network.sim.run(until=network.sim.now + SECOND)
    assert router.drops["impossible source"] == 1
    assert sum(each.counters.packets_out for each in router.interfaces.values()) == sent


def test_an_own_packet_that_comes_round_is_forwarded() -> None:
    """A routing loop brings a router's own packets back; they go on until their TTL ends."""
    network = chain()
    router = network["R1"]
    interface = router.interfaces["Gi0"]
    sent = sum(each.counters.packets_out for each in router.interfaces.values())
    packet = Ipv4(R1, PC2, ICMP, ECHO).pack()
    router.receive(interface, Ethernet(interface.mac, ATTACKER, TYPE_IPV4, packet).pack())
    network.sim.run(until=network.sim.now + SECOND)
    assert sum(each.counters.packets_out for each in router.interfaces.values()) > sent


def test_a_node_still_reaches_itself() -> None:
    network = chain()
    assert network.ping("R1", "1.1.1.1").kind == "reply"
    assert network.ping("R1", "192.168.1.1", source=parse_address("1.1.1.1")).kind == "reply"


@pytest.mark.parametrize("destination", [R1, PC2, parse_address("203.0.113.1")])
def test_a_packet_for_one_node_in_a_broadcast_frame_is_dropped(destination: int) -> None:
    network = chain()
    router = network["R1"]
    packet = Ipv4(PC1, destination, ICMP, ECHO).pack()
    router.receive(router.interfaces["Gi0"], Ethernet(BROADCAST, ATTACKER, TYPE_IPV4, packet).pack())
    assert router.drops == {"unicast packet in a broadcast frame": 1}


def test_broadcasts_and_multicasts_in_broadcast_frames_arrive() -> None:
    network = chain()
    router = network["R1"]
    for destination in ("192.168.1.255", "255.255.255.255", "224.0.0.5"):
        packet = Ipv4(PC1, parse_address(destination), ICMP, ECHO).pack()
        router.receive(router.interfaces["Gi0"], Ethernet(BROADCAST, ATTACKER, TYPE_IPV4, packet).pack())
    assert router.drops == {"not for us": 1}


def test_arp_does_not_give_the_broadcast_address_to_a_neighbour() -> None:
    network = chain()
    router = network["R1"]
    interface = router.interfaces["Gi0"]
    claim = Arp(REQUEST, ATTACKER, parse_address("192.168.1.255"), bytes(6), R1)
    router.receive(interface, Ethernet(BROADCAST, ATTACKER, TYPE_ARP, claim.pack()).pack())
    assert router.arp.header(parse_address("192.168.1.255"), interface) is None
    assert router.drops["ARP with a broadcast address"] == 1


def test_cutting_the_last_fragment_does_not_come_round_to_the_first() -> None:
    """A ping of death on its way: beyond offset 65528 there is nothing, least of all a fragment at offset 0."""
    hostile = Ipv4(PC1, PC2, ICMP, bytes(1480), offset=65528).pack()
    pieces = [Ipv4.unpack(piece) for piece in fragment(hostile, 576)]
    assert [piece.offset for piece in pieces] == [65528]


@pytest.mark.parametrize(
    ("kind", "fate"), [(icmp.REDIRECT, "timeout"), (icmp.SOURCE_QUENCH, "quench"), (11, "ttl-exceeded")]
)
def test_advice_does_not_end_a_probe(kind: int, fate: str) -> None:
    """A neighbour's redirect or source quench about our echo is not its answer."""
    network = chain()
    pc, cable = network["PC1"], network.port("R1", "Gi0")
    cable.taps.append(lambda outbound, frame: answer(outbound, frame[12:14], frame[14:]))

    def answer(outbound: bool, ethertype: bytes, packet: bytes) -> None:
        if not outbound and ethertype == TYPE_IPV4.to_bytes(2, "big"):
            advice = icmp.Icmp(kind, 0, 0, icmp.quote(packet)).pack()
            pc.receive_decrypted(Ipv4(R1, PC1, ICMP, advice).pack(), pc.interfaces["Eth0"])

    assert network.ping("PC1", "192.168.2.99").kind == fate
