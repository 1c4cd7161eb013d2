"""`show ip route` in its other forms, `show ip cef`, `show adjacency`, and ways of equal cost."""

from __future__ import annotations

import pytest

from iosim.ios.features.routes import Routing
from iosim.routing.table import Route
from iosim.wire.address import parse_address

from .network import Network, pair

ROUTES = """\
ip route 0.0.0.0 0.0.0.0 10.0.0.2
ip route 172.16.0.0 255.255.0.0 10.0.0.2
ip route 172.16.0.0 255.255.0.0 10.0.0.3
ip route 9.0.0.0 255.0.0.0 2.2.2.2
ip route 10.9.0.0 255.255.0.0 Null0
"""


@pytest.fixture
def network() -> Network:
    network = pair(ROUTES)
    network.type("R1", "ping 2.2.2.2", "terminal length 0")
    return network


def test_summary(network: Network) -> None:
    assert network.type("R1", "show ip route summary").splitlines() == [
        "IP routing table name is default (0x0)",
        "IP routing table maximum-paths is 32",
        "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)",
        "application     0           0           0           0           0",
        "connected       1           4           0           480         1560",
        "static          3           2           0           480         1560",
        "internal        4                                               2848",
        "Total           8           6           0           960         5968",
    ]


def test_longer_prefixes_and_other_tables(network: Network) -> None:
    shown = network.type("R1", "show ip route 10.0.0.0 255.255.0.0 longer-prefixes").splitlines()
    assert shown[-3:] == [
        "      10.0.0.0/8 is variably subnetted, 3 subnets, 3 masks",
        "C        10.0.0.0/24 is directly connected, GigabitEthernet0/0",
        "L        10.0.0.1/32 is directly connected, GigabitEthernet0/0",
    ]
    assert network.type("R1", "show ip route vrf RED") == "% IP routing table RED does not exist\n"
    assert network.type("R1", "show ip route ospf").endswith("to network 0.0.0.0\n\n")


def test_a_route_that_was_learned_has_an_age() -> None:
    network = pair()
    rib = network["R1"][Routing].rib
    prefix, neighbour = parse_address("172.20.0.0") or 0, parse_address("10.0.0.2")
    rib.add("ospf 1", Route(prefix, 16, "O", 110, 2, neighbour, "GigabitEthernet0/0"))
    network.wait(65)
    network.type("R1", "terminal length 0")
    assert "O     172.20.0.0/16 [110/2] via 10.0.0.2, 00:01:05, GigabitEthernet0/0\n" in network.type(
        "R1", "show ip route ospf"
    )
    assert network.type("R1", "show ip route 172.20.3.3").splitlines() == [
        "Routing entry for 172.20.0.0/16",
        '  Known via "ospf 1", distance 110, metric 2',
        "  Last update from 10.0.0.2 on GigabitEthernet0/0, 00:01:05 ago",
        "  Routing Descriptor Blocks:",
        "  * 10.0.0.2, from 10.0.0.2, 00:01:05 ago, via GigabitEthernet0/0",
        "      Route metric is 2, traffic share count is 1",
    ]


def test_a_prefix_whose_line_would_be_too_long_stands_alone() -> None:
    """As in captures: 78 columns are one line, 79 are two, and further ways stand below the first."""
    network = pair()
    rib = network["R1"][Routing].rib
    way = parse_address("10.0.0.2"), "GigabitEthernet0/0"
    for prefix, metric in (("172.20.1.0", 222222222), ("172.20.2.0", 2222222222)):
        rib.add("ospf 1", Route(parse_address(prefix), 24, "O", 110, metric, *way))
    other = parse_address("1.1.1.2"), "Loopback0"
    rib.add("ospf 1", Route(parse_address("172.20.2.0"), 24, "O", 110, 2222222222, *other))
    network.type("R1", "terminal length 0")
    shown = network.type("R1", "show ip route ospf").splitlines()[-5:]
    assert shown == [
        "      172.20.0.0/24 is subnetted, 2 subnets",
        "O        172.20.1.0 [110/222222222] via 10.0.0.2, 00:00:00, GigabitEthernet0/0",
        "O        172.20.2.0 ",
        "           [110/2222222222] via 10.0.0.2, 00:00:00, GigabitEthernet0/0",
        "           [110/2222222222] via 1.1.1.2, 00:00:00, Loopback0",
    ]


