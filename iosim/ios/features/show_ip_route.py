"""`show ip route`: the routing table by classful networks, and single entries of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.clock import hms
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.routes import Routing, RoutingSettings
from iosim.ios.features.show_static_route import track_table
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.routing.rib import Rib
from iosim.routing.table import Entry, Route
from iosim.sim.clock import SECOND
from iosim.stack.acl import AccessList
from iosim.wire.address import netmask

_CODES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area 
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR

"""
"""As IOS prints it; the second line ends in a space."""

_NOT_ROUTING = """\
Default gateway is not set

Host               Gateway           Last Use    Total Uses  Interface
ICMP redirect cache is empty
"""


@dataclass(slots=True)
class Network:
    """A classful network (or a route shorter than one), and the routes in it."""

    prefix: int
    length: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def lengths(self) -> list[int]:
        """The different prefix lengths, in ascending order."""
        return sorted({entry.length for entry in self.entries})

    @property
    def is_subnetted(self) -> bool:
        """Whether there is more to it than one route to the whole of it."""
        return self.lengths != [self.length]


@handler("show_ip_route")
def show_ip_route(session: Session, statement: Statement) -> str:
    """`show ip route [vrf NAME] [PROTOCOL | summary | track-table | supernets-only | list N | tag N | dhcp | loops |
    next-hop-override | repair-paths | ADDRESS [MASK] [longer-prefixes]]`; the last but one add nothing to the table.
    """
    if statement.get("vrf") is not None:
        return f"% IP routing table {statement.get('vrf')} does not exist\n"
    if not session.router.config[RoutingSettings].routing:
        return _NOT_ROUTING
    if "nothing" in statement:  # no route comes from DHCP, and none leads in circles
        return ""
    view = View(session.router[Routing].rib, session.router.sim.now)
    destination, mask = statement.get("destination"), statement.get("mask")
    if "summary" in statement:
        return summary(view.rib)
    if "track_table" in statement:
        return track_table(session.router)
    if "longer_prefixes" in statement:
        length = classful_length(destination) if mask is None else mask.bit_count()
        return _CODES + table(view, lambda entry: _within(entry, destination, length))
    if destination is not None:
        return one_entry(view, destination, mask)
    return _CODES + table(view, _wanted(session, statement))


def _wanted(session: Session, statement: Statement) -> Callable[[Entry], bool]:
    """The entries of a protocol, with a tag, in an access list, or shorter than their classful network; else all."""
    kind, tag, name = statement.get("kind"), statement.get("tag"), statement.get("list")
    if "supernets_only" in statement:
        return lambda entry: entry.length < classful_length(entry.prefix)
    if name is not None:
        acl = session.router[AccessLists].get(str(name))
        return lambda entry: acl is None or _permits(acl, entry.prefix)
    if tag is not None:
        return lambda entry: entry.best.tag == tag
    return lambda entry: kind in (None, entry.client.split()[0])


def _permits(acl: AccessList, prefix: int) -> bool:
    line = acl.lookup(prefix, 0, 0)
    return line is not None and line.permit


def _within(entry: Entry, prefix: int, length: int) -> bool:
    """Whether an entry is this prefix or a part of it."""
    return entry.length >= length and (entry.prefix ^ prefix) & netmask(length) == 0


