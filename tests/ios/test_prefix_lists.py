"""Prefix lists, route maps and the lists of BGP: typed, shown, written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.ios.features.prefix_lists import PrefixFilters, parse_prefix, prefix_text
from iosim.routing.prefix_list import PrefixEntry

from .network import Network, pair

DETAIL = """\
Prefix-list with the last deletion/insertion: A
ip prefix-list A:
   count: 1, range entries: 0, sequences: 5 - 5, refcount: 1
   seq 5 permit 1.1.1.0/24 (hit count: 0, refcount: 1)
ip prefix-list B:
   Description: my list
   count: 3, range entries: 2, sequences: 5 - 15, refcount: 2
   seq 5 deny 10.77.0.0/16 ge 20 (hit count: 2, refcount: 1)
   seq 10 permit 10.0.0.0/8 (hit count: 0, refcount: 1)
   seq 15 permit 0.0.0.0/0 le 32 (hit count: 1, refcount: 1)
"""


@pytest.fixture
def network() -> Network:
    made = pair()
    made.configure(
        "R1",
        "ip prefix-list B seq 10 permit 10.1.2.3/8",
        "ip prefix-list B seq 5 deny 10.77.1.1/16 ge 20",
        "ip prefix-list B permit 0.0.0.0/0 le 32",
        "ip prefix-list B description my list",
        "ip prefix-list A permit 1.1.1.0/24",
    )
    return made


class TestPrefixLists:
    def test_lines_are_numbered_by_fives_and_written_in_order(self, network: Network) -> None:
        assert [line for line in network.running("R1") if line.startswith("ip prefix-list")] == [
            "ip prefix-list A seq 5 permit 1.1.1.0/24",
            "ip prefix-list B description my list",
            "ip prefix-list B seq 5 deny 10.77.0.0/16 ge 20",
            "ip prefix-list B seq 10 permit 10.0.0.0/8",
            "ip prefix-list B seq 15 permit 0.0.0.0/0 le 32",
        ]

    @pytest.mark.parametrize(
        ("line", "answer"),
        [
            ("A seq 5 deny 2.0.0.0/8",
             "%Insertion failed - seq # exists with different policy:\n   seq 5 permit 1.1.1.0/24\n"),
            ("A seq 9 permit 1.1.1.9/24",
             "%Insertion failed - prefix-list entry exists:\n   seq 5 permit 1.1.1.0/24\n"),
            ("A permit 1.1.1.0/24", ""),
            ("A permit 1.2.3.0/24 ge 1 le 32",
             "% Invalid prefix range for 1.2.3.0/24, make sure: len < ge-value <= le-value\n"),
            ("A permit 1.2.0.0/16 ge 24 le 20",
             "% Invalid prefix range for 1.2.0.0/16, make sure: len < ge-value <= le-value\n"),
            ("A permit 1.2.0.0/16 le 16",
             "% Invalid prefix range for 1.2.0.0/16, make sure: len < ge-value <= le-value\n"),
            ("A permit 1.2.0.0/16 ge 24 le 24", ""),
        ],
    )  # fmt: skip
    def test_what_is_refused(self, network: Network, line: str, answer: str) -> None:
        assert network.configure("R1", f"ip prefix-list {line}") == answer

    def test_hits_are_counted_and_cleared(self, network: Network) -> None:
        network.configure(
            "R1", "router bgp 65000", "neighbor 10.0.0.2 remote-as 1", "neighbor 10.0.0.2 prefix-list B in"
        )
        filters = network["R1"][PrefixFilters].get("ip", "B")
        assert filters is not None
        answers = [
            filters.permits(*parse_prefix("ip", text)) for text in ("10.77.0.0/20", "10.77.16.0/24", "10.77.0.0/16")
        ]
        assert answers == [False, False, True]
        assert network.type("R1", "show ip prefix-list detail") == DETAIL
        network.configure("R1", "ip prefix-list B seq 7 permit 9.0.0.0/8")
        assert "(hit count: 2, refcount: 1)" in network.type("R1", "show ip prefix-list B seq 5")
        network.type("R1", "clear ip prefix-list B 10.77.0.0/16")
        assert "hit count: 2" not in network.type("R1", "show ip prefix-list detail B")
        assert "hit count: 1" in network.type("R1", "show ip prefix-list detail B")

    @pytest.mark.parametrize(
        ("asked", "numbers"),
        [
            ("B 10.0.0.0/8", [10]),
            ("B 10.0.0.0/8 longer", [5, 10]),
            ("B 10.77.32.0/20 first-match", [5]),
            ("B 10.0.0.0/8 first-match", [10]),
            ("B seq 15", [15]),
            ("A 10.0.0.0/8 first-match", []),
        ],
    )
    def test_what_is_looked_for(self, network: Network, asked: str, numbers: list[int]) -> None:
        shown = network.type("R1", f"show ip prefix-list {asked}")
        assert [int(line.split()[1]) for line in shown.splitlines()] == numbers

    def test_lists_go_line_by_line_or_whole(self, network: Network) -> None:
        network.configure(
            "R1", "no ip prefix-list B seq 5", "no ip prefix-list B permit 10.0.0.0/8", "no ip prefix-list A"
        )
        assert network.type("R1", "show ip prefix-list") == (
            "ip prefix-list B: 1 entries\n   Description: my list\n   seq 15 permit 0.0.0.0/0 le 32\n"
        )
        assert network.type("R1", "show ip prefix-list A") == "%Can't find specified prefix-list\n"

    def test_numbers_may_be_left_out(self, network: Network) -> None:
        network.configure("R1", "no ip prefix-list sequence-number")
        running = network.running("R1")
        assert "ip prefix-list A permit 1.1.1.0/24" in running
        assert running.index("no ip prefix-list sequence-number") < running.index("ip prefix-list A permit 1.1.1.0/24")

    def test_ipv6(self, network: Network) -> None:
        network.configure(
            "R1", "ipv6 prefix-list V permit 2001:db8:0:0:ff::1/48 ge 49 le 64", "ipv6 prefix-list V deny ::/0"
        )
        assert network.type("R1", "show ipv6 prefix-list") == (
            "ipv6 prefix-list V: 2 entries\n   seq 5 permit 2001:DB8::/48 ge 49 le 64\n   seq 10 deny ::/0\n"
        )
        assert "seq 5" in network.type("R1", "show ipv6 prefix-list V 2001:db8:0:7::/64 first-match")


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 32), st.integers(0, 0xFFFFFFFF), st.integers(0, 32))
def test_an_entry_covers_what_lies_within_it(prefix: int, length: int, other: int, longer: int) -> None:
    from ipaddress import IPv4Network

    outer = IPv4Network((prefix, length), strict=False)
    inner = IPv4Network((other, longer), strict=False)
    entry = PrefixEntry(5, True, int(outer.network_address), length, length, 32)
    assert entry.covers(int(inner.network_address), longer) is inner.subnet_of(outer)
    assert parse_prefix("ip", prefix_text("ip", prefix, length)) == (int(outer.network_address), length)


class TestRouteMaps:
    def test_clauses_of_one_kind_are_one(self, network: Network) -> None:
        network.configure(
            "R1", "route-map M permit 20", "match ip address prefix-list A B", "match ip address prefix-list C"
        )
        network.configure(
            "R1", "route-map M permit 20", "match ip address 10", "match ip address 11", "set metric 1", "set metric 2"
        )
        network.configure("R1", "route-map M permit 20", "no match ip address prefix-list B", "no match ip address 10")
        network.configure("R1", "route-map M", "set ip next-hop 10.0.0.8", "set ip next-hop 10.0.0.9", "set tag 7")
        network.configure(
            "R1", "route-map M", "no set tag 7", "route-map M deny 20", "continue 30", "description the second"
        )
        assert network.type("R1", "show route-map M") == (
            "route-map M, permit, sequence 10\n  Match clauses:\n  Set clauses:\n    ip next-hop 10.0.0.8 10.0.0.9\n"
            "  Policy routing matches: 0 packets, 0 bytes\n"
            "route-map M, deny, sequence 20\n  description the second\n  Match clauses:\n"
            "    ip address prefix-lists: A C \n    ip address (access-lists): 11 \n  Continue: sequence 30\n"
            "  Set clauses:\n    metric 2\n  Policy routing matches: 0 packets, 0 bytes\n"
        )
        running = network.running("R1")
        start = running.index("route-map M permit 10")
        assert running[start : start + 3] == [
            "route-map M permit 10",
            " set ip next-hop 10.0.0.8 10.0.0.9",
            "route-map M deny 20",
        ]

    @pytest.mark.parametrize(("one", "other"), [("length 10 20", "length 30 40"), ("metric 5", "metric 6")])
    def test_what_is_matched_once_takes_the_place_of_another(self, network: Network, one: str, other: str) -> None:
        network.configure("R1", "route-map M", f"match {one}", f"match {other}")
        assert [line for line in network.running("R1") if line.startswith(" match")] == [f" match {other}"]

    def test_next_hops_of_other_kinds_stand_beside_plain_ones(self, network: Network) -> None:
        network.configure("R1", "route-map M", "set ip next-hop recursive 10.0.0.1", "set ip next-hop 10.0.0.2")
        network.configure("R1", "route-map M", "set ip next-hop recursive 10.0.0.3", "set ip next-hop 10.0.0.4")
        assert [line for line in network.running("R1") if line.startswith(" set")] == [
            " set ip next-hop recursive 10.0.0.3",
            " set ip next-hop 10.0.0.2 10.0.0.4",
        ]

    def test_an_entry_or_all_of_them_go(self, network: Network) -> None:
        network.configure("R1", "route-map M permit 10", "route-map M permit 20", "no route-map M permit 10")
        assert "sequence 10" not in network.type("R1", "show route-map")
        network.configure("R1", "no route-map M")
        assert network.type("R1", "show route-map M") == "route-map M not found\n"

    def test_it_is_said_that_they_do_nothing_yet(self, network: Network) -> None:
        network.configure("R1", "route-map M permit 10", "match tag 5")
        assert "  route-map M permit 10\n   match tag 5\n" in network.type("R1", "show iosim unsupported")


def test_lists_of_bgp_are_shown(network: Network) -> None:
    network.configure("R1", "ip as-path access-list 10 permit ^65001_", "ip as-path access-list 2 deny .*")
    network.configure("R1", "ip as-path access-list 10 deny _7_", "ip community-list 1 permit 65000:1 no-export")
    network.configure("R1", "ip community-list standard CL permit 65000:2", "ip community-list 101 permit _1:.*_")
    network.configure("R1", "ip extcommunity-list 1 permit rt 1:1 soo 2:2")
    assert network.type("R1", "show ip as-path-access-list") == (
        "AS path access list 2\n    deny .*\nAS path access list 10\n    permit ^65001_\n    deny _7_\n"
    )
    assert network.type("R1", "show ip as-path-access-list 2") == "AS path access list 2\n    deny .*\n"
    assert network.type("R1", "show ip community-list") == (
        "Community standard list 1\n     permit 65000:1 no-export\n"
        "Community (expanded) access list 101\n     permit _1:.*_\n"
        "Named Community standard list CL\n     permit 65000:2\n"
    )
    assert network.type("R1", "show ip extcommunity-list 1") == (
        "Standard extended community-list 1\n    10 permit RT:1:1 SoO:2:2\n"
    )
