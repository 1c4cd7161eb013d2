"""ntc-templates reads what a router says of its routes and of its forwarding table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ios.network import Network, pair
from ntc_templates.parse import parse_output

from iosim.ios.features.routes import Routing
from iosim.routing.table import Route
from iosim.wire.address import parse_address


@lru_cache
def routed() -> Network:
    """R1 with two ways to 172.16.0.0/16, one of which goes to a neighbour who is known."""
    network = pair("ip route 172.16.0.0 255.255.0.0 10.0.0.2\nip route 172.16.0.0 255.255.0.0 10.0.0.3\n")
    network.type("R1", "ping 2.2.2.2", "terminal length 0")
    return network


def parsed(command: str) -> list[dict[str, Any]]:
    found = parse_output(platform="cisco_ios", command=command, data=routed().type("R1", command))
    assert isinstance(found, list)
    return found


def test_summary() -> None:
    rows = {row["route_source"]: row for row in parsed("show ip route summary")}
    assert rows["connected"]["networks"] == "1"
    assert rows["connected"]["subnets"] == "4"
    assert rows["static"]["subnets"] == "1"
    assert rows["Total"]["networks"] == "6"


def test_a_prefix_that_stands_alone() -> None:
    network = pair()
    prefix, way = parse_address("172.20.2.0"), (parse_address("10.0.0.2"), "GigabitEthernet0/0")
    network["R1"][Routing].rib.add("ospf 1", Route(prefix, 24, "O E2", 110, 2222222222, *way))
    shown = network.type("R1", "terminal length 0", "show ip route ospf")
    assert "172.20.2.0 \n" in shown
    rows = parse_output(platform="cisco_ios", command="show ip route", data=shown)
    assert isinstance(rows, list)
    assert [(row["network"], row["metric"], row["nexthop_ip"]) for row in rows] == [
        ("172.20.2.0", "2222222222", "10.0.0.2")
    ]


def test_forwarding_table() -> None:
    rows = {f"{row['ip_address']}/{row['prefix_length']}": row for row in parsed("show ip cef")}
    assert rows["172.16.0.0/16"]["nexthop"] == ["10.0.0.2", "10.0.0.3"]
    assert rows["10.0.0.0/24"]["interface"] == ["GigabitEthernet0/0"]
    assert rows["0.0.0.0/0"]["nexthop"] == ["no route"]
    detailed = {f"{row['ip_address']}/{row['prefix_length']}": row for row in parsed("show ip cef detail")}
    assert detailed.keys() == rows.keys()
    assert detailed["172.16.0.0/16"]["nexthop"] == ["10.0.0.2", "10.0.0.3"]
    assert detailed["1.1.1.1/32"]["nexthop"] == ["receive"]


def test_adjacencies() -> None:
    (row,) = parsed("show adjacency")
    assert (row["interface"], row["endpoint"]) == ("GigabitEthernet0/0", "10.0.0.2")
