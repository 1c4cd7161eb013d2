"""`show ip policy` and `debug ip policy`. The words of the latter are those of CEF for packets that it passes on, and
those of process switching (from memory of IOS 15) for all others."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import interface_order, short_name
from iosim.grammar.values import format_address
from iosim.ios.features.cef.config import is_running
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.policy_routing.config import InterfacePolicy, LocalPolicy
from iosim.ios.features.policy_routing.engine import PolicyRouting
from iosim.ios.features.route_maps import entries_of
from iosim.ios.features.show_route_map import entry_text
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.stack.policy import PolicyEntry, Verdict
from iosim.wire.ipv4 import five_tuple

DEBUG = "debug_ip_policy"
debug_switch(DEBUG, Switch("Generic IP", "Policy routing debugging"))


@handler("show_ip_policy")
def show_ip_policy(session: Session, statement: Statement) -> str:
    """`show ip policy`"""
    config = session.router.config
    local = config[LocalPolicy].route_map
    rows = [("local", local)] if local is not None else []
    interfaces = config[Interfaces].interfaces
    for name in sorted(interfaces, key=interface_order):
        said = interfaces[name][InterfacePolicy].route_map
        if said is not None:
            rows.append((short_name(name), said))
    return "".join(f"{interface:<15}{route_map}\n" for interface, route_map in (("Interface", "Route map"), *rows))


@handler("show_ip_local_policy")
def show_ip_local_policy(session: Session, statement: Statement) -> str:
    """`show ip local policy`: the entries of the route map for packets of our own, as `show route-map` has them."""
    name = session.router.config[LocalPolicy].route_map
    if name is None:
        return ""
    entries = (entry_text(session.router, entry) for _, _, entry in entries_of(session.router.config, name))
    return f"Local policy routing is enabled, using route map {name}\n{''.join(entries)}"


@feature
class PolicyDebug(Feature):
    """Says what policies decide while somebody wants to see it."""

    order = 84

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on = DEBUG in self.router[Debugging].on
        self.router[PolicyRouting].watch(self._say if on else None)

    def _say(
        self, entry: PolicyEntry | None, verdict: Verdict, packet: bytes, arrived: Interface | None, hop: Hop | None
    ) -> None:
        lines = forwarded if arrived is not None and is_running(self.router) else processed
        for line in lines(entry, verdict, packet, arrived, hop):
            self.router.syslog.debug(f"IP: {line}")


def forwarded(
    entry: PolicyEntry | None, verdict: Verdict, packet: bytes, arrived: Interface | None, hop: Hop | None
) -> list[str]:
    """What is said of a packet that passes through."""
    source, destination, *_ = five_tuple(packet)
    name = arrived.name if arrived is not None else "local"
    start = f"s={format_address(source)} ({name}), d={format_address(destination)}"
    length = f"len {len(packet)}"
    if verdict != "match":
        why = "(no match)" if verdict == "no match" else ""
        return [f"{start}, {length}, FIB policy rejected{why} - normal forwarding"]
    lines = [f"{start}, {length}, FIB policy match", f"{start}, {length}, PBR Counted"]
    if hop is None:
        return [*lines, f"{start}, {length}, FIB policy rejected - normal forwarding"]
    gateway = format_address(destination if hop.next_hop is None else hop.next_hop)
    return [*lines, f"{start}, g={gateway}, {length}, FIB policy routed"]


def processed(
    entry: PolicyEntry | None, verdict: Verdict, packet: bytes, arrived: Interface | None, hop: Hop | None
) -> list[str]:
    """What is said of a packet that is process switched: of our own, or without CEF."""
    source, destination, *_ = five_tuple(packet)
    name = arrived.name if arrived is not None else "local"
    start, length = f"s={format_address(source)} ({name}), d={format_address(destination)}", f"len {len(packet)}"
    normal = f"{start}, {length}, policy rejected -- normal forwarding"
    if entry is None:
        return [normal]
    action = "permit" if entry.permit else "deny"
    lines = [f"{start}, {length}, policy match", f"route map {entry.name}, item {entry.sequence}, {action}"]
    if hop is None:
        return [*lines, normal]
    gateway = format_address(destination if hop.next_hop is None else hop.next_hop)
    return [
        *lines,
        f"{start} ({hop.interface.name}), {length}, policy routed",
        f"{name} to {hop.interface.name} {gateway}",
    ]
