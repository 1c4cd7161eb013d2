"""`show ip static route`, in the form of captures, and `show ip route track-table`, from memory of IOS 15."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.routes import CLIENT, Routing, RoutingSettings, StaticRoute
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

_CODES = """\
Codes: M - Manual static, A - AAA download, N - IP NAT, D - DHCP,
       G - GPRS, V - Crypto VPN, C - CASA, P - Channel interface processor,
       B - BootP, S - Service selection gateway
       DN - Default Network, T - Tracking object
       L - TL1, E - OER, I - iEdge
       D1 - Dot1x Vlan Network, K - MWAM Route
       PP - PPP default route, MR - MRIPv6, SS - SSLVPN
       H - IPe Host, ID - IPe Domain Broadcast
       U - User GPRS, TE - MPLS Traffic-eng, LI - LIIN
       IR - ICMP Redirect
Codes in []: A - active, N - non-active, B - BFD-tracked, D - Not Tracked, P - permanent

Static local RIB for default

"""


@handler("show_ip_static_route")
def show_ip_static_route(session: Session, statement: Statement) -> str:
    """`show ip static route`: all that is configured, active or not."""
    router, text, last = session.router, _CODES, ""
    static = router.config[RoutingSettings].static
    for key in sorted(static, key=lambda key: key[:2]):
        route = static[key]
        prefix = f"{format_address(route.prefix)}/{route.mask.bit_count()}"
        state = "A" if _is_active(router, route) else "N"
        way = " ".join(word for word in (route.interface, _gateway(route)) if word)
        start = prefix if prefix != last else " " * len(prefix)
        text += f"M  {start} [{route.distance or 1}/0] via {way} [{state}{'P' if route.permanent else ''}]\n"
        last = prefix
    return text


def _gateway(route: StaticRoute) -> str:
    return "" if route.gateway is None else format_address(route.gateway)


def _is_active(router: Router, route: StaticRoute) -> bool:
    """Whether the routing table has taken a route."""
    entry = router[Routing].rib.exact(route.prefix, route.mask.bit_count())
    return entry is not None and entry.client == CLIENT and route.route() in entry.routes


def track_table(router: Router) -> str:
    """The static routes that depend on objects, and how those are."""
    text = ""
    for route in router.config[RoutingSettings].static.values():
        if route.track is not None:
            words = (format_address(route.prefix), format_address(route.mask), route.interface, _gateway(route))
            state = "up" if router[Routing].is_up(route.track) else "down"
            text += f" ip route {' '.join(word for word in words if word)} track {route.track} state is [{state}]\n"
    return text
