"""Dynamic VTIs for peers behind one translated address: each has an interface, SAs and a session of its own."""

from __future__ import annotations

from iosim.sim.link import Link, Port
from iosim.stack.switch import Switch

from .crypto_pair import in_order
from .network import Network

PHASE_1 = """\
crypto isakmp policy 10
 encr aes
 authentication pre-share
 group 14
crypto isakmp key Kopernikus1543 address 0.0.0.0
crypto isakmp keepalive 10 periodic
crypto ipsec transform-set T esp-aes esp-sha-hmac
crypto ipsec profile P
 set transform-set T
"""
HUB = f"""\
{PHASE_1} set isakmp-profile SPOKES
 reverse-route
crypto isakmp profile SPOKES
 match identity address 0.0.0.0
 virtual-template 1
interface Loopback0
 ip address 192.168.1.1 255.255.255.0
interface GigabitEthernet0/0
 ip address 198.51.100.1 255.255.255.0
interface Virtual-Template1 type tunnel
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
"""
SPOKE = """\
interface Loopback0
 ip address 192.168.{number}.1 255.255.255.0
interface GigabitEthernet0/0
 ip address 10.0.0.{number} 255.255.255.0
{crypto}
ip route 0.0.0.0 0.0.0.0 10.0.0.1
"""
POLICY = """\
 crypto map M
ip access-list extended LAN
 permit ip 192.168.{number}.0 0.0.0.255 192.168.1.0 0.0.0.255
crypto map M 10 ipsec-isakmp
 set peer 198.51.100.1
 set transform-set T
 match address LAN
"""
ROUTE = """\
interface Tunnel0
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.1
 tunnel protection ipsec profile P
ip route 192.168.1.0 255.255.255.0 Tunnel0
"""
SPOKES = {"A": 2, "B": 3}


def behind_one_address(crypto: str) -> Network:
    """HUB — NAT (198.51.100.2) — a switch — A and B."""
    network = Network()
    network.router("HUB", HUB)
    network.translator("NAT", "10.0.0.1/24", "198.51.100.2/24", "198.51.100.1")
    network.link("HUB:GigabitEthernet0/0", "NAT:outside")
    switch = Switch(network.sim, "SW")
    for name, number in SPOKES.items():
        network.router(name, PHASE_1 + SPOKE.format(number=number, crypto=crypto.format(number=number)))
    for name, interface in (("NAT", "inside"), ("A", "GigabitEthernet0/0"), ("B", "GigabitEthernet0/0")):
        port, end = Port(f"SW:{name}"), Port(f"{name}:{interface}")
        switch.add_port(port)
        network.nodes[name].attach(interface, end)
        Link(network.sim, port, end)
    network.start()
    network.wait(10)
    for name in SPOKES:
        network.type(name, "ping 192.168.1.1 source Loopback0")
    return network


def test_each_peer_has_an_interface_and_routes_of_its_own() -> None:
    network = behind_one_address(POLICY)
    for name in SPOKES:
        assert "!!!!!" in network.type(name, "ping 192.168.1.1 source Loopback0")
    for number in SPOKES.values():
        assert "!!!!!" in network.type("HUB", f"ping 192.168.{number}.1 source Loopback0")
    routes = network.type("HUB", "show ip route static")
    in_order(routes, "192.168.2.0/24 is directly connected, Virtual-Access1", "192.168.3.0/24", "Virtual-Access2")


def test_each_peer_has_a_session_of_its_own() -> None:
    network = behind_one_address(POLICY)
    first, second = network.type("HUB", "show crypto session").split("Interface: ")[1:]
    assert "remote 198.51.100.2/4500 Active" in first and "4501" not in first
    assert "remote 198.51.100.2/4501 Active" in second and "4500 A" not in second
    assert "permit ip 192.168.1.0/255.255.255.0 192.168.3.0/255.255.255.0" in second


def test_peers_that_propose_everything_are_told_apart() -> None:
    network = behind_one_address(ROUTE)
    brief = network.type("HUB", "show ip interface brief")
    in_order(brief, "Virtual-Access1 ", "up                    up", "Virtual-Access2 ", "up                    up")
    for name in SPOKES:
        assert "!!!!!" not in network.type(name, "ping 192.168.1.1 source Loopback0 repeat 1")
    network.configure("HUB", *(f"ip route 192.168.{n}.0 255.255.255.0 Virtual-Access{n - 1}" for n in SPOKES.values()))
    assert "down" not in network.type("HUB", "show interfaces Virtual-Access2 | include line protocol")


def test_one_peer_goes_and_the_other_stays() -> None:
    """Whether it says so, is silent, or begins anew: its neighbour keeps its SAs."""
    network = behind_one_address(POLICY)
    network.type("A", "clear crypto session")
    network.wait(1)
    brief = network.type("HUB", "show ip interface brief")
    assert "Virtual-Access1 " not in brief and "Virtual-Access2 " in brief
    network.type("A", "ping 192.168.1.1 source Loopback0")
    assert "!!!!!" in network.type("B", "ping 192.168.1.1 source Loopback0")
    network.type("A", "reload", "", "")
    network.wait(90)
    network.type("A", "enable", "ping 192.168.1.1 source Loopback0")
    assert "!!!!!" in network.type("A", "ping 192.168.1.1 source Loopback0")
    assert "!!!!!" in network.type("B", "ping 192.168.1.1 source Loopback0")
    network.configure("A", "interface GigabitEthernet0/0", "shutdown")
    network.wait(90)
    brief = network.type("HUB", "show ip interface brief")
    assert "Virtual-Access1 " not in brief and "Virtual-Access2 " in brief
    assert "!!!!!" in network.type("B", "ping 192.168.1.1 source Loopback0")


def test_both_outlive_their_first_sas() -> None:
    network = behind_one_address(POLICY)
    for _ in range(30):
        network.wait(600)
        for name in SPOKES:
            assert "!!!!!" in network.type(name, "ping 192.168.1.1 source Loopback0")
    for number in SPOKES.values():
        assert "!!!!!" in network.type("HUB", f"ping 192.168.{number}.1 source Loopback0")
    assert "Virtual-Access3" not in network.type("HUB", "show ip interface brief")
