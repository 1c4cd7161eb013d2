"""`show ip route`: the routing table by classful networks, and single entries of it."""

from __future__ import annotations

from collections.abc import Callable

from iosim.grammar import Statement
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.routes import Routing, RoutingSettings
from iosim.ios.features.show_ip_route.entry import one_entry
from iosim.ios.features.show_ip_route.networks import classful_length
from iosim.ios.features.show_ip_route.summary import summary
from iosim.ios.features.show_ip_route.table import View, table
from iosim.ios.features.show_static_route import track_table
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.routing.table import Entry
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
