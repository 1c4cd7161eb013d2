"""Builds a lab: a simulator with its nodes, links and ports, and switches it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from iosim.data import dataclass
from iosim.ios.host import Host
from iosim.ios.nat_box import NatBox, Side
from iosim.ios.router import Router
from iosim.ios.terminal import Terminal
from iosim.lab.errors import LabError
from iosim.lab.topology import BridgeSpec, Endpoint, HostSpec, Lab, NatSpec, NodeSpec, RouterSpec
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.keylog import KeyLog
from iosim.sim.link import Link, Port
from iosim.stack.switch import Switch

if TYPE_CHECKING:
    from iosim.sim.bridge import Bridge

SETTLE_TIME = 30 * SECOND
"""How long a lab runs after it is switched on before anybody types: interfaces come up, and consoles are quiet."""

Node: TypeAlias = "Router | Host | NatBox | Switch | Bridge"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a startup configuration that its router refused; `message` is what the router prints."""

    node: str
    file: Path | None
    line: int
    text: str
    message: str


class Network:
    """A running lab. Taps can be put on `ports` before `start`; `refused` is known after it.

    `run` lets time pass as `Simulator.run` does; whoever paces the lab to the wall clock puts its own in that place.
    Raises LabError when an interface of the machine cannot be opened.
    """

    def __init__(self, lab: Lab, seed: int | None = None) -> None:
        self.lab = lab
        self.sim = Simulator(lab.seed if seed is None else seed)
        self.keylog = KeyLog()
        self.bridges: list[Bridge] = []
        self.nodes: dict[str, Node] = {name: self._build(spec) for name, spec in lab.nodes.items()}
        self.run: Callable[..., bool] = self.sim.run
        self.ports: dict[Endpoint, Port] = {}
        self.links = [
            Link(self.sim, self._port(link.ends[0]), self._port(link.ends[1]), **asdict(link.conditions))
            for link in lab.links
        ]
        self.refused: list[RefusedLine] = []

    def start(self) -> None:
        """Boot all routers and let the lab settle."""
        for name, spec in self.lab.nodes.items():
            node = self.nodes[name]
            if isinstance(spec, RouterSpec) and isinstance(node, Router):
                self.refused += [
                    RefusedLine(name, spec.file, refusal.line, refusal.text, refusal.message)
                    for refusal in node.boot(spec.text)
                ]
        self.sim.run(until=SETTLE_TIME)

    def console(self, name: str) -> Terminal:
        """The console of a node. Raises LabError when there is no such node, or it has none."""
        node = self.nodes.get(name)
        if isinstance(node, Router | Host | NatBox):
            return node.console()
        raise LabError(self.lab.no_console(name))

    def finish(self, session: Terminal) -> None:
        """Let time pass until the command that runs in a session has ended or asks something."""
        self.run(stop=lambda: not session.busy)
        if session.busy:  # nothing can happen any more
            session.interrupt()

    def execute(self, name: str, line: str) -> str:
        """Run one command line at a node: what it prints."""
        session = self.console(name)
        printed: list[str] = []
        before, session.output = session.output, printed.append
        session.submit(line)
        self.finish(session)
        session.output = before
        return "".join(printed)

    def _build(self, spec: NodeSpec) -> Node:
        if isinstance(spec, RouterSpec):
            return Router(self.sim, spec.name, self.keylog)
        if isinstance(spec, HostSpec):
            return Host(self.sim, spec.name, spec.address, spec.length, spec.gateway)
        if isinstance(spec, NatSpec):
            return NatBox(
                self.sim,
                spec.name,
                Side(*spec.inside),
                Side(*spec.outside),
                spec.gateway,
                spec.timeout,
                dict(spec.static),
            )
        if isinstance(spec, BridgeSpec):
            return self._open(spec)
        return Switch(self.sim, spec.name, spec.vlans)

    def _open(self, spec: BridgeSpec) -> Bridge:
        from iosim.sim.bridge import Bridge  # loads sockets, which most labs do without

        try:
            self.bridges.append(Bridge(spec.name, spec.interface))
        except OSError as error:
            problem = f"the interface {spec.interface} of this machine cannot be opened: {error.strerror or error}"
            remedy = (
                "it takes root to open one"
                if isinstance(error, PermissionError)
                else f"`ip link add {spec.interface} type veth peer name PEER` would make one"
            )
            raise LabError(f"{spec.name}: {problem}; {remedy}", self.lab.file) from None
        return self.bridges[-1]

    def _port(self, endpoint: Endpoint) -> Port:
        """The port at an endpoint, plugged into its node."""
        port = self.ports[endpoint] = Port(str(endpoint))
        node = self.nodes[endpoint.node]
        if isinstance(node, Switch):
            node.add_port(port, endpoint.interface)
        elif isinstance(node, Router | Host | NatBox):
            node.attach(endpoint.interface, port)
        else:
            node.add_port(port)
        return port
