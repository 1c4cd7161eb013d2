"""Which packets a router protects, with whom and by which SAs: typed, pinged and read at the console."""

from __future__ import annotations

import re
from struct import pack

import pytest

from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.router import Router
from iosim.ipsec import policy
from iosim.wire.address import parse_address
from tests.ios.crypto_pair import Pair

ACL = "ip access-list extended TUNNEL\n no permit ip 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255"
ANY_MASK = "255.255.255.0"


def with_lines(*lines: str, also: str = "") -> Pair:
    """Both routers with these lines instead of the one between the LANs; those of R2 are mirrored."""
    changes = {}
    for mine, other in ((1, 2), (2, 1)):
        typed = [ACL, *(f" {line}" for line in lines), also]
        changes[mine] = "\n".join(filter(None, typed)).format(mine=mine, other=other)
    return Pair(changes)


def idents(pair: Pair, number: int = 1) -> dict[tuple[str, str], tuple[int, int]]:
    """What `show crypto ipsec sa` says of each flow: its identities, and packets out and in."""
    shown = pair.type(number, "show crypto ipsec sa")
    pattern = r"local  ident .*: \((.*)\)\s+remote ident .*: \((.*)\)[^@]*?encaps: (\d+),[^@]*?decaps: (\d+),"
    return {(local, remote): (int(out), int(back)) for local, remote, out, back in re.findall(pattern, shown)}


def send(router: Router, source: str, destination: str, protocol: int, ports: tuple[int, int]) -> None:
    """A packet of the router's own with ports."""
    payload = pack("!HHHH", *ports, 8, 0) if protocol == 17 else pack("!HH16x", *ports)
    stack = router.stack
    stack.send(stack.build(parse_address(source) or 0, parse_address(destination) or 0, protocol, payload))


def whole(number: int, rest: str = "0/0") -> str:
    return f"192.168.{number}.0/{ANY_MASK}/{rest}"


def host(number: int, last: int = 1, rest: str = "0/0") -> str:
    return f"192.168.{number}.{last}/255.255.255.255/{rest}"


TWO_ENTRIES = """\
ip access-list extended FIRST
 {first}
crypto map VPN 5 ipsec-isakmp
 set peer 203.0.113.{other}
 set transform-set STRONG
 match address FIRST
"""


def two_entries(first: str) -> Pair:
    return Pair({n: TWO_ENTRIES.format(first=first.format(mine=n, other=3 - n), other=3 - n) for n in (1, 2)})


def test_the_entry_with_the_lower_number_is_asked_first() -> None:
    pair = two_entries("permit ip host 192.168.{mine}.1 host 192.168.{other}.1")
    pair.ping()
    assert idents(pair) == {(host(1), host(2)): (4, 4), (whole(1), whole(2)): (0, 0)}
    shown = pair.type(1, "show crypto map")
    assert shown.index('"VPN" 5 ipsec-isakmp') < shown.index('"VPN" 10 ipsec-isakmp')


def test_deny_goes_on_with_the_next_entry_and_counts() -> None:
    first = "deny ip host 192.168.{mine}.1 host 192.168.{other}.1\n permit ip 192.168.{mine}.0 0.0.0.255 any"
    pair = two_entries(first)
    pair.ping()
    assert idents(pair)[whole(1), whole(2)] == (4, 4)
    lists = pair.type(1, "show access-lists")
    assert "deny ip host 192.168.1.1 host 192.168.2.1 (5 matches)" in lists
    assert "permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255 (5 matches)" in lists


def test_what_all_entries_deny_goes_in_the_clear() -> None:
    pair = with_lines(
        "deny ip host 192.168.{mine}.1 any", "permit ip 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255"
    )
    assert "!!!!!" in pair.ping()
    assert idents(pair) == {(whole(1), whole(2)): (0, 0)}


