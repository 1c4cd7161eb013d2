"""The flow cache: packets of a known flow fare as if each had been the first."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from tracemalloc import get_traced_memory, start, stop

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network import Network, chain

from iosim.sim.clock import SECOND
from iosim.stack import trail
from iosim.stack.acl import AccessList, Ace, PortMatch
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.stack.mark import PRECEDENCE_BITS, PRECEDENCE_SHIFT, Mark
from iosim.stack.policy import Policy, PolicyEntry
from iosim.stack.stack import Stack
from iosim.wire.address import parse_address
from iosim.wire.icmp import ECHO, Icmp
from iosim.wire.ipv4 import ICMP, TCP, UDP, Ipv4
from iosim.wire.udp import Udp

PC1, PC2, R1_INSIDE, R2_OUTSIDE = map(parse_address, ("192.168.1.10", "192.168.2.10", "192.168.1.1", "10.0.0.2"))
PORT = 7


def udp(port: int = PORT, ttl: int = 64, size: int = 30, destination: int = PC2, **fields: bool | int) -> bytes:
    datagram = Udp(5000, port, bytes(size)).pack(PC1, destination)
    return Ipv4(PC1, destination, UDP, datagram, ttl, **fields).pack()  # type: ignore[arg-type]  # flags and numbers


def syn() -> bytes:
    """A SYN that announces segments of 1,460 bytes, its checksum right."""
    segment = bytes.fromhex("1388 0017 00000001 00000000 6002 1000 0000 0000 020405b4")
    return Ipv4(PC1, PC2, TCP, segment).pack()


def damaged(packet: bytes) -> bytes:
    return packet[:1] + bytes((packet[1] ^ 1,)) + packet[2:]


PACKETS: dict[str, bytes] = {
    "udp": udp(),
    "another port": udp(PORT + 1),
    "nobody's port": udp(99),
    "to R2": udp(destination=R2_OUTSIDE),
    "to nobody": udp(destination=parse_address("172.16.0.1")),
    "ttl 1": udp(ttl=1),
    "ttl 2": udp(ttl=2),
    "long": udp(size=1000),
    "long, not to be cut": udp(size=1000, dont_fragment=True),
    "fragment": udp(more_fragments=True),
    "options": Ipv4(PC1, PC2, UDP, Udp(5000, PORT, b"x").pack(PC1, PC2), options=b"\x01" * 4).pack(),
    "damaged header": damaged(udp()),
    "echo": Ipv4(PC1, PC2, ICMP, Icmp(ECHO, 0, 0x00010001, b"data").pack()).pack(),
    "syn": syn(),
    "padded": udp() + b"padding",
    "says it is shorter": Ipv4(PC1, PC2, UDP, b"").pack() + udp()[20:],
}


def port_list(denied: int) -> AccessList:
    match = PortMatch(denied, denied)
    return AccessList("101", [Ace(10, False, UDP, destination_port=match), Ace(20, True)])


def low_ttl(packet: bytes) -> bool:
    return packet[8] < 3


def set_interface(node: str, interface: str, **settings_: object) -> Callable[[Network], None]:
    def change(network: Network) -> None:
        for name, value in settings_.items():
            setattr(network[node].interfaces[interface], name, value)

    return change


def switch(node: str, interface: str) -> Callable[[Network], None]:
    def change(network: Network) -> None:
        it = network[node].interfaces[interface]
        it.set_admin(not it.admin_up)

    return change


def new_mac(network: Network) -> None:
    """R2 gets another address of the link layer, and tells so."""
    it = network["R2"].interfaces["Gi0"]
    it.mac = bytes((2, *it.mac[1:5], it.mac[5] ^ 1))
    network["R2"].arp.announce(it)


CHANGES: dict[str, Callable[[Network], None]] = {
    "filter in": lambda network: set_interface("R1", "Gi0", acl_in=port_list(PORT))(network),
    "filter out": lambda network: set_interface("R1", "Gi1", acl_out=port_list(PORT + 1))(network),
    "filter by TTL": lambda network: set_interface(
        "R1", "Gi0", acl_in=AccessList("102", [Ace(10, False, condition=low_ttl), Ace(20, True)])
    )(network),
    "filter and log": lambda network: set_interface(
        "R1", "Gi0", acl_in=AccessList("103", [Ace(10, True, UDP, log="log"), Ace(20, True)])
    )(network),
    "policy": lambda network: set_interface("R1", "Gi0", policy=policy(network))(network),
    "no filter": set_interface("R1", "Gi0", acl_in=None),
    "small MTU": set_interface("R1", "Gi1", mtu=600),
    "longest MTU": set_interface("R1", "Gi1", mtu=1500),
    "MSS": set_interface("R1", "Gi1", mss=1000),
    "interface of R1": switch("R1", "Gi1"),
    "interface of R2": switch("R2", "Gi1"),
    "forget neighbours": lambda network: network["R1"].arp.clear(),
    "another neighbour": new_mac,
    "default route": lambda network: network.route("R1", "0.0.0.0/0", "10.0.0.2"),
    "loop": lambda network: network.route("R2", "192.168.2.0/24", "10.0.0.1"),
    "a day later": lambda network: network.sim.run(until=network.sim.now + 86_400 * SECOND) and None,
}


def policy(network: Network) -> Policy:
    """What comes to a port goes to a neighbour who is not there, what is long to R2; what is for port 23 is marked."""
    out, fib = network["R1"].interfaces["Gi1"], network["R1"].fib
    return Policy(
        "P",
        [
            PolicyEntry(
                "P",
                10,
                lists=(AccessList("1", [Ace(10, True, UDP, destination_port=PortMatch(99, 99))]),),
                ways=[lambda: Hop(out, R2_OUTSIDE + 70)],
            ),
            PolicyEntry("P", 20, length=(500, 2000), ways=[lambda: Hop(out, R2_OUTSIDE)]),
            PolicyEntry("P", 30, permit=False, lists=(port_list(23),)),
            PolicyEntry("P", 40, mark=Mark(PRECEDENCE_BITS, 5 << PRECEDENCE_SHIFT, True)),
        ],
        fib,
    )


def interfaces_of(stack: Stack) -> list[Interface]:
    return list(stack.interfaces.values())


STEPS = st.lists(st.sampled_from([*PACKETS, *PACKETS, *CHANGES]), max_size=40)


def outcome(steps: list[str], short_way: bool) -> tuple[list[object], dict[str, object]]:
    """All frames on the wires, and all counters, of a network in which the steps are taken."""
    network = chain()
    frames: list[object] = []
    for name, stack in network.stacks.items():
        stack.udp.bind(PORT, lambda *_: None)
        if not short_way:
            stack.on_packet = lambda *_: None
        for interface in stack.interfaces.values():
            if interface.port is not None:
                interface.port.taps.append(lambda out, frame, at=name: frames.append((network.sim.now, at, out, frame)))
    lists: list[AccessList] = []
    policies: list[Policy] = []
    for step in steps:
        if step in CHANGES:
            CHANGES[step](network)
            interfaces = network["R1"].interfaces.values()
            lists += [each for it in interfaces for each in (it.acl_in, it.acl_out) if each is not None]
            policies += [it.policy for it in interfaces if isinstance(it.policy, Policy)]
        else:
            router = network["R1"].interfaces["Gi0"]
            frame = router.mac + network["PC1"].interfaces["Eth0"].mac + b"\x08\0" + PACKETS[step]
            network["PC1"].transmit(network["PC1"].interfaces["Eth0"], frame)
        network.sim.run(until=network.sim.now + 20_000)
    counters = {
        name: (
            stack.drops,
            stack.traffic,
            [
                (it.counters, it.last_input, it.last_output, sorted(it.filtered.values()))
                for it in stack.interfaces.values()
            ],
        )
        for name, stack in network.stacks.items()
    }
    tallies = [(entry.tally.packets, entry.tally.bytes) for each in policies for entry in each.entries]
    return frames, {**counters, "lists": [[line.matches for line in each.entries] for each in lists], "policy": tallies}


@settings(max_examples=60)
@given(STEPS)
def test_frames_and_counters_are_those_of_the_long_way(steps: list[str]) -> None:
    assert outcome(steps, short_way=True) == outcome(steps, short_way=False)


def test_a_header_follows_the_address_of_its_own_interface() -> None:
    steps = ["ttl 2", "forget neighbours", "another neighbour", "ttl 2"]
    assert outcome(steps, short_way=True) == outcome(steps, short_way=False)


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_counts_for_the_next_packet(change: str) -> None:
    steps = [*PACKETS, *PACKETS, change, *PACKETS, *PACKETS]
    assert outcome(steps, short_way=True) == outcome(steps, short_way=False)


def test_the_second_packet_of_a_flow_takes_the_short_way() -> None:
    network = chain()
    looked_up: list[int] = []
    fib = network["R1"].fib
    lookup = fib.lookup
    fib.lookup = lambda destination, source=0: looked_up.append(destination) or lookup(destination, source)  # type: ignore[method-assign, func-returns-value]
    for _ in range(5):
        network["PC1"].udp.send(b"data", PC2, PORT, 5000)
        network.sim.run(until=network.sim.now + SECOND)
    assert looked_up.count(PC2) <= 2  # the first one found no neighbour


def test_many_flows_are_forgotten_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MAXIMUM_TRAILS", 500)
    network = chain()
    random = Random(1)
    router, pc = network["R1"].interfaces["Gi0"], network["PC1"]
    head = router.mac + pc.interfaces["Eth0"].mac + b"\x08\0"

    def flood(count: int) -> None:
        for _ in range(count):
            source, port = random.randrange(0x01000000, 0x7F000000), random.randrange(65536)
            packet = Ipv4(source, PC2, UDP, Udp(port, 9, b"").pack(source, PC2)).pack()
            network["R1"].receive(router, head + packet)
            network.sim.run(until=network.sim.now + 2000)
            kept.append(sum(len(it.trails) for it in interfaces_of(network["R1"])))

    kept: list[int] = []
    flood(600)
    start()
    try:
        flood(1000)
        assert get_traced_memory()[0] < 1_000_000
    finally:
        stop()
    assert 400 < max(kept) <= 500
