"""`debug ip packet`, `debug ip icmp`, `debug arp`, and the counters of `show ip traffic`."""

from __future__ import annotations

import re

import pytest

from .network import Network, pair

GI0, GI1 = "GigabitEthernet0/0", "GigabitEthernet0/1"


@pytest.fixture
def network() -> Network:
    made = pair()
    for name in ("R1", "R2"):
        made.configure(name, "no service timestamps debug")
    return made


def lines(network: Network, node: str, start: str) -> list[str]:
    """The debug lines that a node has logged, by their beginning."""
    return [line for line in network[node].syslog.lines if line.startswith(start)]


def test_packets_that_a_router_sends_and_gets(network: Network) -> None:
    network.type("R1", "debug ip packet", "ping 10.0.0.2 repeat 1")
    assert lines(network, "R1", "IP:") == [
        f"IP: tableid=0, s=10.0.0.1 (local), d=10.0.0.2 ({GI0}), routed via FIB",
        f"IP: s=10.0.0.1 (local), d=10.0.0.2 ({GI0}), len 100, sending",
        f"IP: tableid=0, s=10.0.0.2 ({GI0}), d=10.0.0.1 ({GI0}), routed via RIB",
        f"IP: s=10.0.0.2 ({GI0}), d=10.0.0.1 ({GI0}), len 100, rcvd 3",
    ]


def test_packets_that_pass(network: Network) -> None:
    network.type("R1", "debug ip packet detail")
    network.type("PC1", "ping 2.2.2.2 repeat 1")
    assert lines(network, "R1", "IP: s")[0] == (
        f"IP: s=192.168.1.10 ({GI1}), d=2.2.2.2 ({GI0}), g=10.0.0.2, len 100, forward"
    )
    assert lines(network, "R1", "  ") == ["    ICMP type=8, code=0", "    ICMP type=0, code=0"]


def test_packets_that_do_not_pass(network: Network) -> None:
    network.configure("R1", "access-list 101 deny icmp any any", "interface gi0/0", "ip access-group 101 out")
    network.type("R1", "debug ip packet", "ping 10.0.0.77 timeout 5 repeat 1")
    network.type("PC1", "ping 2.2.2.2 repeat 1", "ping 9.9.9.9 repeat 1")
    fates = [line.rpartition(", ")[2] for line in lines(network, "R1", "IP: s=")]
    assert fates[:2] == ["sending", "encapsulation failed"]
    assert "access denied" in fates and "unroutable" in fates


def test_fragments_and_ports(network: Network) -> None:
    network.type("R1", "debug ip packet detail", "ping 10.0.0.2 size 2000 repeat 1", "traceroute 10.0.0.2 probe 1")
    assert len([line for line in lines(network, "R1", "IP:") if line.endswith("sending fragment")]) == 2
    detail = lines(network, "R1", "  ")
    assert any(re.fullmatch(r"    IP Fragment, Ident = \d+, fragment offset = 1480", line) for line in detail)
    assert "    UDP src=49152, dst=33434" in detail
    assert "    ICMP type=3, code=3" in detail


def test_an_access_list_chooses(network: Network) -> None:
    network.configure("R1", "access-list 101 permit icmp any host 2.2.2.2")
    assert network.type("R1", "debug ip packet 101 detail") == (
        "IP packet debugging is on (detailed) for access list 101\n"
    )
    network.type("R1", "ping 10.0.0.2 repeat 1", "ping 2.2.2.2 repeat 1")
    assert lines(network, "R1", "IP: s") == [f"IP: s=10.0.0.1 (local), d=2.2.2.2 ({GI0}), len 100, sending"]
    assert "matches" not in network.type("R1", "show access-lists 101")


def test_icmp(network: Network) -> None:
    network.type("R1", "debug ip icmp")
    network.type("R2", "debug ip icmp")
    network.type("R1", "ping 10.0.0.2 repeat 1", "traceroute 10.0.0.2 probe 1")
    network.type("PC1", "ping 9.9.9.9 repeat 1")
    way = "src 10.0.0.2, dst 10.0.0.1, topology BASE, dscp 0 topoid 0"
    assert lines(network, "R1", "ICMP:") == [
        f"ICMP: echo reply rcvd, {way}",
        "ICMP: dst (10.0.0.1) port unreachable rcv from 10.0.0.2",
        "ICMP: dst (9.9.9.9) host unreachable sent to 192.168.1.10",
    ]
    assert lines(network, "R2", "ICMP:") == [
        f"ICMP: echo reply sent, {way}",
        "ICMP: dst (10.0.0.2) port unreachable sent to 10.0.0.1",
    ]


def test_time_exceeded(network: Network) -> None:
    network.configure("R1", "ip route 9.0.0.0 255.0.0.0 10.0.0.2")
    network.type("R1", "debug ip icmp", "traceroute 9.9.9.9 probe 1 ttl 1 2 timeout 1")
    assert (
        lines(network, "R1", "ICMP: time")
        == [
            "ICMP: time exceeded rcvd from 10.0.0.2",
            "ICMP: time exceeded (time to live) sent to 10.0.0.1 (dest was 9.9.9.9)",
            "ICMP: time exceeded rcvd from 10.0.0.1",
        ][: len(lines(network, "R1", "ICMP: time"))]
    )
    assert lines(network, "R1", "ICMP: time")


