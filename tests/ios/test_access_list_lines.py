"""What the words of access list lines match, with packets that scapy builds."""

from __future__ import annotations

import pytest
from scapy.all import ICMP, IP, TCP, UDP, IPOption_RR, Packet, Raw

from iosim.ios.features.access_lists import AccessLists
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from iosim.wire.ipv4 import five_tuple

WWW = IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1025, dport=80)
GROUPS = """
object-group network INNER
 10.0.0.0 /30
object-group network NETS
 host 192.0.2.1
 range 10.1.0.3 10.1.0.9
 group-object INNER
object-group service SERVICES
 tcp eq www
 icmp echo
 tcp-udp source gt 1023 range 8000 8010
"""


def tcp(flags: str, **header: object) -> Packet:
    return IP(src="10.0.0.1", dst="10.0.0.2", **header) / TCP(sport=1025, dport=80, flags=flags)


def router(*lines: str) -> Router:
    made = Router(Simulator(), "R1")
    assert load_text(made, "\n".join((GROUPS, "ip access-list extended X", *lines))) == []
    made.reconcile()
    return made


def permits(line: str, packet: Packet) -> bool:
    acl = router(line)[AccessLists].get("X")
    assert acl is not None
    data = bytes(packet)
    return acl.lookup(*five_tuple(data), data) is not None


@pytest.mark.parametrize(
    ("line", "packet", "matches"),
    [
        ("permit tcp any any established", tcp("S"), False),
        ("permit tcp any any established", tcp("SA"), True),
        ("permit tcp any any established", tcp("R"), True),
        ("permit tcp any any established", tcp("PF"), False),
        ("permit tcp any any established", tcp("S", frag=9), True),
        ("deny tcp any any established", tcp("A", frag=9), False),
        ("permit tcp any any match-all +syn -ack", tcp("S"), True),
        ("permit tcp any any match-all +syn -ack", tcp("SA"), False),
        ("permit tcp any any match-any +fin -ack", tcp("A"), False),
        ("permit tcp any any match-any +fin -ack", tcp("FA"), True),
        ("permit tcp any any syn", tcp("SA"), True),
        ("permit tcp any any syn", tcp("A"), False),
        ("permit ip any any dscp ef", tcp("S", tos=0xB8), True),
        ("permit ip any any dscp ef", tcp("S", tos=0xBB), True),
        ("permit ip any any dscp 10", tcp("S", tos=0x30), False),
        ("permit ip any any dscp default", tcp("S"), True),
        ("permit ip any any precedence critical", tcp("S", tos=0xB8), True),
        ("permit ip any any precedence 4", tcp("S", tos=0xB8), False),
        ("permit ip any any tos min-delay", tcp("S", tos=0x10), True),
        ("permit ip any any tos normal", tcp("S", tos=0x10), False),
        ("permit ip any any fragments", tcp("S"), False),
        ("permit ip any any fragments", tcp("S", frag=1), True),
        ("permit ip any any fragments", IP(flags="MF") / TCP(), False),
        ("permit ip any any ttl eq 3", tcp("S", ttl=3), True),
        ("permit ip any any ttl lt 3", tcp("S", ttl=3), False),
        ("permit ip any any ttl gt 3", tcp("S", ttl=4), True),
        ("permit ip any any ttl neq 3", tcp("S", ttl=3), False),
        ("permit ip any any ttl range 9 5", tcp("S", ttl=6), True),
        ("permit ip any any option record-route", tcp("S", options=[IPOption_RR()]), True),
        ("permit ip any any option any-options", tcp("S", options=[IPOption_RR()]), True),
        ("permit ip any any option timestamp", tcp("S", options=[IPOption_RR()]), False),
        ("permit ip any any option any-options", tcp("S"), False),
        ("permit tcp any any eq 22 80 443", WWW, True),
        ("permit tcp any any neq 22 80 443", WWW, False),
        ("permit tcp any neq 22 80 any", WWW, True),
        ("permit igmp any any host-report", IP(proto=2) / Raw(b"\x12\0\0\0\0\0\0\0"), True),
        ("permit igmp any any v3-report", IP(proto=2) / Raw(b"\x22\0\0\0\0\0\0\0"), True),
        ("permit igmp any any host-query", IP(proto=2) / Raw(b"\x12\0\0\0\0\0\0\0"), False),
        ("permit icmp any any ttl-exceeded", IP() / ICMP(type=11, code=1), False),
        ("permit icmp any any host-tos-redirect", IP() / ICMP(type=5, code=3), True),
        ("permit sctp any any", IP(proto=132) / Raw(b"1234"), True),
        ("permit ip object-group NETS any", IP(src="10.0.0.3", dst="1.1.1.1"), True),
        ("permit ip object-group NETS any", IP(src="10.0.0.4", dst="1.1.1.1"), False),
        ("permit ip object-group NETS any", IP(src="10.1.0.3", dst="1.1.1.1"), True),
        ("permit ip object-group NETS any", IP(src="10.1.0.9", dst="1.1.1.1"), True),
        ("permit ip object-group NETS any", IP(src="10.1.0.10", dst="1.1.1.1"), False),
        ("permit ip any object-group NETS", IP(src="1.1.1.1", dst="192.0.2.1"), True),
        ("permit ip object-group NOWHERE any", IP(src="10.0.0.1", dst="1.1.1.1"), False),
        ("permit object-group SERVICES any any", WWW, True),
        ("permit object-group SERVICES any object-group NETS", WWW, True),
        ("permit object-group SERVICES object-group INNER host 1.1.1.1", WWW, False),
        ("permit object-group SERVICES any any", IP() / ICMP(type=8), True),
        ("permit object-group SERVICES any any", IP() / ICMP(type=0), False),
        ("permit object-group SERVICES any any", IP() / UDP(sport=2000, dport=8005), True),
        ("permit object-group SERVICES any any", IP() / UDP(sport=1000, dport=8005), False),
        ("evaluate SESSIONS", WWW, False),
        ("dynamic LOCK permit ip any any", WWW, False),
        ("permit tcp any any reflect SESSIONS", WWW, True),
    ],
)  # fmt: skip
def test_a_line_matches(line: str, packet: Packet, matches: bool) -> None:
    assert permits(line, packet) is matches


