"""A careless operator and hostile bytes at a whole lab: one clear message, no exception, and what worked goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.router import Router
from iosim.lab import units
from iosim.lab.build import Network
from iosim.lab.errors import LabError
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.sim.clock import SECOND
from iosim.wire.ethernet import BROADCAST, TYPE_IPV4, Ethernet
from iosim.wire.ipv4 import UDP, Ipv4
from iosim.wire.udp import Udp

LIMITED_BROADCAST = 0xFFFFFFFF


def site_to_site() -> Network:
    network = Network(load_lab(find_lab("site-to-site")))
    network.start()
    return network


def router(network: Network, name: str) -> Router:
    node = network.nodes[name]
    assert isinstance(node, Router)
    return node


def type_lines(network: Network, name: str, *lines: str) -> str:
    """What the last of the lines prints."""
    return [network.execute(name, line) for line in lines][-1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name: x\ntopology:\n  nodes:\n    R1: {kind: ios, startup-config: "a\\0b"}\n', 4),
        ('name: x\ntopology:\n  nodes:\n    R1:\n      kind: ios\n      startup-config: "\\uD800"\n', 6),
        ('name: x\ntopology:\n  nodes:\n    S: {kind: switch}\n    T: {kind: switch}\n'
         '  links: [{endpoints: ["S:\\uD800", "T:1"]}]\n', 6),
        ('name: x\n"\\uD800": 1\n', 2),
        ('name: x\ntopology: {nodes: {S: {kind: ios}}}\nchecks:\n'
         '  - {name: a, command: {node: S, run: x}, expect: {matches: "a{99999999999999}"}}\n', 4),
        ('name: x\ntopology: {nodes: {S: {kind: ios}}}\nchecks:\n'
         f'  - {{name: a, command: {{node: S, run: x}}, expect: {{matches: "{"(" * 2000}{")" * 2000}"}}}}\n', 4),
    ],
    ids=["null", "half character", "name", "key", "repetition", "nesting"],
)  # fmt: skip
def test_odd_text_in_a_lab_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(text)
    with pytest.raises(LabError) as caught:
        load_lab(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x85", "\u2028", "\udcff"])
def test_characters_that_a_configuration_cannot_hold_are_invalid(character: str) -> None:
    network = site_to_site()
    type_lines(network, "R1", "configure terminal", "interface Loopback5")
    assert "Invalid input" in type_lines(network, "R1", f"description a{character} shutdown")
    assert "Invalid input" in type_lines(network, "R1", f"crypto isakmp key {character}k address 0.0.0.0")
    assert "Invalid input" in type_lines(network, "R1", f"enable secret {character}")
    assert type_lines(network, "R1", "description caf\u00e9\u00a0and\ttabs") == ""


def test_a_line_of_very_many_words_is_refused_at_once() -> None:
    """The parser's state grows with every word, and each position is remembered."""
    network = site_to_site()
    type_lines(network, "R1", "configure terminal", "crypto map VPN 10")
    assert "Invalid input" in network.execute("R1", "set transform-set" + " AES" * 1000)
    assert "Unrecognized" in network.console("R1").help("set transform-set" + " AES" * 20_000)
    line = "set transform-set" + " AES" * 20_000
    assert network.console("R1").complete(line) == line


def test_a_change_during_a_negotiation_does_not_block_the_tunnel() -> None:
    network = site_to_site()
    cable = next(link for link in network.links if "R2" in link.name and "ISP" in link.name)
    cable.connect(False)
    network.execute("PC1", "ping 192.168.2.10 repeat 1")
    type_lines(
        network,
        "R1",
        "configure terminal",
        "crypto map VPN 10",
        "set security-association lifetime seconds 1800",
        "end",
    )
    network.execute("PC1", "ping 192.168.2.10 repeat 1")
    cable.connect(True)
    network.sim.run(until=network.sim.now + 120 * SECOND)
    network.execute("PC1", "ping 192.168.2.10 repeat 1")
    assert "100 percent" in network.execute("PC1", "ping 192.168.2.10 repeat 2")
    assert [flow.negotiating for flow in router(network, "R1")[IpsecFeature].ipsec.flows.values()] == [False]


def test_the_key_exchange_does_not_answer_a_broadcast() -> None:
    network = site_to_site()
    target = router(network, "R1")
    interface = target.stack.interfaces["GigabitEthernet0/0"]
    assert interface.address is not None
    source = interface.address ^ 3
    datagram = Udp(500, 500, bytes(28)).pack(source, LIMITED_BROADCAST)
    packet = Ipv4(source, LIMITED_BROADCAST, UDP, datagram).pack()
    target.stack.receive(interface, Ethernet(BROADCAST, bytes(6), TYPE_IPV4, packet).pack())
    assert target.stack.drops["ISAKMP to a broadcast"] == 1
    assert target[IsakmpFeature].engine.counters.malformed == 0


@pytest.mark.parametrize("text", ["36501d", "999999999999d"])
def test_nobody_waits_beyond_the_end_of_the_calendar(text: str) -> None:
    assert units.duration("36500d") == 36500 * 86400 * SECOND
    with pytest.raises(ValueError, match="36500d"):
        units.duration(text)


SWITCHES = """\
name: ring
topology:
  nodes: {S: {kind: switch}, T: {kind: switch}, U: {kind: switch}}
  links:
    - endpoints: ["S:1", "T:1"]
    - endpoints: ["T:2", "U:1"]
"""


@pytest.mark.parametrize("ends", ['["S:2", "U:2"]', '["S:2", "T:3"]', '["S:2", "S:3"]'])
def test_switches_in_a_ring_are_refused(tmp_path: Path, ends: str) -> None:
    """Without a spanning tree one broadcast would keep the lab busy for ever."""
    file = tmp_path / "lab.yaml"
    file.write_text(SWITCHES)
    assert len(load_lab(file).links) == 2
    file.write_text(f"{SWITCHES}    - endpoints: {ends}\n")
    with pytest.raises(LabError, match="no spanning tree"):
        load_lab(file)