def test_a_denial_holds_for_what_a_peer_asks_for_as_a_part() -> None:
    narrow = "ip access-list extended TUNNEL\n no 10\n permit ip host 192.168.1.1 host 192.168.2.1"
    wide = "ip access-list extended TUNNEL\n no 10\n deny ip host 192.168.2.1 any\n permit ip 192.168.2.0 0.0.0.255 any"
    pair = Pair({1: narrow, 2: wide})
    assert "." * 5 in pair.ping(), "R2 denies just this"
    assert "conn id:" not in pair.type(1, "show crypto ipsec sa")
    pair.configure(2, "ip access-list extended TUNNEL\n no deny ip host 192.168.2.1 any")
    assert "!!!!" in pair.ping()
    assert idents(pair, 2)[host(2), host(1)] == (4, 4)
    assert "PERMIT, flags={}" in pair.type(2, "show crypto ipsec sa")


def test_each_permit_line_has_its_own_sas() -> None:
    pair = with_lines(
        "permit icmp 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255",
        "permit udp 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255",
    )
    pair.ping()
    pair.type(1, "traceroute 192.168.2.1 source 192.168.1.1 probe 1 timeout 1")
    seen = idents(pair)
    assert list(seen) == [(whole(1, "1/0"), whole(2, "1/0")), (whole(1, "17/0"), whole(2, "17/0"))]
    assert seen[whole(1, "1/0"), whole(2, "1/0")][0] == 4 and seen[whole(1, "17/0"), whole(2, "17/0")][0] >= 1
    assert pair.type(1, "show crypto ipsec sa").count("conn id:") == 4


@pytest.mark.parametrize(("protocol", "number"), [("tcp", 6), ("udp", 17)])
def test_ports_are_part_of_the_identities(protocol: str, number: int) -> None:
    line = f"permit {protocol} 192.168.{{mine}}.0 0.0.0.255 {{eq}} 192.168.{{other}}.0 0.0.0.255 {{eq2}}"
    changes = {}
    for mine, ours, theirs in ((1, "", "eq 7777"), (2, "eq 7777", "")):
        changes[mine] = (ACL + "\n " + line).format(mine=mine, other=3 - mine, eq=ours, eq2=theirs)
    pair = Pair(changes)
    for port in (7777, 7777, 7778):
        send(pair.routers[1], "192.168.1.1", "192.168.2.1", number, (5000, port))
        pair.pass_time(2)
    ours, theirs = whole(1, f"{number}/0"), whole(2, f"{number}/7777")
    assert list(idents(pair)) == [(ours, theirs)]
    assert idents(pair)[ours, theirs][0] == 1, "the first was lost to the negotiation, the third is none of ours"
    assert list(idents(pair, 2)) == [(theirs, ours)]
    assert idents(pair, 2)[theirs, ours][1] == 1
    assert "!!!!!" in pair.ping(), "pings are in the clear"


def test_a_range_of_ports_is_no_identity_but_still_a_condition() -> None:
    pair = with_lines("permit udp 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255 range 7000 7010")
    for port in (7005, 7006, 7007, 8000):
        send(pair.routers[1], "192.168.1.1", "192.168.2.1", 17, (5000, port))
        pair.pass_time(2)
    assert idents(pair) == {(whole(1, "17/0"), whole(2, "17/0")): (2, 0)}


def test_permit_any_takes_the_own_packets_but_not_the_key_exchange() -> None:
    pair = with_lines("permit ip any any")
    assert "!!!!" in pair.ping()
    anything = "0.0.0.0/0.0.0.0/0/0"
    before = idents(pair)[anything, anything]
    assert "!!!!!" in pair.type(1, "ping 203.0.113.2"), "to the peer itself, through the tunnel"
    assert idents(pair)[anything, anything] == (before[0] + 5, before[1] + 5)
    sent = before[0] + 5
    pair.type(1, "ping 255.255.255.255 repeat 1 timeout 1")
    send(pair.routers[1], "203.0.113.1", "224.0.0.5", 89, (0, 0))
    assert idents(pair)[anything, anything][0] == sent + 2, "broadcasts and groups are taken, too"
    pair.type(2, "clear crypto isakmp")
    pair.type(1, "clear crypto sa")
    pair.pass_time(2)
    assert "!!!!" in pair.ping(), "the key exchange passes when there is no SA"


