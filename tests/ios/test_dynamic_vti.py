"""Dynamic VTIs: Virtual-Access interfaces come with a peer and go with its SAs."""

from __future__ import annotations

from ios.crypto_pair import Pair, in_order

HUB = """\
interface GigabitEthernet0/0
 no crypto map
crypto isakmp profile SPOKES
 match identity address 0.0.0.0
 virtual-template 1
crypto ipsec profile P
 set transform-set STRONG
 set isakmp-profile SPOKES
 reverse-route
interface Virtual-Template1 type tunnel
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
ip route 192.168.2.0 255.255.255.0 Virtual-Access1
"""
SPOKE = """\
interface GigabitEthernet0/0
 no crypto map
crypto ipsec profile P
 set transform-set STRONG
interface Tunnel0
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination 203.0.113.1
 tunnel protection ipsec profile P
ip route 192.168.1.0 255.255.255.0 Tunnel0
"""
DERIVED = """\
!
interface Virtual-Access1
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination 203.0.113.2
 tunnel protection ipsec profile P
 no tunnel protection ipsec initiate
end
"""


def hub_and_spoke(spoke: str = SPOKE, hub: str = HUB) -> Pair:
    """R1 with a dynamic VTI, R2 with a static one."""
    pair = Pair({1: hub, 2: spoke})
    pair.pass_time(10)
    return pair


def test_an_interface_is_made_for_a_peer() -> None:
    pair = hub_and_spoke()
    assert "!!!!!" in pair.ping(2)
    assert "!!!!!" in pair.ping(1)
    brief = pair.type(1, "show ip interface brief")
    assert "Virtual-Access1            192.168.1.1     YES unset  up                    up" in brief
    in_order(pair.type(1, "show crypto session"), "Interface: Virtual-Access1\n", "UP-ACTIVE", "Active SAs: 2")
    assert "Crypto map tag: Virtual-Access1-head-0, local addr 203.0.113.1" in pair.type(1, "show crypto ipsec sa")


def test_what_it_is_made_of_can_be_seen() -> None:
    pair = hub_and_spoke()
    assert DERIVED in pair.type(1, "show derived-config interface Virtual-Access1")
    in_order(
        pair.type(1, "show interfaces Virtual-Access1"),
        "Virtual-Access1 is up, line protocol is up",
        "  Hardware is Virtual Access interface\n",
        "  Interface is unnumbered. Using address of Loopback0 (192.168.1.1)\n",
        "  Encapsulation TUNNEL\n  Tunnel vaccess, cloned from Virtual-Template1\n",
        "  Vaccess status 0x4, loopback not set\n",
        "  Tunnel source 203.0.113.1 (GigabitEthernet0/0), destination 203.0.113.2\n",
        "  Tunnel protocol/transport IPSEC/IP\n",
        '  Tunnel protection via IPSec (profile "P")\n',
    )


def test_the_derived_configuration_is_the_running_one_with_what_is_made_from_templates() -> None:
    pair = hub_and_spoke()
    running, derived = (pair.type(1, f"show {which}-config") for which in ("running", "derived"))
    interface = DERIVED.removesuffix("end\n")
    assert "interface Virtual-Access" not in running
    assert derived.count(interface) == 1
    text = derived.partition("Derived configuration : ")[2].partition("\n")[2]
    assert text.replace(interface, "") == running.partition("Current configuration : ")[2].partition("\n")[2]


def test_its_line_comes_up_with_its_sas_and_goes_once() -> None:
    pair = hub_and_spoke()
    pair.type(1, "debug ip routing")
    pair.type(2, "clear crypto session")
    pair.pass_time(5)
    said = [line for line in pair.shown(1).splitlines() if "RT: interface Virtual-Access1" in line]
    assert [line.rpartition("Access1 ")[2] for line in said] == ["removed from routing table", "added to routing table"]


def test_an_interface_is_shown_with_the_words_that_it_was_made_with() -> None:
    pair = hub_and_spoke()
    for which in ("running", "derived"):
        shown = pair.type(1, f"show {which}-config interface Virtual-Template1")
        assert "!\ninterface Virtual-Template1 type tunnel\n ip unnumbered Loopback0\n" in shown


def test_an_interface_without_its_number_is_incomplete() -> None:
    pair = hub_and_spoke()
    for line in ("show interfaces tunnel", "show interfaces Virtual-Access", "show ip interface loop"):
        assert "% Incomplete command.\n" in pair.type(1, line)
    assert "% Invalid input" in pair.type(1, "show interfaces turtle")


