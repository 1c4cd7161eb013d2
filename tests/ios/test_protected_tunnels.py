"""Tunnels protected by IPsec: static VTIs, and GRE in transport and in tunnel mode."""

from __future__ import annotations

import pytest

from ios.crypto_pair import Pair, in_order
from iosim.wire.ipv4 import ESP

TUNNEL = """\
interface GigabitEthernet0/0
 no crypto map
crypto ipsec profile P
 set transform-set STRONG
interface Tunnel0
 ip address 10.0.0.{mine} 255.255.255.252
 tunnel source GigabitEthernet0/0
 tunnel destination 203.0.113.{other}
 {mode}
 tunnel protection ipsec profile P
ip route 192.168.{other}.0 255.255.255.0 Tunnel0
"""
VTI, GRE = "tunnel mode ipsec ipv4", "tunnel mode gre ip"


def tunnels(mode: str = VTI, first: str = "", second: str = "", mode2: str = "") -> Pair:
    """Two routers with a protected tunnel between them; more lines for each."""
    one = TUNNEL.format(mine=1, other=2, mode=mode) + first
    return Pair({1: one, 2: TUNNEL.format(mine=2, other=1, mode=mode2 or mode) + second})


def shut(pair: Pair) -> None:
    """Shut the tunnel of R2 down; its log says much."""
    for line in ("configure terminal", "interface Tunnel0", "shutdown", "end"):
        pair.type(2, line)


def lonely(mode: str = VTI) -> Pair:
    """R1 with a tunnel whose other end is shut down."""
    pair = Pair({2: TUNNEL.format(mine=2, other=1, mode=mode)})
    shut(pair)
    pair.configure(1, TUNNEL.format(mine=1, other=2, mode=mode))
    return pair


def test_a_static_vti_comes_up_without_traffic() -> None:
    pair = tunnels()
    pair.pass_time(5)
    assert "UP-ACTIVE" in pair.type(1, "show crypto session")
    assert "!!!!!" in pair.ping()
    text = pair.type(1, "show crypto ipsec sa")
    in_order(
        text,
        "interface: Tunnel0\n    Crypto map tag: Tunnel0-head-0, local addr 203.0.113.1\n",
        "local  ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n",
        "remote ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)\n",
        "current_peer 203.0.113.2 port 500\n     PERMIT, flags={origin_is_acl,}\n",
        "#pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5\n",
        "#pkts decaps: 5, #pkts decrypt: 5, #pkts verify: 5\n",
        "plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet0/0\n",
        "in use settings ={Tunnel, }\n",
        "crypto map: Tunnel0-head-0\n",
    )
    in_order(pair.type(1, "show interfaces Tunnel0"), "  MTU 17878 bytes,", "  Tunnel transport MTU 1438 bytes\n")


def test_the_line_protocol_of_a_static_vti_follows_its_sa() -> None:
    pair = lonely()
    pair.pass_time(5)
    assert "Tunnel0 is up, line protocol is down" in pair.type(1, "show interfaces Tunnel0")
    for line in ("configure terminal", "interface Tunnel0", "no shutdown", "end"):
        pair.type(2, line)
    pair.pass_time(120)
    assert "Tunnel0 is up, line protocol is up" in pair.type(1, "show interfaces Tunnel0")
    shut(pair)
    pair.pass_time(5)
    in_order(
        pair.shown(1),
        "%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel0, changed state to up",
        "%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel0, changed state to down",
    )


def test_a_static_vti_that_fails_to_negotiate_tries_again() -> None:
    pair = Pair({2: "no crypto isakmp key Kopernikus1543 address 203.0.113.1\n"})
    for mine in (1, 2):
        pair.configure(mine, TUNNEL.format(mine=mine, other=3 - mine, mode=VTI))
    pair.pass_time(300)
    assert "line protocol is down" in pair.type(1, "show interfaces Tunnel0")
    pair.configure(2, "crypto isakmp key Kopernikus1543 address 203.0.113.1")
    pair.pass_time(180)
    assert "!!!!!" in pair.ping()