def test_groups_follow_their_members_and_lines_keep_their_matches() -> None:
    changed = router("permit ip object-group NETS any")
    data = bytes(IP(src="172.16.1.1", dst="1.1.1.1"))
    acl = changed[AccessLists].get("X")
    assert acl is not None and acl.lookup(*five_tuple(data), data) is None
    acl.entries[2].matches = 7
    load_text(changed, "object-group network INNER\n 172.16.0.0 255.255.0.0\n no 10.0.0.0 255.255.255.252")
    changed.reconcile()
    assert acl.lookup(*five_tuple(data), data) is not None
    old = bytes(IP(src="10.0.0.1", dst="1.1.1.1"))
    assert acl.lookup(*five_tuple(old), old) is None
    [(_, aces)] = changed[AccessLists].shown("X")
    assert sum(ace.matches for ace in aces) == 7


def test_a_range_is_just_its_addresses() -> None:
    acl = router("permit ip object-group NETS any")[AccessLists].get("X")
    assert acl is not None
    base = 10 << 24 | 1 << 16
    assert [low for low in range(12) if acl.lookup(base + low, 0, 0) is not None] == list(range(3, 10))


@pytest.mark.parametrize(("said", "kept"), [("eq 3 ttl eq 4", "eq 4"), ("eq 3 ttl range 5 6", "range 5 6")])
def test_of_two_values_for_one_option_the_last_one_counts(said: str, kept: str) -> None:
    assert f" permit ip any any ttl {kept}" in router(f"permit ip any any ttl {said}").running_lines()
