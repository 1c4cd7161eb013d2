"""A router follows a line that is typed by looking at what the line has changed: it shows what it would show had it
looked at everything anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.sim.clock import SECOND

from .network import Network, pair

CONFIGURATION = """
crypto isakmp policy 10
 encryption aes
 authentication pre-share
 group 14
crypto keyring RING
 pre-shared-key address 10.0.0.2 key secret
crypto isakmp profile PROFILE
 keyring RING
 match identity address 10.0.0.2
crypto ipsec transform-set SET esp-aes esp-sha-hmac
crypto ipsec profile PROTECT
 set transform-set SET
crypto dynamic-map DYN 5
 set transform-set SET
crypto map VPN 10 ipsec-isakmp
 set peer 10.0.0.2
 set transform-set SET
 match address 101
 reverse-route static
crypto map VPN 20 ipsec-isakmp dynamic DYN
access-list 101 permit ip 192.168.1.0 0.0.0.255 172.16.0.0 0.0.255.255
access-list 101 permit ip host 1.1.1.1 any
object-group network NETS
 host 192.168.1.10
ip access-list extended LIST
 permit udp any any
 permit ip object-group NETS any
interface Tunnel0
 ip address 10.9.0.1 255.255.255.252
 tunnel source GigabitEthernet0/0
 tunnel destination 10.0.0.2
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile PROTECT
interface GigabitEthernet0/0
 crypto map VPN
interface GigabitEthernet0/1
 ip policy route-map MARK
 ip access-group LIST in
route-map MARK permit 10
 match ip address LIST
 set ip next-hop 10.0.0.2
