"""Configuring interfaces: addresses and what is refused of them, ranges, defaults, states and messages, settings."""

from __future__ import annotations

import re

import pytest

from .network import Network, pair

MESSAGES = re.compile(r"\*Mar  1 00:00:(\S+): %(LINK\S+|LINEPROTO\S+): (.*)")


def messages(network: Network, name: str = "R1") -> list[tuple[str, ...]]:
    """Time (s), mnemonic and text of what the log says of interfaces."""
    return MESSAGES.findall(network.type(name, "show logging"))


def lines_of(network: Network, interface: str, name: str = "R1") -> list[str]:
    """What is written of an interface."""
    text = network.type(name, f"show running-config interface {interface}")
    return [line.strip() for line in text.splitlines() if line.startswith(" ")]


class TestAddresses:
    def test_secondary_addresses_work(self) -> None:
        network = pair(
            "interface gi0/0\n ip address 10.9.0.1 255.255.255.0 secondary\n",
            "interface gi0/0\n ip address 10.9.0.2 255.255.255.0 secondary\n ip address 10.8.0.2 255.255.255.0 sec\n",
        )
        assert "(5/5)" in network.type("R1", "ping 10.9.0.2")
        assert "(5/5)" in network.type("R1", "ping 10.9.0.2 source 10.9.0.1")
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2 source 10.9.0.1")
        assert lines_of(network, "gi0/0") == [
            "description to R2",
            "ip address 10.9.0.1 255.255.255.0 secondary",
            "ip address 10.0.0.1 255.255.255.0",
        ]
        routes = network.type("R1", "show ip route connected")
        assert "C        10.9.0.0/24 is directly connected, GigabitEthernet0/0" in routes
        assert "L        10.9.0.1/32 is directly connected, GigabitEthernet0/0" in routes
        text = network.type("R2", "show ip interface gi0/0")
        assert "  Secondary address 10.9.0.2/24\n  Secondary address 10.8.0.2/24\n" in text
        assert "Internet  10.9.0.1                -" in network.type("R1", "show ip arp")

    def test_packets_leave_from_the_address_in_the_subnet_of_the_primary_one(self) -> None:
        """IOS takes the primary address of the interface, and so does this."""
        network = pair("interface gi0/0\n ip address 10.9.0.1 255.255.255.0 secondary\n")
        network.configure("R2", "interface gi0/0", "ip address 10.9.0.2 255.255.255.0")
        assert "(0/5)" in network.type("R1", "ping 10.9.0.2")

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (["ip address 10.0.0.9 255.255.255.0"], "% 10.0.0.0 overlaps with GigabitEthernet0/0"),
            (["ip address 10.0.0.9 255.255.255.0 secondary"], "% 10.0.0.0 overlaps with GigabitEthernet0/0"),
            (["ip address 192.168.1.1 255.255.255.0 secondary"], "Secondary can't be same as primary"),
            (["no ip address 192.168.1.2 255.255.255.0"], "Invalid address"),
            (["no ip address 10.7.0.1 255.255.255.0 secondary"], "Invalid address"),
            (["ip address 10.7.0.1 255.255.255.255"], "Bad mask /32 for address 10.7.0.1"),
            (["ip address 10.7.0.0 255.255.255.0 secondary"], "Bad mask /24 for address 10.7.0.0"),
            (["ip address 10.7.0.1 255.0.255.0"], "Bad mask 0xFF00FF00 for address 10.7.0.1"),
            (["ip address 127.0.0.1 255.0.0.0"], "Not a valid host address - 127.0.0.1"),
            (["ip unnumbered lo0"], "Point-to-point (non-multi-access) interfaces only"),
            (
                ["ip address 10.7.0.1 255.255.255.0 secondary", "no ip address 192.168.1.1 255.255.255.0"],
                "Must delete secondary before deleting primary",
            ),
            (
                ["ip address 10.7.0.0 255.255.255.254"],
                "% Warning: use /31 mask on non point-to-point interface cautiously",
            ),
        ],
    )
    def test_what_is_said_of_addresses(self, lines: list[str], said: str) -> None:
        assert pair().configure("R1", "interface gi0/1", *lines) == f"{said}\n"

    def test_all_addresses_go_at_once(self) -> None:
        network = pair()
        network.configure("R1", "interface gi0/0", "ip address 10.7.0.1 255.255.255.0 secondary", "no ip address")
        assert lines_of(network, "gi0/0") == ["description to R2", "no ip address"]

    def test_one_way_to_an_address_takes_the_place_of_another(self) -> None:
        network = pair()
        network.configure("R1", "interface gi0/0", "ip address 10.7.0.1 255.255.255.0 secondary", "ip address dhcp")
        assert lines_of(network, "gi0/0") == ["description to R2", "ip address dhcp"]
        network.configure("R1", "interface gi0/0", "ip address 10.7.0.1 255.255.255.0")
        assert lines_of(network, "gi0/0") == ["description to R2", "ip address 10.7.0.1 255.255.255.0"]

    def test_subnets_of_different_vrfs_may_overlap(self) -> None:
        network = pair()
        assert network.configure("R1", "interface lo7", "vrf forwarding RED", "ip address 10.0.0.9 255.255.255.0") == ""
        said = network.configure("R1", "interface lo8", "ip vrf forwarding RED", "ip address 10.0.0.8 255.255.255.0")
        assert said == "% 10.0.0.0 overlaps with Loopback7\n"

    def test_a_31_bit_subnet_works(self) -> None:
        network = pair()
        network.configure("R1", "interface gi0/0", "ip address 10.7.0.0 255.255.255.254")
        network.configure("R2", "interface gi0/0", "ip address 10.7.0.1 255.255.255.254")
        assert "(5/5)" in network.type("R1", "ping 10.7.0.1")