def test_permit_any_drops_whatever_comes_in_the_clear() -> None:
    anything = "ip access-list extended TUNNEL\n no 10\n permit ip any any"
    pair = Pair({2: anything, 1: "interface GigabitEthernet0/0\n no crypto map"})
    assert "." * 5 in pair.type(1, "ping 203.0.113.2")
    assert (
        "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /203.0.113.2, "
        "src_addr= 203.0.113.1, prot= 1\n"
    ) in pair.shown(2).replace("\r", "")
    pair.type(1, "ping 255.255.255.255 repeat 1")
    send(pair.routers[1], "203.0.113.1", "224.0.0.5", 89, (0, 0))
    pair.pass_time(61)
    assert pair.shown(2).count("RECVD_PKT_NOT_IPSEC") == 1, "once a minute"
    pair.type(1, "ping 203.0.113.2 repeat 1")
    assert pair.shown(2).count("RECVD_PKT_NOT_IPSEC") == 2
    assert "#recv errors 8" in pair.type(2, "show crypto ipsec sa")


PER_HOST = "crypto map VPN 10 ipsec-isakmp\n set security-association level per-host"
SECOND = "interface Loopback0\n ip address 192.168.{0}.2 255.255.255.0 secondary"


def test_per_host_each_pair_of_hosts_has_its_own_sas() -> None:
    pair = Pair({1: PER_HOST + "\n exit\n" + SECOND.format(1), 2: SECOND.format(2)})
    assert ".!!!!" in pair.ping()
    for source, destination in ((1, 2), (2, 1), (2, 2)):
        pair.type(1, f"ping 192.168.2.{destination} source 192.168.1.{source}")
    assert "!!!!!" in pair.ping()
    seen = idents(pair)
    assert seen == {
        (whole(1), whole(2)): (0, 0),
        (host(1, 1), host(2, 1)): (9, 9),
        (host(1, 1), host(2, 2)): (4, 4),
        (host(1, 2), host(2, 1)): (4, 4),
        (host(1, 2), host(2, 2)): (4, 4),
    }
    assert list(seen)[:2] == [(whole(1), whole(2)), (host(1, 1), host(2, 1))]
    assert pair.type(2, "show crypto ipsec sa").count("conn id:") == 8, "R2 takes parts of its line"
    assert " set security-association level per-host\n" in pair.type(1, "show running-config")
    assert "192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255 (25 matches)" in pair.type(1, "show access-lists")
    pair.type(1, "clear crypto sa")
    assert list(idents(pair)) == [(whole(1), whole(2))]


def test_per_host_sas_are_renewed_while_they_are_used_and_end_when_not() -> None:
    pair = Pair({1: PER_HOST})
    pair.ping()
    first = re.findall(r"current outbound spi: (0x[1-9A-F]\w+)", pair.type(1, "show crypto ipsec sa"))
    pair.pass_time(3590)
    assert "!!!!!" in pair.ping()
    pair.pass_time(60)
    assert "!!!!!" in pair.ping()
    second = re.findall(r"current outbound spi: (0x[1-9A-F]\w+)", pair.type(1, "show crypto ipsec sa"))
    assert len(first) == len(second) == 1 and first != second
    pair.pass_time(2 * 3600)
    assert list(idents(pair)) == [(whole(1), whole(2))]


