"""A host: a PC with one interface, a gateway and a small command line."""

from __future__ import annotations

from typing import Any, Protocol

from iosim.grammar import CliError
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.ios import registry
from iosim.ios.features.interfaces import mac_address
from iosim.ios.terminal import Terminal
from iosim.routing.connected import connect
from iosim.routing.table import Route
from iosim.sim.clock import Simulator
from iosim.sim.link import Port
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.stack.tcp.options import TcpOptions

INTERFACE = "eth0"
TCP = TcpOptions(window=65535, path_mtu_discovery=True, ttl=64)
"""The TCP of a PC explores the path, and has a wide window."""


class SmallNode(Protocol):
    """A node with a small command line: a host, a translator."""

    name: str
    sim: Simulator
    stack: Stack


class HostTerminal(Terminal):
    """The console of a host, or of another small node whose commands are the grammar's mode `mode`.

    `ports` are the TCP ports that were opened here, and what has come to them.
    """

    def __init__(self, host: SmallNode, mode: str = "host") -> None:
        super().__init__(host.sim, host.stack)
        self.host = host
        self.ports: dict[int, Any] = {}
        self._mode = mode

    @property
    def mode(self) -> str:
        return self._mode

    @property
    def command_prompt(self) -> str:
        return f"{self.host.name}> "

    def execute(self, line: str) -> None:
        """Execute a line; what is wrong with it is shown as on a router."""
        self.remember(line)
        if not line.strip() or line.lstrip().startswith("!"):
            return
        try:
            self.run(parse(ios_grammar(), self.mode, line))
        except CliError as error:
            self.write(error.message(len(self.command_prompt)))


class Host:
    """A PC. `address` with the prefix length `length` is that of eth0; all else goes to `gateway`, if there is one."""

    def __init__(self, sim: Simulator, name: str, address: int, length: int, gateway: int | None) -> None:
        registry.load_features()
        self.sim = sim
        self.name = name
        self.address, self.length, self.gateway = address, length, gateway
        self.stack = Stack(sim, name, forwarding=False)
        self.stack.tcp.options = self.stack.tcp.accepting = TCP
        self.rib = connect(self.stack)
        if gateway is not None:
            self.rib.add("static", Route(0, 0, "S", 1, next_hop=gateway))
        self._console = HostTerminal(self)
        self._plug(Port(f"{name}:{INTERFACE}"))

    def attach(self, interface: str, port: Port) -> None:
        """Plug a cable into eth0. Raises KeyError for any other interface."""
        if interface != INTERFACE:
            raise KeyError(interface)
        self.stack.remove_interface(INTERFACE)
        self._plug(port)

    def _plug(self, port: Port) -> None:
        interface = Interface(INTERFACE, mac_address(self.name, INTERFACE), port)
        interface.set_addresses([(self.address, self.length)])
        self.stack.add_interface(interface)

    def console(self) -> HostTerminal:
        """The one terminal of the host."""
        return self._console
