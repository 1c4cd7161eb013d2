"""Access lists: their text, editing them while they count, and what they filter."""

from __future__ import annotations

import pytest

from iosim.ios.features.access_lists import AccessLists

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def lists(network: Network, name: str = "") -> list[str]:
    return network.type("R1", f"show access-lists {name}").splitlines()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("permit ip 10.1.1.7 0.0.0.255 any", "permit ip 10.1.1.0 0.0.0.255 any"),
        ("permit ip 10.1.1.7 0.0.0.0 0.0.0.0 255.255.255.255", "permit ip host 10.1.1.7 any"),
        ("permit ip 10.1.1.0 255.255.255.0 any", "permit ip 0.0.0.0 255.255.255.0 any"),
        ("permit 6 any any", "permit tcp any any"),
        ("permit 133 any any", "permit 133 any any"),
        ("deny tcp any eq 23 host 1.2.3.4 range 90 80 established log",
         "deny tcp any eq telnet host 1.2.3.4 range www 90 established log"),
        ("permit udp any eq 500 any eq 4500", "permit udp any eq isakmp any eq non500-isakmp"),
        ("permit tcp any eq 500 any gt 1023", "permit tcp any eq 500 any gt 1023"),
        ("permit icmp any any 8", "permit icmp any any echo"),
        ("permit icmp any any 3 4", "permit icmp any any packet-too-big"),
        ("permit icmp any any 3 200", "permit icmp any any 3 200"),
        ("permit esp any any log", "permit esp any any log"),
    ],
)  # fmt: skip
def test_an_extended_line_is_stored_as_ios_stores_it(network: Network, typed: str, shown: str) -> None:
    network.configure("R1", f"access-list 101 {typed}")
    assert lists(network) == ["Extended IP access list 101", f"    10 {shown}"]
    assert f"access-list 101 {shown.replace('deny', 'deny  ', 1)}" in network.running("R1")


@pytest.mark.parametrize(
    ("typed", "shown", "running"),
    [
        ("permit host 10.0.0.1", "permit 10.0.0.1", "permit 10.0.0.1"),
        ("deny 10.0.0.1 0.0.0.0 log", "deny   10.0.0.1 log", "deny   10.0.0.1 log"),
        ("permit 10.0.0.9 0.0.0.255", "permit 10.0.0.0, wildcard bits 0.0.0.255", "permit 10.0.0.0 0.0.0.255"),
        ("permit 0.0.0.0 255.255.255.255", "permit any", "permit any"),
    ],
)
def test_a_standard_line_is_stored_as_ios_stores_it(network: Network, typed: str, shown: str, running: str) -> None:
    network.configure("R1", "ip access-list standard S", typed)
    assert lists(network) == ["Standard IP access list S", f"    10 {shown}"]
    lines = network.running("R1")
    assert lines[lines.index("line con 0") - 1] == f" {running}"


def test_the_running_configuration_has_named_lists_first(network: Network) -> None:
    network.configure(
        "R1",
        "access-list 101 remark what counts",
        "access-list 101 permit ip any any",
        "access-list 10 permit any",
        "ip access-list extended Z",
        "permit ip any any",
        "ip access-list extended A",
        "remark nothing",
        "deny ip any any",
        "ip access-list standard S",
        "permit any",
    )
    running = network.running("R1")
    assert running[running.index("ip access-list standard S") : running.index("line con 0")] == [
        "ip access-list standard S",
        " permit any",
        "ip access-list extended A",
        " remark nothing",
        " deny   ip any any",
        "ip access-list extended Z",
        " permit ip any any",
        "access-list 10 permit any",
        "access-list 101 remark what counts",
        "access-list 101 permit ip any any",
    ]
    assert [line.split()[-1] for line in lists(network) if "list" in line] == ["10", "S", "101", "A", "Z"]


def test_lines_are_edited_by_number_and_by_word(network: Network) -> None:
    network.configure("R1", *(f"access-list 101 permit ip host 10.0.0.{n} any" for n in (1, 2, 3)))
    network.configure("R1", "access-list 101 remark for the last one", "access-list 101 permit ip host 10.0.0.4 any")
    network.configure("R1", "ip access-list extended 101", "15 deny udp any any", "35 permit gre any any", "no 20")
    network.configure("R1", "ip access-list extended 101", "no permit ip host 10.0.0.3 any", "permit esp any any")
    assert lists(network) == [
        "Extended IP access list 101",
        "    10 permit ip host 10.0.0.1 any",
        "    15 deny udp any any",
        "    35 permit gre any any",
        "    40 permit ip host 10.0.0.4 any",
        "    50 permit esp any any",
    ]
    written = [line.removeprefix("access-list 101 ") for line in network.running("R1") if line.startswith("access-l")]
    assert written[2:5] == ["permit gre any any", "remark for the last one", "permit ip host 10.0.0.4 any"]
    network.configure("R1", "ip access-list extended 101", "no remark for the last one")
    assert not any("remark" in line for line in network.running("R1"))


def test_a_line_is_not_taken_twice(network: Network) -> None:
    network.configure("R1", "access-list 101 permit ip any any", "access-list 101 permit ip any any")
    assert len(lists(network)) == 2
    answer = network.configure("R1", "ip access-list extended 101", "10 permit esp any any")
    assert answer == "% Duplicate sequence number\n"


