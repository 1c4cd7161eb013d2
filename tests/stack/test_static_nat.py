"""Static NAT: one address for another and nothing else, both ways; scapy says whether the checksums are right."""

from __future__ import annotations

from typing import Any

import pytest

from iosim.sim.clock import Simulator
from iosim.stack.fragment import fragment
from iosim.stack.nat import Translator
from iosim.wire.address import address_text

scapy: Any = pytest.importorskip("scapy.layers.inet")

INSIDE, ITS_OWN, SHARED = 0xC0A8000A, 0xCB00710A, 0xCB007109  # 192.168.0.10, 203.0.113.10, 203.0.113.9
PC, OWN, PEER = address_text(INSIDE), address_text(ITS_OWN), "198.51.100.2"
PAYLOADS = {
    "udp": scapy.UDP(sport=500, dport=500) / b"abc",
    "tcp": scapy.TCP(sport=40000, dport=80) / b"abc",
    "echo": scapy.ICMP(id=77) / b"abcd",
    "esp": bytes(range(40)),
}


def translator() -> Translator:
    return Translator(Simulator(), SHARED, static={INSIDE: ITS_OWN})


def made(name: str, source: str, destination: str) -> bytes:
    """A packet; scapy fills in its lengths and checksums."""
    payload = PAYLOADS[name]
    protocol = {"proto": 50} if name == "esp" else {}
    return bytes(scapy.IP(src=source, dst=destination, id=7, **protocol) / payload)


@pytest.mark.parametrize("name", PAYLOADS)
def test_only_the_address_changes(name: str) -> None:
    nat = translator()
    assert nat.leave(made(name, PC, PEER)) == made(name, OWN, PEER)
    assert nat.arrive(made(name, PEER, OWN)) == made(name, PEER, PC)
    assert list(nat) == []


def test_others_inside_share_the_other_address() -> None:
    nat = translator()
    assert nat.leave(made("udp", "192.168.0.11", PEER)) == made("udp", "203.0.113.9", PEER)
    assert nat.leave(made("esp", "192.168.0.11", PEER)) is None
    assert nat.arrive(made("udp", PEER, "203.0.113.9")) == made("udp", PEER, "192.168.0.11")


def test_it_goes_on_after_clear() -> None:
    nat = translator()
    nat.clear()
    assert nat.arrive(made("esp", PEER, OWN)) == made("esp", PEER, PC)


def test_fragments_need_no_first_one() -> None:
    nat = translator()
    whole = bytes(scapy.IP(src=PC, dst=PEER, id=9) / scapy.UDP(sport=1, dport=2) / bytes(3000))
    moved = bytes(scapy.IP(src=OWN, dst=PEER, id=9) / scapy.UDP(sport=1, dport=2) / bytes(3000))
    assert [nat.leave(piece) for piece in reversed(fragment(whole, 1500))] == fragment(moved, 1500)[::-1]


@pytest.mark.parametrize("name", PAYLOADS)
def test_an_icmp_error_quotes_what_its_reader_has_sent(name: str) -> None:
    nat, router = translator(), "198.51.100.1"
    error = scapy.ICMP(type=3, code=4, nexthopmtu=1400)
    coming = bytes(scapy.IP(src=router, dst=OWN) / error / made(name, OWN, PEER)[:28])
    assert nat.arrive(coming) == bytes(scapy.IP(src=router, dst=PC) / error / made(name, PC, PEER)[:28])
    going = bytes(scapy.IP(src=PC, dst=router) / error / made(name, PEER, PC)[:28])
    assert nat.leave(going) == bytes(scapy.IP(src=OWN, dst=router) / error / made(name, PEER, OWN)[:28])


def test_errors_about_errors_without_end_do_no_harm() -> None:
    packet = b""
    for _ in range(1500):
        packet = bytes(scapy.IP(src=PC, dst=PEER, len=28, chksum=0)) + bytes((3, 0, 0, 0, 0, 0, 0, 0)) + packet
    assert len(translator().leave(packet) or b"") == len(packet)


@pytest.mark.parametrize("length", range(20, 60))
def test_short_packets_do_no_harm(length: int) -> None:
    nat = translator()
    for kind in (0, 3, 8):
        body = bytes((kind, *bytes(length - 20)))[: length - 20]
        for source, destination in ((PC, PEER), (PEER, OWN)):
            packet = bytes(scapy.IP(src=source, dst=destination, proto=1) / body)
            assert len(nat.leave(packet) or packet) == len(nat.arrive(packet)) == length
