"""The routing table: what every protocol knows, and the best of it in the forwarding table.

This is the seam where protocols are added: **a protocol is a client that adds and withdraws routes.** It names itself
with a string ("static", "ospf 1"), and the table does the rest: the best distance and metric win, equal ones share, a
next hop is resolved through the other routes, and what leads out of an interface that is down is not used. Nothing is
worked out before somebody looks.

Who wants to know what others do (a protocol its interfaces, and the routes that it redistributes) joins as a
`Listener`: it is told how things stand, and from then on of each change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from iosim.routing.resolution import MAXIMUM_DEPTH, Resolver
from iosim.routing.table import Entry, Prefix, Route, Table
from iosim.stack.fib import Fib, Hop
from iosim.stack.interface import Interface
from iosim.wire.address import netmask

MAXIMUM_PATHS = 32
"""How many routes of equal cost share a prefix, as `show ip route summary` says."""


class Listener(Protocol):
    """Who is told of what the table depends on and of what comes of it."""

    def interface_changed(self, interface: Interface) -> None:
        """An interface is there, or its state or addresses have changed; without its name in `Rib.interfaces` it is
        gone."""

    def route_changed(self, before: Entry | None, after: Entry | None) -> None:
        """The entry of a prefix has changed; None: there is none. Its own routes are among them, by `Entry.client`."""


class Rib:
    """The routing table of one node: it reads the state of `interfaces` and fills `fib`.

    `now` gives the time in µs, and `later` calls a function in an event of its own: listeners are told there, so that
    they may add and withdraw routes as they please.
    """

    def __init__(
        self,
        fib: Fib,
        interfaces: Mapping[str, Interface],
        now: Callable[[], int] = lambda: 0,
        later: Callable[[Callable[[], None]], object] = lambda function: function(),
    ) -> None:
        self.interfaces = interfaces
        self._fib = fib
        self._now = now
        self._later = later
        self._ways = Resolver(interfaces)
        self._offers: dict[Prefix, dict[tuple[str, Route], None]] = {}
        self._out_of: dict[str, Counter[Prefix]] = {}
        self._next_hops: Counter[int] = Counter()
        self._table = Table()
        self._listeners: list[Listener] = []
        self._untold: dict[Prefix, Entry | None] = {}
        self._telling = False
        self._since: dict[Prefix, int] = {}
        self._moment = 0

    def join(self, listener: Listener) -> None:
        """Tell somebody of all routes and all interfaces, now, and of each change from now on."""
        self._settle()
        self._tell()
        self._listeners.append(listener)
        for entry in self.entries():
            listener.route_changed(None, entry)
        for interface in list(self.interfaces.values()):
            listener.interface_changed(interface)

    def leave(self, listener: Listener) -> None:
        """Tell somebody nothing more. Its routes stay; `replace(client, [])` takes them away."""
        self._listeners.remove(listener)

    def interface_changed(self, interface: Interface) -> None:
        """The state or the addresses of an interface have changed: routes of whomever may lead out of it.

        The next hops of others are in prefixes that are looked at here, or that its own client has withdrawn.
        """
        for key in list(self._out_of.get(interface.name, ())):
            self._changed(key)
        for listener in list(self._listeners):
            listener.interface_changed(interface)

    def since(self, entry: Entry) -> int:
        """When an entry became what it is, in µs."""
        return self._since.get((entry.prefix, entry.length), 0)

    def _note(self, key: Prefix, before: Entry | None, after: Entry | None, moment: int) -> None:
        """The entry of a prefix has changed at a moment (µs): the listeners are to be told."""
        if after is None:
            self._since.pop(key, None)
        else:
            self._since[key] = moment
        if self._listeners:
            self._untold.setdefault(key, before)
            self._tell_later()

    def _tell_later(self) -> None:
        if self._listeners and not self._telling:
            self._telling = True
            self._later(self._tell)

    def _tell(self) -> None:
        """Tell the listeners how the table differs from what they know."""
        self._settle()
        self._telling = False
        untold, self._untold = self._untold, {}
        for key in sorted(untold):
            before, after = untold[key], self._table.get(key)
            if before != after:
                for listener in list(self._listeners):
                    listener.route_changed(before, after)

    def add(self, client: str, route: Route) -> None:
        """Offer a route; offering the same one again changes nothing."""
        key = route.prefix, route.length
        offers = self._offers.setdefault(key, {})
        if (client, route) not in offers:
            offers[client, route] = None
            self._count(route, 1)
        self._changed(key)

    def withdraw(self, client: str, route: Route) -> None:
        """Take an offer back; nothing happens when there was none."""
        key = route.prefix, route.length
        offers = self._offers.get(key, {})
        if (client, route) in offers:
            del offers[client, route]
            self._count(route, -1)
        if not offers:
            self._offers.pop(key, None)
        self._changed(key)

    def _count(self, route: Route, by: int) -> None:
        """Know which prefixes have routes out of an interface, and which next hops there are."""
        if route.interface is not None:
            prefixes, key = self._out_of.setdefault(route.interface, Counter()), (route.prefix, route.length)
            prefixes[key] += by
            if not prefixes[key]:
                del prefixes[key]
        elif route.next_hop is not None:
            self._next_hops[route.next_hop] += by
            if not self._next_hops[route.next_hop]:
                del self._next_hops[route.next_hop]

    def replace(self, client: str, routes: list[Route]) -> None:
        """Offer these routes and no others."""
        for route in self.offered(client):
            self.withdraw(client, route)
        for route in routes:
            self.add(client, route)

    def offered(self, client: str) -> list[Route]:
        """What a client offers at present, used or not."""
        return [route for offers in self._offers.values() for owner, route in offers if owner == client]

    def invalidate(self) -> None:
        """Something that routes depend on has changed: work the table out again before the next look at it."""
        self._moment = self._now()
        self._fib.refresh = self._refresh
        self._tell_later()

    def _changed(self, key: Prefix) -> None:
        """The offers to one prefix have changed: if no route is reached by them, nothing else has.

        So a hub to which thousands of peers bring a route each does not choose among all of them each time.
        """
        if self._fib.refresh is not None or self._leads_on(key):
            self.invalidate()
            return
        entry = self._best(key, self._table)
        before = self._table.get(key)
        if entry != before:
            self._note(key, before, entry, self._now())
        self._table.put(key, entry)
        self._fib.put(key, () if entry is None else self._ways.hops(entry, self._table))

    def _leads_on(self, key: Prefix) -> bool:
        """Whether the next hop of another prefix's route is in this prefix."""
        prefix, mask = key[0], netmask(key[1])
        inside = [hop for hop in self._next_hops if hop & mask == prefix]
        own = [route.next_hop for _, route in self._offers.get(key, ()) if route.interface is None]
        return any(self._next_hops[hop] > own.count(hop) for hop in inside)

    def entries(self) -> list[Entry]:
        """The table, ordered by prefix and length."""
        self._settle()
        return [self._table[key] for key in sorted(self._table)]

    def lookup(self, destination: int) -> Entry | None:
        """The longest match."""
        self._settle()
        return self._table.longest(destination)

    def exact(self, prefix: int, length: int) -> Entry | None:
        """The entry of just this prefix."""
        self._settle()
        return self._table.get((prefix, length))

    def hops(self, entry: Entry) -> tuple[Hop, ...]:
        """The interfaces and neighbours that an entry comes down to."""
        self._settle()
        return self._ways.hops(entry, self._table)

    def _settle(self) -> None:
        if self._fib.refresh is not None:
            self._fib.refresh = None
            self._refresh()

    def _refresh(self) -> None:
        """Choose the best offers and fill the forwarding table.

        Whether a next hop can be reached depends on the choice itself, so it is made again until it stands: first
        without the routes that need others, then with all that the last choice can resolve.
        """
        table = Table()
        for _ in range(MAXIMUM_DEPTH):
            chosen = self._choose(table)
            if chosen == table:
                break
            table = chosen
        before, self._table = self._table, table
        for key in [*before, *(key for key in table if key not in before)]:
            if before.get(key) != table.get(key):
                self._note(key, before.get(key), table.get(key), self._moment)
        self._fib.replace({key: self._ways.hops(entry, table) for key, entry in table.items()})

    def _choose(self, table: Table) -> Table:
        best = ((key, self._best(key, table)) for key in self._offers)
        return Table((key, entry) for key, entry in best if entry is not None)

    def _best(self, key: Prefix, table: Table) -> Entry | None:
        """The best of the offers to a prefix that can be used with this table."""
        usable = [offer for offer in self._offers.get(key, ()) if self._ways.is_usable(offer[1], table)]
        if not usable:
            return None
        client, best = min(usable, key=lambda offer: (offer[1].distance, offer[1].metric))
        rank = client, best.distance, best.metric
        equal = (route for owner, route in usable if (owner, route.distance, route.metric) == rank)
        return Entry(*key, client, tuple(equal)[:MAXIMUM_PATHS])
