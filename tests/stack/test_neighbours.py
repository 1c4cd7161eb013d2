"""ARP and the switch."""

from __future__ import annotations

from network import Network, chain

from iosim.sim.clock import SECOND
from iosim.sim.link import Link, Port
from iosim.stack.arp import MAXIMUM_QUEUE
from iosim.stack.interface import ARP_TIMEOUT
from iosim.stack.switch import AGE, Switch
from iosim.wire.address import address_text, parse_address
from iosim.wire.arp import REPLY, REQUEST, Arp
from iosim.wire.ethernet import BROADCAST, TYPE_ARP, TYPE_IPV4, Ethernet
from iosim.wire.ipv4 import Ipv4

STRANGER = bytes.fromhex("020000000099")


def pair() -> Network:
    network = Network()
    network.node("R1", Gi0="10.0.0.1/24")
    network.node("R2", Gi0="10.0.0.2/24")
    network.cable("R1 Gi0", "R2 Gi0")
    network.sim.run(until=SECOND)
    return network


def known(network: Network, name: str) -> dict[str, bytes | None]:
    return {address_text(entry.address): entry.mac for entry in network[name].arp.entries()}


def arp_messages(port: Port) -> list[Arp]:
    """A list that fills with the ARP messages that leave a port."""
    messages: list[Arp] = []

    def tap(outbound: bool, frame: bytes) -> None:
        ethernet = Ethernet.unpack(frame)
        if outbound and ethernet.ethertype == TYPE_ARP:
            messages.append(Arp.unpack(ethernet.payload))

    port.taps.append(tap)
    return messages


def test_both_ends_learn_from_one_question() -> None:
    network = pair()
    assert network.ping("R1", "10.0.0.2").kind == "reply"
    assert known(network, "R1") == {"10.0.0.2": network["R2"].interfaces["Gi0"].mac}
    assert known(network, "R2") == {"10.0.0.1": network["R1"].interfaces["Gi0"].mac}


def test_packets_wait_for_the_answer_in_order() -> None:
    network = pair()
    heard: list[bytes] = []
    network["R2"].udp.bind(9, lambda data, *_: heard.append(data))
    for number in range(MAXIMUM_QUEUE + 2):
        network["R1"].udp.send(bytes([number]), parse_address("10.0.0.2"), 9, 9)
    network.sim.run(until=2 * SECOND)
    assert heard == [bytes([number]) for number in range(MAXIMUM_QUEUE)]
    assert network["R1"].drops["ARP queue full"] == 2


def test_nobody_answers() -> None:
    network = pair()
    messages = arp_messages(network.port("R1", "Gi0"))
    assert network.ping("R1", "10.0.0.9", timeout=10 * SECOND).kind == "timeout"
    assert [message.operation for message in messages] == [REQUEST] * 3
    assert known(network, "R1") == {"10.0.0.9": None}
    assert network["R1"].drops["no ARP answer"] == 1
    assert network.ping("R1", "10.0.0.9").kind == "timeout"
    assert len(messages) > 3
    network.sim.run(until=network.sim.now + 120 * SECOND)
    assert known(network, "R1") == {}