def test_no_removes_the_whole_list(network: Network) -> None:
    network.configure("R1", "access-list 101 permit ip any any", "ip access-list standard S", "permit any")
    network.configure("R1", "no access-list 101", "no ip access-list standard S")
    assert lists(network) == []
    assert network["R1"][AccessLists].get("101") is None


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ip access-list extended 10", "% Invalid access list name.\n"),
        ("ip access-list standard 1x", "% Invalid access list name.\n"),
        ("ip access-list standard E", "% A named extended IP access list with this name already exists\n"),
    ],
)
def test_names_that_are_refused(network: Network, line: str, answer: str) -> None:
    network.configure("R1", "ip access-list extended E", "permit ip any any")
    assert network.configure("R1", line) == answer


class TestFiltering:
    def test_matches_are_counted(self, network: Network) -> None:
        network.configure(
            "R1",
            "access-list 101 deny icmp any host 1.1.1.1",
            "access-list 101 permit ip any any",
            "interface GigabitEthernet0/1",
            "ip access-group 101 in",
        )
        assert "(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert lists(network)[2] == "    20 permit ip any any (1 match)"
        assert "U" in network.type("PC1", "ping 1.1.1.1 repeat 1")
        assert "(3/3)" in network.type("PC1", "ping 2.2.2.2 repeat 3")
        assert lists(network) == [
            "Extended IP access list 101",
            "    10 deny icmp any host 1.1.1.1 (1 match)",
            "    20 permit ip any any (4 matches)",
        ]

    def test_matches_outlive_edits_of_other_lines(self, network: Network) -> None:
        network.configure("R1", "access-list 101 permit ip any any", "interface gi0/1", "ip access-group 101 in")
        network.type("PC1", "ping 2.2.2.2")
        acl = network["R1"][AccessLists].get("101")
        assert acl is not None
        ace = acl.entries[0]
        network.configure("R1", "ip access-list extended 101", "5 deny udp any any", "hostname R9")
        assert network["R1"][AccessLists].get("101") is acl
        assert acl.entries[1] is ace
        assert lists(network)[2] == "    10 permit ip any any (5 matches)"

    def test_counters_can_be_cleared(self, network: Network) -> None:
        for number in (101, 102):
            network.configure("R1", f"access-list {number} permit ip any any")
        network.configure("R1", "interface gi0/1", "ip access-group 101 in", "ip access-group 102 out")
        network.type("PC1", "ping 2.2.2.2")
        network.type("R1", "clear access-list counters 101")
        assert [line for line in lists(network) if "match" in line] == ["    10 permit ip any any (5 matches)"]
        network.type("R1", "clear access-list counters")
        assert not any("match" in line for line in lists(network))

    def test_what_no_line_permits_is_denied(self, network: Network) -> None:
        network.configure("R1", "access-list 10 permit 10.9.9.9", "interface gi0/1", "ip access-group 10 in")
        assert "(0/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        network.configure("R1", "access-list 10 permit 192.168.1.0 0.0.0.255")
        assert "(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")

    def test_a_list_that_does_not_exist_filters_nothing(self, network: Network) -> None:
        network.configure("R1", "interface gi0/1", "ip access-group NOWHERE in")
        assert "(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")

    def test_the_filter_on_the_way_out_lets_our_own_packets_pass(self, network: Network) -> None:
        network.configure("R1", "access-list 101 deny icmp any any", "interface gi0/0", "ip access-group 101 out")
        assert "(0/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
        assert "(1/1)" in network.type("R1", "ping 2.2.2.2 repeat 1")

    @pytest.mark.parametrize(
        ("line", "passes"),
        [
            ("permit icmp any any echo", True),
            ("permit icmp any any echo-reply", False),
            ("permit icmp host 192.168.1.10 host 2.2.2.2 8 0", True),
            ("permit udp any any", False),
            ("permit 1 192.168.0.0 0.0.255.255 2.0.0.0 0.255.255.255", True),
        ],
    )
    def test_icmp_types(self, network: Network, line: str, passes: bool) -> None:
        network.configure("R1", f"access-list 101 {line}", "interface gi0/1", "ip access-group 101 in")
        assert ("(1/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")) is passes

    @pytest.mark.parametrize(
        ("ports", "passes"),
        [
            ("eq 33434", True),
            ("eq 33435", False),
            ("neq 33434", False),
            ("gt 33433", True),
            ("gt 33434", False),
            ("lt 33435", True),
            ("lt 33434", False),
            ("range 33000 34000", True),
        ],
    )
    def test_ports(self, network: Network, ports: str, passes: bool) -> None:
        network.configure("R1", f"access-list 101 permit udp any any {ports}")
        network.configure("R1", "interface gi0/1", "ip access-group 101 in")
        assert ("!A" not in network.type("PC1", "traceroute 192.168.1.1 probe 1 ttl 1 1")) is passes

    def test_access_groups_in_the_running_configuration(self, network: Network) -> None:
        network.configure("R1", "interface gi0/1", "ip access-group X out", "ip access-group 101 in", "mtu 1400")
        running = network.running("R1")
        start = running.index("interface GigabitEthernet0/1")
        assert running[start + 1 : start + 5] == [
            " mtu 1400",
            " ip address 192.168.1.1 255.255.255.0",
            " ip access-group 101 in",
            " ip access-group X out",
        ]
        network.configure("R1", "interface gi0/1", "no ip access-group 101 in")
        assert " ip access-group 101 in" not in network.running("R1")
