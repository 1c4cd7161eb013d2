"""The forwarding table as CEF has it."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar.values import format_address
from iosim.ios.features.cef.config import PER_DESTINATION, PER_PACKET
from iosim.ios.features.routes import Routing
from iosim.ios.router import Router
from iosim.routing.resolution import NULL
from iosim.routing.table import Entry
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.wire.address import netmask

_FIXED = (
    (0, 8, "drop"),
    (0, 32, "receive"),
    (127 << 24, 8, "drop"),
    (224 << 24, 4, "drop"),
    (224 << 24, 24, "receive"),
    (240 << 24, 4, "drop"),
    (0xFFFFFFFF, 32, "receive"),
)
"""What every router has: addresses that nobody may use, and those of groups."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of the forwarding table: where it leads, as (next hop, interface) in words, and what it comes from."""

    prefix: int
    length: int
    paths: tuple[tuple[str, str], ...]
    entry: Entry | None = None

    @property
    def text(self) -> str:
        """The prefix."""
        return f"{format_address(self.prefix)}/{self.length}"

    def covers(self, address: int) -> bool:
        """Whether an address is in it."""
        return (address ^ self.prefix) & netmask(self.length) == 0

    @property
    def is_recursive(self) -> bool:
        """Whether the next hop of its route is found in the table again."""
        return self.entry is not None and self.entry.best.interface is None and self.entry.best.next_hop is not None

    @property
    def is_neighbour(self) -> bool:
        """Whether it is there for a neighbour, and no route says so."""
        return self.entry is None and self.length == 32 and self.paths[0][0] == "attached"

    @property
    def flags(self) -> tuple[str, ...]:
        """What kind of entry it is."""
        if self.length == 0:
            return ("default route",) if self.entry is not None else ("default route handler", "default route")
        word, interface = self.paths[0]
        if word == "receive":
            return ("receive", "local", "source eligible") if self.entry is not None else ("receive",)
        if word == "attached" and interface != NULL:
            is_connected = self.entry is not None and self.entry.client == "connected"
            return ("attached", "connected") if is_connected else ("attached",)
        return ()


def rows(router: Router) -> dict[tuple[int, int], Row]:
    """The forwarding table as CEF has it: routes, own and broadcast addresses, neighbours."""
    table = {(prefix, length): Row(prefix, length, ((word, ""),)) for prefix, length, word in _FIXED}
    table[0, 0] = Row(0, 0, (("no route", ""),))
    rib = router[Routing].rib
    for neighbour, interface in neighbours(router):
        table[neighbour, 32] = Row(neighbour, 32, (("attached", interface.name),))
    for entry in rib.entries():
        paths = tuple(_path(hop, entry) for hop in rib.hops(entry))
        if paths:
            table[entry.prefix, entry.length] = Row(entry.prefix, entry.length, paths, entry)
    for interface in router.stack.interfaces.values():
        for address, length in interface.addresses if interface.line_up else ():
            ends = [address, *([address & netmask(length)] if length < 31 else []), *interface.broadcasts()]
            for end in ends:
                table[end, 32] = Row(end, 32, (("receive", interface.name),), rib.exact(end, 32))
    return dict(sorted(table.items()))


def _path(hop: Hop, entry: Entry) -> tuple[str, str]:
    name = hop.interface.name
    if hop.next_hop is not None:
        return format_address(hop.next_hop), name
    return ("receive" if entry.best.source == "L" else "attached"), name


def neighbours(router: Router) -> list[tuple[int, Interface]]:
    """Who is known on the links, in the order of their addresses."""
    found = [(each.address, each.interface) for each in router.stack.arp.entries() if each.mac is not None]
    return sorted(found, key=lambda pair: pair[0])


def sharing_of(router: Router, row: Row) -> str:
    """How packets share the ways of an entry: in turn only where the interfaces of all say so."""
    ways = [router.stack.interfaces.get(name) for _, name in row.paths]
    return PER_PACKET if all(way is not None and way.per_packet for way in ways) else PER_DESTINATION
