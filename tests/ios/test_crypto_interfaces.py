"""One crypto map on two interfaces: with `local-address` they share their SAs, without it each has its own."""

from __future__ import annotations

from tests.ios.network import Network

COMMON = """\
crypto isakmp policy 10
 encr aes
 authentication pre-share
 group 14
crypto isakmp key Kopernikus1543 address 0.0.0.0
crypto ipsec transform-set T esp-aes esp-sha-hmac
interface Loopback0
 ip address 192.168.{n}.1 255.255.255.0
ip access-list extended TUNNEL
 permit ip 192.168.{n}.0 0.0.0.255 192.168.{other}.0 0.0.0.255
crypto map VPN 10 ipsec-isakmp
 {peers}
 set transform-set T
 match address TUNNEL
"""
R1 = """\
interface Loopback1
 ip address 10.255.1.1 255.255.255.255
interface GigabitEthernet0/0
 ip address 10.0.1.1 255.255.255.0
 no shutdown
 crypto map VPN
interface GigabitEthernet0/1
 ip address 10.0.2.1 255.255.255.0
 no shutdown
 crypto map VPN
ip route 0.0.0.0 0.0.0.0 10.0.1.2
"""
ISP = """\
interface GigabitEthernet0/0
 ip address 10.0.1.2 255.255.255.0
 no shutdown
interface GigabitEthernet0/1
 ip address 10.0.2.2 255.255.255.0
 no shutdown
interface GigabitEthernet0/2
 ip address 10.0.3.2 255.255.255.0
 no shutdown
ip route 10.255.1.1 255.255.255.255 10.0.1.1
"""
R2 = """\
interface GigabitEthernet0/0
 ip address 10.0.3.1 255.255.255.0
 no shutdown
 crypto map VPN
ip route 0.0.0.0 0.0.0.0 10.0.3.2
"""
PING = "ping 192.168.2.1 source 192.168.1.1"


def multihomed(more: str, *peers: str) -> Network:
    """R1 has two ways to R2, which knows it by `peers`."""
    network = Network()
    back = "\n ".join(f"set peer {peer}" for peer in peers)
    network.router("R1", COMMON.format(n=1, other=2, peers="set peer 10.0.3.1") + more + R1)
    network.router("ISP", ISP)
    network.router("R2", COMMON.format(n=2, other=1, peers=back) + R2)
    for a, b in (
        ("R1:GigabitEthernet0/0", "ISP:GigabitEthernet0/0"),
        ("R1:GigabitEthernet0/1", "ISP:GigabitEthernet0/1"),
    ):
        network.link(a, b)
    network.link("ISP:GigabitEthernet0/2", "R2:GigabitEthernet0/0")
    return network.start()


def other_way(network: Network) -> None:
    """R1 sends by its second interface from now on."""
    for line in (
        "configure terminal",
        "no ip route 0.0.0.0 0.0.0.0 10.0.1.2",
        "ip route 0.0.0.0 0.0.0.0 10.0.2.2",
        "end",
    ):
        network.type("R1", line)


def test_with_local_address_the_sas_are_those_of_both_interfaces() -> None:
    network = multihomed("crypto map VPN local-address Loopback1\n", "10.255.1.1")
    assert ".!!!!" in network.type("R1", PING)
    other_way(network)
    assert "!!!!!" in network.type("R1", PING), "the same SAs, by the other interface"
    shown = network.type("R1", "show crypto ipsec sa")
    assert shown.count("local addr 10.255.1.1") == 2 and shown.count("#pkts encaps: 9,") == 2
    assert shown.count("current_peer 10.0.3.1") == 2
    assert network.type("R1", "show crypto isakmp sa").count("ACTIVE") == 1
    heading = 'Crypto Map: "VPN" idb: Loopback1 local address: 10.255.1.1\n'
    maps = network.type("R1", "show crypto map")
    assert heading in maps
    assert "\tInterfaces using crypto map VPN:\n\t\tGigabitEthernet0/0\n\t\tGigabitEthernet0/1\n" in maps


def test_without_it_each_interface_has_its_own() -> None:
    network = multihomed("", "10.0.1.1", "10.0.2.1")
    assert ".!!!!" in network.type("R1", PING)
    other_way(network)
    assert ".!!!!" in network.type("R1", PING), "a negotiation of its own"
    shown = network.type("R1", "show crypto ipsec sa")
    assert "local addr 10.0.1.1" in shown and "local addr 10.0.2.1" in shown
    assert shown.count("#pkts encaps: 4,") == 2
    assert network.type("R1", "show crypto isakmp sa").count("ACTIVE") == 2


def test_keys_by_hand_may_have_one_spi_at_each_local_address() -> None:
    key = "cipher 000102030405060708090a0b0c0d0e0f authenticator 000102030405060708090a0b0c0d0e0f10111213"
    network = multihomed("", "10.0.1.1")
    for node, peer, spis, interfaces in (
        ("R1", "10.0.3.1", (500, 600), ("gi0/0", "gi0/1")),
        ("R2", "10.0.1.1", (600, 500), ("gi0/0",)),
    ):
        lines = ["configure terminal"]
        lines += [line for name in interfaces for line in (f"interface {name}", "no crypto map")]
        lines += ["no crypto map VPN", "crypto map HAND 10 ipsec-manual", f"set peer {peer}", "set transform-set T"]
        lines += [f"set session-key inbound esp {spis[0]} {key}", f"set session-key outbound esp {spis[1]} {key}"]
        lines += ["match address TUNNEL"]
        lines += [line for name in interfaces for line in (f"interface {name}", "crypto map HAND")]
        for line in (*lines, "end"):
            network.type(node, line)
    assert "!!!!!" in network.type("R1", PING)
    assert network.type("R1", "show crypto ipsec sa").count("spi: 0x1F4(500)") == 2
    other_way(network)
    for line in ("configure terminal", "crypto map HAND 10", "no set peer 10.0.1.1", "set peer 10.0.2.1", "end"):
        network.type("R2", line)
    assert "!!!!!" in network.type("R1", PING)