def test_failed_negotiations_do_not_become_a_storm() -> None:
    pair = lonely()
    frames: list[bytes] = []
    pair.link.a.taps.append(lambda outbound, frame: frames.append(frame))
    pair.pass_time(600)
    assert 0 < len(frames) < 150


def test_cleared_sas_come_again_by_themselves() -> None:
    pair = tunnels()
    pair.pass_time(5)
    pair.type(2, "clear crypto session")
    pair.pass_time(5)
    assert "!!!!!" in pair.ping()


def test_packets_of_a_static_vti_arrive_on_the_tunnel_interface() -> None:
    """Its access list sees them and its counters count them, not those of the physical interface."""
    refusing = "ip access-list extended INSIDE\n deny icmp any any\n permit ip any any\n"
    pair = tunnels(second=refusing + "interface Tunnel0\n ip access-group INSIDE in\n")
    pair.pass_time(5)
    assert "U.U.U" in pair.ping()
    assert "deny icmp any any (" in pair.type(2, "show access-lists INSIDE")
    text = pair.type(2, "show interfaces Tunnel0")
    assert "0 packets input" not in text and " packets input" in text


def test_a_static_vti_without_protection_stays_down() -> None:
    pair = tunnels(first="interface Tunnel0\n no tunnel protection ipsec profile P\n")
    pair.pass_time(5)
    assert "line protocol is down" in pair.type(1, "show interfaces Tunnel0")


@pytest.mark.parametrize(("mode", "settings"), [("transport", "Transport"), ("tunnel", "Tunnel")])
def test_gre_is_protected_between_its_ends(mode: str, settings: str) -> None:
    change = f"crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac\n mode {mode}\n"
    pair = tunnels(GRE, change, change)
    pair.pass_time(5)
    assert "!!!!!" in pair.ping()
    text = pair.type(1, "show crypto ipsec sa")
    in_order(
        text,
        "local  ident (addr/mask/prot/port): (203.0.113.1/255.255.255.255/47/0)\n",
        "remote ident (addr/mask/prot/port): (203.0.113.2/255.255.255.255/47/0)\n",
        "#pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5\n",
        f"in use settings ={{{settings}, }}\n",
    )
    assert "IPSEC FLOW: permit 47 host 203.0.113.1 host 203.0.113.2 \n" in pair.type(1, "show crypto session")


@pytest.mark.parametrize("size", [1400, 1476, 1477, 3000])
def test_long_packets_pass_through_protected_gre(size: int) -> None:
    pair = tunnels(GRE)
    pair.pass_time(5)
    assert "!!!!!" in pair.type(1, f"ping 192.168.2.1 source Loopback0 size {size}")


def test_no_reverse_route_leads_to_the_end_of_a_tunnel_through_the_tunnel() -> None:
    pair = tunnels(GRE, "crypto ipsec profile P\n reverse-route\n")
    pair.pass_time(5)
    assert "!!!!!" in pair.ping()
    assert " reverse-route\n" in pair.type(1, "show running-config")
    assert "Tunnel0" not in pair.type(1, "show crypto route")
    pair.pass_time(20)
    assert "!!!!!" in pair.ping(), "it does not take the tunnel down"


def test_protected_gre_refuses_packets_in_the_clear() -> None:
    pair = tunnels(GRE, first="interface Tunnel0\n no tunnel protection ipsec profile P\n")
    pair.pass_time(5)
    assert "....." in pair.ping()
    assert "%CRYPTO-4-RECVD_PKT_NOT_IPSEC" in pair.shown(2)


def test_nothing_leaves_a_protected_tunnel_in_the_clear() -> None:
    """Not before there are SAs."""
    pair = lonely(GRE)
    frames: list[bytes] = []
    pair.link.a.taps.append(lambda outbound, frame: frames.append(frame))
    pair.ping()
    assert not [frame for frame in frames if frame[12:14] == b"\x08\x00" and frame[23] in (47, ESP)]