track 1 interface GigabitEthernet0/1 line-protocol
ip local policy route-map MARK
ip route 172.16.0.0 255.255.0.0 10.0.0.2 track 1
ip route 172.17.0.0 255.255.0.0 Tunnel0
"""
MODES = {
    "": [
        "hostname Other",
        "ip routing",
        "ip cef",
        "crypto isakmp enable",
        "crypto isakmp key secret address 10.0.0.2",
        "crypto isakmp key other address 0.0.0.0",
        "crypto isakmp keepalive 10",
        "crypto ipsec security-association lifetime seconds 900",
        "crypto ipsec security-association replay window-size 128",
        "crypto ipsec df-bit clear",
        "crypto map VPN local-address Loopback0",
        "crypto isakmp identity hostname",
        "ip route 172.16.0.0 255.255.0.0 10.0.0.2",
        "ip route 172.16.0.0 255.255.0.0 Tunnel0 5",
        "ip route 172.16.0.0 255.255.0.0 192.168.1.10 track 1",
        "ip route 0.0.0.0 0.0.0.0 172.16.0.1",
        "ip local policy route-map MARK",
        "track 1 interface GigabitEthernet0/1 line-protocol",
        "track 1 ip route 172.16.0.0 255.255.0.0 reachability",
        "access-list 101 permit ip 192.168.1.0 0.0.0.255 172.16.0.0 0.0.255.255",
        "access-list 101 deny icmp any any",
        "access-list 101",
        "ip access-list extended LIST",
        "object-group network NETS",
        "interface Tunnel0",
        "interface Loopback0",
        "crypto keyring RING",
        "crypto isakmp profile PROFILE",
        "crypto ipsec profile PROTECT",
        "crypto dynamic-map DYN 5",
        "crypto map VPN 10 ipsec-isakmp",
        "crypto map VPN 20 ipsec-isakmp dynamic DYN",
        "route-map MARK permit 10",
    ],
    "crypto isakmp policy 10": ["encryption aes", "hash md5", "authentication pre-share", "group 14", "lifetime 900"],
    "crypto keyring RING": ["pre-shared-key address 10.0.0.2 key ring"],
    "crypto isakmp profile PROFILE": ["keyring RING", "match identity address 10.0.0.2", "keepalive 20 retry 2"],
    "crypto ipsec transform-set SET esp-aes esp-sha-hmac": ["mode transport", "mode tunnel"],
    "crypto ipsec profile PROTECT": ["set transform-set SET", "set pfs group14", "set isakmp-profile PROFILE"],
    "crypto dynamic-map DYN 5": ["set transform-set SET", "match address LIST", "reverse-route"],
    "crypto map VPN 10 ipsec-isakmp": [
        "set peer 10.0.0.2",
        "set peer 10.0.0.3 default",
        "set transform-set SET",
        "match address 101",
        "match address LIST",
        "set pfs",
        "set isakmp-profile PROFILE",
        "set security-association lifetime kilobytes 5000",
        "set security-association level per-host",
        "reverse-route static",
    ],
    "ip access-list extended LIST": [
        "permit ip any any",
        "5 deny ip host 192.168.1.10 any",
        "permit udp any any eq 4500",
        "permit ip object-group NETS any",
    ],
    "object-group network NETS": ["host 192.168.1.10", "10.0.0.0 255.255.255.0"],
    "interface Tunnel0": [
        "ip address 10.9.0.1 255.255.255.252",
        "ip unnumbered Loopback0",
        "tunnel source GigabitEthernet0/0",
        "tunnel source 1.1.1.1",
        "tunnel destination 10.0.0.2",
        "tunnel destination 2.2.2.2",
        "tunnel mode ipsec ipv4",
        "tunnel mode gre ip",
        "tunnel key 7",
        "tunnel protection ipsec profile PROTECT",
        "keepalive 5 2",
        "ip mtu 1400",
        "shutdown",
    ],
    "interface GigabitEthernet0/0": [
        "crypto map VPN",
        "ip address 10.0.0.9 255.255.255.0",
        "ip access-group LIST in",
        "mtu 1400",
        "shutdown",
        "crypto ipsec df-bit set",
        "crypto ipsec fragmentation after-encryption",
    ],
    "interface GigabitEthernet0/1": [
        "ip policy route-map MARK",
        "crypto map VPN",
        "ip access-group 101 out",
        "ip tcp adjust-mss 1300",
        "shutdown",
    ],
    "interface Loopback0": ["ip address 1.1.1.9 255.255.255.255", "shutdown"],
    "route-map MARK permit 10": ["match ip address LIST", "set ip next-hop 10.0.0.2", "set interface Tunnel0"],
}
SHOWS = [
    *("running-config", "ip route", "ip cef", "ip interface", "ip interface brief", "interfaces", "access-lists"),
    *("adjacency", "arp", "ip policy", "ip local policy", "route-map", "track", "object-group", "derived-config"),
    *("crypto map", "crypto dynamic-map", "crypto isakmp policy", "crypto isakmp key", "crypto isakmp profile"),
    *("crypto ipsec sa", "crypto ipsec profile", "crypto ipsec transform-set", "crypto session detail"),
    *("crypto ipsec security-association", "crypto isakmp sa", "crypto sockets", "crypto engine brief"),
    *("ip sockets", "logging", "iosim unsupported"),
]

lines = st.lists(
    st.sampled_from([(mode, line) for mode, found in MODES.items() for line in found]).flatmap(
        lambda place: st.sampled_from([place, place, (place[0], f"no {place[1]}")])
    ),
    min_size=1,
    max_size=12,
)


def shown(network: Network) -> dict[str, str]:
    return {show: network.type("R1", f"show {show}") for show in SHOWS}


def test_all_these_lines_are_known() -> None:
    """What is refused is refused for what it says, not because it is unknown."""
    network = pair()
    network.type("R1", "terminal length 0")
    for mode, found in MODES.items():
        for line in found:
            for each in ("configure terminal", *filter(None, [mode]), line, "end"):
                assert "Invalid input" not in network.type("R1", each), each
    assert not [show for show, text in shown(pair()).items() if "Invalid input" in text]


@settings(max_examples=60, deadline=None)
@given(lines)
def test_what_a_router_shows_is_what_its_configuration_says(text: list[tuple[str, str]]) -> None:
    network = pair(CONFIGURATION)
    network.type("R1", "terminal length 0")
    for mode, line in text:
        network.type("R1", "configure terminal", *filter(None, [mode]), line, "end")
    network.sim.run(until=network.sim.now + SECOND)
    followed = shown(network)
    network["R1"].reconcile()
    assert shown(network) == followed