def test_the_forwarding_table(network: Network) -> None:
    assert network.type("R1", "show ip cef").splitlines() == [
        "Prefix               Next Hop             Interface",
        "0.0.0.0/0            10.0.0.2             GigabitEthernet0/0",
        "0.0.0.0/8            drop",
        "0.0.0.0/32           receive",
        "1.1.1.1/32           receive              Loopback0",
        "2.2.2.2/32           10.0.0.2             GigabitEthernet0/0",
        "9.0.0.0/8            10.0.0.2             GigabitEthernet0/0",
        "10.0.0.0/24          attached             GigabitEthernet0/0",
        "10.0.0.0/32          receive              GigabitEthernet0/0",
        "10.0.0.1/32          receive              GigabitEthernet0/0",
        "10.0.0.2/32          attached             GigabitEthernet0/0",
        "10.0.0.255/32        receive              GigabitEthernet0/0",
        "10.9.0.0/16          attached             Null0",
        "127.0.0.0/8          drop",
        "172.16.0.0/16        10.0.0.2             GigabitEthernet0/0",
        "                     10.0.0.3             GigabitEthernet0/0",
        "192.168.1.0/24       attached             GigabitEthernet0/1",
        "192.168.1.0/32       receive              GigabitEthernet0/1",
        "192.168.1.1/32       receive              GigabitEthernet0/1",
        "192.168.1.255/32     receive              GigabitEthernet0/1",
        "224.0.0.0/4          drop",
        "224.0.0.0/24         receive",
        "240.0.0.0/4          drop",
        "255.255.255.255/32   receive",
    ]


def test_one_entry_of_the_forwarding_table(network: Network) -> None:
    said = {
        "9.1.2.3": "9.0.0.0/8\n  nexthop 10.0.0.2 GigabitEthernet0/0\n",
        "9.1.2.3 detail": ("9.0.0.0/8, epoch 0\n  recursive via 2.2.2.2\n    nexthop 10.0.0.2 GigabitEthernet0/0\n"),
        "10.0.0.7": "10.0.0.0/24\n  attached to GigabitEthernet0/0\n",
        "10.0.0.0 255.255.255.0": "10.0.0.0/24\n  attached to GigabitEthernet0/0\n",
        "10.0.0.0 255.0.0.0": "%Prefix not found\n",
        "1.1.1.1": "1.1.1.1/32\n  receive for Loopback0\n",
        "8.8.8.8 detail": (
            "0.0.0.0/0, epoch 0, flags [default route]\n  recursive via 10.0.0.2\n    attached to GigabitEthernet0/0\n"
        ),
    }
    for which, expected in said.items():
        assert network.type("R1", f"show ip cef {which}") == expected


def test_adjacencies(network: Network) -> None:
    assert network.type("R1", "show adjacency").splitlines() == [
        "Protocol Interface                 Address",
        "IP       GigabitEthernet0/0        10.0.0.2(5)",
    ]


def test_a_pair_of_addresses_keeps_to_one_of_equal_ways() -> None:
    """What `exact-route` says is where the packets go."""
    network = Network()
    ways = "ip route 172.16.0.0 255.255.0.0 10.0.1.2\nip route 172.16.0.0 255.255.0.0 10.0.2.2\n"
    interfaces = "".join(f"interface GigabitEthernet0/{n}\nip address 10.0.{n + 1}.1 255.255.255.0\n" for n in range(2))
    network.router("R1", interfaces + ways)
    loopbacks = "".join(f"interface Loopback{n}\nip address 172.16.0.{n} 255.255.255.255\n" for n in range(1, 9))
    for number in (1, 2):
        network.router(
            f"N{number}", f"interface GigabitEthernet0/0\nip address 10.0.{number}.2 255.255.255.0\n{loopbacks}"
        )
        network.link(f"R1:GigabitEthernet0/{number - 1}", f"N{number}:GigabitEthernet0/0")
    network.start()
    used = {1: 0, 2: 0}
    for target in range(1, 9):
        said = network.type("R1", f"show ip cef exact-route 10.0.1.1 172.16.0.{target}")
        number = 1 if "addr 10.0.1.2" in said else 2
        received = network[f"N{number}"].stack.interfaces["GigabitEthernet0/0"].counters
        before = received.ip_in
        network.type("R1", f"ping 172.16.0.{target} repeat 3 source gi0/0 timeout 1")
        assert received.ip_in == before + 3
        used[number] += 1
    assert used == {1: 4, 2: 4}
    shown = network.type("R1", "show ip route 172.16.0.0")
    assert "  * 10.0.1.2\n" in shown
    assert "    10.0.2.2\n" in shown


