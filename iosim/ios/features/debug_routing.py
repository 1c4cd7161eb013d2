"""`debug ip routing`: what comes into the routing table and what goes, in the words of captures of IOS 15."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar.names import short_name
from iosim.grammar.values import format_address
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.routes import Routing
from iosim.ios.features.show_ip_route.networks import classful_length
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.routing.table import Entry, Route
from iosim.stack.interface import Interface

DEBUG = "debug_ip_routing"
debug_switch(DEBUG, Switch("IP routing", "IP routing debugging"))


@feature
class RoutingDebug(Feature):
    """Listens to the routing table while somebody wants to see it."""

    order = 85

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._up: dict[str, bool] | None = None
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on, rib = DEBUG in self.router[Debugging].on, self.router[Routing].rib
        if on and self._up is None:
            rib.join(self)
            self._up = {name: each.line_up for name, each in self.router.stack.interfaces.items()}
        elif not on and self._up is not None:
            rib.leave(self)
            self._up = None

    def interface_changed(self, interface: Interface) -> None:
        """The routing table tells of its interfaces; how they stand at first is not said."""
        up = interface.line_up and interface.name in self.router.stack.interfaces
        if self._up is not None and self._up.get(interface.name, False) is not up:
            self._up[interface.name] = up
            self._say(f"interface {interface.name} {'added to' if up else 'removed from'} routing table")

    def route_changed(self, before: Entry | None, after: Entry | None) -> None:
        """The routing table tells of its entries."""
        if self._up is not None:
            for line in lines(before, after):
                self._say(line)

    def _say(self, text: str) -> None:
        self.router.syslog.debug(f"RT: {text}")


def lines(before: Entry | None, after: Entry | None) -> Iterator[str]:
    """What is said of an entry that comes, changes or goes."""
    is_better = before is not None and after is not None and after.best.distance < before.best.distance
    old = () if before is None else before.routes
    new = () if after is None else after.routes
    if before is not None and not is_better:
        yield from (f"del {_route(before, route, False)}" for route in old if route not in new)
        if not set(old) & set(new):
            kind = "network" if before.length <= classful_length(before.prefix) else "subnet"
            yield f"delete {kind} route to {format_address(before.prefix)}/{before.length}"
    if after is not None and [route for route in new if route not in old]:
        ways = "".join(f"    via {_way(route)}  0 1048578\n" for route in new)
        yield f"updating {_protocol(after)} {format_address(after.prefix)}/{after.length} (0x0)  :\n{ways}"
        if is_better:
            yield f"closer admin distance for {format_address(after.prefix)}, flushing {len(old)} routes"
        yield from (f"add {_route(after, route, True)}" for route in new if route not in old)


def _route(entry: Entry, route: Route, with_length: bool) -> str:
    prefix = format_address(entry.prefix) + (f"/{entry.length}" if with_length else "")
    best = entry.best
    return (
        f"{prefix} via {format_address(route.next_hop or 0)}, {_protocol(entry)} metric [{best.distance}/{best.metric}]"
    )


def _way(route: Route) -> str:
    """`10.0.0.2 Gi0/0`; without an interface stands a blank for it."""
    return f"{format_address(route.next_hop or 0)} {'' if route.interface is None else short_name(route.interface)}"


def _protocol(entry: Entry) -> str:
    return entry.client.split()[0]
