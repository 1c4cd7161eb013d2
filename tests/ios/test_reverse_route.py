"""Reverse route injection: routes that come and go with SAs, at entries of every kind, as routers show them."""

from __future__ import annotations

import pytest

from tests.ios.crypto_pair import Pair
from tests.ios.test_crypto_maps import DYNAMIC

ENTRY = "crypto map VPN 10 ipsec-isakmp\n {}"
HOST_ROUTES = """\
no ip route 0.0.0.0 0.0.0.0 203.0.113.{other}
"""


def reversing(line: str, number: int = 2, also: str = "") -> Pair:
    """R2 makes routes; it knows no other way to the LAN of R1."""
    without = HOST_ROUTES.format(other=3 - number)
    return Pair({number: without + ENTRY.format(line) + also})


def routes(pair: Pair, number: int = 2) -> list[str]:
    """The static routes of `show ip route`."""
    return [line for line in pair.type(number, "show ip route static").splitlines() if line.startswith("S ")]


def test_a_route_comes_with_the_sas_and_goes_with_them() -> None:
    pair = reversing("reverse-route")
    assert routes(pair) == [], "no SA, no route"
    assert ".!!!!" in pair.ping()
    assert routes(pair) == ["S     192.168.1.0/24 [1/0] via 203.0.113.1"]
    assert 'Known via "static", distance 1, metric 0' in pair.type(2, "show ip route 192.168.1.0")
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert routes(pair) == []


def test_it_outlives_the_renewal_of_the_sas() -> None:
    pair = reversing("reverse-route")
    pair.ping()
    pair.pass_time(3595)
    assert routes(pair) == ["S     192.168.1.0/24 [1/0] via 203.0.113.1"]
    pair.pass_time(30)
    assert "!!!!!" in pair.ping()
    assert routes(pair) == ["S     192.168.1.0/24 [1/0] via 203.0.113.1"]
    pair.pass_time(2 * 3600)
    assert routes(pair) == []


def test_a_static_one_is_there_from_the_configuration_on() -> None:
    pair = reversing("reverse-route static")
    assert routes(pair) == ["S     192.168.1.0/24 [1/0] via 203.0.113.1"]
    assert ".!!!!" in pair.ping(2), "R2 may begin, as it has a way"
    pair.type(2, "clear crypto sa")
    assert len(routes(pair)) == 1
    pair.configure(2, ENTRY.format("no reverse-route"))
    assert routes(pair) == []


def test_it_follows_the_configuration() -> None:
    pair = reversing("reverse-route")
    pair.ping()
    pair.configure(2, "interface GigabitEthernet0/0\n no crypto map")
    assert routes(pair) == []
    pair.configure(2, "interface GigabitEthernet0/0\n crypto map VPN")
    pair.ping()
    pair.configure(2, ENTRY.format("no reverse-route"))
    assert routes(pair) == []
    pair.configure(2, ENTRY.format("reverse-route"))
    assert len(routes(pair)) == 1
    pair.configure(2, "interface GigabitEthernet0/0\n no crypto map\n exit\nno crypto map VPN 10")
    assert routes(pair) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("set reverse-route distance 20\n reverse-route", ["S     192.168.1.0/24 [20/0] via 203.0.113.1"]),
        ("set reverse-route gateway 203.0.113.77\n reverse-route", ["S     192.168.1.0/24 [1/0] via 203.0.113.77"]),
        ("reverse-route remote-peer 203.0.113.77 gateway", ["S     192.168.1.0/24 [1/0] via 203.0.113.77"]),
        (
            "reverse-route remote-peer 203.0.113.77",
            ["S     192.168.1.0/24 [1/0] via 203.0.113.1", "S        203.0.113.1/32 [1/0] via 203.0.113.77"],
        ),
        (
            "reverse-route remote-peer static",
            [
                "S     192.168.1.0/24 [1/0] via 203.0.113.1",
                "S        203.0.113.1/32 is directly connected, GigabitEthernet0/0",
            ],
        ),
    ],
)
def test_distance_and_next_hop(lines: str, expected: list[str]) -> None:
    pair = reversing(lines)
    pair.ping()
    assert routes(pair) == expected
    written = pair.type(2, "show running-config | section crypto map VPN")
    assert all(f" {line.strip()}\n" in written for line in lines.splitlines())


@pytest.mark.parametrize("lines", ["reverse-route tag 77", "set reverse-route tag 77\n reverse-route"])
def test_the_tag_is_that_of_the_route(lines: str) -> None:
    pair = reversing(lines)
    pair.ping()
    assert "Route tag 77" in pair.type(2, "show ip route 192.168.1.0")


def test_a_dynamic_entry_makes_routes_to_peers_of_any_address() -> None:
    pair = Pair(
        {2: DYNAMIC + "crypto dynamic-map SPOKES 10\n reverse-route\n exit\nno ip route 0.0.0.0 0.0.0.0 203.0.113.1"}
    )
    assert routes(pair) == []
    assert ".!!!!" in pair.ping()
    assert routes(pair) == ["S     192.168.1.0/24 [1/0] via 203.0.113.1"]
    assert "\tReverse Route Injection Enabled\n" in pair.type(2, "show crypto map")
    assert "\tReverse Route Injection Enabled\n" in pair.type(2, "show crypto dynamic-map")
    pair.configure(2, "crypto dynamic-map SPOKES 10\n no reverse-route")
    assert routes(pair) == []
    pair.configure(2, "crypto dynamic-map SPOKES 10\n set reverse-route distance 9\n reverse-route")
    assert routes(pair) == ["S     192.168.1.0/24 [9/0] via 203.0.113.1"]
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert routes(pair) == []


def test_two_lines_to_one_net_share_a_route() -> None:
    lines = "\nip access-list extended TUNNEL\n permit ip 10.{mine}.0.0 0.0.255.255 192.168.{other}.0 0.0.0.255"
    pair = Pair({2: ENTRY.format("reverse-route static") + lines.format(mine=2, other=1)})
    assert len(routes(pair)) == 1
    pair.configure(2, "ip access-list extended TUNNEL\n no permit ip 10.2.0.0 0.0.255.255 192.168.1.0 0.0.0.255")
    assert len(routes(pair)) == 1
    pair.configure(2, "ip route 192.168.1.0 255.255.255.0 203.0.113.1")
    pair.configure(2, ENTRY.format("no reverse-route"))
    assert len(routes(pair)) == 1, "the configuration says this one"


def test_crypto_routes_are_shown() -> None:
    pair = reversing("reverse-route static")
    shown = pair.type(2, "show crypto route")
    line = "192.168.1.0/255.255.255.0 [1/0] via 203.0.113.1\n{}on GigabitEthernet0/0 {}\n"
    assert "VPN Routing Table: Shows RRI and VTI created routes\n" in shown
    assert line.format(" " * 31, "S") in shown
    pair.ping()
    assert line.format(" " * 31, "RRI") in pair.type(2, "show crypto route")
