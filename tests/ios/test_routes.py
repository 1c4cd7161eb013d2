"""Static routes and `show ip route`; the layouts are those of IOS 15 captures."""

from __future__ import annotations

import pytest

from iosim.ios.router import Router

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def table(network: Network, which: str = "") -> list[str]:
    """The lines of `show ip route` from the gateway of last resort on."""
    lines = network.type("R1", f"show ip route {which}").splitlines()
    return lines[next(i for i, line in enumerate(lines) if line.startswith("Gateway")) :]


def test_the_table_is_grouped_by_classful_network(network: Network) -> None:
    network.configure(
        "R1",
        "ip route 0.0.0.0 0.0.0.0 10.0.0.2",
        "ip route 172.16.1.0 255.255.255.0 10.0.0.2",
        "ip route 172.16.1.0 255.255.255.0 10.0.0.3",
        "ip route 172.16.2.0 255.255.255.0 GigabitEthernet0/0",
        "ip route 172.17.0.0 255.255.0.0 gi0/0 10.0.0.2",
        "ip route 192.168.0.0 255.255.0.0 10.0.0.2 250",
    )
    assert table(network) == [
        "Gateway of last resort is 10.0.0.2 to network 0.0.0.0",
        "",
        "S*    0.0.0.0/0 [1/0] via 10.0.0.2",
        "      1.0.0.0/32 is subnetted, 1 subnets",
        "C        1.1.1.1 is directly connected, Loopback0",
        "      2.0.0.0/32 is subnetted, 1 subnets",
        "S        2.2.2.2 [1/0] via 10.0.0.2",
        "      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks",
        "C        10.0.0.0/24 is directly connected, GigabitEthernet0/0",
        "L        10.0.0.1/32 is directly connected, GigabitEthernet0/0",
        "      172.16.0.0/24 is subnetted, 2 subnets",
        "S        172.16.1.0 [1/0] via 10.0.0.2",
        "                    [1/0] via 10.0.0.3",
        "S        172.16.2.0 is directly connected, GigabitEthernet0/0",
        "S     172.17.0.0/16 [1/0] via 10.0.0.2, GigabitEthernet0/0",
        "S     192.168.0.0/16 [250/0] via 10.0.0.2",
        "      192.168.1.0/24 is variably subnetted, 2 subnets, 2 masks",
        "C        192.168.1.0/24 is directly connected, GigabitEthernet0/1",
        "L        192.168.1.1/32 is directly connected, GigabitEthernet0/1",
    ]


@pytest.mark.parametrize(
    ("which", "shown"),
    [
        ("supernets-only", ["172.16.0.0/12", "192.168.8.0/23"]),
        ("list 5", ["192.168.8.0/23"]),
        ("tag 9", ["172.16.0.0/12"]),
    ],
)
def test_some_of_the_routes(network: Network, which: str, shown: list[str]) -> None:
    network.configure(
        "R1",
        "access-list 5 deny 192.168.9.0",
        "access-list 5 permit 192.168.8.0 0.0.1.255",
        "ip route 172.16.0.0 255.240.0.0 10.0.0.2 tag 9",
        "ip route 192.168.8.0 255.255.254.0 10.0.0.2",
        "ip route 192.168.9.0 255.255.255.0 10.0.0.2",
    )
    assert table(network, which)[2:] == [f"S     {prefix} [1/0] via 10.0.0.2" for prefix in shown]


def test_a_kind_of_route(network: Network) -> None:
    assert table(network, "static") == [
        "Gateway of last resort is not set",
        "",
        "      2.0.0.0/32 is subnetted, 1 subnets",
        "S        2.2.2.2 [1/0] via 10.0.0.2",
    ]
    assert [line[0] for line in table(network, "connected") if line[:1] in "CLS" and line] == ["C", "C", "L", "C", "L"]


def test_one_entry(network: Network) -> None:
    assert network.type("R1", "show ip route 10.0.0.77").splitlines() == [
        "Routing entry for 10.0.0.0/24",
        '  Known via "connected", distance 0, metric 0 (connected, via interface)',
        "  Routing Descriptor Blocks:",
        "  * directly connected, via GigabitEthernet0/0",
        "      Route metric is 0, traffic share count is 1",
    ]
    assert network.type("R1", "show ip route 2.2.2.2 255.255.255.255").splitlines() == [
        "Routing entry for 2.2.2.2/32",
        '  Known via "static", distance 1, metric 0',
        "  Routing Descriptor Blocks:",
        "  * 10.0.0.2",
        "      Route metric is 0, traffic share count is 1",
    ]
    assert network.type("R1", "show ip route 10.0.0.0").splitlines()[:3] == [
        "Routing entry for 10.0.0.0/8, 2 known subnets",
        "  Attached (2 connections)",
        "  Variably subnetted with 2 masks",
    ]


def test_the_default_route_is_no_entry_for_an_address(network: Network) -> None:
    network.configure("R1", "ip route 0.0.0.0 0.0.0.0 10.0.0.2")
    assert network.type("R1", "show ip route 8.8.8.8") == "% Network not in table\n"
    assert network.type("R1", "show ip route 10.9.9.9") == "% Subnet not in table\n"
    assert network.type("R1", "show ip route 0.0.0.0").startswith(
        'Routing entry for 0.0.0.0/0, supernet\n  Known via "static", distance 1, metric 0, candidate default path\n'
    )


