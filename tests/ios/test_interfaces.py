"""What is shown of interfaces: states, addresses, counters, rates; and the ARP table."""

from __future__ import annotations

import re

import pytest

from iosim.ios.features.interface_counters import LOAD_INTERVAL, Average
from iosim.sim.clock import SECOND

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


class TestBrief:
    def test_states_and_methods(self, network: Network) -> None:
        network.configure("R1", "interface gi0/1", "shutdown", "interface lo1")
        network.configure("R1", "interface lo0", "ip address 7.7.7.7 255.0.0.0")
        assert network.type("R1", "show ip interface brief").splitlines() == [
            "Interface                  IP-Address      OK? Method Status                Protocol",
            "GigabitEthernet0/0         10.0.0.1        YES NVRAM  up                    up",
            "GigabitEthernet0/1         192.168.1.1     YES NVRAM  administratively down down",
            "Loopback0                  7.7.7.7         YES manual up                    up",
            "Loopback1                  unassigned      YES unset  up                    up",
        ]

    def test_a_pulled_cable(self, network: Network) -> None:
        network.links["R1:GigabitEthernet0/0", "R2:GigabitEthernet0/0"].connect(False)
        line = network.type("R1", "show ip interface gi0/0 brief").splitlines()[1]
        assert line == "GigabitEthernet0/0         10.0.0.1        YES NVRAM  down                  down"

    def test_descriptions(self, network: Network) -> None:
        network.configure("R1", "interface gi0/1", "shutdown")
        assert network.type("R1", "show interfaces description").splitlines() == [
            "Interface                      Status         Protocol Description",
            "Gi0/0                          up             up       to R2",
            "Gi0/1                          admin down     down",
            "Lo0                            up             up",
        ]


class TestIpInterface:
    def test_what_is_configured_is_shown(self, network: Network) -> None:
        network.configure(
            "R1", "interface gi0/0", "ip access-group IN in", "no ip proxy-arp", "no ip unreachables", "mtu 1400"
        )  # fmt: skip
        lines = network.type("R1", "show ip interface gi0/0").splitlines()
        assert lines[0] == "GigabitEthernet0/0 is up, line protocol is up"
        for line in (
            "  Internet address is 10.0.0.1/24",
            "  Address determined by non-volatile memory",
            "  MTU is 1400 bytes",
            "  Outgoing access list is not set",
            "  Inbound  access list is IN",
            "  Proxy ARP is disabled",
            "  ICMP redirects are always sent",
            "  ICMP unreachables are never sent",
        ):
            assert line in lines
        assert [line.strip() for line in network.running("R1") if line.startswith(" no ip")] == [
            "no ip unreachables",
            "no ip proxy-arp",
        ]

    def test_without_an_address(self, network: Network) -> None:
        network.configure("R1", "interface lo7")
        assert network.type("R1", "show ip interface lo7") == (
            "Loopback7 is up, line protocol is up\n  Internet protocol processing disabled\n"
        )

    def test_no_unreachables(self, network: Network) -> None:
        network.configure("R1", "ip route 3.3.3.0 255.255.255.0 10.0.0.2")
        network.configure("R2", "interface lo3", "ip address 3.3.3.1 255.255.255.0")
        assert "\nU\n" in network.type("R1", "ping 3.3.3.3 repeat 1")
        network.configure("R2", "interface gi0/0", "no ip unreachables")
        network.wait(1)
        assert "\n.\n" in network.type("R1", "ping 3.3.3.3 repeat 1")


