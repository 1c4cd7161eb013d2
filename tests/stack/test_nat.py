"""Source NAT with ports, packet by packet; scapy says whether the checksums are right."""

from __future__ import annotations

from time import process_time

import pytest

from iosim.sim.clock import SECOND, Simulator
from iosim.stack.fragment import fragment
from iosim.stack.nat import Translator
from iosim.wire.ipv4 import ESP, ICMP, UDP, Ipv4, five_tuple

scapy = pytest.importorskip("scapy.layers.inet")

OUTSIDE = 0xCB007109  # 203.0.113.9
PC, OTHER, PEER = "192.168.0.10", "192.168.0.11", "198.51.100.2"


def translator() -> Translator:
    return Translator(Simulator(), OUTSIDE)


def udp(source: str, port: int, to: str = PEER, size: int = 10) -> bytes:
    return bytes(scapy.IP(src=source, dst=to, id=7) / scapy.UDP(sport=port, dport=500) / bytes(size))


def sound(packet: bytes) -> bool:
    """Whether all checksums are what scapy makes them."""
    read = scapy.IP(packet)
    again = scapy.IP(packet)
    for layer in (scapy.IP, scapy.UDP, scapy.TCP, scapy.ICMP):
        if layer in again:
            del again[layer].chksum
    return bytes(again) == bytes(read)


@pytest.mark.parametrize(
    "payload",
    [
        scapy.UDP(sport=500, dport=500) / b"abc",
        scapy.TCP(sport=40000, dport=80) / b"abc",
        scapy.ICMP(id=77) / b"abcd",
    ],
    ids=["udp", "tcp", "icmp"],
)
def test_out_and_back(payload: object) -> None:
    nat = translator()
    packet = bytes(scapy.IP(src=PC, dst=PEER) / payload)
    out = nat.leave(packet)
    assert out is not None and sound(out)
    assert five_tuple(out)[0] == OUTSIDE
    assert five_tuple(out)[1:] == five_tuple(packet)[1:]  # the port is free: it is kept
    read = scapy.IP(out)
    read.src, read.dst = read.dst, read.src
    if scapy.ICMP in read:
        read[scapy.ICMP].type = 0
    else:
        layer = read.payload
        layer.sport, layer.dport = layer.dport, layer.sport
    back = nat.arrive(_with_checksums(read))
    assert scapy.IP(back).dst == PC and sound(back)


def _with_checksums(packet: object) -> bytes:
    for layer in (scapy.IP, scapy.UDP, scapy.TCP, scapy.ICMP):
        if layer in packet:  # type: ignore[operator]
            del packet[layer].chksum  # type: ignore[index]
    return bytes(packet)  # type: ignore[call-overload]


def test_the_second_one_with_a_port_gets_another() -> None:
    nat = translator()
    one, two = nat.leave(udp(PC, 500)), nat.leave(udp(OTHER, 500))
    assert one is not None and two is not None
    assert (scapy.IP(one).sport, scapy.IP(two).sport) == (500, 501)
    assert sound(two)
    back = nat.arrive(bytes(scapy.IP(src=PEER, dst="203.0.113.9") / scapy.UDP(sport=500, dport=501)))
    assert (scapy.IP(back).dst, scapy.IP(back).dport) == (OTHER, 500)


def test_esp_has_no_ports_and_does_not_pass() -> None:
    assert translator().leave(Ipv4(0xC0A8000A, 0xC6336402, ESP, bytes(40)).pack()) is None


def test_nothing_comes_in_that_nobody_asked_for() -> None:
    packet = bytes(scapy.IP(src=PEER, dst="203.0.113.9") / scapy.UDP(sport=500, dport=500))
    assert translator().arrive(packet) == packet


