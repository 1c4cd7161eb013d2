"""Reverse route injection: static routes to what is behind a peer, as long as there are SAs with it.

`reverse-route [static | tag N | remote-peer [A.B.C.D [gateway]]]` and `set reverse-route distance | tag | gateway`,
after the Cisco IOS configuration guide "Reverse Route Injection"; `show crypto route` in its form.
"""

from __future__ import annotations

from collections.abc import Iterable

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.config import MapEntries
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.maps import CryptoMaps
from iosim.ios.features.ipsec.protection import Protection, profile_of, tunnel_of
from iosim.ios.features.routes import DEFAULT_DISTANCE, Routing
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.ipsec.events import Event, SaCreated, SasDeleted
from iosim.ipsec.flow import Flow
from iosim.routing.table import Route
from iosim.wire.address import netmask


@dataclass(frozen=True, slots=True)
class ReverseRoute:
    """`reverse-route remote-peer 192.0.2.1 gateway static`; with `gateway`, the next hop is for the one route.

    Without an address (`endpoint` alone) the route to the peer leads out of the interface of the crypto map.
    """

    tag: int | None = None
    endpoint: str | None = None
    remote_peer: int | None = None
    gateway: bool = False
    static: bool = False


@part("config_crypto_map")
@part("ipsec_profile")
@dataclass(slots=True)
class ReverseSettings:
    """Whether an entry makes routes, and of which kind."""

    distance: int | None = bound(Value("crypto_map_reverse_distance", order=48, type="distance"))
    tag: int | None = bound(Value("crypto_map_reverse_tag", order=48.1, type="tag"))
    gateway: int | None = bound(Value("crypto_map_reverse_gateway", order=48.2, type="gateway"))
    how: ReverseRoute | None = bound(Value("crypto_map_reverse_route", order=56, type=ReverseRoute))

    def into_tunnel(self, flow: Flow, tunnel: str) -> tuple[Route, ...]:
        """The route for a flow of a tunnel at present, into its interface; none to anywhere, nor to its peer."""
        remote, through = flow.remote_proxy, None if self.gateway else tunnel
        if not (self._wanted(flow) and remote.mask) or (remote.address, remote.mask) == (flow.peer, 0xFFFFFFFF):
            return ()
        return (self._route(remote.address, remote.mask.bit_count(), self.gateway, through),)

    def routes(self, flow: Flow, interface: str | None) -> tuple[Route, ...]:
        """The routes for a flow of a crypto map at present, which is on an interface."""
        how, remote = self.how, flow.remote_proxy
        if how is None or not self._wanted(flow):
            return ()
        peer = flow.pairs[-1].pair.remote if flow.pairs else flow.peer
        to_proxy = self.gateway or (how.remote_peer if how.gateway else None) or peer
        routes = [self._route(remote.address, remote.mask.bit_count(), to_proxy)]
        if how.endpoint and not how.gateway:
            routes.append(self._route(peer, 32, how.remote_peer, None if how.remote_peer else interface))
        return tuple(routes)

    def _wanted(self, flow: Flow) -> bool:
        return self.how is not None and bool(flow.pairs or self.how.static)

    def _route(self, prefix: int, length: int, next_hop: int | None, interface: str | None = None) -> Route:
        tag = self.tag or (self.how.tag if self.how else None) or 0
        return Route(
            prefix, length, "S", self.distance or DEFAULT_DISTANCE, next_hop=next_hop, interface=interface, tag=tag
        )


@feature
class ReverseRoutes(Feature):
    """The routes of all flows; several flows may have the same one."""

    order = 75

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.of: dict[Flow, tuple[Route, ...]] = {}
        self._known = Derived(self.derivation, lambda flow, settings, *_: self._wanted(flow, settings))
        router[IpsecFeature].listeners.append(self._hear)

    def reconcile(self) -> None:
        ipsec = self.router[IpsecFeature].ipsec
        worn = {(hook.bound.name, hook.bound.local): name for name, hook in reversed(ipsec.hooks.items())}
        self._known.of(
            (flow, (flow, self._settings(flow), flow.peer, bool(flow.pairs), worn.get((flow.map_name, flow.local))))
            for flow in ipsec.flows.values()
        )
        self._settle(self._known.changed)

    def _hear(self, event: Event) -> None:
        if isinstance(event, SaCreated):
            self._settle([event.installed.flow])
            self.derivation.spoil()  # a flow that a peer has brought has an entry that may not have been read yet
        elif isinstance(event, SasDeleted):
            self._settle([installed.flow for installed in event.removed])

    def _settle(self, flows: Iterable[Flow]) -> None:
        """Let each flow have the routes that it is to have now."""
        for flow in dict.fromkeys(flows):
            before, now = self.of.pop(flow, ()), self._wanted(flow, self._settings(flow))
            if now:
                self.of[flow] = now
            if now != before:
                self._exchange(before, now)

    def _settings(self, flow: Flow) -> Config | None:
        """What is configured of a flow: the tunnel that has it alone, or its entry."""
        config, tunnel = self.router.config, tunnel_of(flow)
        if tunnel is not None:
            return config[Interfaces].interfaces.get(tunnel)
        if flow.template:
            return config[CryptoMaps].templates.get(flow.template)
        return config[MapEntries].maps.get((flow.map_name, flow.sequence))

    def _wanted(self, flow: Flow, settings: Config | None) -> tuple[Route, ...]:
        if settings is None or self.router[IpsecFeature].ipsec.flows.get(flow.key) is not flow:
            return ()
        if settings.mode != "config_if":
            return settings[ReverseSettings].routes(flow, _interface_of(self.router, flow))
        said = settings[Protection].protection
        profile = None if said is None else profile_of(self.router.config, said.profile)
        return () if profile is None else profile[ReverseSettings].into_tunnel(flow, str(settings.get("interface")))

    def _exchange(self, before: tuple[Route, ...], now: tuple[Route, ...]) -> None:
        """Other flows may still want what was `before`."""
        routing = self.router[Routing]
        for route in now:
            routing.inject(route)
        for route in before:
            if not any(route in routes for routes in self.of.values()):
                routing.retract(route)


def _interface_of(router: Router, flow: Flow) -> str | None:
    """The first interface with the crypto map of a flow."""
    hooks = router[IpsecFeature].ipsec.hooks.items()
    wanted = flow.map_name, flow.local
    return next((name for name, hook in hooks if (hook.bound.name, hook.bound.local) == wanted), None)


_HEADING = """\
VPN Routing Table: Shows RRI and VTI created routes
Codes: RRI - Reverse-Route, VTI- Virtual Tunnel Interface
       S - Static Map ACLs

Routes created in table GLOBAL DEFAULT
"""


@handler("show_crypto_route")
def show_routes(session: Session, statement: Statement) -> str:
    """`show crypto route`"""
    router = session.router
    text = _HEADING
    for flow, routes in router[ReverseRoutes].of.items():
        text += "".join(_line(route, _interface_of(router, flow) or "", flow) for route in routes)
    return text


def _line(route: Route, interface: str, flow: Flow) -> str:
    where = f"{format_address(route.prefix)}/{format_address(netmask(route.length))}"
    kind = "RRI" if flow.pairs else "S"
    hop = format_address(flow.peer if route.next_hop is None else route.next_hop)
    return f"{where} [{route.distance}/{route.metric}] via {hop}\n{'':31}on {interface} {kind}\n"