class TestRanges:
    def test_the_prompt_and_what_is_said_to_all(self) -> None:
        network = pair()
        network.type("R1", "configure terminal", "interface range gi0/0 - 1 , lo0")
        assert network.console("R1").prompt == "R1(config-if-range)#"
        network.type("R1", "description all", "no ip redirects", "end")
        for name in ("gi0/0", "gi0/1", "lo0"):
            assert "description all" in lines_of(network, name)
            assert "no ip redirects" in lines_of(network, name)

    @pytest.mark.parametrize(
        ("said", "names"),
        [
            ("loopback 1 - 3", ["Loopback1", "Loopback2", "Loopback3"]),
            ("lo1-2,lo9", ["Loopback1", "Loopback2", "Loopback9"]),
            ("GigabitEthernet 0/0 - 1", ["GigabitEthernet0/0", "GigabitEthernet0/1"]),
            ("g0/1", ["GigabitEthernet0/1"]),
        ],
    )
    def test_ways_to_say_a_range(self, said: str, names: list[str]) -> None:
        network = pair()
        network.configure("R1", f"interface range {said}", "description chosen")
        text = network.type("R1", "show interfaces description")
        assert text.count("chosen") == len(names)
        assert all("description chosen" in lines_of(network, name) for name in names)

    def test_a_mode_within_a_range_is_one_in_each(self) -> None:
        network = pair()
        network.configure("R1", "interface range lo1 - 2", "service instance 1 ethernet", "bridge-domain 5")
        for name in ("lo1", "lo2"):
            assert lines_of(network, name)[-2:] == ["service instance 1 ethernet", "bridge-domain 5"]
            assert "  bridge-domain 5\n" in network.type("R1", f"show running-config interface {name}")

    def test_macros(self) -> None:
        network = pair()
        network.configure("R1", "define interface-range ALL gi0/0-1 , lo0")
        assert "define interface-range ALL GigabitEthernet0/0 - 1 , Loopback0" in network.running("R1")
        network.configure("R1", "interface range macro ALL", "shutdown")
        assert network.running("R1").count(" shutdown") == 3
        assert "% Macro NONE not found" in network.configure("R1", "interface range macro NONE")

    def test_what_is_not_there_is_refused(self) -> None:
        network = pair()
        before = network.running("R1")
        assert "%Invalid interface type and number" in network.configure("R1", "interface range gi0/0 - 7")
        assert "^" in network.configure("R1", "interface range gi0/3 - 1")
        assert network.running("R1") == before

    def test_a_refusal_names_the_interface(self) -> None:
        said = pair().configure("R1", "interface range gi0/0 - 1", "ip address 1.1.1.1 255.255.255.0")
        assert said == (
            "% 1.1.1.0 overlaps with Loopback0\n% Command failed on interface GigabitEthernet0/0. Aborting\n"
        )

    def test_a_range_is_left_as_any_mode(self) -> None:
        network = pair()
        network.type("R1", "configure terminal", "interface range lo1 - 2", "ip route 9.0.0.0 255.0.0.0 10.0.0.2")
        assert network.console("R1").prompt == "R1(config)#"
        network.type("R1", "end")
        network.configure("R1", "no interface range lo1 - 2")
        assert "interface Loopback1" not in network.running("R1")


