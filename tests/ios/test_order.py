"""Where lines stand in a written configuration, the `!` between them, and what replaces what."""

from __future__ import annotations

import pytest

from iosim.grammar.grammar import ios_grammar
from iosim.ios.loader import load_text
from iosim.ios.notes import Notes
from iosim.ios.router import Router
from iosim.sim.clock import Simulator


def written(*lines: str) -> str:
    """The running configuration of a router that has read these lines, with an empty line at both ends."""
    router = Router(Simulator(), "R1")
    assert load_text(router, "\n".join(lines)) == []
    return "\n" + "\n".join(router.running_lines()) + "\n"


ORDER = (
    "hostname R1",
    "vrf definition RED",
    "enable secret 5 $1$abcd$7jBQdgVeI7Qk4WpqtTbdE/",
    "no aaa new-model",
    "no ip domain lookup",
    "ip cef",
    "multilink bundle-name authenticated",
    "key chain K",
    "username u privilege 15",
    "redundancy",
    "class-map match-any C",
    "policy-map P",
    "crypto isakmp policy 10",
    "crypto ipsec transform-set T esp-aes ",
    "crypto map M 10 ipsec-isakmp ",
    "interface Loopback0",
    "router ospf 1",
    "ip forward-protocol nd",
    "ip http server",
    "ip route 10.0.0.0 255.0.0.0 Null0",
    "ip ssh version 2",
    "ip access-list extended A",
    "ip prefix-list L seq 5 permit 10.0.0.0/8",
    "ip sla 1",
    "ipv6 route 2001:DB8::/32 Null0",
    "route-map R permit 10",
    "snmp-server community c RO",
    "access-list 1 permit any",
    "control-plane",
    "line con 0",
    "ntp server 10.0.0.1",
)


def test_commands_stand_in_the_order_of_a_router() -> None:
    text = written(*(line.strip() for line in reversed(ORDER)))
    places = [text.index(f"\n{line}\n") for line in ORDER]
    assert places == sorted(places)


SEPARATED = {
    "class maps stand together": "class-map match-any A\nclass-map match-any B\n!\npolicy-map P",
    "policies do not": "crypto isakmp policy 10\n!\ncrypto isakmp policy 20\n!",
    "keys follow policies": "crypto isakmp policy 10\ncrypto isakmp key k address 10.0.0.1       \n!",
    "a map with its address": (
        "crypto map A local-address Loopback0\ncrypto map A 5 ipsec-isakmp \n!\n"
        "crypto map B local-address Loopback0\ncrypto map B 5 ipsec-isakmp \n!"
    ),
    "probes with their schedules": (
        "ip sla 1\n icmp-echo 10.0.0.1\nip sla schedule 1 start-time now\n"
        "ip sla 2\n icmp-echo 10.0.0.2\nip sla schedule 2"
    ),
    "prefix lists by name": (
        "ip prefix-list A seq 5 permit 10.0.0.0/8\nip prefix-list A seq 10 permit 11.0.0.0/8\n!\n"
        "ip prefix-list B seq 5 permit 10.0.0.0/8"
    ),
    "peers of a keyring": "crypto ikev2 keyring K\n peer A\n !\n peer B\n !\n!",
    "address families": "vrf definition A\n !\n address-family ipv4\n exit-address-family\n!",
}


@pytest.mark.parametrize("text", SEPARATED.values(), ids=SEPARATED)
def test_separators(text: str) -> None:
    lines = [line.strip() for line in text.split("\n")]
    assert f"!\n{text}" in written(*lines)


