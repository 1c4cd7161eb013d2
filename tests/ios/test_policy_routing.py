"""Policy routing: a route map decides before the routing table does."""

from __future__ import annotations

import pytest

from .network import Network

R1 = """\
hostname R1
interface GigabitEthernet0/0
ip address 10.0.1.1 255.255.255.0
interface GigabitEthernet0/1
ip address 10.0.2.1 255.255.255.0
interface GigabitEthernet0/2
ip address 192.168.1.1 255.255.255.0
ip policy route-map PBR
ip route 0.0.0.0 0.0.0.0 10.0.1.2
access-list 101 permit icmp host 192.168.1.10 any
route-map PBR permit 10
match ip address 101
"""


def network(*policy: str) -> Network:
    """PC1 (.10) and PC2 (.20) at R1, which has two ways to 8.8.8.8; the routing table knows ISP1 (10.0.1.2) only."""
    net = Network()
    net.router("R1", R1 + "\n".join(policy) + "\n")
    for number in (1, 2):
        net.router(
            f"ISP{number}",
            f"interface GigabitEthernet0/0\nip address 10.0.{number}.2 255.255.255.0\n"
            "interface Loopback0\nip address 8.8.8.8 255.255.255.255\n"
            f"ip route 192.168.1.0 255.255.255.0 10.0.{number}.1\n",
        )
        net.link(f"R1:GigabitEthernet0/{number - 1}", f"ISP{number}:GigabitEthernet0/0")
    net.host("PC1", "192.168.1.10/24", "192.168.1.1")
    net.link("R1:GigabitEthernet0/2", "PC1:eth0")
    return net.start()


def counted(net: Network, name: str = "PBR") -> list[str]:
    lines = net.type("R1", f"show route-map {name}").splitlines()
    return [line.strip() for line in lines if "Policy routing matches" in line]


def ping(net: Network, count: int = 5) -> tuple[int, int]:
    """Send pings of 100 bytes from PC1; how many echoes each provider has had more."""
    before = echoes(net)
    assert f"({count}/{count})" in net.type("PC1", f"ping 8.8.8.8 repeat {count}")
    after = echoes(net)
    return after[0] - before[0], after[1] - before[1]


def echoes(net: Network) -> tuple[int, int]:
    first, second = (net[name].stack.interfaces["GigabitEthernet0/0"].counters.ip_in for name in ("ISP1", "ISP2"))
    return first, second


def test_what_matches_goes_the_way_of_the_policy_and_is_counted_once() -> None:
    net = network("set ip next-hop 10.0.2.2")
    assert ping(net) == (0, 5)
    assert counted(net) == ["Policy routing matches: 5 packets, 500 bytes"]
    assert "(5 matches)" in net.type("R1", "show access-lists 101")
    net.type("R1", "clear route-map counters")
    assert counted(net) == ["Policy routing matches: 0 packets, 0 bytes"]


def test_what_does_not_match_or_is_denied_goes_as_the_table_says() -> None:
    net = network("set ip next-hop 10.0.2.2")
    net.configure("R1", "no access-list 101", "access-list 101 deny icmp any any", "access-list 101 permit ip any any")
    assert ping(net) == (5, 0)
    net.configure("R1", "no access-list 101", "access-list 101 permit icmp any any")
    assert ping(net) == (0, 5)
    net.configure("R1", "route-map PBR deny 5", "match ip address 101")
    assert ping(net) == (5, 0)
    assert counted(net) == [
        "Policy routing matches: 5 packets, 500 bytes",
        "Policy routing matches: 5 packets, 500 bytes",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["set ip next-hop 8.8.8.8"], (5, 0)),
        (["set ip next-hop 10.0.1.1 10.0.2.2"], (0, 5)),
        (["set ip next-hop recursive 8.8.8.8"], (5, 0)),
        (["set ip next-hop 172.16.0.1 10.0.2.2"], (0, 5)),
        (["set interface GigabitEthernet0/1"], (0, 5)),
        (["set interface Loopback77 GigabitEthernet0/1"], (0, 5)),
        (["set ip default next-hop 10.0.2.2"], (0, 5)),
        (["match length 101 2000", "set ip next-hop 10.0.2.2"], (5, 0)),
        (["match length 0 100", "set ip next-hop 10.0.2.2"], (0, 5)),
        (["match tag 7", "set ip next-hop 10.0.2.2"], (5, 0)),
        (["set ip next-hop verify-availability 10.0.2.2 10 track 9"], (5, 0)),
        ([], (5, 0)),
    ],
)
def test_ways(lines: list[str], expected: tuple[int, int]) -> None:
    net = network(*lines)
    net.configure("ISP2", "interface gi0/0", "ip proxy-arp")
    assert ping(net) == expected


def test_a_default_next_hop_gives_way_to_a_route() -> None:
    net = network("set ip default next-hop 10.0.2.2")
    assert ping(net) == (0, 5)
    net.configure("R1", "ip route 8.8.8.8 255.255.255.255 10.0.1.2")
    assert ping(net) == (5, 0)