class TestMaking:
    def test_default_interface(self) -> None:
        network = pair()
        assert network.configure("R1", "default interface gi0/0") == (
            "Building configuration...\n\nInterface GigabitEthernet0/0 set to default configuration\n"
        )
        assert lines_of(network, "gi0/0") == ["no ip address"]
        network.configure("R1", "default interface lo0")
        assert lines_of(network, "lo0") == ["no ip address"]

    def test_sub_interfaces_go_with_their_interface(self) -> None:
        network = pair("interface Port-channel1\ninterface Port-channel1.5\n")
        network.configure("R1", "no interface po1")
        assert not any("Port-channel" in line for line in network.running("R1"))

    def test_what_cannot_be_made_or_removed(self) -> None:
        network = pair()
        assert network.configure("R1", "interface gi0/7.1") == "%Invalid interface type and number\n"
        assert network.configure("R1", "interface se0/0") == "%Invalid interface type and number\n"
        assert network.configure("R1", "no interface gi0/0") == ("% Removal of physical interfaces is not permitted\n")

    def test_null0_is_there_and_written_when_it_is_configured(self) -> None:
        network = pair()
        assert "Null0 is up, line protocol is up" in network.type("R1", "show interfaces null0")
        assert "Null0" not in network.type("R1", "show ip interface brief")
        assert "interface Null0" not in network.running("R1")
        network.configure("R1", "interface null0", "no ip unreachables")
        assert network.running("R1")[network.running("R1").index("interface Null0") + 1 :][:2] == [
            " no ip address",
            " no ip unreachables",
        ]


class TestStates:
    def test_the_line_protocol_is_a_second_behind(self) -> None:
        network = pair()
        network.configure("R1", "interface gi0/0", "shutdown")
        network.wait(5)
        network.configure("R1", "interface gi0/0", "no shutdown")
        network.wait(5)
        assert messages(network)[-4:] == [
            ("30.000", "LINK-5-CHANGED", "Interface GigabitEthernet0/0, changed state to administratively down"),
            ("31.000", "LINEPROTO-5-UPDOWN", "Line protocol on Interface GigabitEthernet0/0, changed state to down"),
            ("35.000", "LINK-3-UPDOWN", "Interface GigabitEthernet0/0, changed state to up"),
            ("36.000", "LINEPROTO-5-UPDOWN", "Line protocol on Interface GigabitEthernet0/0, changed state to up"),
        ]
        assert [text for _, _, text in messages(network, "R2")[-4:]] == [
            "Interface GigabitEthernet0/0, changed state to down",
            "Line protocol on Interface GigabitEthernet0/0, changed state to down",
            "Interface GigabitEthernet0/0, changed state to up",
            "Line protocol on Interface GigabitEthernet0/0, changed state to up",
        ]

    def test_a_line_that_is_back_within_the_second_is_not_told_of(self) -> None:
        network = pair()
        before = len(messages(network))
        network.configure("R1", "interface gi0/0", "shutdown", "no shutdown")
        network.wait(5)
        assert [mnemonic for _, mnemonic, _ in messages(network)[before:]] == ["LINK-5-CHANGED", "LINK-3-UPDOWN"]

    def test_a_loopback_that_is_removed(self) -> None:
        network = pair()
        network.configure("R1", "no interface lo0")
        network.wait(2)
        assert [text for _, _, text in messages(network)[-2:]] == [
            "Interface Loopback0, changed state to administratively down",
            "Line protocol on Interface Loopback0, changed state to down",
        ]

    def test_a_carrier_delay_hides_a_short_break(self) -> None:
        network = pair("interface gi0/0\n carrier-delay 3\n")
        before = len(messages(network))
        link = network.links["R1:GigabitEthernet0/0", "R2:GigabitEthernet0/0"]
        link.connect(False)
        network.wait(2)
        link.connect(True)
        network.wait(10)
        assert messages(network)[before:] == []
        assert "carrier-delay 3" in lines_of(network, "gi0/0")


SETTINGS = """\
 bandwidth 2000
 mac-address 0200.00ab.cdef
 mtu 1400
 ip address 10.0.0.1 255.255.255.0
 ip mask-reply
 ip directed-broadcast
 no ip redirects
 ip mtu 1300
 arp timeout 60
 ip verify unicast source reachable-via rx allow-default
 load-interval 30
 carrier-delay msec 100
 delay 77
 no keepalive
 hold-queue 100 in
"""