def test_the_second_request_is_enough() -> None:
    network = pair()
    link = network.port("R1", "Gi0").link
    assert link is not None
    link.loss = 1
    network.sim.call_later(SECOND // 2, lambda: setattr(link, "loss", 0))
    assert network.ping("R1", "10.0.0.2").kind == "reply"


def test_an_entry_is_asked_for_again_after_its_time() -> None:
    network = pair()
    network.ping("R1", "10.0.0.2")
    messages = arp_messages(network.port("R1", "Gi0"))
    network.sim.run(until=ARP_TIMEOUT - 10 * SECOND)
    assert network.ping("R1", "10.0.0.2").kind == "reply"
    assert messages == []
    network.sim.run(until=ARP_TIMEOUT + 10 * SECOND)
    assert known(network, "R1") == {}
    assert network.ping("R1", "10.0.0.2").kind == "reply"
    assert len(messages) == 1


def test_an_interface_that_comes_up_announces_itself() -> None:
    network = pair()
    network.ping("R2", "10.0.0.1")
    interface = network["R1"].interfaces["Gi0"]
    messages = arp_messages(network.port("R1", "Gi0"))
    interface.mac = STRANGER
    interface.set_addresses([(parse_address("10.0.0.1"), 25)])
    network.sim.run(until=network.sim.now + SECOND)
    address = parse_address("10.0.0.1")
    assert messages == [Arp(REPLY, STRANGER, address, BROADCAST, address)]
    assert known(network, "R2") == {"10.0.0.1": STRANGER}


def test_the_cache_is_emptied_with_the_line() -> None:
    network = pair()
    network.ping("R1", "10.0.0.2")
    network["R1"].interfaces["Gi0"].set_admin(False)
    assert known(network, "R1") == known(network, "R2") == {}


def test_strangers_are_not_learned() -> None:
    network = pair()
    interface = network["R1"].interfaces["Gi0"]
    for sender in ("10.0.0.9", "172.16.0.9"):
        message = Arp(REPLY, STRANGER, parse_address(sender), interface.mac, parse_address("10.0.0.7"))
        network["R1"].arp.receive(message.pack(), interface)
    message = Arp(REQUEST, STRANGER, parse_address("172.16.0.9"), bytes(6), parse_address("10.0.0.1"))
    network["R1"].arp.receive(message.pack(), interface)
    assert known(network, "R1") == {}


def test_proxy_arp_answers_for_what_lies_elsewhere() -> None:
    network = chain()
    inside = network["R1"].interfaces["Gi0"]
    sent = arp_messages(network.port("R1", "Gi0"))
    question = Arp(REQUEST, STRANGER, parse_address("192.168.1.99"), bytes(6), parse_address("192.168.2.10"))
    network["R1"].arp.receive(question.pack(), inside)
    assert sent == []
    inside.proxy_arp = True
    network["R1"].arp.receive(question.pack(), inside)
    question.target_address = parse_address("192.168.1.77")
    network["R1"].arp.receive(question.pack(), inside)
    assert [(message.sender_mac, address_text(message.sender_address)) for message in sent] == [
        (inside.mac, "192.168.2.10")
    ]


# The switch


def switched() -> tuple[Network, Switch]:
    """Three hosts on a switch."""
    network = Network()
    switch = Switch(network.sim, "SW1")
    for number in (1, 2, 3):
        network.node(f"PC{number}", False, Eth0=f"10.0.0.{number}/24")
        port = Port(f"SW1 {number}")
        Link(network.sim, network.port(f"PC{number}", "Eth0"), port)
        switch.add_port(port)
    network.sim.run(until=SECOND)
    return network, switch


def test_hosts_reach_each_other_through_a_switch() -> None:
    network, switch = switched()
    assert all(network.ping("PC1", f"10.0.0.{number}").kind == "reply" for number in (2, 3))
    ports = {mac: port.name for mac, port in switch.addresses()}
    assert ports == {network[f"PC{number}"].interfaces["Eth0"].mac: f"SW1 {number}" for number in (1, 2, 3)}


def test_a_switch_sends_known_addresses_to_one_port_until_they_age() -> None:
    network, switch = switched()
    arrived: list[int] = []
    network.port("PC3", "Eth0").taps.append(lambda outbound, frame: arrived.append(len(frame)))
    packet = Ipv4(1, 2, 99).pack()
    one, two = (network[name].interfaces["Eth0"] for name in ("PC1", "PC2"))
    frame = Ethernet(two.mac, one.mac, TYPE_IPV4, packet).pack()
    network.port("PC1", "Eth0").transmit(frame)
    network.sim.run(until=2 * SECOND)
    assert arrived == []
    network.sim.run(until=SECOND + AGE)
    network.port("PC1", "Eth0").transmit(frame)
    network.sim.run(until=network.sim.now + SECOND)
    assert arrived == [60]
    assert [mac for mac, _ in switch.addresses()] == [one.mac]
