"""`debug ip routing` and `debug track state`: what is said when routes come, change and go."""

from __future__ import annotations

from .network import Network, pair


def told(network: Network, *lines: str) -> list[str]:
    """What debug says of these lines of configuration, without time stamps and empty lines."""
    network.type("R1", "clear logging", "")
    network.configure("R1", *lines)
    network.wait(3)
    network.type("R1", "terminal length 0")
    log = network.type("R1", "show logging").splitlines()
    return [
        line[line.index(": ") + 2 :] if line.startswith("*") else line.strip()
        for line in log
        if "RT: " in line or "track-sta" in line or line.startswith("    via")
    ]


def debugging(configuration: str = "") -> Network:
    network = pair(configuration)
    network.type("R1", "debug ip routing")
    network.wait(1)
    return network


def test_a_route_comes_and_goes() -> None:
    network = debugging()
    assert told(network, "ip route 172.16.4.0 255.255.255.0 10.0.0.2") == [
        "RT: updating static 172.16.4.0/24 (0x0)  :",
        "via 10.0.0.2   0 1048578",
        "RT: add 172.16.4.0/24 via 10.0.0.2, static metric [1/0]",
    ]
    assert told(network, "no ip route 172.16.4.0 255.255.255.0 10.0.0.2") == [
        "RT: del 172.16.4.0 via 10.0.0.2, static metric [1/0]",
        "RT: delete subnet route to 172.16.4.0/24",
    ]
    assert told(network, "ip route 0.0.0.0 0.0.0.0 Null0") == [
        "RT: updating static 0.0.0.0/0 (0x0)  :",
        "via 0.0.0.0 Nu0  0 1048578",
        "RT: add 0.0.0.0/0 via 0.0.0.0, static metric [1/0]",
    ]
    network.type("R1", "undebug all")
    assert told(network, "no ip route 0.0.0.0 0.0.0.0 Null0") == []


def test_a_better_route_flushes_the_other() -> None:
    network = debugging("ip route 172.16.0.0 255.255.0.0 10.0.0.2 200\n")
    assert told(network, "ip route 172.16.0.0 255.255.0.0 10.0.0.3")[2:] == [
        "RT: closer admin distance for 172.16.0.0, flushing 1 routes",
        "RT: add 172.16.0.0/16 via 10.0.0.3, static metric [1/0]",
    ]
    assert told(network, "no ip route 172.16.0.0 255.255.0.0 10.0.0.3") == [
        "RT: del 172.16.0.0 via 10.0.0.3, static metric [1/0]",
        "RT: delete network route to 172.16.0.0/16",
        "RT: updating static 172.16.0.0/16 (0x0)  :",
        "via 10.0.0.2   0 1048578",
        "RT: add 172.16.0.0/16 via 10.0.0.2, static metric [200/0]",
    ]


def test_a_second_way_is_added() -> None:
    network = debugging("ip route 172.16.0.0 255.255.0.0 10.0.0.2\n")
    assert told(network, "ip route 172.16.0.0 255.255.0.0 10.0.0.3")[-1] == (
        "RT: add 172.16.0.0/16 via 10.0.0.3, static metric [1/0]"
    )
    assert told(network, "no ip route 172.16.0.0 255.255.0.0 10.0.0.3") == [
        "RT: del 172.16.0.0 via 10.0.0.3, static metric [1/0]"
    ]


def test_an_interface_takes_its_routes_along() -> None:
    network = debugging("track 1 interface GigabitEthernet0/0 line-protocol\n")
    network.type("R1", "debug track state")
    said = told(network, "interface gi0/0", "shutdown")
    assert said[0] == "RT: interface GigabitEthernet0/0 removed from routing table"
    assert "RT: del 10.0.0.0 via 0.0.0.0, connected metric [0/0]" in said
    assert "RT: del 2.2.2.2 via 10.0.0.2, static metric [1/0]" in said
    assert "track-sta (1) interface Gi0/0 line-protocol Up -> Down" in said
    said = told(network, "interface gi0/0", "no shutdown")
    assert "RT: interface GigabitEthernet0/0 added to routing table" in said
    assert "RT: add 10.0.0.1/32 via 0.0.0.0, connected metric [0/0]" in said


def test_routes_are_cleared_and_back() -> None:
    network = debugging()
    shown = network.type("R1", "show ip route")
    for command in ("clear ip route *", "clear ip route 2.2.2.2", "clear ip route 2.2.2.2 255.255.255.255"):
        assert network.type("R1", command) == ""
    assert network.type("R1", "show ip route") == shown
    assert network.type("R1", "show ip route next-hop-override") == shown
    assert network.type("R1", "show ip route dhcp") == network.type("R1", "show ip route loops") == ""