def test_routes_go_and_come_with_the_interface(network: Network) -> None:
    network.configure("R1", "interface gi0/0", "shutdown")
    assert not any("10.0.0" in line for line in table(network))
    network.configure("R1", "interface gi0/0", "no shutdown")
    assert "S        2.2.2.2 [1/0] via 10.0.0.2" in table(network)
    assert "Success rate is 100 percent" in network.type("R1", "ping 2.2.2.2")


def test_a_worse_distance_waits(network: Network) -> None:
    network.configure("R1", "ip route 3.0.0.0 255.0.0.0 10.0.0.2 10", "ip route 3.0.0.0 255.0.0.0 192.168.1.10 20")
    assert "S     3.0.0.0/8 [10/0] via 10.0.0.2" in table(network)
    network.configure("R1", "no ip route 3.0.0.0 255.0.0.0 10.0.0.2")
    assert "S     3.0.0.0/8 [20/0] via 192.168.1.10" in table(network)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ip route 10.1.1.1 255.255.255.0 10.0.0.2", "%Inconsistent address and mask\n"),
        ("ip route 10.1.0.0 255.0.255.0 10.0.0.2", "%Inconsistent address and mask\n"),
        ("ip route 10.1.0.0 255.255.0.0 10.0.0.1", "%Invalid next hop address (it's this router)\n"),
        ("no ip route 10.1.0.0 255.255.0.0 10.0.0.2", "%No matching route to delete\n"),
        ("no ip route 2.2.2.2 255.255.255.255 10.0.0.9", "%No matching route to delete\n"),
    ],
)
def test_refusals(network: Network, line: str, answer: str) -> None:
    before = network.running("R1")
    assert network.configure("R1", line) == answer
    assert network.running("R1") == before


def test_no_removes_what_is_named(network: Network) -> None:
    hops = [f"ip route 3.0.0.0 255.0.0.0 10.0.0.{n}" for n in (2, 3, 4)]
    network.configure("R1", *hops, "ip route 3.0.0.0 255.255.0.0 10.0.0.2")
    network.configure("R1", "no ip route 3.0.0.0 255.0.0.0 10.0.0.3")
    assert [line for line in network.running("R1") if line.startswith("ip route 3.")] == [
        hops[0],
        hops[2],
        "ip route 3.0.0.0 255.255.0.0 10.0.0.2",
    ]
    network.configure("R1", "no ip route 3.0.0.0 255.0.0.0")
    assert [line for line in network.running("R1") if line.startswith("ip route 3.")] == [
        "ip route 3.0.0.0 255.255.0.0 10.0.0.2"
    ]


def test_a_line_in_the_words_of_ios(network: Network) -> None:
    network.configure(
        "R1",
        "ip route 3.0.0.0 255.0.0.0 gi0/0 10.0.0.2 100 name WAN permanent",
        "ip route 4.0.0.0 255.0.0.0 10.0.0.2 1",
    )
    running = network.running("R1")
    assert "ip route 3.0.0.0 255.0.0.0 GigabitEthernet0/0 10.0.0.2 100 permanent name WAN" in running
    assert "ip route 4.0.0.0 255.0.0.0 10.0.0.2" in running


def test_without_routing_a_router_is_a_host(network: Network) -> None:
    assert "100 percent" in network.type("PC1", "ping 2.2.2.2")
    network.configure("R1", "no ip routing")
    assert "no ip routing" in network.running("R1")
    assert "(0/1)" in network.type("PC1", "ping 2.2.2.2 repeat 1")
    assert network.type("R1", "show ip route").startswith("Default gateway is not set\n")
    network.configure("R1", "ip routing")
    assert "100 percent" in network.type("PC1", "ping 2.2.2.2")


def test_a_route_through_an_interface_alone_needs_proxy_arp() -> None:
    """R1 asks on the wire for 2.2.2.2 itself; R2 answers for it, unless that is switched off."""
    network = pair(first="no ip route 2.2.2.2 255.255.255.255\nip route 2.2.2.2 255.255.255.255 GigabitEthernet0/0\n")
    network.configure("R2", "interface Loopback9", "ip address 3.3.3.3 255.255.255.255")
    network.configure("R1", "ip route 3.3.3.3 255.255.255.255 GigabitEthernet0/0")
    assert "100 percent (2/2)" in network.type("R1", "ping 3.3.3.3 repeat 2")
    network.configure("R2", "interface GigabitEthernet0/0", "no ip proxy-arp")
    network.type("R1", "clear arp-cache")
    assert "0 percent (0/2)" in network.type("R1", "ping 3.3.3.3 repeat 2")


def test_routes_come_back_after_a_reload(network: Network) -> None:
    router: Router = network["R1"]
    network.type("R1", "write memory", "reload", "")
    assert router.running
    assert "S        2.2.2.2 [1/0] via 10.0.0.2" in table(network)


def test_a_route_to_null0_drops_what_a_default_route_would_carry() -> None:
    network = pair()
    network.configure("R1", "ip route 0.0.0.0 0.0.0.0 10.0.0.2", "ip route 2.2.2.0 255.255.255.0 null0")
    assert "S        2.2.2.0/24 is directly connected, Null0" in network.type("R1", "show ip route")
    network.configure("R1", "no ip route 2.2.2.2 255.255.255.255 10.0.0.2")
    assert "Success rate is 0 percent (0/5)" in network.type("R1", "ping 2.2.2.2")
    assert "U.U.U" in network.type("PC1", "ping 2.2.2.2")
    assert "ip route 2.2.2.0 255.255.255.0 Null0" in network.running("R1")