def test_a_next_hop_is_taken_while_its_object_is_up() -> None:
    net = network(
        "set ip next-hop verify-availability 10.0.2.2 10 track 1",
        "set ip next-hop verify-availability 10.0.1.2 20 track 2",
        "track 1 interface GigabitEthernet0/1 line-protocol",
        "track 2 interface GigabitEthernet0/0 line-protocol",
    )
    assert ping(net) == (0, 5)
    shown = net.type("R1", "show route-map PBR")
    assert "    ip next-hop verify-availability 10.0.2.2 10 track 1 [up]\n" in shown
    assert "    Route Map PBR 10\n" in net.type("R1", "show track 1")
    net.configure("R1", "interface gi0/1", "shutdown")
    net.wait(3)
    assert ping(net) == (5, 0)
    assert "10.0.2.2 10 track 1 [down]\n" in net.type("R1", "show route-map PBR")
    net.configure("R1", "interface gi0/1", "no shutdown", "no track 2")
    net.wait(3)
    assert ping(net) == (0, 5)
    assert "10.0.1.2 20 track 2 [undefined]\n" in net.type("R1", "show route-map PBR")


MARKS = """\
interface GigabitEthernet0/1
ip access-group MARKED out
ip access-list extended MARKED
permit ip any any precedence critical tos max-throughput
permit ip any any precedence critical
permit ip any any
"""


def marked(net: Network) -> list[str]:
    """The lines of MARKED that have had packets."""
    lines = net.type("R1", "show access-lists MARKED").splitlines()
    net.type("R1", "clear access-list counters MARKED")
    return [line.split()[0] for line in lines if "match" in line]


@pytest.mark.parametrize(
    ("clauses", "line"),
    [
        (["set ip precedence 5", "set ip tos 4"], "10"),
        (["set ip precedence critical"], "20"),
        (["set ip tos max-throughput"], "30"),
        (["set ip precedence critical", "set ip precedence routine"], "30"),
    ],
)
def test_packets_are_marked_whichever_way_they_go(clauses: list[str], line: str) -> None:
    net = network("set ip next-hop 10.0.2.2", *clauses, *MARKS.splitlines())
    assert ping(net, 3) == (0, 3)
    assert ping(net, 2) == (0, 2)
    assert marked(net) == [line]
    net.configure(
        "R1", "route-map PBR permit 10", "no set ip next-hop 10.0.2.2", "no ip route 0.0.0.0 0.0.0.0 10.0.1.2"
    )
    net.configure("R1", "ip route 0.0.0.0 0.0.0.0 10.0.2.2")
    assert ping(net) == (0, 5)
    assert marked(net) == [line]
    assert "Every line" in net.type("R1", "show iosim unsupported")
    net.configure("R1", "route-map PBR permit 10", *(f"no {each}" for each in clauses))
    assert ping(net) == (0, 5)
    assert marked(net) == ["30"]


def test_marks_are_written_by_their_names() -> None:
    net = network("set ip tos 4", "set ip precedence 5", "set ip df 0")
    shown = net.type("R1", "show route-map PBR")
    for clause in ("ip tos max-throughput", "ip precedence critical", "ip df 0"):
        assert f" set {clause}" in net.running("R1")
        assert f"    {clause}\n" in shown


def test_the_df_bit_is_set_and_cleared() -> None:
    net = network("set ip next-hop 10.0.2.2", "interface GigabitEthernet0/1", "ip mtu 600")
    for _ in range(2):
        assert "(2/2)" in net.type("PC1", "ping 8.8.8.8 repeat 2 size 1000")
        assert "(0/2)" in net.type("PC1", "ping 8.8.8.8 repeat 2 size 1000 df")
    net.configure("R1", "route-map PBR permit 10", "set ip df 1")
    for _ in range(2):
        assert "(0/2)" in net.type("PC1", "ping 8.8.8.8 repeat 2 size 1000")
    net.configure("R1", "route-map PBR permit 10", "set ip df 0")
    for _ in range(2):
        assert "(2/2)" in net.type("PC1", "ping 8.8.8.8 repeat 2 size 1000 df")


def test_packets_of_our_own_are_marked() -> None:
    net = network(*MARKS.splitlines(), "ip local policy route-map MINE", "route-map MINE permit 10")
    net.configure("R1", "route-map MINE permit 10", "set ip next-hop 10.0.2.2", "set ip precedence critical")
    net.configure("ISP2", "ip access-list extended IN", "permit ip any any precedence critical", "permit ip any any")
    net.configure("ISP2", "interface gi0/0", "ip access-group IN in")
    for count in (4, 8):
        assert own(net) == (0, 4)
        assert f"precedence critical ({count} matches)" in net.type("ISP2", "show access-lists IN")