@dataclass(frozen=True, slots=True)
class View:
    """The routing table at a moment (µs)."""

    rib: Rib
    now: int

    def age(self, entry: Entry) -> str:
        """How long an entry has been what it is."""
        return hms((self.now - self.rib.since(entry)) // SECOND)


def summary(rib: Rib) -> str:
    """`show ip route summary`: how many routes are those of a whole network, and how many of a part."""
    counts: dict[str, list[int]] = {name: [0, 0] for name in ("application", "connected", "static")}
    for entry in rib.entries():
        is_part = entry.length > 0 and entry.length != classful_length(entry.prefix)
        counts.setdefault(entry.client, [0, 0])[is_part] += 1
    inside = len([network for network in networks(rib.entries()) if network.is_subnetted])
    text = _SUMMARY + "".join(_summary_row(name, *count) for name, count in counts.items())
    whole, parts = (sum(count[part] for count in counts.values()) for part in (0, 1))
    text += f"{'internal':<16}{inside:<48}{inside * _INTERNAL}\n"
    total = (whole + parts) * _MEMORY + inside * _INTERNAL
    return text + f"{'Total':<16}{whole + inside:<12}{parts:<12}{0:<12}{(whole + parts) * _OVERHEAD:<12}{total}\n"


_SUMMARY = """\
IP routing table name is default (0x0)
IP routing table maximum-paths is 32
Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)
"""
_OVERHEAD, _MEMORY, _INTERNAL = 96, 312, 712
"""Bytes of IOS for a route, and for a network with routes to parts of it, as a capture has them."""


def _summary_row(name: str, whole: int, parts: int) -> str:
    count = whole + parts
    return f"{name:<16}{whole:<12}{parts:<12}{0:<12}{count * _OVERHEAD:<12}{count * _MEMORY}\n"


def networks(entries: list[Entry]) -> list[Network]:
    """The entries of a table grouped by classful network, in the order of their addresses."""
    groups: dict[tuple[int, int], Network] = {}
    for entry in entries:
        length = min(entry.length, classful_length(entry.prefix))
        key = entry.prefix & netmask(length), length
        groups.setdefault(key, Network(*key)).entries.append(entry)
    return list(groups.values())


def classful_length(address: int) -> int:
    """The prefix length of the address's class: 8, 16 or 24; classes D and E have none (32)."""
    octet = address >> 24
    return next((length for bound, length in ((128, 8), (192, 16), (224, 24)) if octet < bound), 32)


def table(view: View, wanted: Callable[[Entry], bool]) -> str:
    """The gateway of last resort and the wanted routes."""
    entries = view.rib.entries()
    default = next((entry for entry in entries if entry.length == 0), None)
    if default is None:
        text = "Gateway of last resort is not set\n\n"
    else:
        text = f"Gateway of last resort is {format_address(default.best.next_hop or 0)} to network 0.0.0.0\n\n"
    for network in networks(entries):
        shown = [entry for entry in network.entries if wanted(entry)]
        if shown and network.is_subnetted:
            text += f"      {_heading(network)}\n"
        text += "".join(line + "\n" for entry in shown for line in route_lines(view, entry, network))
    return text


def _heading(network: Network) -> str:
    count, lengths = len(network.entries), network.lengths
    if len(lengths) == 1:
        return f"{format_address(network.prefix)}/{lengths[0]} is subnetted, {count} subnets"
    name = f"{format_address(network.prefix)}/{network.length}"
    return f"{name} is variably subnetted, {count} subnets, {len(lengths)} masks"


def route_lines(view: View, entry: Entry, network: Network) -> Iterator[str]:
    """One line for each route of an entry; the mask is left out where the heading names it."""
    prefix = format_address(entry.prefix)
    if not network.is_subnetted or len(network.lengths) > 1:
        prefix += f"/{entry.length}"
    code = entry.best.source
    if entry.length == 0:
        code = f"{code[0]}*{code[1:].lstrip()}"
    start = f"{code:<{9 if network.is_subnetted else 6}}{prefix} "
    for route in entry.routes:
        yield start + _path(route, "" if _is_fixed(route) else f", {view.age(entry)}")
        start = " " * len(start)


def _is_fixed(route: Route) -> bool:
    """Whether a route does not age: it was learned from nobody."""
    return route.source in ("C", "L", "S")


def _path(route: Route, age: str) -> str:
    if route.next_hop is None:
        return f"is directly connected, {route.interface}"
    through = f", {route.interface}" if route.interface else ""
    return f"[{route.distance}/{route.metric}] via {format_address(route.next_hop)}{age}{through}"


def one_entry(view: View, destination: int, mask: int | None) -> str:
    """`Routing entry for …`: the best route to an address, or with a mask just that route.

    As on IOS, the default route does not count for another address than its own.
    """
    rib = view.rib
    network = _network_of(rib, destination)
    if network is not None and destination == network.prefix and mask in (None, netmask(network.length)):
        return _known_subnets(view, network)
    entry = rib.lookup(destination) if mask is None else rib.exact(destination, mask.bit_count())
    if entry is None or (entry.length == 0 and destination):
        return "% Subnet not in table\n" if network is not None else "% Network not in table\n"
    return _description(view, entry)


def _network_of(rib: Rib, address: int) -> Network | None:
    """The classful network of an address, if it has subnets in the table."""
    length = classful_length(address)
    wanted = address & netmask(length), length
    subnetted = (network for network in networks(rib.entries()) if network.is_subnetted)
    return next((network for network in subnetted if (network.prefix, network.length) == wanted), None)


def _known_subnets(view: View, network: Network) -> str:
    attached = sum(entry.client == "connected" for entry in network.entries)
    count, masks = len(network.entries), len(network.lengths)
    text = f"Routing entry for {format_address(network.prefix)}/{network.length}, {count} known subnets\n"
    text += f"  Attached ({attached} connections)\n" if attached else ""
    text += f"  Variably subnetted with {masks} masks\n" if masks > 1 else ""
    return text + "".join(line + "\n" for entry in network.entries for line in route_lines(view, entry, network))


def _description(view: View, entry: Entry) -> str:
    best = entry.best
    supernet = ", supernet" if entry.length < classful_length(entry.prefix) else ""
    how = ", candidate default path" if entry.length == 0 else ""
    if best.next_hop is None:
        how += " (connected, via interface)" if best.source == "C" else " (connected)"
    text = f"Routing entry for {format_address(entry.prefix)}/{entry.length}{supernet}\n"
    text += f'  Known via "{entry.client}", distance {best.distance}, metric {best.metric}{how}\n'
    text += f"  Tag {best.tag}\n" if best.tag else ""
    if not _is_fixed(best):
        on = f" on {best.interface}" if best.interface else ""
        text += f"  Last update from {format_address(best.next_hop or 0)}{on}, {view.age(entry)} ago\n"
    text += "  Routing Descriptor Blocks:\n"
    for index, route in enumerate(entry.routes):
        text += f"  {' ' if index else '*'} {_block(view, entry, route)}\n"
        text += f"      Route metric is {route.metric}, traffic share count is 1\n"
        text += f"      Route tag {route.tag}\n" if route.tag else ""
    return text


def _block(view: View, entry: Entry, route: Route) -> str:
    if route.next_hop is None:
        return f"directly connected, via {route.interface}"
    gateway = format_address(route.next_hop)
    learned = "" if _is_fixed(route) else f", from {gateway}, {view.age(entry)} ago"
    return gateway + learned + (f", via {route.interface}" if route.interface else "")
