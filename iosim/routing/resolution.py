"""What routes come down to: the interfaces and neighbours that a packet goes to next.

A next hop is looked up in the table in its turn, until a route leads out of an interface that is up.
"""

from __future__ import annotations

from collections.abc import Mapping

from iosim.routing.table import Entry, Route, Table
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface

UNUSABLE = 255
"""The distance that IOS takes as "never"."""

MAXIMUM_DEPTH = 8
"""How often a next hop may lead to another one."""

NULL = "Null0"
"""The interface that is always up and leads nowhere: what is routed to it is dropped."""


class Resolver:
    """Resolves routes by a table and by the state of `interfaces`."""

    def __init__(self, interfaces: Mapping[str, Interface]) -> None:
        self._interfaces = interfaces
        self._discard = Interface(NULL)

    def is_usable(self, route: Route, table: Table) -> bool:
        """Whether a route may be used: it leads somewhere or is permanent, and its distance is not "never"."""
        if route.distance >= UNUSABLE:
            return False
        return route.permanent or bool(self._through(route, table, MAXIMUM_DEPTH))

    def hops(self, entry: Entry, table: Table, depth: int = MAXIMUM_DEPTH) -> tuple[Hop, ...]:
        """The hops of an entry, each once."""
        hops: dict[tuple[str, int | None], Hop] = {}
        for route in entry.routes:
            for hop in self._through(route, table, depth):
                hops.setdefault((hop.interface.name, hop.next_hop), hop)
        return tuple(hops.values())

    def _through(self, route: Route, table: Table, depth: int) -> tuple[Hop, ...]:
        """The hops of one route. Its next hop is looked up without the route's own prefix, and not without end."""
        if route.interface is not None:
            interface = self._discard if route.interface == NULL else self._interfaces.get(route.interface)
            return (Hop(interface, route.next_hop),) if interface is not None and interface.line_up else ()
        if route.next_hop is None or depth == 0:
            return ()
        via = table.longest(route.next_hop, (route.prefix, route.length))
        if via is None:
            return ()
        hops = self.hops(via, table, depth - 1)
        return tuple(Hop(hop.interface, route.next_hop) if hop.next_hop is None else hop for hop in hops)
