"""`show ip cef`: what forwards packets, in the form of IOS 15."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from iosim.grammar import Statement
from iosim.grammar.values import format_address, parse_address
from iosim.ios.features.cef.adjacency import adjacency, way
from iosim.ios.features.cef.config import NOT_RUNNING, is_running
from iosim.ios.features.cef.internal import adjacency_source, internal
from iosim.ios.features.cef.table import Row, rows, sharing_of
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.routing.resolution import NULL
from iosim.wire.address import netmask

_HEADING = f"{'Prefix':<21}{'Next Hop':<21}Interface\n"


@handler("show_ip_cef")
def show_ip_cef(session: Session, statement: Statement) -> str:
    """`show ip cef [PREFIX [MASK [longer-prefixes]] | INTERFACE] [detail | internal]`"""
    router = session.router
    if not is_running(router):
        return NOT_RUNNING
    chosen = _chosen(rows(router), statement)
    if not chosen:
        return "%Prefix not found\n"
    single = any(statement.get(name) is not None for name in ("prefix", "network")) and "longer" not in statement
    if "internal" in statement:
        show: Callable[[Row], Iterator[str]] = partial(internal, router)
    elif "detail" in statement:
        show = partial(_detailed, router)
    else:
        show = _single if single else _listed
    return (_HEADING if show is _listed else "") + "".join(line + "\n" for row in chosen for line in show(row))


def _chosen(table: dict[tuple[int, int], Row], statement: Statement) -> list[Row]:
    """The entries that are asked for."""
    prefix, mask, interface = (statement.get(name) for name in ("prefix", "mask", "interface"))
    network = statement.get("network")
    if network is not None:
        address, _, length = network.partition("/")
        prefix, mask = parse_address(address) or 0, netmask(int(length))
    if prefix is None:
        return [r for r in table.values() if interface is None or any(name == interface for _, name in r.paths)]
    if "longer" in statement:
        length = mask.bit_count()
        return [r for r in table.values() if r.length >= length and not (r.prefix ^ prefix) & mask]
    if mask is not None:
        return [r for key, r in table.items() if key == (prefix & mask, mask.bit_count())]
    return [max((row for row in table.values() if row.covers(prefix)), key=lambda row: row.length)]


def _listed(row: Row) -> Iterator[str]:
    start = row.text
    for hop, interface in row.paths:
        yield f"{start:<21}{hop:<21}{interface}".rstrip()
        start = ""


def _single(row: Row) -> Iterator[str]:
    yield row.text
    for hop, interface in row.paths:
        yield f"  {way(hop, interface)}"


def _detailed(router: Router, row: Row) -> Iterator[str]:
    flags = f", flags [{', '.join(row.flags)}]" if row.flags else ""
    sharing = f", {sharing_of(router, row)} sharing" if len(row.paths) > 1 else ""
    yield f"{row.text}, epoch 0{flags}{sharing}"
    if row.is_neighbour:
        yield from (f"  {line}" for line in adjacency_source(router, row))
    if not row.is_recursive or row.entry is None:
        yield from (f"  {way(hop, interface)}" for hop, interface in row.paths)
        return
    for route, (hop, interface) in zip(row.entry.routes, row.paths, strict=False):
        gateway = format_address(route.next_hop or 0)
        yield f"  recursive via {gateway}"
        yield f"    {f'attached to {interface}' if hop == gateway else way(hop, interface)}"


@handler("show_ip_cef_summary")
def show_ip_cef_summary(session: Session, statement: Statement) -> str:
    """`show ip cef summary`"""
    router = session.router
    if not is_running(router):
        return NOT_RUNNING
    table = rows(router).values()
    drops = sum(row.paths[0] in (("drop", ""), ("no route", "")) for row in table)
    return (
        "IPv4 CEF is enabled and running\nVRF Default\n"
        f" {len(table)} prefixes ({len(table) - drops}/{drops} fwd/non-fwd)\n"
        f" Table id 0x0\n Database epoch:        0 ({len(table)} entries at this epoch)\n"
    )


@handler("show_ip_cef_exact_route")
def show_ip_cef_exact_route(session: Session, statement: Statement) -> str:
    """`show ip cef exact-route SOURCE DESTINATION`: which of several ways two addresses keep to."""
    source, destination = statement.get("source"), statement.get("destination")
    if not is_running(session.router):
        return NOT_RUNNING
    hop = session.stack.fib.lookup(destination, source)
    start = f"{format_address(source)} -> {format_address(destination)} => "
    if session.stack.has_address(destination):
        return start + "receive\n"
    if hop is None:
        return start + "no route\n"
    if hop.interface.name == NULL:
        return start + "drop\n"
    neighbour = destination if hop.next_hop is None else hop.next_hop
    return start + f"{adjacency(session.router, hop.interface.name, format_address(neighbour))}\n"