def test_static_routes_that_are_used_and_those_that_are_not() -> None:
    network = pair()
    network.configure(
        "R1",
        "ip route 3.0.0.0 255.0.0.0 10.0.0.2",
        "ip route 3.0.0.0 255.0.0.0 gi0/0 10.0.0.3 9",
        "ip route 4.0.0.0 255.0.0.0 10.0.0.2 track 5",
        "track 5 interface Loopback55 line-protocol",
    )
    network.type("R1", "terminal length 0")
    assert network.type("R1", "show ip static route").splitlines()[-4:] == [
        "M  2.2.2.2/32 [1/0] via 10.0.0.2 [A]",
        "M  3.0.0.0/8 [1/0] via 10.0.0.2 [A]",
        "M            [9/0] via GigabitEthernet0/0 10.0.0.3 [N]",
        "M  4.0.0.0/8 [1/0] via 10.0.0.2 [N]",
    ]
    assert network.type("R1", "show ip route track-table") == (
        " ip route 4.0.0.0 255.0.0.0 10.0.0.2 track 5 state is [down]\n"
    )


def test_a_link_to_one_neighbour_needs_no_address_of_it() -> None:
    network = pair()
    network.configure(
        "R1",
        "interface Tunnel0",
        "ip address 192.168.9.1 255.255.255.252",
        "tunnel source gi0/0",
        "tunnel destination 10.0.0.2",
        "exit",
        "ip route 172.20.0.0 255.255.0.0 Tunnel0",
    )
    network.wait(2)
    network.type("R1", "terminal length 0")
    assert "IP       Tunnel0                   point2point(2)\n" in network.type("R1", "show adjacency")
    assert network.type("R1", "show ip cef exact-route 1.1.1.1 172.20.0.1") == (
        "1.1.1.1 -> 172.20.0.1 => IP midchain out of Tunnel0\n"
    )
    assert network.type("R1", "show ip cef 172.20.0.1") == "172.20.0.0/16\n  attached to Tunnel0\n"


def shared(configuration: str = "") -> Network:
    """R1 with two equal ways to 172.16.0.1, one by each of N1 and N2."""
    network = Network()
    lines = ["ip route 172.16.0.0 255.255.0.0 10.0.1.2", "ip route 172.16.0.0 255.255.0.0 10.0.2.2"]
    for number in (1, 2):
        lines += [
            f"interface GigabitEthernet0/{number - 1}",
            f"ip address 10.0.{number}.1 255.255.255.0",
            configuration,
        ]
        network.router(
            f"N{number}",
            f"interface GigabitEthernet0/0\nip address 10.0.{number}.2 255.255.255.0\n"
            "interface Loopback0\nip address 172.16.0.1 255.255.255.255\nip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0\n",
        )
    network.router("R1", "\n".join(lines) + "\n")
    for number in (1, 2):
        network.link(f"R1:GigabitEthernet0/{number - 1}", f"N{number}:GigabitEthernet0/0")
    network.start()
    for number in (1, 2):
        network.type("R1", f"ping 10.0.{number}.2")
    return network


def spread(network: Network) -> list[int]:
    """How many of ten pings each neighbour has."""
    counters = [network[name].stack.interfaces["GigabitEthernet0/0"].counters for name in ("N1", "N2")]
    before = [each.ip_in for each in counters]
    network.type("R1", "ping 172.16.0.1 repeat 10 source gi0/0 timeout 1")
    return [each.ip_in - was for each, was in zip(counters, before, strict=True)]


