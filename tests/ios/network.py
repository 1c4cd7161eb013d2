"""Routers and hosts on cables for the tests of the command line: type lines, read what is printed."""

from __future__ import annotations

from typing import Any

from iosim.ios.host import Host
from iosim.ios.nat_box import NatBox, Side
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Link, Port
from iosim.wire.address import parse_address

Node = Router | Host | NatBox


class Network:
    """Nodes by name. Add them, `link` them, `start` them; then `type` lines at their consoles."""

    def __init__(self, seed: int = 1) -> None:
        self.sim = Simulator(seed)
        self.nodes: dict[str, Node] = {}
        self.links: dict[tuple[str, str], Link] = {}
        self._configurations: dict[str, str] = {}

    def router(self, name: str, configuration: str = "") -> None:
        """A router with its startup configuration; indentation does not matter."""
        self.nodes[name] = Router(self.sim, name)
        self._configurations[name] = configuration

    def host(self, name: str, address: str, gateway: str | None = None) -> None:
        """A host, as `host("PC1", "10.0.0.10/24", "10.0.0.1")`."""
        text, length = address.split("/")
        way = None if gateway is None else parse_address(gateway)
        self.nodes[name] = Host(self.sim, name, parse_address(text), int(length), way)

    def translator(self, name: str, inside: str, outside: str, gateway: str) -> None:
        """A translator, as `translator("NAT", "10.0.0.1/24", "192.0.2.2/24", "192.0.2.1")`."""
        sides = (
            Side(parse_address(address), int(length)) for address, length in (x.split("/") for x in (inside, outside))
        )
        self.nodes[name] = NatBox(self.sim, name, *sides, parse_address(gateway), None)

    def link(self, a: str, b: str, **conditions: Any) -> Link:
        """A cable, as `link("R1:GigabitEthernet0/0", "PC1:eth0", delay=1000)`."""
        ports = Port(a), Port(b)
        self.links[a, b] = link = Link(self.sim, *ports, **conditions)
        for end, port in zip((a, b), ports, strict=True):
            name, interface = end.split(":")
            self.nodes[name].attach(interface, port)
        return link

    def start(self) -> Network:
        """Boot the routers and let them come up; every line of their configurations must be taken."""
        for name, configuration in self._configurations.items():
            node = self.nodes[name]
            assert isinstance(node, Router)
            assert node.boot(configuration) == []
        self.sim.run(until=30 * SECOND)
        return self

    def __getitem__(self, name: str) -> Router:
        node = self.nodes[name]
        assert isinstance(node, Router)
        return node

    def console(self, name: str) -> Terminal:
        """The console of a node."""
        return self.nodes[name].console()

    def type(self, name: str, *lines: str) -> str:
        """What is printed when these lines are entered one after the other, each when the one before is done."""
        terminal = self.console(name)
        printed: list[str] = []
        terminal.output = printed.append
        for line in lines:
            terminal.submit(line)
            self.sim.run(stop=lambda: not terminal.busy)
        return "".join(printed)

    def configure(self, name: str, *lines: str) -> str:
        """What is printed when these lines are entered in configuration mode, without the log message at its end."""
        self.type(name, "configure terminal")
        printed = self.type(name, *lines)
        self.type(name, "end")
        return printed

    def running(self, name: str) -> list[str]:
        """The running configuration without separators."""
        return [line for line in self[name].running_lines() if line != "!"]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.sim.run(until=self.sim.now + round(seconds * SECOND))


def session(network: Network, name: str) -> Session:
    """The console session of a router."""
    return network[name].console()


def pair(first: str = "", second: str = "", **conditions: Any) -> Network:
    """PC1 - R1 - R2, with a loopback 2.2.2.2 and routes between them; the routers' configurations can be added to."""
    network = Network()
    network.router("R1", _R1 + first)
    network.router("R2", _R2 + second)
    network.host("PC1", "192.168.1.10/24", "192.168.1.1")
    network.link("R1:GigabitEthernet0/0", "R2:GigabitEthernet0/0", **conditions)
    network.link("R1:GigabitEthernet0/1", "PC1:eth0")
    return network.start()


_R1 = """\
hostname R1
interface Loopback0
 ip address 1.1.1.1 255.255.255.255
interface GigabitEthernet0/0
 description to R2
 ip address 10.0.0.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 192.168.1.1 255.255.255.0
ip route 2.2.2.2 255.255.255.255 10.0.0.2
"""
_R2 = """\
hostname R2
interface Loopback0
 ip address 2.2.2.2 255.255.255.255
interface GigabitEthernet0/0
 ip address 10.0.0.2 255.255.255.0
ip route 0.0.0.0 0.0.0.0 10.0.0.1
"""