def test_it_is_not_in_the_configuration_and_cannot_be_configured() -> None:
    pair = hub_and_spoke()
    assert "interface Virtual-Access" not in pair.type(1, "show running-config")
    pair.type(1, "configure terminal")
    assert "%Invalid interface type and number" in pair.type(1, "interface Virtual-Access1")
    assert "%Invalid interface type and number" in pair.type(1, "interface Virtual-Access2")


def test_it_goes_with_its_sas_and_comes_again() -> None:
    pair = hub_and_spoke()
    pair.type(1, "clear crypto session")
    assert "Virtual-Access" not in pair.type(1, "show ip interface brief")
    pair.pass_time(30)
    assert "Virtual-Access1 " in pair.type(1, "show ip interface brief")
    assert "!!!!!" in pair.ping(2)


def test_it_outlives_its_first_sas() -> None:
    pair = hub_and_spoke()
    pair.type(2, "ping 192.168.1.1 source Loopback0 repeat 10")
    pair.pass_time(3700)
    pair.type(2, "ping 192.168.1.1 source Loopback0 repeat 10")
    assert "changed state to down" not in pair.shown(1).partition("Virtual-Access1, changed state to up")[2]
    assert "!!!!!" in pair.ping(1)


def test_a_template_in_use_is_locked() -> None:
    locked = "% Virtual-template config is locked, active vaccess present\n"
    pair = hub_and_spoke()
    pair.type(1, "configure terminal")
    for line in ("no interface Virtual-Template1", "default interface Virtual-Template1"):
        assert locked in pair.type(1, line)
    pair.type(1, "interface Virtual-Template1")
    for line in ("ip mtu 1300", "no tunnel protection ipsec profile P", "shutdown", "description x"):
        assert locked in pair.type(1, line)
    pair.type(1, "end")
    assert "!!!!!" in pair.ping(1)
    assert "ip mtu" not in pair.type(1, "show running-config")


def typed(pair: Pair, number: int, *lines: str) -> None:
    """Type configuration lines, and let a while pass."""
    for line in ("configure terminal", *lines, "end"):
        pair.type(number, line)
    pair.pass_time(10)


def test_a_template_that_nobody_uses_can_be_changed() -> None:
    pair = hub_and_spoke()
    typed(pair, 2, "interface Tunnel0", "shutdown")
    typed(pair, 1, "interface Virtual-Template1", "ip mtu 1300")
    typed(pair, 2, "interface Tunnel0", "no shutdown")
    assert "ip mtu 1300" in pair.type(1, "show derived-config interface Virtual-Access1")
    typed(pair, 2, "interface Tunnel0", "shutdown")
    typed(pair, 1, "no interface Virtual-Template1")
    typed(pair, 2, "interface Tunnel0", "no shutdown")
    assert "Virtual" not in pair.type(1, "show ip interface brief")


def test_a_peer_that_proposes_its_lan_gets_a_route() -> None:
    """A crypto map at the other end: reverse-route leads to what it proposed."""
    pair = Pair({1: HUB.replace("ip route 192.168.2.0 255.255.255.0 Virtual-Access1\n", "")})
    pair.ping(2)
    assert "!!!!!" in pair.ping(2)
    assert "S     192.168.2.0/24 is directly connected, Virtual-Access1" in pair.type(1, "show ip route")
    pair.type(1, "clear crypto session")
    assert "192.168.2.0" not in pair.type(1, "show ip route")


def test_without_a_template_a_stranger_gets_none() -> None:
    pair = hub_and_spoke(hub=HUB.replace(" virtual-template 1\n", ""))
    assert "Virtual-Access" not in pair.type(1, "show ip interface brief")


def test_a_peer_gets_one_interface_only() -> None:
    """A second identity of the same peer is refused."""
    pair = hub_and_spoke()
    more = (
        "ip access-list extended PART\n permit ip 192.168.2.0 0.0.0.255 192.168.9.0 0.0.0.255\n"
        "crypto map VPN 10 ipsec-isakmp\n match address PART\ninterface GigabitEthernet0/0\n crypto map VPN\n"
    )
    pair.configure(2, more)
    pair.debug(1)
    pair.type(2, "ping 192.168.9.1 source Loopback0")
    assert "proxy identities not supported" in pair.shown(1)
    assert "Virtual-Access2" not in pair.type(1, "show ip interface brief")
    assert "Virtual-Access1 " in pair.type(1, "show ip interface brief")