def test_packets_take_turns_where_all_ways_say_so() -> None:
    network = shared("ip load-sharing per-packet")
    assert spread(network) == [5, 5]
    assert "Every line" in network.type("R1", "show iosim unsupported")
    network.configure("R1", "interface gi0/0", "ip load-sharing per-destination")
    assert sorted(spread(network)) == [0, 10]


def test_without_cef_packets_take_turns() -> None:
    network = shared()
    assert "ip cef" in network.running("R1")
    assert sorted(spread(network)) == [0, 10]
    network.configure("R1", "no ip cef")
    assert "no ip cef" in network.running("R1")
    assert spread(network) == [5, 5]
    for command in (
        "show ip cef",
        "show ip cef detail",
        "show ip cef summary",
        "show ip cef exact-route 1.1.1.1 2.2.2.2",
    ):
        assert network.type("R1", command) == "%IPv4 CEF not running\n"
    assert "  IP CEF switching is disabled\n" in network.type("R1", "show ip interface gi0/0")
    network.configure("R1", "ip cef")
    assert sorted(spread(network)) == [0, 10]


def test_buckets_are_those_of_exact_route() -> None:
    network = shared()
    network.type("R1", "terminal length 0")
    shown = network.type("R1", "show ip cef 172.16.0.1 internal").splitlines()
    assert shown[0] == "172.16.0.0/16, epoch 0, RIB[S], refcount 6, per-destination sharing"
    assert "    16 hash buckets" in shown
    buckets = [line.split("addr ")[1].split()[0] for line in shown if line.lstrip().startswith("<")]
    for last in range(32):
        said = network.type("R1", f"show ip cef exact-route 10.0.1.1 172.16.0.{last}")
        assert f"addr {buckets[(1 ^ last) % 16]}\n" in said


def test_one_entry_in_all_its_forms(network: Network) -> None:
    assert network.type("R1", "show ip cef 10.0.0.2 detail").splitlines()[:2] == [
        "10.0.0.2/32, epoch 0, flags [attached]",
        "  Adj source: IP adj out of GigabitEthernet0/0, addr 10.0.0.2 " + _memory(network),
    ]
    assert network.type("R1", "show ip cef 172.16.0.0/16 detail").startswith(
        "172.16.0.0/16, epoch 0, per-destination sharing\n"
    )
    longer = network.type("R1", "show ip cef 172.0.0.0 255.0.0.0 longer-prefixes")
    assert longer == network.type("R1", "show ip cef 172.0.0.0/8 longer-prefixes")
    assert [line.split()[0] for line in longer.splitlines()[1:]] == ["172.16.0.0/16", "10.0.0.3"]
    by_interface = network.type("R1", "show ip cef loopback0").splitlines()
    assert by_interface[1:] == ["1.1.1.1/32           receive              Loopback0"]
    count = len(network.type("R1", "show ip cef").splitlines()) - 2
    summary = network.type("R1", "show ip cef summary").splitlines()
    assert summary[2] == f" {count} prefixes ({count - 4}/4 fwd/non-fwd)"


def _memory(network: Network) -> str:
    """The address of the neighbour in memory, which `internal` says as well."""
    internal = network.type("R1", "show ip cef 10.0.0.2 internal").splitlines()
    assert internal[-2] == "  output chain:"
    return internal[-1].split()[-1]


def test_the_header_of_an_adjacency_is_that_of_its_frames(network: Network) -> None:
    frames: list[bytes] = []
    port = network["R1"].ports["GigabitEthernet0/0"]
    port.taps.append(lambda out, frame: frames.append(frame) if out else None)
    network.type("R1", "ping 10.0.0.2 repeat 1")
    lines = [line.strip() for line in network.type("R1", "show adjacency detail").splitlines()[1:]]
    assert lines[0] == "IP       GigabitEthernet0/0        10.0.0.2(5)"
    assert lines[4:6] == ["Encap length 14", frames[-1][:14].hex().upper()]
    assert lines[-1] == "ARP"
    assert network.type("R1", "show adjacency gi0/1").splitlines()[1:] == []
    assert "Adjacency table has 1 adjacency:\n" in network.type("R1", "show adjacency summary")
