"""Routing: `ip routing` and `ip route`, and the routing table that protocols share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Table, bound
from iosim.ios.config import Config
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.registry import check, feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.routing.connected import connect
from iosim.routing.table import Route
from iosim.wire.address import netmask

CLIENT = "static"
DEFAULT_DISTANCE = 1


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """`ip route 10.0.0.0 255.0.0.0 GigabitEthernet0/0 192.0.2.1 200 permanent name X`"""

    prefix: int
    mask: int
    interface: str | None = None
    gateway: int | None = None
    distance: int | None = None
    tag: int | None = None
    permanent: bool = False
    name: str | None = None
    track: int | None = None

    def route(self) -> Route:
        """The route as the routing table takes it."""
        return Route(
            self.prefix,
            self.mask.bit_count(),
            "S",
            self.distance or DEFAULT_DISTANCE,
            next_hop=self.gateway,
            interface=self.interface,
            name=self.name or "",
            tag=self.tag or 0,
            permanent=self.permanent,
        )


@part("config")
@dataclass(slots=True)
class RoutingSettings:
    """Whether to route, and the static routes; each next hop of a prefix is an entry of its own."""

    routing: bool = bound(Flag("ip_routing", order=120, default=True))
    static: dict[Any, StaticRoute] = bound(
        Table(
            "ip_route",
            order=536,
            key=("prefix", "mask", "interface", "gateway"),
            type=StaticRoute,
            sort=lambda key: key[:2],
        )
    )


@feature
class Routing(Feature):
    """The routing table of a router, with its connected and static routes; `rib` is for other protocols to use.

    `is_up` says whether a tracked object is, without which the static routes that name it are not there.
    """

    order = 15

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.rib = connect(router.stack)
        self._static: dict[Any, StaticRoute] = {}
        self._injected: dict[Route, None] = {}
        self.is_up: Callable[[int], bool] = lambda number: False

    def reconcile(self) -> None:
        config = self.router.config[RoutingSettings]
        self.router.stack.forwarding = config.routing
        before = self._static
        self._static = {
            key: route
            for key, route in config.static.items()
            if config.routing and (route.track is None or self.is_up(route.track))
        }
        gone = _missing(before, self._static)
        come = _missing(self._static, before)
        if gone and come:  # offers to one prefix stand in the order of the configuration
            self.rib.replace(CLIENT, [*(each.route() for each in self._static.values()), *self._injected])
            return
        for each in gone:
            self.rib.withdraw(CLIENT, each.route())
        for each in come:
            self.rib.add(CLIENT, each.route())

    def inject(self, route: Route) -> None:
        """Offer a static route that no line of the configuration says."""
        self._injected[route] = None
        self.rib.add(CLIENT, route)

    def retract(self, route: Route) -> None:
        """Take such a route back, unless the configuration says it, too."""
        self._injected.pop(route, None)
        if route not in [each.route() for each in self._static.values()]:
            self.rib.withdraw(CLIENT, route)


def _missing(routes: dict[Any, StaticRoute], others: dict[Any, StaticRoute]) -> list[StaticRoute]:
    """The routes that others do not have."""
    return [route for key, route in routes.items() if others.get(key) is not route]


@check("ip_route")
def _check_route(router: Router, config: Config, statement: Statement) -> None:
    prefix, mask, gateway = (statement.get(name) for name in ("prefix", "mask", "gateway"))
    if mask != netmask(mask.bit_count()) or prefix & ~mask:
        raise Rejected("%Inconsistent address and mask")
    if statement.no:
        _check_removal(config[RoutingSettings].static, statement)
        return
    if gateway is not None and _is_own(router, gateway):
        raise Rejected("%Invalid next hop address (it's this router)")
    if statement.get("distance") == DEFAULT_DISTANCE:
        del statement.args["distance"]


def _check_removal(routes: dict[Any, StaticRoute], statement: Statement) -> None:
    given = [(name, statement.get(name)) for name in ("prefix", "mask", "interface", "gateway")]
    wanted = [(name, value) for name, value in given if value is not None]
    if not any(all(getattr(route, name) == value for name, value in wanted) for route in routes.values()):
        raise Rejected("%No matching route to delete")


def _is_own(router: Router, address: int) -> bool:
    interfaces = router.config[Interfaces].interfaces.values()
    return any(own.address == address for config in interfaces for own in config[InterfaceSettings].addresses)


@handler("clear_ip_route")
def clear_ip_route(session: Session, statement: Statement) -> None:
    """`clear ip route * | PREFIX [MASK]`: the table is made anew; connected and static routes are back at once."""
    session.router[Routing].rib.invalidate()