REPLACED = {
    "the AS of a neighbour": ("router bgp 1", "neighbor 10.0.0.1 remote-as 2", "neighbor 10.0.0.1 remote-as 3"),
    "an area's kind": ("router ospf 1", "area 1 stub", "area 1 stub no-summary"),
    "an NHRP mapping": ("interface Tunnel0", "ip nhrp map 10.0.0.1 192.0.2.1", "ip nhrp map 10.0.0.1 192.0.2.2"),
    "a network's area": ("router ospf 1", "network 10.0.0.0 0.0.0.255 area 0", "network 10.0.0.0 0.0.0.255 area 1"),
    "what permits": ("route-map R permit 10", "exit", "route-map R deny 10"),
    "an address": ("interface GigabitEthernet0/0", "ip address dhcp", "ip address 10.0.0.1 255.0.0.0"),
    "an address by DHCP": ("interface GigabitEthernet0/0", "ip address 10.0.0.1 255.0.0.0", "ip address dhcp"),
    "an entry of a map": ("crypto map M 10 ipsec-isakmp dynamic D", "crypto map M 10 ipsec-isakmp"),
    "an entry of a map by a dynamic one": ("crypto map M 10 ipsec-isakmp", "crypto map M 10 ipsec-isakmp dynamic D"),
}


@pytest.mark.parametrize("lines", REPLACED.values(), ids=REPLACED)
def test_a_line_replaces_another(lines: tuple[str, ...]) -> None:
    text = [line.strip() for line in written(*lines).split("\n")]
    assert lines[-1] in text
    assert lines[-2 if lines[-2] != "exit" else 0] not in text


REMOVED = {
    "a dynamic entry of a map": ("crypto map M 10 ipsec-isakmp dynamic D", "no crypto map M 10"),
    "a GDOI entry": ("crypto map M 10 gdoi", "no crypto map M 10"),
    "all entries of a map": ("crypto map M 10 ipsec-isakmp dynamic D", "no crypto map M"),
    "an address by DHCP": ("interface GigabitEthernet0/0", "ip address dhcp", "no ip address"),
    "all of a neighbour": ("router bgp 1", "neighbor 10.0.0.1 remote-as 2", "no neighbor 10.0.0.1"),
}


@pytest.mark.parametrize("lines", REMOVED.values(), ids=REMOVED)
def test_a_line_takes_another_away(lines: tuple[str, ...]) -> None:
    assert lines[-2] in written(*lines[:-1])
    assert lines[-2] not in written(*lines)


def test_a_dynamic_entry_is_not_taken_away_with_another() -> None:
    lines = ("crypto map M 10 ipsec-isakmp dynamic D", "crypto map M 20 ipsec-isakmp", "no crypto map M 20")
    assert "crypto map M 10 ipsec-isakmp dynamic D" in written(*lines)


def test_without_an_address_only_the_way_to_get_one_is_shown() -> None:
    assert "\ninterface Serial0/0\n no ip address\n" in written("interface Serial0/0")
    for way in ("ip address dhcp", "ip unnumbered Loopback0"):
        assert "no ip address" not in written("interface Serial0/0", way)


def test_a_key_behind_the_lines_of_another_is_a_key_of_the_chain() -> None:
    text = written("key chain K", "key 1", "key-string a", "key 2", "key-string b")
    assert "key chain K\n key 1\n  key-string a\n key 2\n  key-string b\n" in text


def test_physical_interfaces_stand_by_slot() -> None:
    names = ("Loopback0", "FastEthernet0/0", "Ethernet1/0", "GigabitEthernet2/0", "BVI1")
    text = written(*(f"interface {name}" for name in reversed(names)))
    places = [text.index(f"interface {name}\n") for name in names]
    assert places == sorted(places)


def test_notes_name_arguments_and_commands_that_there_are() -> None:
    """A misspelled argument behind `by` or `sort` would change nothing and be seen by nobody."""
    grammar = ios_grammar()
    arguments = {terminal.argument for terminal in grammar.terminals.values()}
    for command, text in grammar.keeps.items():
        notes = Notes(text)
        named = {name for word in ("by", "sort", "group", "apart") for name in notes.names(word)}
        assert named <= arguments, command
        assert set(notes.names("instead") + notes.names("with")) <= grammar.commands, command