class TestCounters:
    def counters(self, network: Network, name: str = "gi0/0") -> list[int]:
        """Packets in, bytes in, packets out, bytes out."""
        text = network.type("R1", f"show interfaces {name}")
        found = re.findall(r"(\d+) packets (?:in|out)put, (\d+) bytes", text)
        return [int(number) for pair in found for number in pair]

    def test_packets_are_counted(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2 repeat 1")
        before = self.counters(network)
        network.type("R1", "ping 10.0.0.2 repeat 10 size 986")
        assert [now - then for now, then in zip(self.counters(network), before, strict=True)] == [10, 10000, 10, 10000]

    def test_clearing_asks_counts_from_zero_and_is_logged(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2")
        network.type("R1", "clear counters gi0/1", "")
        assert self.counters(network, "gi0/0") != [0, 0, 0, 0]
        terminal = network.console("R1")
        terminal.submit("clear counters")
        assert terminal.prompt == 'Clear "show interface" counters on all interfaces [confirm]'
        printed = network.type("R1", "")
        assert printed.endswith("%CLEAR-5-COUNTERS: Clear counter on all interfaces by console\n")
        assert self.counters(network) == [0, 0, 0, 0]
        network.wait(65)
        assert 'Last clearing of "show interface" counters 00:01:05' in network.type("R1", "show interfaces gi0/0")

    def test_clearing_can_be_declined(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2", "clear counters", "n")
        assert self.counters(network)[0] > 0

    def test_rates_follow_the_traffic(self, network: Network) -> None:
        def rate() -> int:
            return int(re.findall(r"output rate (\d+) bits/sec", network.type("R1", "show interfaces gi0/0"))[0])

        network.wait(3600)
        assert rate() == pytest.approx(300 * 8 / 60, rel=0.5)  # CDP, a message a minute
        network.type("R1", "ping 10.0.0.77 timeout 1 repeat 1", "ping 10.0.0.2 size 986 repeat 3000")
        busy = rate()
        assert busy == pytest.approx(3000 * 1000 * 8 / 300, rel=0.02)
        network.type("R1", "clear counters", "")
        assert rate() == busy
        network.wait(300)
        assert rate() == pytest.approx(busy / 2.718, rel=0.02)

    def test_an_average_is_that_of_an_even_flow(self) -> None:
        """100 a second for ten load intervals are 100 a second, whoever looks how often; then they fade."""
        once, often = Average(), Average()
        once.add(100 * 3000, 3000 * SECOND, 0)
        for _ in range(300):
            often.add(100 * 10, 10 * SECOND, 0)
        assert once.rate == pytest.approx(100, rel=1e-3)
        assert often.rate == pytest.approx(once.rate)
        often.add(0, 0, LOAD_INTERVAL * SECOND)
        assert often.rate == pytest.approx(once.rate / 2.71828, rel=1e-3)


class TestShowInterfaces:
    def test_states(self, network: Network) -> None:
        network.configure("R1", "interface gi0/1", "shutdown")
        lines = network.type("R1", "show interfaces").splitlines()
        assert [line.rstrip() for line in lines if not line.startswith(" ")] == [
            "GigabitEthernet0/0 is up, line protocol is up",
            "GigabitEthernet0/1 is administratively down, line protocol is down",
            "Loopback0 is up, line protocol is up",
        ]

    def test_settings(self, network: Network) -> None:
        network.configure("R1", "interface gi0/0", "speed 100", "duplex half", "mtu 1400")
        lines = [line.strip() for line in network.type("R1", "show interfaces gi0/0").splitlines()]
        assert "Description: to R2" in lines
        assert "Internet address is 10.0.0.1/24" in lines
        assert "MTU 1400 bytes, BW 100000 Kbit/sec, DLY 10 usec," in lines
        assert "Half Duplex, 100Mbps, media type is RJ45" in lines

    def test_last_input(self, network: Network) -> None:
        for name in ("R1", "R2"):
            network.configure(name, "no cdp run")
        network.type("R1", "ping 10.0.0.2")
        network.wait(61)
        assert "Last input 00:01:01, output 00:01:01," in network.type("R1", "show interfaces gi0/0")
        assert "Last input never, output never," in network.type("R1", "show interfaces lo0")


class TestArp:
    def test_the_table(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2", "ping 10.0.0.77 repeat 1")
        network.wait(119)
        mac = network["R2"].stack.interfaces["GigabitEthernet0/0"].mac.hex()
        dotted = f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"
        lines = network.type("R1", "show ip arp").splitlines()
        assert lines[0] == "Protocol  Address          Age (min)  Hardware Addr   Type   Interface"
        assert f"Internet  10.0.0.2                2   {dotted}  ARPA   GigabitEthernet0/0" in lines
        assert re.match(r"Internet  10\.0\.0\.1                -   [0-9a-f.]{14}  ARPA   Gig", lines[1])
        assert network.type("R1", "show arp").splitlines() == lines

    def test_an_incomplete_entry(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.77 repeat 1")
        assert "Internet  10.0.0.77               0   Incomplete      ARPA\n" in network.type("R1", "show arp")

    def test_clearing(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2")
        network.type("R1", "clear arp-cache")
        assert "10.0.0.2 " not in network.type("R1", "show arp")
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")

    def test_clearing_one_entry(self, network: Network) -> None:
        network.type("R1", "ping 10.0.0.2", "clear ip arp 10.0.0.77")
        assert "10.0.0.2 " in network.type("R1", "show arp")
        network.type("R1", "clear ip arp 10.0.0.2")
        assert "10.0.0.2 " not in network.type("R1", "show arp")


def test_a_loopback_is_made_with_its_link_up(network: Network) -> None:
    """Consoles of real routers have the message of the line protocol alone when `interface Loopback0` is typed."""
    said = re.compile(r"%(\S+): .*Loopback5")
    network.configure("R1", "interface lo5")
    network.wait(1)
    assert said.findall(network.type("R1", "show logging")) == ["LINEPROTO-5-UPDOWN"]
    network.configure("R1", "interface lo5", "shutdown")
    network.wait(2)
    network.configure("R1", "interface lo5", "no shutdown")
    network.wait(2)
    assert said.findall(network.type("R1", "show logging"))[1:] == [
        "LINK-5-CHANGED",
        "LINEPROTO-5-UPDOWN",
        "LINK-3-UPDOWN",
        "LINEPROTO-5-UPDOWN",
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("show interfaces gi0/7", 16),
        ("show ip interface Tunnel 9", 18),
        ("show ip interface brief lo9", 24),
        ("show run interface gi0/7", 19),
    ],
)
def test_an_interface_that_is_not_there(network: Network, line: str, column: int) -> None:
    prompt = len("R1#")
    assert network.type("R1", line) == f"{' ' * (prompt + column)}^\n% Invalid input detected at '^' marker.\n\n"


def test_packets_by_switching_path(network: Network) -> None:
    network.type("R1", "clear counters gi0/0", "", "ping 10.0.0.2")
    rows = network.type("R1", "show interfaces gi0/0 stats").splitlines()
    assert rows[:2] == ["GigabitEthernet0/0", "          Switching path    Pkts In   Chars In   Pkts Out  Chars Out"]
    counted = re.search(r"(\d+) packets output, (\d+) bytes", network.type("R1", "show interfaces gi0/0"))
    assert counted is not None and int(counted[1]) >= 5
    assert rows[4].split()[0] == "Total" and tuple(rows[4].split()[3:]) == counted.groups()


def test_one_interface_in_brief(network: Network) -> None:
    brief = network.type("R1", "show ip interface brief gi0/1")
    assert brief == network.type("R1", "show ip interface gi0/1 brief")
    assert len(brief.splitlines()) == 2


def test_a_tunnel_is_made_with_its_line_down(network: Network) -> None:
    network.configure("R1", "interface tunnel 5")
    network.wait(2)
    text = network.type("R1", "show logging")
    assert text.endswith("%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel5, changed state to down\n")
    assert "Interface Tunnel5, changed state to up" not in text


def test_another_with_our_address_is_told_of(network: Network) -> None:
    network.configure("R2", "interface gi0/0", "ip address 10.0.0.1 255.255.255.0")
    network.wait(1)
    mac = network["R2"].stack.interfaces["GigabitEthernet0/0"].mac.hex()
    said = f"Duplicate address 10.0.0.1 on GigabitEthernet0/0, sourced by {mac[:4]}.{mac[4:8]}.{mac[8:]}"
    assert network.type("R1", "show logging").count(f"%IP-4-DUPADDR: {said}") == 1
