"""The routing table as lines, and how old its entries are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iosim.data import dataclass
from iosim.grammar.values import format_address
from iosim.ios.clock import hms
from iosim.ios.features.show_ip_route.networks import Network, networks
from iosim.routing.rib import Rib
from iosim.routing.table import Entry, Route
from iosim.sim.clock import SECOND

_WIDTH, _BELOW = 78, " " * 11
"""How long the line of a route may be (in captures 78 columns are one line, 79 are two), and the indent of a second."""


@dataclass(frozen=True, slots=True)
class View:
    """The routing table at a moment (µs)."""

    rib: Rib
    now: int

    def age(self, entry: Entry) -> str:
        """How long an entry has been what it is."""
        return hms((self.now - self.rib.since(entry)) // SECOND)


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
    """One line for each route of an entry; the mask is left out where the heading names it.

    A prefix whose line would be too long stands alone, and its routes stand below it.
    """
    prefix = format_address(entry.prefix)
    if not network.is_subnetted or len(network.lengths) > 1:
        prefix += f"/{entry.length}"
    code = entry.best.source
    if entry.length == 0:
        code = f"{code[0]}*{code[1:].lstrip()}"
    start = f"{code:<{9 if network.is_subnetted else 6}}{prefix} "
    paths = [_path(route, "" if is_fixed(route) else f", {view.age(entry)}") for route in entry.routes]
    if len(start + paths[0]) > _WIDTH:
        yield start
        start = _BELOW
    for path in paths:
        yield start + path
        start = " " * len(start)


def is_fixed(route: Route) -> bool:
    """Whether a route does not age: it was learned from nobody."""
    return route.source in ("C", "L", "S")


def _path(route: Route, age: str) -> str:
    if route.next_hop is None:
        return f"is directly connected, {route.interface}"
    through = f", {route.interface}" if route.interface else ""
    return f"[{route.distance}/{route.metric}] via {format_address(route.next_hop)}{age}{through}"
