"""The configuration of routing, tunnels, VRFs and IPv6 is kept as routers write it; their interfaces stay down."""

from __future__ import annotations

import pytest

from iosim.grammar.names import interface_order, interface_type, parse_interface, short_name
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

from .network import Network, pair

SECTIONS = {
    "EIGRP by name": """\
router eigrp OVERLAY
 !
 address-family ipv4 unicast autonomous-system 100
  !
  af-interface default
   passive-interface
  exit-af-interface
  !
  af-interface Tunnel0
   bandwidth-percent 50
   no passive-interface
   no split-horizon
  exit-af-interface
  !
  topology base
   redistribute ospf 1 metric 1000 100 255 1 1500 route-map TAGGED
   maximum-paths 4
  exit-af-topology
  network 10.0.0.0 0.0.0.255
  eigrp stub connected summary
 exit-address-family""",
    "OSPF": """\
router ospf 1 vrf RED
 router-id 1.1.1.1
 auto-cost reference-bandwidth 10000
 area 0.0.0.2 nssa
 area 1 stub no-summary
 redistribute bgp 65000 metric 20 metric-type 1 subnets tag 7 route-map TAGGED
 passive-interface default
 no passive-interface Tunnel0
 network 10.0.0.0 0.0.0.255 area 0
 default-information originate always metric-type 1""",
    "BGP": """\
router bgp 65000
 bgp router-id 1.1.1.1
 bgp log-neighbor-changes
 no bgp default ipv4-unicast
 neighbor PEERS peer-group
 neighbor PEERS update-source Loopback0
 neighbor 10.0.0.2 remote-as 65001
 neighbor 10.0.0.2 description the other one
 neighbor 2001:DB8::2 remote-as 65001
 !
 address-family ipv4
  network 10.1.0.0 mask 255.255.0.0
  neighbor 10.0.0.2 activate
  no neighbor 2001:DB8::2 activate
  neighbor PEERS send-community both
 exit-address-family
 !
 address-family ipv4 vrf RED
  redistribute ospf 1 match internal external 1 external 2
 exit-address-family
 !
 address-family vpnv4
  neighbor 10.0.0.2 activate
 exit-address-family""",
    "VRF": """\
vrf definition RED
 rd 65000:1
 !
 address-family ipv4
  route-target export 65000:1
  route-target import 65000:1
 exit-address-family
 !
 address-family ipv6
 exit-address-family""",
    "OSPFv3": """\
router ospfv3 1
 router-id 1.1.1.1
 !
 address-family ipv6 unicast
  redistribute connected
 exit-address-family""",
    "keys": """\
key chain K
 key 1
  key-string one
  cryptographic-algorithm hmac-sha-256
 key 2
  key-string 7 0822455D0A16""",
    "a route map": """\
route-map TAGGED permit 10
 match ip address prefix-list LIST
 set metric 1000 100 255 1 1500
 set as-path prepend 65000 65000""",
    "a tunnel": """\
interface Tunnel0
 bandwidth 1000
 vrf forwarding RED
 ip address 10.0.0.1 255.255.255.0
 ip mtu 1400
 no ip split-horizon eigrp 100
 ip nhrp authentication SECRET
 ip nhrp map 10.0.0.2 192.0.2.2
 ip nhrp map multicast dynamic
 ip nhrp network-id 1
 ip nhrp nhs 10.0.0.2 nbma 192.0.2.2 multicast
 ip tcp adjust-mss 1360
 ip ospf network point-to-multipoint
 ip ospf 1 area 0
 ipv6 address 2001:DB8::1/64
 ipv6 nhrp network-id 1
 ipv6 ospf 1 area 0
 tunnel source GigabitEthernet0/0
 tunnel mode gre multipoint
 tunnel key 100
 tunnel protection ipsec profile P shared""",
    "sub-interfaces": """\
interface GigabitEthernet0/0.10
 encapsulation dot1Q 10 native
 no ip address
!
interface Serial0/0/0.20 point-to-point
 no ip address
!
interface Virtual-Template1 type tunnel
 no ip address""",
    "lists": """\
ip as-path access-list 1 permit ^$
!
ip prefix-list LIST seq 5 permit 10.0.0.0/8 ge 16 le 24
ip prefix-list LIST seq 10 deny 0.0.0.0/0""",
}


@pytest.mark.parametrize("text", SECTIONS.values(), ids=SECTIONS)
def test_it_is_written_as_it_was_read(text: str) -> None:
    router = Router(Simulator(), "R1")
    assert load_text(router, text) == []
    assert text in "\n".join(router.running_lines())


def test_what_an_interface_was_made_as_it_stays() -> None:
    router = Router(Simulator(), "R1")
    load_text(router, "interface Serial0/0.1 point-to-point\ninterface Serial0/0.1\n description again")
    assert "interface Serial0/0.1 point-to-point" in router.running_lines()


@pytest.mark.parametrize("line", ["interface GigabitEthernet0/0 point-to-point", "interface Loopback0 type tunnel"])
def test_what_an_interface_cannot_be_is_refused(line: str) -> None:
    assert [refusal.text for refusal in load_text(Router(Simulator(), "R1"), line)] == [line]


def tunnelled() -> Network:
    lines = ("Tunnel0", "Vlan10", "BVI1", "Port-channel1", "Virtual-Template1")
    return pair("".join(f"interface {name}\n ip address 10.{n}.0.1 255.255.0.0\n" for n, name in enumerate(lines, 50)))


def test_interfaces_that_lead_nowhere_stay_down() -> None:
    network = tunnelled()
    rows = [line.split() for line in network.type("R1", "show ip interface brief").splitlines()]
    states = {row[0]: row[-2:] for row in rows}
    for name in ("Vlan10", "BVI1", "Port-channel1", "Virtual-Template1"):
        assert states[name] == ["down", "down"]
    assert states["Tunnel0"] == ["up", "down"]
    assert states["GigabitEthernet0/0"] == states["Loopback0"] == ["up", "up"]
    assert "10.50.0.0" not in network.type("R1", "show ip route")


def test_every_type_of_interface_can_be_shown() -> None:
    text = tunnelled().type("R1", "show interfaces")
    assert "Tunnel0 is up, line protocol is down" in text
    assert "Encapsulation TUNNEL" in text


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("tu0", "Tunnel0"),
        ("s0/0/0", "Serial0/0/0"),
        ("g0/0.010", "GigabitEthernet0/0.10"),
        ("po1.20", "Port-channel1.20"),
        ("vi1", "Virtual-Template1"),
        ("vl10", "Vlan10"),
        ("lo0.1", None),
        ("g0/0.", None),
        ("g0/0.0", None),
        ("t0", None),
        ("v1", None),
    ],
)
def test_names_of_interfaces(said: str, name: str | None) -> None:
    assert parse_interface(said) == name


def test_sub_interfaces_are_not_physical_and_follow_their_interface() -> None:
    assert interface_type("GigabitEthernet0/0").physical and not interface_type("GigabitEthernet0/0.10").physical
    assert short_name("GigabitEthernet0/0.10") == "Gi0/0.10"
    names = ["Loopback0", "Tunnel0", "GigabitEthernet0/0", "GigabitEthernet0/0.2", "GigabitEthernet0/1", "Vlan1"]
    assert sorted(sorted(names), key=interface_order) == names