def test_arp(network: Network) -> None:
    network.type("R1", "clear arp-cache", "debug arp", "ping 10.0.0.2 repeat 1")
    r1, r2 = (network[name].stack.interfaces[GI0].mac.hex() for name in ("R1", "R2"))
    one, two = (f"{mac[:4]}.{mac[4:8]}.{mac[8:]}" for mac in (r1, r2))
    assert lines(network, "R1", "IP ARP")[:3] == [
        f"IP ARP: creating incomplete entry for IP address: 10.0.0.2 interface {GI0}",
        f"IP ARP: sent req src 10.0.0.1 {one},\n                 dst 10.0.0.2 0000.0000.0000 {GI0}",
        f"IP ARP: rcvd rep src 10.0.0.2 {two}, dst 10.0.0.1 {GI0}",
    ]


def test_what_is_on_is_listed_and_can_be_turned_off(network: Network) -> None:
    network.type("R1", "debug arp", "debug ip icmp", "debug ip packet detail", "debug crypto isakmp")
    assert network.type("R1", "show debugging") == (
        "\nARP:\n  ARP packet debugging is on\n"
        "\nCryptographic Subsystem:\n  Crypto ISAKMP debugging is on\n"
        "\nGeneric IP:\n  ICMP packet debugging is on\n  IP packet debugging is on (detailed)\n"
    )
    assert network.type("R1", "no debug arp") == "ARP packet debugging is off\n"
    assert network.type("R1", "undebug all") == "All possible debugging has been turned off\n"
    assert network.type("R1", "show debugging") == ""
    network["R1"].syslog.clear()
    network.type("R1", "clear arp-cache", "ping 10.0.0.2")
    assert list(network["R1"].syslog.lines) == []


def numbers(network: Network, node: str, line: str) -> list[int]:
    """The numbers in a line of `show ip traffic`, found by a part of it."""
    found = next(text for text in network.type(node, "show ip traffic").splitlines() if line in text)
    return [int(number) for number in re.findall(r"\b\d+\b", found)]


def test_traffic_is_counted(network: Network) -> None:
    assert numbers(network, "R1", "local destination") == [0, 0]
    network.type("PC1", "ping 2.2.2.2 repeat 3")
    assert numbers(network, "R1", "local destination") == [6, 0]
    assert numbers(network, "R1", "generated") == [0, 6]
    assert numbers(network, "R2", "local destination") == [3, 3]
    assert numbers(network, "R2", "generated") == [3, 0]
    network.type("R1", "ping 10.0.0.2 size 2000 repeat 2", "ping 10.0.0.77 repeat 1 timeout 5")
    network.type("PC1", "ping 9.9.9.9 repeat 1")
    network.wait(1)
    network.type("PC1", "traceroute 192.168.1.1 probe 1")
    assert numbers(network, "R1", "reassembled") == [2, 0, 0]
    assert numbers(network, "R1", "fragments") == [2, 4, 0]
    assert numbers(network, "R1", "encapsulation failed") == [1, 0, 0]
    assert numbers(network, "R1", "no route") == [1, 0, 0]
    assert numbers(network, "R1", "  Sent: 0 redirects") == [0, 2, 3, 0]
    assert numbers(network, "R1", " echo reply, 0 mask") == [0, 2, 0, 0, 0]
    assert numbers(network, "R1", "no port") == [1, 0, 1]
    assert numbers(network, "R2", "echo reply, 0 mask") == [5, 0, 0, 0, 0]


def test_arp_is_counted(network: Network) -> None:
    network.type("R1", "ping 10.0.0.2 repeat 1")
    requests, replies, *_ = numbers(network, "R1", " reverse, 0 other")
    network.type("R1", "clear arp-cache", "ping 10.0.0.2 repeat 1")
    assert numbers(network, "R1", " reverse, 0 other")[:2] == [requests, replies + 1]


def test_what_is_refused_is_counted(network: Network) -> None:
    network.configure("R1", "access-list 101 deny icmp any any", "interface gi0/1", "ip access-group 101 in")
    network.type("PC1", "ping 2.2.2.2 repeat 2")
    assert numbers(network, "R1", "Sent: 0 redirects")[1] == 1  # of two, one is told of
    interface = network["R1"].stack.interfaces[GI1]
    network["R1"].stack.receive(interface, interface.mac + bytes(6) + b"\x08\x00" + b"\x45" + bytes(45))
    bad = b"\x45\0\0\x14\0\0\0\0\x01\x01\0\0" + bytes(34)
    network["R1"].stack.receive(interface, interface.mac + bytes(6) + b"\x08\x00" + bad)
    assert numbers(network, "R1", "format errors, ") == [1, 1, 0]