def test_tunnels_share_their_sas() -> None:
    more = (
        "interface Tunnel0\n tunnel key 1\n tunnel protection ipsec profile P shared\n"
        "interface Tunnel1\n ip address 10.0.1.{mine} 255.255.255.252\n tunnel source GigabitEthernet0/0\n"
        " tunnel destination 203.0.113.{other}\n tunnel key 2\n tunnel protection ipsec profile P shared\n"
    )
    pair = tunnels(GRE, more.format(mine=1, other=2), more.format(mine=2, other=1))
    pair.pass_time(5)
    assert "!!!!!" in pair.type(1, "ping 10.0.0.2")
    assert "!!!!!" in pair.type(1, "ping 10.0.1.2")
    text = pair.type(1, "show crypto ipsec sa")
    assert text.count("Crypto map tag: P-head-1, local addr 203.0.113.1") == 2
    assert text.count("#pkts encaps: 10,") == 2


def test_another_mode_at_the_other_end_is_refused() -> None:
    pair = tunnels(VTI, mode2=GRE)
    pair.debug(2)
    pair.pass_time(10)
    assert "proxy identities not supported" in pair.shown(2)
    assert "line protocol is down" in pair.type(1, "show interfaces Tunnel0")


def test_a_tunnel_names_a_profile_that_exists() -> None:
    pair = Pair({1: "interface Tunnel0\n"})
    for line in ("configure terminal", "interface Tunnel0"):
        pair.type(1, line)
    assert '% IPSec profile "NONE" does not exist' in pair.type(1, "tunnel protection ipsec profile NONE")


def test_what_tunnels_ask_of_ipsec_is_shown() -> None:
    pair = tunnels(GRE)
    pair.pass_time(5)
    in_order(
        pair.type(1, "show crypto sockets"),
        "Number of Crypto Socket connections 1\n",
        "   Tu0 Peers (local/remote): 203.0.113.1/203.0.113.2 \n",
        "       Local Ident  (addr/mask/port/prot): (203.0.113.1/255.255.255.255/0/47)\n",
        '       IPSec Profile: "P"\n       Socket State: Open\n',
        "Crypto Sockets in Listen state:\n",
        'Client: "TUNNEL SEC" Profile: "P" Map-name: "Tunnel0-head-0"\n',
    )


def test_head_maps_are_shown() -> None:
    pair = tunnels(GRE)
    pair.pass_time(5)
    in_order(
        pair.type(1, "show crypto map tag Tunnel0-head-0"),
        'Crypto Map IPv4 "Tunnel0-head-0" 65536 ipsec-isakmp\n\tProfile name: P\n',
        'Crypto Map IPv4 "Tunnel0-head-0" 65537 ipsec-isakmp\n\tMap is a PROFILE INSTANCE.\n\tPeer = 203.0.113.2\n',
        "\t    access-list  permit gre host 203.0.113.1 host 203.0.113.2\n",
        "\tInterfaces using crypto map Tunnel0-head-0:\n\t\tTunnel0\n",
    )


def test_a_profile_that_names_an_ikev2_profile_is_not_negotiated_by_ikev1() -> None:
    ikev2 = "crypto ikev2 profile NEWER\ncrypto ipsec profile P\n set ikev2-profile NEWER\n"
    pair = tunnels(first=ikev2, second=ikev2)
    pair.pass_time(60)
    assert "Tunnel0 is up, line protocol is down" in pair.type(1, "show interfaces Tunnel0")
    assert "QM_IDLE" not in pair.type(1, "show crypto isakmp sa")
    for router in (1, 2):
        pair.configure(router, "crypto ipsec profile P\n no set ikev2-profile NEWER\n")
    pair.pass_time(60)
    assert "Tunnel0 is up, line protocol is up" in pair.type(1, "show interfaces Tunnel0")