class TestSettings:
    @pytest.fixture
    def network(self) -> Network:
        return pair("interface gi0/0\n no description\n" + SETTINGS)

    def test_they_are_written(self, network: Network) -> None:
        assert sorted(lines_of(network, "gi0/0")) == sorted(SETTINGS.replace("\n ", "\n").strip().splitlines())

    def test_they_are_shown(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2")
        lines = [line.strip() for line in network.type("R1", "show interfaces gi0/0").splitlines()]
        assert re.fullmatch(r"Hardware is iGbE, address is 0200.00ab.cdef \(bia 02.*\)", lines[1])
        assert "MTU 1400 bytes, BW 2000 Kbit/sec, DLY 770 usec," in lines
        assert "Keepalive not set" in lines
        assert "ARP type: ARPA, ARP Timeout 00:01:00" in lines
        assert "Input queue: 0/100/0/0 (size/max/drops/flushes); Total output drops: 0" in lines
        assert any(line.startswith("30 second input rate") for line in lines)
        ip = network.type("R1", "show ip interface gi0/0").splitlines()
        for line in (
            "  MTU is 1300 bytes",
            "  Directed broadcast forwarding is enabled",
            "  ICMP redirects are never sent",
            "  ICMP mask replies are always sent",
            "  IP verify source reachable-via RX, allow default",
            "   0 verification drops",
        ):
            assert line in ip

    def test_they_work(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2")
        mac = network["R2"].stack.arp.header(0x0A000001, network["R2"].stack.interfaces["GigabitEthernet0/0"])
        assert mac is not None and mac[:6].hex() == "020000abcdef"
        assert "10.0.0.2 " in network.type("R1", "show arp")
        network.wait(61)
        assert "10.0.0.2 " not in network.type("R1", "show arp")
        assert "(0/1)" in network.type("R1", "ping 10.0.0.2 size 1301 df-bit repeat 1")

    def test_the_load_interval_makes_rates_fade_faster(self, network: Network) -> None:
        for name in ("R1", "R2"):
            network.configure(name, "no cdp run")  # its frames would count too
        network.wait(3600)
        network.type("R1", "ping 10.0.0.2", "ping 10.0.0.2 size 986 repeat 3000")

        def rate(name: str) -> int:
            return int(re.findall(r"output rate (\d+) bits/sec", network.type(name, "show interfaces gi0/0"))[0])

        fast, slow = rate("R1"), rate("R2")
        network.wait(30)
        assert rate("R1") == pytest.approx(fast / 2.718, rel=0.02)
        assert rate("R2") == pytest.approx(slow / 1.105, rel=0.02)


def test_entries_of_the_arp_table_by_hand() -> None:
    network = pair("arp 10.0.0.77 0200.0000.0077 arpa\narp 10.0.0.78 0200.0000.0078 arpa alias\n")
    assert "arp 10.0.0.77 0200.0000.0077 ARPA" in network.running("R1")
    assert "arp 10.0.0.78 0200.0000.0078 ARPA alias" in network.running("R1")
    rows = network.type("R1", "show ip arp 10.0.0.77").splitlines()[1:]
    assert rows == ["Internet  10.0.0.77               -   0200.0000.0077  ARPA"]
    seen: list[bytes] = []
    port = network["R2"].ports["GigabitEthernet0/0"]
    port.taps.append(lambda outbound, frame: seen.append(frame[:6]))
    network.type("R1", "ping 10.0.0.77 repeat 1")
    assert bytes.fromhex("020000000077") in seen
    network.type("R2", "ping 10.0.0.78 repeat 1")
    mac = network["R1"].stack.interfaces["GigabitEthernet0/0"].mac.hex()
    assert f"{mac[:4]}.{mac[4:8]}.{mac[8:]}" in network.type("R2", "show arp 10.0.0.78")
    network.configure("R1", "no arp 10.0.0.77")
    assert "arp 10.0.0.77" not in "\n".join(network.running("R1"))


def test_the_arp_table_of_one_interface_can_be_shown_and_cleared() -> None:
    network = pair()
    network.type("R1", "ping 10.0.0.2", "ping 192.168.1.10")
    assert "192.168.1.10" not in network.type("R1", "show ip arp gi0/0")
    network.type("R1", "clear arp-cache interface gi0/0")
    assert "10.0.0.2 " not in network.type("R1", "show arp")
    assert "192.168.1.10 " in network.type("R1", "show arp")


def test_the_prompt_of_a_subinterface() -> None:
    network = pair()
    network.type("R1", "configure terminal", "interface gi0/0.10")
    assert network.console("R1").prompt == "R1(config-subif)#"
    network.type("R1", "interface gi0/0")
    assert network.console("R1").prompt == "R1(config-if)#"
