"""A translator: the small box at the edge of a site that gives all inside one address (source NAT with ports)."""

from __future__ import annotations

from collections.abc import Mapping

from iosim.data import dataclass
from iosim.ios import registry
from iosim.ios.features.interfaces import mac_address
from iosim.ios.host import HostTerminal
from iosim.routing.connected import connect
from iosim.routing.table import Route
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Port
from iosim.stack.interface import Interface
from iosim.stack.nat import Translator
from iosim.stack.stack import Stack
from iosim.wire.ipv4 import UDP

INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True, slots=True)
class Side:
    """An address and its prefix length."""

    address: int
    length: int


class NatBox:
    """A router with two interfaces that translates what goes out. `timeout` is the life of an idle UDP mapping in s.

    `static` are outside addresses that inside hosts have to themselves: the box answers for them.
    """

    def __init__(
        self,
        sim: Simulator,
        name: str,
        inside: Side,
        outside: Side,
        gateway: int | None,
        timeout: int | None,
        static: Mapping[int, int] | None = None,
    ) -> None:
        registry.load_features()
        self.sim = sim
        self.name = name
        self.sides = {INSIDE: inside, OUTSIDE: outside}
        self.stack = Stack(sim, name)
        self.rib = connect(self.stack)
        if gateway is not None:
            self.rib.add("static", Route(0, 0, "S", 1, next_hop=gateway))
        self.translator = Translator(sim, outside.address, {UDP: timeout * SECOND} if timeout else None, static)
        self._console = HostTerminal(self, "nat_box")
        for side in self.sides:
            self._plug(side, Port(f"{name}:{side}"))

    def attach(self, interface: str, port: Port) -> None:
        """Plug a cable into `inside` or `outside`. Raises KeyError for any other interface."""
        self.stack.remove_interface(interface)
        self._plug(interface, port)

    def _plug(self, name: str, port: Port) -> None:
        side = self.sides[name]
        interface = Interface(name, mac_address(self.name, name), port)
        others = self.translator.static.values() if name == OUTSIDE else ()
        interface.set_addresses([(address, side.length) for address in (side.address, *others)])
        if name == OUTSIDE:
            interface.nat = self.translator
        self.stack.add_interface(interface)

    def console(self) -> HostTerminal:
        """The one terminal of the box."""
        return self._console
