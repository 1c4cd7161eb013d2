"""Packets through hosts and routers: forwarding, errors, filters, hooks, UDP, probes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from network import Network, chain

from iosim.sim.capture import Capture
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.stack.acl import AccessList, Ace
from iosim.stack.interface import Counters, Interface
from iosim.stack.trail import Trail
from iosim.wire.address import address_text, parse_address
from iosim.wire.icmp import FRAGMENTATION_NEEDED, HOST, PORT, PROHIBITED, PROTOCOL
from iosim.wire.ipv4 import Ipv4

PC1, PC2, R1_OUTSIDE, R2_OUTSIDE = map(parse_address, ("192.168.1.10", "192.168.2.10", "10.0.0.1", "10.0.0.2"))


def described(source: int | None) -> str:
    return "nobody" if source is None else address_text(source)


def test_the_first_ping_through_two_routers_is_answered() -> None:
    network = chain()
    first, second = (network.ping("PC1", "192.168.2.10") for _ in range(2))
    assert (first.kind, described(first.source)) == ("reply", "192.168.2.10")
    # Three links of 500 µs there and back, and at first three ARP round trips on the way.
    assert (first.rtt, second.rtt) == (6 * MILLISECOND, 3 * MILLISECOND)
    assert second.ttl == 253


def test_neighbours_and_own_addresses_answer() -> None:
    network = chain()
    assert network.ping("R1", "192.168.1.10").kind == "reply"
    own = network.ping("R1", "1.1.1.1")
    assert (own.kind, own.rtt) == ("reply", 0)
    assert network.ping("PC1", "1.1.1.1").kind == "reply"


def test_the_source_of_a_ping_can_be_chosen() -> None:
    network = chain()
    assert network.ping("R1", "192.168.2.10", source=parse_address("1.1.1.1")).kind == "reply"
    assert network.ping("R1", "192.168.2.10", source=parse_address("172.16.0.1")).kind == "timeout"


@pytest.mark.parametrize("ttl, answer", [(1, "192.168.1.1"), (2, "10.0.0.2"), (3, "192.168.2.10")])
def test_traceroute_sees_each_hop(ttl: int, answer: str) -> None:
    result = chain().trace("PC1", "192.168.2.10", ttl=ttl, port=33434 + ttl)
    assert described(result.source) == answer
    assert (result.kind, result.code) == (("unreachable", PORT) if ttl == 3 else ("ttl-exceeded", 0))


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_finds_nothing_wrong_with_any_frame(tmp_path: Path) -> None:
    network = chain()
    capture = Capture(network.sim)
    for stack in network.stacks.values():
        for interface in stack.interfaces.values():
            if interface.port is not None:
                capture.attach(interface.port)
    network["R1"].interfaces["Gi1"].mtu = 600
    for ttl in (1, 2, 3):
        network.trace("PC1", "192.168.2.10", ttl=ttl, port=33434 + ttl)
    network.ping("PC1", "192.168.2.10", size=1500)
    network.ping("PC1", "192.168.2.10", size=1500, df=True)
    network.ping("PC1", "8.8.8.8")
    capture.write(tmp_path / "file.pcapng")
    command = ["tshark", "-r", str(tmp_path / "file.pcapng"), "-o", "ip.check_checksum:TRUE"]
    command += ["-o", "udp.check_checksum:TRUE", "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.malformed"]
    command += ["-e", "ip.checksum.status", "-e", "udp.checksum.status", "-e", "icmp.checksum.status"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    fields = [line.split("\t") for line in lines]
    assert {protocol for protocol, *_ in fields} == {"ARP", "ICMP", "UDP", "IPv4"}
    # A checksum's status is 1 for good, 0 for bad, and 2 where it cannot be told: in the packet that an error quotes.
    assert not [line for line in fields if line[1] or "0" in ",".join(line[2:])]
    assert all(any(line[column][:1] == "1" for line in fields) for column in (2, 3, 4))


def test_without_a_route_nothing_is_sent_and_the_time_passes() -> None:
    network = chain()
    start = network.sim.now
    assert network.ping("R1", "8.8.8.8").kind == "no-route"
    assert network.sim.now - start == 2 * SECOND
    assert network.trace("R1", "8.8.8.8", ttl=1).kind == "no-route"


def test_unreachables_are_limited_to_two_a_second() -> None:
    network = chain()
    network.route("PC1", "8.8.8.8/32", "192.168.1.1")
    kinds = [network.ping("PC1", "8.8.8.8") for _ in range(4)]
    # The second follows within 500 ms and gets no answer; the third comes two seconds later. IOS prints U.U.
    assert [result.kind for result in kinds] == ["unreachable", "timeout", "unreachable", "timeout"]
    assert (kinds[0].code, described(kinds[0].source)) == (HOST, "192.168.1.1")


def test_unreachables_can_be_switched_off() -> None:
    network = chain()
    network["R1"].interfaces["Gi0"].unreachables = False
    assert network.ping("PC1", "8.8.8.8").kind == "timeout"


def test_a_host_does_not_forward() -> None:
    network = chain()
    network.route("R1", "8.8.8.8/32", "192.168.1.10")
    assert network.ping("R1", "8.8.8.8").kind == "timeout"
    assert network["PC1"].drops["not for us"] == 1


def test_an_unknown_protocol_is_reported() -> None:
    network = chain()
    errors: list[tuple[int, int]] = []
    network["PC1"].icmp.on_error.append(lambda message, source: errors.append((message.code, source)))
    network["PC1"].send(network["PC1"].build(PC1, PC2, 99, b"?"))
    network.sim.run(until=network.sim.now + SECOND)
    assert errors == [(PROTOCOL, PC2)]


def test_protocol_handlers_get_whole_packets() -> None:
    network = chain()
    seen: list[tuple[bytes, str]] = []
    network["PC2"].protocols[50] = lambda packet, interface: seen.append((packet, interface.name))
    network["PC1"].send(network["PC1"].build(PC1, PC2, 50, b"secret" * 1000))
    network.sim.run(until=network.sim.now + SECOND)
    ((packet, name),) = seen
    assert (Ipv4.unpack(packet).payload, name) == (b"secret" * 1000, "Eth0")


# UDP


def test_udp_goes_to_the_port_that_listens() -> None:
    network = chain()
    heard: list[tuple[bytes, int, int, int, int]] = []
    network["PC2"].udp.bind(500, lambda *datagram: heard.append(datagram))
    assert network["PC1"].udp.send(b"hello", PC2, 500, 4500)
    network.sim.run(until=network.sim.now + SECOND)
    assert heard == [(b"hello", PC1, 4500, PC2, 500)]
    network["PC2"].udp.unbind(500)
    network["PC1"].udp.send(b"again", PC2, 500, 4500)
    network.sim.run(until=network.sim.now + SECOND)
    assert len(heard) == 1 and network["PC2"].drops["UDP port closed"] == 1


def test_a_port_is_bound_once() -> None:
    network = chain()
    network["PC2"].udp.bind(500, print)
    with pytest.raises(ValueError):
        network["PC2"].udp.bind(500, print)


def test_udp_without_a_route_is_not_sent() -> None:
    network = chain()
    assert not network["R1"].udp.send(b"", parse_address("8.8.8.8"), 500, 500)


@pytest.mark.parametrize("destination", ["255.255.255.255", "192.168.1.255"])
def test_broadcasts_reach_the_link_and_no_further(destination: str) -> None:
    network = chain()
    heard: list[str] = []
    for name in ("R1", "R2"):
        network[name].udp.bind(67, lambda *datagram, name=name: heard.append(name))  # type: ignore[misc]  # default
    assert network["PC1"].udp.send(b"anyone", parse_address(destination), 67, 68)
    assert network.ping("PC1", destination).source == parse_address("192.168.1.1")
    assert heard == ["R1"]
    assert network["R1"].interfaces["Gi0"].counters.broadcasts_in >= 2


def test_a_broadcast_to_a_closed_port_is_not_answered() -> None:
    network = chain()
    assert network.trace("PC1", "255.255.255.255", ttl=9).kind == "timeout"
    assert network["R1"].drops["UDP port closed"] == 1


# Sizes


def test_a_large_ping_is_fragmented_and_put_together() -> None:
    network = chain()
    network["R1"].interfaces["Gi1"].mtu = 600
    result = network.ping("PC1", "192.168.2.10", size=5000)
    assert result.kind == "reply"
    # 1500, 1500, 1500 and 560 bytes in pieces of 596 at most, the ARP request and the announcement at the start.
    assert network["R1"].interfaces["Gi1"].counters.packets_out == 3 * 3 + 1 + 2


def test_df_gets_the_mtu_back() -> None:
    network = chain()
    network["R1"].interfaces["Gi1"].mtu = 1400
    mtus: list[int] = []
    network["PC1"].icmp.on_error.append(lambda message, source: mtus.append(message.mtu))
    result = network.ping("PC1", "192.168.2.10", size=1401, df=True)
    assert (result.kind, result.code, mtus) == ("unreachable", FRAGMENTATION_NEEDED, [1400])
    assert network.ping("PC1", "192.168.2.10", size=1400, df=True).kind == "reply"


def test_a_packet_of_our_own_with_df_that_does_not_fit_is_reported_to_ourselves() -> None:
    result = chain().ping("R1", "192.168.2.10", size=1501, df=True)
    assert (result.kind, result.code, result.source) == ("unreachable", FRAGMENTATION_NEEDED, R1_OUTSIDE)


# Filters and IPsec hooks


def filter_to(destination: int) -> AccessList:
    """Deny ICMP to one address, permit the rest."""
    deny = Ace(10, False, 1, destination=destination, destination_wildcard=0)
    return AccessList("101", [deny, Ace(20, True)])


@pytest.mark.parametrize("interface, side", [("Gi0", "acl_in"), ("Gi1", "acl_out")])
def test_a_filter_denies_with_a_message_and_counts(interface: str, side: str) -> None:
    network = chain()
    acl = filter_to(PC2)
    setattr(network["R1"].interfaces[interface], side, acl)
    result = network.ping("PC1", "192.168.2.10")
    assert (result.kind, result.code, result.source) == ("unreachable", PROHIBITED, parse_address("192.168.1.1"))
    assert network.ping("PC1", "10.0.0.2").kind == "reply"
    assert [entry.matches for entry in acl.entries] == [1, 1]


def test_a_filter_denies_what_no_line_covers_and_an_empty_one_permits() -> None:
    network = chain()
    inside = network["R1"].interfaces["Gi0"]
    inside.acl_in = AccessList("1", [Ace(10, True, 17)])
    assert network.ping("PC1", "192.168.2.10").kind == "unreachable"
    inside.acl_in = AccessList("1", [])
    assert network.ping("PC1", "192.168.2.10").kind == "reply"


def test_the_outbound_filter_lets_our_own_packets_pass() -> None:
    network = chain()
    network["R1"].interfaces["Gi1"].acl_out = AccessList("1", [Ace(10, False)])
    assert network.ping("R1", "10.0.0.2").kind == "reply"


class Tunnel:
    """A hook that carries everything towards PC2 in protocol 94 to R2 and refuses it in the clear."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.seen: list[str] = []

    def outbound(self, packet: bytes, interface: Interface, trail: Trail | None = None) -> bytes | None:
        if Ipv4.unpack(packet).destination != PC2:
            return packet
        self.seen.append(interface.name)
        router = self.network["R1"]
        assert router.send(router.build(R1_OUTSIDE, R2_OUTSIDE, 94, packet), crypto=False)
        return None

    def inbound(self, packet: bytes, interface: Interface) -> bool:
        return Ipv4.unpack(packet).destination != PC2


