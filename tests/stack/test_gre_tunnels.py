"""Tunnels of a stack without a command line: packets in circles, in layers, damaged, out of order, and any bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iosim.routing.table import Route
from iosim.stack.encapsulation import Encapsulation, Shape
from iosim.stack.tunnel import Fault, Tunnel
from iosim.stack.tunnels import Tunnels
from iosim.wire import WireError
from iosim.wire.address import parse_address
from iosim.wire.gre import PROTOCOL, Gre
from iosim.wire.ipv4 import Ipv4
from tests.stack.gre_pair import R1, R2, SHAPES, tunnelled
from tests.stack.network import Network


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_carries_packets(shape: Shape) -> None:
    network, tunnels, _ = tunnelled(shape)
    assert network.ping("R1", "172.16.0.2").kind == "reply"
    assert tunnels["R2"].interface.counters.packets_in == 1


@pytest.mark.parametrize("shape", SHAPES)
@given(payload=st.binary(max_size=100))
def test_unwrapping_undoes_wrapping(shape: Shape, payload: bytes) -> None:
    packet = Ipv4(1, 2, 17, payload).pack()
    outer = Encapsulation(shape, R1, R2).wrap(packet, 7)
    assert Ipv4.unpack(outer).protocol == shape.protocol
    assert Encapsulation(shape, R2, R1).unwrap(outer) == (0x0800, packet)


def test_a_loop_that_routes_make_is_cut_at_once() -> None:
    """Before any line protocol has followed the routes."""
    network, tunnels, recursive = tunnelled()
    network.ribs["R1"].add("test", Route(R2, 32, "S", 1, interface="Tunnel0"))
    stack = network["R1"]
    for _ in range(20):
        stack.send(stack.build(parse_address("172.16.0.1"), parse_address("172.16.0.2"), 17, bytes(20)))
    network.sim.run(until=network.sim.now + 1_000_000)
    assert tunnels["R1"].fault is Fault.RECURSION
    assert recursive == [tunnels["R1"]]
    assert tunnels["R1"].interface.counters.packets_out <= 20


def test_layers_in_layers_cost_an_event_each() -> None:
    network, tunnels, _ = tunnelled()
    packet = Ipv4(R1, R2, 17, b"core").pack()
    for _ in range(2000):
        packet = Ipv4(R1, R2, PROTOCOL, Gre(payload=packet).pack()).pack()
    tunnels["R2"].interface.set_addresses([(parse_address("172.16.0.2"), 30)])
    protocols: dict[int, Callable[..., None]] = network["R2"].protocols
    protocols[PROTOCOL](packet, network["R2"].interfaces["Gi0"])
    network.sim.run(until=network.sim.now + 1_000_000)
    assert tunnels["R2"].interface.counters.packets_in == 2000


@pytest.mark.parametrize("shape", SHAPES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(payload=st.binary(max_size=80))
def test_any_bytes_are_taken(shape: Shape, payload: bytes) -> None:
    network, tunnels, _ = _shared(shape)
    packet = Ipv4(R1, R2, shape.protocol, payload).pack()
    network["R2"].protocols[shape.protocol](packet, network["R2"].interfaces["Gi0"])
    network.sim.run(until=network.sim.now + 1_000_000)
    assert tunnels["R2"].alive


_networks: dict[Shape, tuple[Network, dict[str, Tunnel], list[Tunnel]]] = {}


def _shared(shape: Shape) -> tuple[Network, dict[str, Tunnel], list[Tunnel]]:
    if shape not in _networks:
        _networks[shape] = tunnelled(shape)
    return _networks[shape]


def test_a_damaged_packet_is_counted_where_there_is_a_checksum() -> None:
    network, tunnels, _ = tunnelled(Shape(checksum=True))
    outer = bytearray(Encapsulation(Shape(checksum=True), R1, R2).wrap(Ipv4(1, 2, 17, b"data").pack(), 1))
    outer[-1] ^= 1
    network["R2"].protocols[PROTOCOL](bytes(outer), network["R2"].interfaces["Gi0"])
    assert tunnels["R2"].interface.counters.input_errors == 1


def test_numbers_that_are_not_newer_are_refused() -> None:
    shape = Shape(sequencing=True)
    sender, receiver = Encapsulation(shape, R1, R2), Encapsulation(shape, R2, R1)
    packet = Ipv4(1, 2, 17, b"data").pack()
    first, second, third = (sender.wrap(packet, number) for number in range(3))
    receiver.unwrap(first)
    receiver.unwrap(third)
    for late in (second, third):
        with pytest.raises(WireError):
            receiver.unwrap(late)


def test_the_last_tunnel_takes_the_protocols_along() -> None:
    network, tunnels, _ = tunnelled()
    stack = network["R1"]
    other = Tunnels(network["PC1"], lambda tunnel: None)
    other.add(tunnels["R1"])
    other.remove(tunnels["R1"])
    assert PROTOCOL not in network["PC1"].protocols
    assert PROTOCOL in stack.protocols