def test_a_mapping_that_was_idle_too_long_is_gone() -> None:
    sim = Simulator()
    nat = Translator(sim, OUTSIDE)
    nat.leave(udp(PC, 4500))
    answer = bytes(scapy.IP(src=PEER, dst="203.0.113.9") / scapy.UDP(sport=500, dport=4500))
    sim.run(until=299 * SECOND)
    assert scapy.IP(nat.arrive(answer)).dst == PC  # and lives on
    sim.run(until=600 * SECOND)
    assert nat.arrive(answer) == answer
    assert list(nat) == []


def test_what_goes_on_after_clear_has_another_port() -> None:
    nat = translator()
    nat.leave(udp(PC, 4500))
    nat.clear()
    moved = nat.leave(udp(PC, 4500))
    assert moved is not None and scapy.IP(moved).sport == 4501


def test_fragments_follow_the_first() -> None:
    nat = translator()
    pieces = fragment(udp(PC, 500, size=3000), 1500)
    assert len(pieces) == 3
    out = [nat.leave(piece) for piece in pieces]
    assert all(piece is not None and five_tuple(piece)[0] == OUTSIDE for piece in out)
    assert nat.leave(fragment(udp(OTHER, 500, to="198.51.100.3", size=3000), 1500)[1]) is None


def test_an_error_about_a_translated_packet_comes_in() -> None:
    nat = translator()
    nat.leave(udp(PC, 500))
    second = nat.leave(udp(OTHER, 500))
    assert second is not None
    error = bytes(scapy.IP(src="198.51.100.1", dst="203.0.113.9") / scapy.ICMP(type=3, code=4) / second[:28])
    back = scapy.IP(nat.arrive(error))
    assert back.dst == OTHER and sound(bytes(back))
    quoted = scapy.IP(bytes(back[scapy.ICMP].payload))
    assert (quoted.src, quoted.sport) == (OTHER, 500)


@pytest.mark.parametrize("length", range(20, 40))
def test_short_packets_do_no_harm(length: int) -> None:
    nat = translator()
    packet = Ipv4(0xC0A8000A, 0xC6336402, ICMP, bytes(length - 20)).pack()
    nat.leave(packet)
    nat.arrive(Ipv4(0xC6336402, OUTSIDE, ICMP, bytes((3, *bytes(length - 20)))[: length - 20]).pack())


def test_an_icmp_packet_of_nothing_but_a_header_with_options() -> None:
    packet = bytes(scapy.IP(src=PEER, dst="203.0.113.9", proto=1, options=[scapy.IPOption(b"\x01\x01\x01\x01")]))
    assert len(packet) == 24
    assert translator().arrive(packet) == packet


def port_after(nat: Translator, source: int, port: int) -> int | None:
    """The outside port of a UDP packet."""
    packet = Ipv4(source, 0xC6336402, UDP, port.to_bytes(2) + bytes(6)).pack()
    out = nat.leave(packet)
    return None if out is None else five_tuple(out)[3]


def test_forged_sources_cost_no_more_than_there_are_ports() -> None:
    """All want port 500: each gets one of its own until there are none, and then the search is not made each time."""
    sim = Simulator()
    nat = Translator(sim, OUTSIDE)
    ports = [port_after(nat, 0x0A000000 + n, 500) for n in range(65_000)]
    given = [port for port in ports if port is not None]
    assert len(given) == len(set(given)) == 64 + 65536 - 1024
    assert ports[len(given) :] == [None] * (65_000 - len(given))
    before = process_time()
    for n in range(1000):
        assert port_after(nat, 0x0B000000 + n, 500) is None
    assert process_time() - before < 1  # with a search each it would be some ten seconds
    sim.run(until=sim.now + 301 * SECOND)
    assert port_after(nat, 0x0C000001, 40000) == 40000
    assert len(list(nat)) == 1


def test_dead_mappings_make_room() -> None:
    sim = Simulator()
    nat = Translator(sim, OUTSIDE)
    for n in range(200):
        assert port_after(nat, 0x0A000000 + n, 4500) == 4500
        sim.run(until=sim.now + 301 * SECOND)
    assert len(nat._by_inside) == 1