def test_ipsec_hooks_take_packets_and_give_them_back() -> None:
    network = chain()
    r2 = network["R2"]
    tunnel = network["R1"].interfaces["Gi1"].crypto = r2.interfaces["Gi0"].crypto = Tunnel(network)
    assert network.ping("PC1", "192.168.2.10").kind == "timeout"
    r2.protocols[94] = lambda packet, interface: r2.receive_decrypted(packet[20:], interface)
    assert network.ping("PC1", "192.168.2.10").kind == "reply"
    assert tunnel.seen == ["Gi1", "Gi1"]
    network["R1"].interfaces["Gi1"].crypto = None
    assert network.ping("PC1", "192.168.2.10").kind == "timeout"
    assert r2.drops["IPsec policy"] == 1


def test_bad_bytes_out_of_a_tunnel_are_dropped() -> None:
    network = chain()
    network["R2"].receive_decrypted(b"not a packet", network["R2"].interfaces["Gi0"])
    assert network["R2"].drops["bad IPv4 header"] == 1


# Interfaces


def test_counters_and_times() -> None:
    network = chain()
    interface = network["R1"].interfaces["Gi0"]
    interface.counters = Counters()
    network.ping("PC1", "192.168.1.1", size=1000)
    counters = interface.counters
    assert (counters.packets_in, counters.packets_out) == (2, 2)
    assert (counters.bytes_in, counters.bytes_out, counters.broadcasts_in) == (1014 + 60, 1014 + 60, 1)
    assert interface.last_input == network.sim.now - 500 == interface.last_output