def test_null0_is_a_way_to_nowhere() -> None:
    net = network("set interface Null0")
    assert "(0/5)" in net.type("PC1", "ping 8.8.8.8 repeat 5")
    assert echoes(net) == (0, 0)
    assert counted(net) == ["Policy routing matches: 5 packets, 500 bytes"]
    net.configure("R1", "route-map PBR permit 10", "no set interface Null0", "set default interface Null0")
    assert "(0/1)" in net.type("PC1", "ping 8.8.8.8 repeat 1")
    net.configure("R1", "ip route 8.8.8.8 255.255.255.255 10.0.1.2")
    assert ping(net) == (5, 0)


def test_a_next_hop_is_taken_while_cdp_hears_of_it() -> None:
    net = network("set ip next-hop 10.0.2.2", "set ip next-hop verify-availability")
    net.wait(5)
    assert ping(net) == (0, 5)
    assert "    ip next-hop verify-availability\n" in net.type("R1", "show route-map PBR")
    net.configure("ISP2", "no cdp run")
    assert ping(net) == (0, 5)
    net.wait(200)
    assert ping(net) == (5, 0)
    net.configure("ISP2", "cdp run")
    net.wait(70)
    assert ping(net) == (0, 5)


def own(net: Network) -> tuple[int, int]:
    """Send four pings of the router's own; how many each provider has had."""
    before = echoes(net)
    net.type("R1", "ping 8.8.8.8 repeat 4 source gi0/1 timeout 1")
    after = echoes(net)
    return after[0] - before[0], after[1] - before[1]


def test_packets_of_our_own() -> None:
    net = network("set ip next-hop 10.0.2.2")
    assert own(net) == (4, 0)
    net.configure("R1", "ip local policy route-map MINE", "route-map MINE permit 10", "set ip next-hop 10.0.2.2")
    assert own(net) == (0, 4)
    assert net.type("R1", "show ip policy").splitlines() == [
        "Interface      Route map",
        "local          MINE",
        "Gi0/2          PBR",
    ]
    shown = net.type("R1", "show ip local policy").splitlines()
    assert shown[:2] == ["Local policy routing is enabled, using route map MINE", "route-map MINE, permit, sequence 10"]
    assert counted(net, "MINE") == ["Policy routing matches: 4 packets, 400 bytes"]
    net.type("R1", "debug ip policy", "ping 8.8.8.8 repeat 1 source gi0/1", "undebug all")
    log = net.type("R1", "terminal length 0", "show logging")
    assert "IP: s=10.0.2.1 (local), d=8.8.8.8 (GigabitEthernet0/1), len 100, policy routed" in log
    assert "IP: local to GigabitEthernet0/1 10.0.2.2" in log
    net.configure("R1", "no ip local policy route-map MINE")
    assert own(net) == (4, 0)


def test_a_route_map_that_does_not_exist_routes_nothing() -> None:
    net = network("set ip next-hop 10.0.2.2")
    net.configure("R1", "interface gi0/2", "ip policy route-map NONE")
    assert ping(net) == (5, 0)
    assert "Policy routing is enabled, using route map NONE" in net.type("R1", "show ip interface gi0/2")
    net.configure("R1", "interface gi0/2", "no ip policy route-map")
    assert ping(net) == (5, 0)


def test_debug_says_what_was_decided() -> None:
    net = network("set ip next-hop 10.0.2.2")
    assert ping(net, 1) == (0, 1)
    assert net.type("R1", "debug ip policy") == "Policy routing debugging is on\n"
    ping(net, 1)
    net.type("R1", "undebug all")
    log = net.type("R1", "terminal length 0", "show logging")
    start = "IP: s=192.168.1.10 (GigabitEthernet0/2), d=8.8.8.8"
    for line in (
        f"{start}, len 100, FIB policy match",
        f"{start}, len 100, PBR Counted",
        f"{start}, g=10.0.2.2, len 100, FIB policy routed",
    ):
        assert log.count(line) == 1
    assert counted(net) == ["Policy routing matches: 2 packets, 200 bytes"]


def test_what_routes_works_and_what_does_not_is_named() -> None:
    net = network("set ip next-hop 10.0.2.2", "set local-preference 100")
    assert net.type("R1", "show iosim unsupported").splitlines()[-2:] == [
        "  route-map PBR permit 10",
        "   set local-preference 100",
    ]
    assert net.configure("R1", "route-map X", "set interface gi0/0") == (
        "%Warning:Use P2P interface for routemap setinterface clause\n"
    )


def test_a_tunnel_is_a_way() -> None:
    net = network("set interface Tunnel0")
    assert ping(net) == (5, 0)
    for name, own, other in (("R1", "10.0.2.1", "10.0.2.2"), ("ISP2", "10.0.2.2", "10.0.2.1")):
        address = "172.16.0.1" if name == "R1" else "172.16.0.2"
        net.configure(
            name,
            "interface Tunnel0",
            f"ip address {address} 255.255.255.252",
            f"tunnel source {own}",
            f"tunnel destination {other}",
        )
    net.wait(3)
    assert ping(net) == (0, 5)
    assert net["ISP2"].stack.interfaces["Tunnel0"].counters.ip_in == 5
    net.configure("R1", "interface Tunnel0", "shutdown")
    assert ping(net) == (5, 0)
