"""Small networks for the tests of the stack."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from iosim.routing.connected import connect
from iosim.routing.rib import Rib
from iosim.routing.table import Route
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Link, Port
from iosim.sim.task import Task
from iosim.stack.interface import Interface
from iosim.stack.probe import EchoResult
from iosim.stack.stack import Stack
from iosim.wire.address import parse_address

T = TypeVar("T")


class Network:
    """Nodes by name; `cable` joins two interfaces, `run` drives a coroutine to its end."""

    def __init__(self, seed: int = 1) -> None:
        self.sim = Simulator(seed)
        self.stacks: dict[str, Stack] = {}
        self.ribs: dict[str, Rib] = {}
        self._macs = 0

    def __getitem__(self, name: str) -> Stack:
        return self.stacks[name]

    def node(self, name: str, forwarding: bool = True, **addresses: str) -> Stack:
        """A node; `Gi0="10.0.0.1/24"` is an interface with an address, `Lo0=…` a loopback."""
        stack = self.stacks[name] = Stack(self.sim, name, forwarding)
        self.ribs[name] = connect(stack)
        for interface_name, text in addresses.items():
            self._macs += 1
            mac = bytes.fromhex("aabbcc") + self._macs.to_bytes(3, "big")
            port = None if interface_name.startswith("Lo") else Port(f"{name} {interface_name}")
            interface = Interface(interface_name, mac, port)
            address, length = text.split("/")
            interface.set_addresses([(parse_address(address), int(length))])
            stack.add_interface(interface)
        return stack

    def port(self, name: str, interface: str) -> Port:
        port = self[name].interfaces[interface].port
        assert port is not None
        return port

    def cable(self, a: str, b: str, **parameters: Any) -> Link:
        """A link, as `cable("R1 Gi0", "R2 Gi0", delay=1000)`."""
        (one, one_interface), (two, two_interface) = a.split(), b.split()
        return Link(self.sim, self.port(one, one_interface), self.port(two, two_interface), **parameters)

    def route(self, name: str, prefix: str, next_hop: str) -> None:
        """A static route."""
        address, length = prefix.split("/")
        route = Route(parse_address(address), int(length), "S", 1, next_hop=parse_address(next_hop))
        self.ribs[name].add("static", route)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine."""
        results: list[T] = []

        async def keep() -> None:
            results.append(await coroutine)

        task = Task(self.sim, keep())
        assert self.sim.run(until=self.sim.now + 600 * SECOND, stop=lambda: task.done)
        return results[0]

    def ping(self, name: str, destination: str, **options: Any) -> EchoResult:
        return self.run(self[name].ping_once(parse_address(destination), **options))

    def trace(self, name: str, destination: str, **options: Any) -> EchoResult:
        return self.run(self[name].trace_once(parse_address(destination), **options))


def chain() -> Network:
    """PC1 - R1 - R2 - PC2, with routes everywhere."""
    network = Network()
    network.node("PC1", False, Eth0="192.168.1.10/24")
    network.node("R1", Gi0="192.168.1.1/24", Gi1="10.0.0.1/30", Lo0="1.1.1.1/32")
    network.node("R2", Gi0="10.0.0.2/30", Gi1="192.168.2.1/24")
    network.node("PC2", False, Eth0="192.168.2.10/24")
    network.cable("PC1 Eth0", "R1 Gi0")
    network.cable("R1 Gi1", "R2 Gi0")
    network.cable("R2 Gi1", "PC2 Eth0")
    network.route("PC1", "0.0.0.0/0", "192.168.1.1")
    network.route("PC2", "0.0.0.0/0", "192.168.2.1")
    network.route("R1", "192.168.2.0/24", "10.0.0.2")
    network.route("R2", "192.168.1.0/24", "10.0.0.1")
    network.route("R2", "1.1.1.1/32", "10.0.0.1")
    network.sim.run(until=SECOND)
    return network