def test_watchers_see_line_changes_at_both_ends() -> None:
    network = chain()
    seen: list[tuple[str, str, bool]] = []
    for name in ("R1", "R2"):
        stack = network[name]
        stack.watchers.append(lambda interface, name=name: seen.append((name, interface.name, interface.line_up)))  # type: ignore[misc]  # default
    network["R1"].interfaces["Gi1"].set_admin(False)
    assert sorted(seen) == [("R1", "Gi1", False), ("R2", "Gi0", False)]
    assert network.ping("PC1", "192.168.2.10").kind == "unreachable"
    assert network.ping("R1", "10.0.0.1").kind == "no-route"
    network["R1"].interfaces["Gi1"].set_admin(True)
    assert sorted(seen[2:]) == [("R1", "Gi1", True), ("R2", "Gi0", True)]
    assert network.ping("PC1", "192.168.2.10").kind == "reply"


def test_a_loopback_is_up_until_it_is_shut_down_and_an_unplugged_port_never() -> None:
    network = Network()
    stack = network.node("R1", Lo0="1.1.1.1/32", Gi0="10.0.0.1/24")
    assert [interface.line_up for interface in stack.interfaces.values()] == [True, False]
    stack.interfaces["Lo0"].set_admin(False)
    assert not stack.interfaces["Lo0"].line_up
    assert network.ping("R1", "10.0.0.1").kind == "no-route"


def test_packets_into_the_subnet_of_a_loopback_go_nowhere() -> None:
    network = chain()
    network["R1"].interfaces["Lo0"].set_addresses([(parse_address("1.1.1.1"), 24)])
    assert network.ping("PC1", "1.1.1.2").code == HOST


def test_secondary_addresses_answer() -> None:
    network = chain()
    inside = network["R1"].interfaces["Gi0"]
    inside.set_addresses([*inside.addresses, (parse_address("172.16.0.1"), 24)])
    assert network.ping("PC1", "172.16.0.1").kind == "reply"
