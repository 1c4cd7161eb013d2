"""`show ip cef`, `show adjacency`: what forwards packets, in the form of IOS 15."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.names import interface_order
from iosim.grammar.values import format_address
from iosim.ios.features.routes import Routing, RoutingSettings
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.routing.rib import NULL
from iosim.routing.table import Entry
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.wire.address import netmask

_HEADING = f"{'Prefix':<21}{'Next Hop':<21}Interface\n"
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


@handler("show_ip_cef")
def show_ip_cef(session: Session, statement: Statement) -> str:
    """`show ip cef [PREFIX [MASK]] [detail]`"""
    router, prefix, mask = session.router, statement.get("prefix"), statement.get("mask")
    if not router.config[RoutingSettings].routing:
        return "%IPv4 CEF not running\n"
    table, detail = rows(router), "detail" in statement
    if prefix is None:
        show = _detailed if detail else _listed
        return ("" if detail else _HEADING) + "".join(line + "\n" for row in table.values() for line in show(row))
    if mask is not None:
        row = table.get((prefix & mask, mask.bit_count()))
        if row is None:
            return "%Prefix not found\n"
    else:
        row = max((row for row in table.values() if _covers(row, prefix)), key=lambda row: row.length)
    return "".join(line + "\n" for line in (_detailed(row) if detail else _single(row)))


def _covers(row: Row, address: int) -> bool:
    return (address ^ row.prefix) & netmask(row.length) == 0


def _listed(row: Row) -> Iterator[str]:
    start = row.text
    for hop, interface in row.paths:
        yield f"{start:<21}{hop:<21}{interface}".rstrip()
        start = ""


def _single(row: Row) -> Iterator[str]:
    yield row.text
    for hop, interface in row.paths:
        yield f"  {_way(hop, interface)}"


def _way(hop: str, interface: str) -> str:
    if not interface:
        return hop
    if hop in ("attached", "receive"):
        return f"{hop} {'to' if hop == 'attached' else 'for'} {interface}"
    return f"nexthop {hop} {interface}"


def _detailed(row: Row) -> Iterator[str]:
    flags = _flags(row)
    yield f"{row.text}, epoch 0{f', flags [{flags}]' if flags else ''}"
    recursive = row.entry is not None and row.entry.best.interface is None and row.entry.best.next_hop is not None
    if not recursive or row.entry is None:
        yield from (f"  {_way(hop, interface)}" for hop, interface in row.paths)
        return
    for route, (hop, interface) in zip(row.entry.routes, row.paths, strict=False):
        gateway = format_address(route.next_hop or 0)
        yield f"  recursive via {gateway}"
        yield f"    {f'attached to {interface}' if hop == gateway else _way(hop, interface)}"


def _flags(row: Row) -> str:
    """What kind of entry it is."""
    if row.length == 0:
        return "default route" if row.entry is not None else "default route handler, default route"
    word, interface = row.paths[0]
    if word == "receive":
        return "receive, local, source eligible" if row.entry is not None else "receive"
    if word == "attached" and interface != NULL:
        return "attached, connected" if row.entry is not None and row.entry.client == "connected" else "attached"
    return ""


@handler("show_ip_cef_exact_route")
def show_ip_cef_exact_route(session: Session, statement: Statement) -> str:
    """`show ip cef exact-route SOURCE DESTINATION`: which of several ways two addresses keep to."""
    source, destination = statement.get("source"), statement.get("destination")
    hop = session.stack.fib.lookup(destination, source)
    start = f"{format_address(source)} -> {format_address(destination)} => "
    if session.stack.has_address(destination):
        return start + "receive\n"
    if hop is None:
        return start + "no route\n"
    if hop.interface.name == NULL:
        return start + "drop\n"
    if not hop.interface.is_broadcast:
        kind = "midchain" if hop.interface.name.startswith("Tunnel") else "adj"
        return start + f"IP {kind} out of {hop.interface.name}\n"
    neighbour = destination if hop.next_hop is None else hop.next_hop
    return start + f"IP adj out of {hop.interface.name}, addr {format_address(neighbour)}\n"


@handler("show_adjacency")
def show_adjacency(session: Session, statement: Statement) -> str:
    """`show adjacency`; in brackets stands how many entries of the forwarding table lead to a neighbour."""
    table = rows(session.router).values()
    known = [(interface.name, format_address(address)) for address, interface in neighbours(session.router)]
    for interface in session.stack.interfaces.values():
        if interface.framing is not None and interface.line_up:
            known.append((interface.name, _POINT_TO_POINT))
    text = f"{'Protocol':<9}{'Interface':<26}Address\n"
    for name, neighbour in sorted(known, key=lambda pair: interface_order(pair[0])):
        uses = sum(_leads(row, name, neighbour) for row in table)
        text += f"{'IP':<9}{name:<26}{neighbour}({uses})\n"
    return text


_POINT_TO_POINT = "point2point"


def _leads(row: Row, name: str, neighbour: str) -> bool:
    """Whether an entry leads to a neighbour; on a link to a single one, all that go out of it do."""
    if neighbour == _POINT_TO_POINT:
        return any(interface == name and hop != "receive" for hop, interface in row.paths)
    return (neighbour, name) in row.paths or row.text == f"{neighbour}/32"
