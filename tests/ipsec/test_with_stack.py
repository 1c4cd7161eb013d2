"""IPsec in two real stacks on a link: pings between loopbacks go through the tunnel, whole or in fragments."""

from __future__ import annotations

import pytest

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.engine import Ipsec
from iosim.ipsec.events import Acquire, Event, InvalidSpi
from iosim.ipsec.flow import Flow
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.sim.clock import Simulator
from iosim.sim.link import Link, Port
from iosim.sim.task import Task
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.stack.probe import EchoResult
from iosim.stack.stack import Stack
from iosim.wire.ethernet import TYPE_IPV4, Ethernet
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ESP, ICMP, Ipv4

from .helpers import LAN1, LAN2, LAN3, PC1, PC2, R1, R2, access_list, line, pair_for


class End:
    """A router with a loopback as its LAN and a crypto map on its only link."""

    def __init__(self, sim: Simulator, name: str, address: int, peer: int, lan: int, peer_lan: int) -> None:
        self.port = Port(name)
        self.stack = Stack(sim, name)
        self.interface = Interface("GigabitEthernet0/0", address.to_bytes(6), self.port)
        self.interface.set_addresses([(address, 24)])
        self.loopback = Interface("Loopback0")
        self.loopback.set_addresses([(lan + 10, 24)])
        for interface in (self.interface, self.loopback):
            self.stack.add_interface(interface)
        self.stack.fib.replace(
            {(address & 0xFFFFFF00, 24): (Hop(self.interface),), (0, 0): (Hop(self.interface, peer),)}
        )
        self.events: list[Event] = []
        self.ipsec = Ipsec(sim, self.stack, self.events.append, sim.random(name, "ipsec").randbytes)
        entry = CryptoMapEntry(10, access_list(line(True, lan, peer_lan)), [peer], "policy", True)
        self.ipsec.reconcile([Attachment(self.interface, CryptoMap("VPN", [entry]), address)])
        self.frames: list[bytes] = []
        self.port.taps.append(lambda outbound, frame: self.frames.append(frame) if outbound else None)

    @property
    def flow(self) -> Flow:
        return next(iter(self.ipsec.flows.values()))


class Lab:
    def __init__(self) -> None:
        self.sim = Simulator()
        self.near = End(self.sim, "R1", R1, R2, LAN1, LAN2)
        self.far = End(self.sim, "R2", R2, R1, LAN2, LAN1)
        Link(self.sim, self.near.port, self.far.port)
        self.ping(size=64, source=R1, destination=R2)  # for ARP

    def tunnel(self) -> None:
        pair = pair_for(self.near.flow)
        self.near.ipsec.install(pair, self.near.flow)
        far = self.far.flow
        self.far.ipsec.install(pair_for(far, pair.outbound[0].spi, pair.inbound[0].spi, initiator=False), far)

    def ping(self, size: int = 100, df: bool = False, source: int = PC1, destination: int = PC2) -> EchoResult:
        results: list[EchoResult] = []

        async def run() -> None:
            results.append(await self.near.stack.ping_once(destination, source, size=size, df=df))

        Task(self.sim, run())
        self.sim.run(stop=lambda: bool(results))
        return results[0]


@pytest.mark.parametrize("size", [36, 100, 1438, 1439, 1500, 5000])
def test_pings_of_all_sizes_pass_encrypted(size: int) -> None:
    lab = Lab()
    lab.tunnel()
    for end in (lab.near, lab.far):
        end.frames.clear()
    assert lab.ping(size).kind == "reply"
    for end in (lab.near, lab.far):
        assert {frame[23] for frame in end.frames} == {50}
        assert max(map(len, end.frames)) <= 1514
        assert end.flow.counters.encaps == end.flow.counters.decaps == len(end.frames)


def test_without_sas_the_ping_is_lost_and_the_next_finds_them() -> None:
    lab = Lab()
    assert lab.ping().kind == "timeout"
    assert [type(event) for event in lab.near.events] == [Acquire]
    lab.tunnel()
    assert lab.ping().kind == "reply"


def test_a_router_that_may_not_cut_is_told_what_fits() -> None:
    lab = Lab()
    lab.tunnel()
    result = lab.ping(1439, df=True)
    assert (result.kind, result.code) == ("unreachable", 4)
    assert lab.ping(1438, df=True).kind == "reply"


def test_one_side_that_lost_its_sas_reports_the_spi() -> None:
    lab = Lab()
    lab.tunnel()
    lab.far.ipsec.clear()
    assert lab.ping().kind == "timeout"
    assert lab.far.events[-1] == InvalidSpi(R1, R2, ESP, 0x2001, "GigabitEthernet0/0")


def test_a_clear_ping_that_should_be_protected_is_dropped() -> None:
    lab = Lab()
    lab.tunnel()
    lab.near.ipsec.reconcile([])
    assert lab.ping().kind == "timeout"
    assert lab.far.flow.counters.recv_errors == 1
    assert lab.far.stack.drops["IPsec policy"] == 1


def test_other_traffic_passes_in_the_clear() -> None:
    lab = Lab()
    lab.near.frames.clear()
    lab.near.loopback.set_addresses([(LAN3 + 10, 24)])
    assert lab.ping(source=LAN3 + 10).kind == "reply"
    assert {frame[23] for frame in lab.near.frames} == {1}


@pytest.mark.parametrize("mtu", [0, 67, 68, 69, 576, 1499, 65535])
def test_who_lies_about_the_path_makes_packets_small_and_loses_none(mtu: int) -> None:
    """A stranger that has seen a packet may say that hardly anything passes; the rest is still sent, in pieces."""
    lab = Lab()
    lab.tunnel()
    assert lab.ping(1000).kind == "reply"
    sealed = next(frame[14:] for frame in reversed(lab.near.frames) if frame[23] == ESP)
    lie = Ipv4(LAN3, R1, ICMP, Icmp(3, 4, mtu, sealed[:28]).pack()).pack()
    lab.near.stack.receive(lab.near.interface, Ethernet(lab.near.interface.mac, bytes(6), TYPE_IPV4, lie).pack())
    assert lab.near.stack.drops["path MTU of no SA"] == (not 68 <= mtu < 1500)
    believed = mtu if 68 <= mtu < 1500 else 1500
    assert lab.near.flow.path_mtu(1500) == believed
    for df in (False, True):
        assert lab.ping(68, df).kind == "reply"
    lab.near.frames.clear()
    assert lab.ping(1400).kind == "reply"
    assert max(map(len, lab.near.frames)) <= 14 + max(believed, 68 + 68)
