"""Builds a lab: a simulator with its nodes, links and ports, and switches it on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from iosim.ios.host import Host
from iosim.ios.router import Router
from iosim.ios.terminal import Terminal
from iosim.lab.errors import LabError
from iosim.lab.topology import Endpoint, HostSpec, Lab, NodeSpec, RouterSpec, SwitchSpec
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.keylog import KeyLog
from iosim.sim.link import Link, Port
from iosim.stack.switch import Switch

SETTLE_TIME = 30 * SECOND
"""How long a lab runs after it is switched on before anybody types: interfaces come up, and consoles are quiet."""

Node = Router | Host | Switch


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a startup configuration that its router refused; `message` is what the router prints."""

    node: str
    file: Path | None
    line: int
    text: str
    message: str


class Network:
    """A running lab. Taps can be put on `ports` before `start`; `refused` is known after it."""

    def __init__(self, lab: Lab, seed: int | None = None) -> None:
        self.lab = lab
        self.sim = Simulator(lab.seed if seed is None else seed)
        self.keylog = KeyLog()
        self.nodes: dict[str, Node] = {name: self._build(spec) for name, spec in lab.nodes.items()}
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
        if isinstance(node, Router | Host):
            return node.console()
        raise LabError(self.lab.no_console(name))

    def finish(self, session: Terminal) -> None:
        """Let time pass until the command that runs in a session has ended or asks something."""
        self.sim.run(stop=lambda: not session.busy)
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
        assert isinstance(spec, SwitchSpec)
        return Switch(self.sim, spec.name)

    def _port(self, endpoint: Endpoint) -> Port:
        """The port at an endpoint, plugged into its node."""
        port = self.ports[endpoint] = Port(str(endpoint))
        node = self.nodes[endpoint.node]
        if isinstance(node, Switch):
            node.add_port(port)
        else:
            node.attach(endpoint.interface, port)
        return port
