"""`show ip route`: the routing table by classful networks, and single entries of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.routes import Routing, RoutingSettings
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.routing.rib import Entry, Rib, Route
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
    """`show ip route [connected | static | ADDRESS [MASK]]`"""
    if not session.router.config[RoutingSettings].routing:
        return _NOT_ROUTING
    rib = session.router[Routing].rib
    destination = statement.get("destination")
    if destination is not None:
        return one_entry(rib, destination, statement.get("mask"))
    kind = statement.get("kind")
    return _CODES + table(rib, lambda entry: kind in (None, entry.client))


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


def table(rib: Rib, wanted: Callable[[Entry], bool]) -> str:
    """The gateway of last resort and the wanted routes."""
    entries = rib.entries()
    default = next((entry for entry in entries if entry.length == 0), None)
    if default is None:
        text = "Gateway of last resort is not set\n\n"
    else:
        text = f"Gateway of last resort is {format_address(default.best.next_hop or 0)} to network 0.0.0.0\n\n"
    for network in networks(entries):
        shown = [entry for entry in network.entries if wanted(entry)]
        if shown and network.is_subnetted:
            text += f"      {_heading(network)}\n"
        text += "".join(line + "\n" for entry in shown for line in route_lines(entry, network))
    return text


def _heading(network: Network) -> str:
    count, lengths = len(network.entries), network.lengths
    if len(lengths) == 1:
        return f"{format_address(network.prefix)}/{lengths[0]} is subnetted, {count} subnets"
    name = f"{format_address(network.prefix)}/{network.length}"
    return f"{name} is variably subnetted, {count} subnets, {len(lengths)} masks"


def route_lines(entry: Entry, network: Network) -> Iterator[str]:
    """One line for each route of an entry; the mask is left out where the heading names it."""
    prefix = format_address(entry.prefix)
    if not network.is_subnetted or len(network.lengths) > 1:
        prefix += f"/{entry.length}"
    code = entry.best.source
    if entry.length == 0:
        code = f"{code[0]}*{code[1:].lstrip()}"
    start = f"{code:<{9 if network.is_subnetted else 6}}{prefix} "
    for route in entry.routes:
        yield start + _path(route)
        start = " " * len(start)


def _path(route: Route) -> str:
    if route.next_hop is None:
        return f"is directly connected, {route.interface}"
    through = f", {route.interface}" if route.interface else ""
    return f"[{route.distance}/{route.metric}] via {format_address(route.next_hop)}{through}"


def one_entry(rib: Rib, destination: int, mask: int | None) -> str:
    """`Routing entry for …`: the best route to an address, or with a mask just that route.

    As on IOS, the default route does not count for another address than its own.
    """
    network = _network_of(rib, destination)
    if network is not None and destination == network.prefix and mask in (None, netmask(network.length)):
        return _known_subnets(network)
    entry = rib.lookup(destination) if mask is None else rib.exact(destination, mask.bit_count())
    if entry is None or (entry.length == 0 and destination):
        return "% Subnet not in table\n" if network is not None else "% Network not in table\n"
    return _description(entry)


def _network_of(rib: Rib, address: int) -> Network | None:
    """The classful network of an address, if it has subnets in the table."""
    length = classful_length(address)
    wanted = address & netmask(length), length
    subnetted = (network for network in networks(rib.entries()) if network.is_subnetted)
    return next((network for network in subnetted if (network.prefix, network.length) == wanted), None)


def _known_subnets(network: Network) -> str:
    attached = sum(entry.client == "connected" for entry in network.entries)
    count, masks = len(network.entries), len(network.lengths)
    text = f"Routing entry for {format_address(network.prefix)}/{network.length}, {count} known subnets\n"
    text += f"  Attached ({attached} connections)\n" if attached else ""
    text += f"  Variably subnetted with {masks} masks\n" if masks > 1 else ""
    return text + "".join(line + "\n" for entry in network.entries for line in route_lines(entry, network))


def _description(entry: Entry) -> str:
    best = entry.best
    supernet = ", supernet" if entry.length < classful_length(entry.prefix) else ""
    how = ", candidate default path" if entry.length == 0 else ""
    if best.next_hop is None:
        how += " (connected, via interface)" if best.source == "C" else " (connected)"
    text = f"Routing entry for {format_address(entry.prefix)}/{entry.length}{supernet}\n"
    text += f'  Known via "{entry.client}", distance {best.distance}, metric {best.metric}{how}\n'
    text += f"  Tag {best.tag}\n" if best.tag else ""
    text += "  Routing Descriptor Blocks:\n"
    for index, route in enumerate(entry.routes):
        text += f"  {' ' if index else '*'} {_block(route)}\n"
        text += f"      Route metric is {route.metric}, traffic share count is 1\n"
        text += f"      Route tag {route.tag}\n" if route.tag else ""
    return text


def _block(route: Route) -> str:
    if route.next_hop is None:
        return f"directly connected, via {route.interface}"
    return format_address(route.next_hop) + (f", via {route.interface}" if route.interface else "")