def test_per_host_failed_requests_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "MOST_HOST_PAIRS", 20)
    pair = Pair({1: PER_HOST, 2: "interface GigabitEthernet0/0\n no crypto map"})
    for last in range(1, 101):
        send(pair.routers[1], "192.168.1.1", f"192.168.2.{last}", 17, (1, 2))
    assert len(idents(pair)) == 20, "no more than this, with the line itself"
    pair.pass_time(300)
    assert len(idents(pair)) == 1
    assert "#send errors 100," in pair.type(1, "show crypto ipsec sa"), "each of them was dropped"


STATIC_BEHIND = """\
no crypto isakmp key Kopernikus1543 address 203.0.113.1
crypto isakmp key Kopernikus1543 address 0.0.0.0
crypto dynamic-map SPOKES 10
 set transform-set STRONG
crypto map VPN {number} ipsec-isakmp dynamic SPOKES
"""


@pytest.mark.parametrize(("number", "sequence"), [(5, "65536"), (20, "10")])
def test_static_and_dynamic_entries_stand_in_one_order(number: int, sequence: str) -> None:
    """A peer that both entries would have comes to the first one; what it asks for exactly is a static line's."""
    pair = Pair({2: STATIC_BEHIND.format(number=number)})
    part = "ip access-list extended TUNNEL\n no 10\n permit ip host 192.168.1.1 host 192.168.2.1"
    pair.configure(1, part)
    assert "!!!!" in pair.ping()
    assert "!!!!!" in pair.ping(2)
    shown = pair.type(2, "show crypto map")
    assert ("65536" in shown) is (sequence == "65536")
    assert idents(pair, 2)[host(2), host(1)] == (9, 9)


def test_clear_packets_of_an_entry_that_is_not_complete_pass() -> None:
    pair = Pair({2: "crypto map VPN 10\n no set peer 203.0.113.1", 1: "interface GigabitEthernet0/0\n no crypto map"})
    assert "!!!!!" in pair.ping()
    assert "NOT_IPSEC" not in pair.shown(2)


@pytest.mark.parametrize(("line", "passed"), [("permit esp any any", 4), ("permit icmp any any", 0)])
def test_the_outbound_filter_is_asked_about_what_is_sealed_and_not_what_is_in_it(line: str, passed: int) -> None:
    pair = Pair({1: f"ip access-list extended OUT\n {line}\ninterface GigabitEthernet0/0\n ip access-group OUT out"})
    assert f"({passed}/5)" in pair.ping(), "the key exchange is not filtered"
    assert "#pkts encaps: 4," in pair.type(1, "show crypto ipsec sa")
    matches = " (4 matches)" if passed else ""
    assert f"    10 {line}{matches}\n" in pair.type(1, "show access-lists OUT")
    assert pair.routers[1].stack.drops["outbound filter"] == 4 - passed


def test_contents_that_do_not_belong_to_the_sa_are_dropped_and_told() -> None:
    wider = "ip access-list extended TUNNEL\n no 10\n permit ip host 192.168.1.1 host 192.168.2.1"
    pair = Pair({1: wider})
    assert "!!!!" in pair.ping()
    (flow,) = pair.routers[1][IpsecFeature].ipsec.flows.values()
    stack = pair.routers[1].stack
    stray = stack.build(0xC0A80163, 0xC0A80201, 17, pack("!HHHH", 1, 2, 8, 0))
    sealed = flow.pairs[-1].seal(stray)
    assert isinstance(sealed, bytes)
    stack.send(sealed, crypto=False)
    pair.pass_time(1)
    assert "#pkts invalid identity (recv) 1" in pair.type(2, "show crypto ipsec sa detail")
    assert (
        "%CRYPTO-4-RECVD_PKT_INV_IDENTITY: identity doesn't match negotiated identity\n"
        "(ip) dest_addr= 192.168.2.1, src_addr= 192.168.1.99, prot= 17\n"
        "(ident) local=203.0.113.2, remote=203.0.113.1, "
        "local_proxy=192.168.2.1/255.255.255.255/0/0, remote_proxy=192.168.1.1/255.255.255.255/0/0\n"
    ) in pair.shown(2).replace("\r", "")
