"""VLANs: sub-interfaces on a trunk and a switch that keeps VLANs apart. Scapy judges the frames."""

from __future__ import annotations

import pytest
from network import Network
from scapy.layers.inet import ICMP
from scapy.layers.l2 import Dot1Q, Ether

from iosim.sim.clock import SECOND
from iosim.sim.link import Link, Port
from iosim.stack.interface import Interface
from iosim.stack.switch import Access, Membership, Switch, Trunk
from iosim.stack.vlan import VlanPort, VlanTrunk
from iosim.wire.address import parse_address


def on_a_stick(native: int | None = None, members: dict[str, Membership] | None = None) -> tuple[Network, list[bytes]]:
    """PC1 in VLAN 10 and PC2 in VLAN 20, with a router on the trunk; and what passes the trunk."""
    network = Network()
    router = network.node("R1", Gi0="0.0.0.0/0")
    main = router.interfaces["Gi0"]
    main.set_addresses([])
    main.trunk = trunk = VlanTrunk(main, router.transmit)
    for vlan in (10, 20):
        port = trunk.plug()
        sub = Interface(f"Gi0.{vlan}", main.mac, port)
        port.set_vlan(vlan, native=vlan == native)
        router.add_interface(sub)
        sub.set_addresses([(parse_address(f"10.0.{vlan}.1"), 24)])
    for number in (1, 2):
        network.node(f"PC{number}", False, Eth0=f"10.0.{number}0.9/24")
        network.route(f"PC{number}", "0.0.0.0/0", f"10.0.{number}0.1")
    members = members or {"trunk": Trunk(native or 1), "1": Access(10), "2": Access(20)}
    switch, frames = Switch(network.sim, "SW1", members), []
    for name, interface, end in (("R1", "Gi0", "trunk"), ("PC1", "Eth0", "1"), ("PC2", "Eth0", "2")):
        port = Port(f"SW1 {end}")
        Link(network.sim, network.port(name, interface), port)
        switch.add_port(port, end)
    network.port("R1", "Gi0").taps.append(lambda outbound, frame: frames.append(frame))
    network.sim.run(until=SECOND)
    return network, frames


def test_a_router_on_a_stick() -> None:
    network, frames = on_a_stick()
    assert network.ping("PC1", "10.0.20.9").kind == "reply"
    seen = [Ether(frame) for frame in frames]
    assert {frame[Dot1Q].vlan for frame in seen if ICMP in frame} == {10, 20}
    assert all(Dot1Q in frame for frame in seen)


def test_the_native_vlan_has_no_tags() -> None:
    network, frames = on_a_stick(native=10)
    assert network.ping("PC1", "10.0.20.9").kind == "reply"
    echoes = [Ether(frame) for frame in frames if ICMP in Ether(frame)]
    assert {frame[Dot1Q].vlan if Dot1Q in frame else None for frame in echoes} == {None, 20}


def test_a_switch_keeps_vlans_apart() -> None:
    same: dict[str, Membership] = {"trunk": Trunk(), "1": Access(10), "2": Access(10)}
    other: dict[str, Membership] = {"trunk": Trunk(), "1": Access(10), "2": Access(20)}
    for members, kind in ((same, "reply"), (other, "timeout")):
        network, _ = on_a_stick(members=members)
        network["PC2"].interfaces["Eth0"].set_addresses([(parse_address("10.0.10.7"), 24)])
        assert network.ping("PC1", "10.0.10.7").kind == kind


def test_frames_of_unknown_vlans_are_dropped_and_counted() -> None:
    network, _ = on_a_stick()
    main = network["R1"].interfaces["Gi0"]
    before = main.counters.unknown_protocol
    frame = Ether(src="02:00:00:00:00:09", dst=main.mac.hex(":")) / Dot1Q(vlan=99) / bytes(50)
    network["R1"].receive(main, bytes(frame))
    network["R1"].receive(main, bytes(frame)[:15])
    assert main.counters.unknown_protocol == before + 2


def test_sub_interfaces_follow_the_carrier_of_their_interface() -> None:
    network, _ = on_a_stick()
    main, sub = (network["R1"].interfaces[name] for name in ("Gi0", "Gi0.10"))
    assert sub.line_up
    main.set_admin(False)
    assert not sub.line_up
    main.set_admin(True)
    assert sub.line_up
    sub.set_admin(False)
    assert main.line_up and not sub.line_up


def test_the_main_interface_counts_what_its_sub_interfaces_send_and_receive() -> None:
    network, _ = on_a_stick()
    main, sub = (network["R1"].interfaces[name].counters for name in ("Gi0", "Gi0.10"))
    before = main.packets_in, main.bytes_in, main.packets_out, sub.ip_in, sub.bytes_in
    for _ in range(3):
        network.ping("PC1", "10.0.10.1", size=100)
    after = main.packets_in, main.bytes_in, main.packets_out, sub.ip_in, sub.bytes_in
    arp = 1  # of the first ping
    assert [now - then for now, then in zip(after, before, strict=True)] == [
        *(3 + arp, 3 * 118 + 64, 3 + arp, 3, 3 * 114 + 60),
    ]


@pytest.mark.parametrize("vlan", [None, 30])
def test_a_port_that_leaves_its_vlan_hears_nothing(vlan: int | None) -> None:
    network, _ = on_a_stick()
    port = network["R1"].interfaces["Gi0.10"].port
    assert isinstance(port, VlanPort)
    port.set_vlan(vlan)
    assert network.ping("PC1", "10.0.10.1").kind == "timeout"
