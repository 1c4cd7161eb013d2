"""What a router does for its neighbours beside forwarding: redirects, directed broadcasts, masks; and source checks."""

from __future__ import annotations

import pytest
from network import Network, chain

from iosim.stack.source_check import ReversePath
from iosim.wire import icmp as wire
from iosim.wire.address import parse_address
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP


def two_gateways(redirects: bool = True) -> tuple[Network, list[Icmp]]:
    """PC1 knows R1 only, while the way to PC2 leads over R2 on the same wire; and the errors that PC1 hears."""
    from iosim.sim.link import Link, Port
    from iosim.stack.switch import Switch

    network = Network()
    network.node("PC1", False, Eth0="10.0.0.9/24")
    network.node("R1", Gi0="10.0.0.1/24")
    network.node("R2", Gi0="10.0.0.2/24", Lo0="2.2.2.2/32")
    switch = Switch(network.sim, "SW1")
    for name, interface in (("PC1", "Eth0"), ("R1", "Gi0"), ("R2", "Gi0")):
        port = Port(f"SW1 {name}")
        Link(network.sim, network.port(name, interface), port)
        switch.add_port(port)
    network.route("PC1", "0.0.0.0/0", "10.0.0.1")
    network.route("R1", "2.2.2.2/32", "10.0.0.2")
    network["R1"].interfaces["Gi0"].redirects = redirects
    heard: list[Icmp] = []
    network["PC1"].icmp.on_error.append(lambda message, source: heard.append(message))
    return network, heard


def test_a_redirect_names_the_nearer_router_and_the_packet_goes_on() -> None:
    network, heard = two_gateways()
    assert network.ping("PC1", "2.2.2.2").kind == "reply"
    (redirect,) = heard
    assert (redirect.type, redirect.code, redirect.rest) == (
        wire.REDIRECT,
        wire.REDIRECT_HOST,
        parse_address("10.0.0.2"),
    )
    assert redirect.data[16:20] == parse_address("2.2.2.2").to_bytes(4, "big")


def test_no_redirects_where_they_are_switched_off() -> None:
    network, heard = two_gateways(redirects=False)
    assert network.ping("PC1", "2.2.2.2").kind == "reply"
    assert heard == []


@pytest.mark.parametrize("allowed", [True, False])
def test_a_directed_broadcast_is_passed_on_where_that_is_allowed(allowed: bool) -> None:
    network = chain()
    network["R2"].interfaces["Gi1"].directed_broadcast = allowed
    before = network["PC2"].interfaces["Eth0"].counters.broadcasts_in
    network.ping("PC1", "192.168.2.255")
    assert network["PC2"].interfaces["Eth0"].counters.broadcasts_in - before == allowed


@pytest.mark.parametrize("enabled", [True, False])
def test_the_mask_of_a_subnet_is_told_where_that_is_enabled(enabled: bool) -> None:
    network = chain()
    network["R1"].interfaces["Gi0"].mask_reply = enabled
    pc, answers = network["PC1"], []
    pc.protocols[ICMP] = lambda packet, interface: answers.append(Icmp.unpack(packet[20:]))
    question = Icmp(wire.MASK_REQUEST, 0, 1, bytes(4)).pack()
    pc.send(pc.build(parse_address("192.168.1.10"), parse_address("192.168.1.1"), ICMP, question))
    network.sim.run(until=network.sim.now + 1_000_000)
    assert [(answer.type, answer.data) for answer in answers] == (
        [(wire.MASK_REPLY, b"\xff\xff\xff\x00")] if enabled else []
    )


@pytest.mark.parametrize(
    ("strict", "default", "source", "kind"),
    [
        (True, False, "192.168.1.10", "reply"),
        (True, False, "192.168.2.77", "timeout"),  # the way back leads elsewhere
        (False, False, "192.168.2.77", "timeout"),  # passes, but the answer goes elsewhere
        (True, False, "9.9.9.9", "timeout"),
    ],
)
def test_sources_are_checked_by_the_way_back(strict: bool, default: bool, source: str, kind: str) -> None:
    network = chain()
    check = network["R1"].interfaces["Gi0"].source_check = ReversePath(network["R1"].fib, strict, default)
    result = network.ping("PC1", "10.0.0.2", source=parse_address(source))
    assert result.kind == kind
    assert check.drops == (0 if source == "192.168.1.10" or (not strict and source == "192.168.2.77") else 1)


def test_the_default_route_is_a_way_back_only_where_it_may() -> None:
    for allowed in (False, True):
        network = chain()
        network.route("R1", "0.0.0.0/0", "192.168.1.77")
        check = network["R1"].interfaces["Gi0"].source_check = ReversePath(network["R1"].fib, True, allowed)
        network.ping("PC1", "10.0.0.2", source=parse_address("9.9.9.9"))
        assert check.drops == (not allowed)


def test_a_frame_beyond_the_mtu_of_the_link_is_a_giant() -> None:
    network = chain()
    network["R1"].interfaces["Gi0"].frame_mtu = 1000
    assert network.ping("PC1", "192.168.1.1", size=1000).kind == "reply"
    assert network.ping("PC1", "192.168.1.1", size=1001).kind == "timeout"
    assert network["R1"].interfaces["Gi0"].counters.giants == 1


def test_a_change_of_the_carrier_counts_when_it_lasts() -> None:
    network = chain()
    interface = network["R1"].interfaces["Gi0"]
    link = network.port("R1", "Gi0").link
    assert link is not None
    interface.carrier_delay = 2_000_000
    interface.counters.carrier_transitions = 0
    link.connect(False)
    network.sim.run(until=network.sim.now + 1_500_000)
    link.connect(True)
    network.sim.run(until=network.sim.now + 5_000_000)
    assert interface.line_up and interface.counters.carrier_transitions == 0
    link.connect(False)
    assert interface.line_up
    network.sim.run(until=network.sim.now + 2_000_000)
    assert not interface.line_up and interface.counters.carrier_transitions == 1
