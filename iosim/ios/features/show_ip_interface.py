"""`show ip interface`: what IP does on interfaces, and `show protocols`, the shortest form of it."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.access_lists.config import AccessGroups
from iosim.ios.features.cef.config import is_running
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.ip_interface import (
    IpInterfaces,
    IpSettings,
    line_state,
    named_interfaces,
    protocol_state,
)
from iosim.ios.features.policy_routing.config import InterfacePolicy
from iosim.ios.features.routes import RoutingSettings
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.stack.interface import Interface
from iosim.stack.source_check import ReversePath


@handler("show_ip_interface")
def show_ip_interface(session: Session, statement: Statement) -> str:
    """`show ip interface [X]`"""
    interfaces = named_interfaces(session, statement)
    return "".join(_ip_text(session.router, interface) for interface in interfaces)


@handler("show_protocols")
def show_protocols(session: Session, statement: Statement) -> str:
    """`show protocols [X]`"""
    name, text = statement.get("interface"), ""
    if name is None:
        routing = session.router.config[RoutingSettings].routing
        text = f"Global values:\n  Internet Protocol routing is {'enabled' if routing else 'disabled'}\n"
    for interface in named_interfaces(session, statement):
        text += f"{state_line(interface)}\n"
        if interface.address is not None:
            text += f"  {address_line(session.router, interface)}\n"
    return text


def state_line(interface: Interface) -> str:
    """`GigabitEthernet0/0 is up, line protocol is up`"""
    return f"{interface.name} is {line_state(interface)}, line protocol is {protocol_state(interface)}"


def address_line(router: Router, interface: Interface) -> str:
    """Which address an interface has, or whose."""
    address = format_address(interface.address or 0)
    if not interface.addresses and interface.lender is not None:
        return f"Interface is unnumbered. Using address of {interface.lender.name} ({address})"
    return f"Internet address is {address}/{interface.prefix_length}"


def _ip_text(router: Router, interface: Interface) -> str:
    config = router.config[Interfaces].interfaces[interface.name]
    text = f"{state_line(interface)}\n"
    if interface.address is None:
        return text + "  Internet protocol processing disabled\n"
    groups = config[AccessGroups].groups
    acls = {direction: groups[direction,].acl if (direction,) in groups else "not set" for direction in ("in", "out")}
    settings = config[IpSettings]
    return text + _IP_TEXT.format(
        address=address_line(router, interface),
        how=_how(router, interface),
        mtu=interface.mtu,
        secondary="".join(_secondary_lines(config[InterfaceSettings])),
        broadcast="enabled" if settings.directed_broadcast else "disabled",
        acl_in=acls["in"],
        acl_out=acls["out"],
        proxy="enabled" if settings.proxy_arp else "disabled",
        redirects=_when(settings.redirects),
        unreachables=_when(settings.unreachables),
        masks=_when(settings.mask_reply),
        policy=_policy(config),
        cef="enabled" if is_running(router) else "disabled",
        cached=", CEF" if is_running(router) else "",
        features="" if settings.verify is None else "uRPF, ",
        verify="".join(_verify_lines(interface)),
    )


def _policy(config: Config) -> str:
    name = config[InterfacePolicy].route_map
    return "disabled" if name is None else f"enabled, using route map {name}"


def _when(enabled: bool) -> str:
    return "always" if enabled else "never"


def _how(router: Router, interface: Interface) -> str:
    """How the address came to be; one that is borrowed does not say."""
    if not interface.addresses:
        return ""
    nvram = router[IpInterfaces].methods[interface.name] == "NVRAM"
    return f"  Address determined by {'non-volatile memory' if nvram else 'setup command'}\n"


def _secondary_lines(settings: InterfaceSettings) -> Iterator[str]:
    for each in settings.secondary.values():
        yield f"  Secondary address {format_address(each.address)}/{each.length}\n"


def _verify_lines(interface: Interface) -> Iterator[str]:
    check = interface.source_check
    if isinstance(check, ReversePath):
        via = "RX" if check.strict else "ANY"
        default = ", allow default" if check.allow_default else ""
        yield f"  IP verify source reachable-via {via}{default}\n"
        yield f"   {check.drops} verification drops\n   {check.suppressed} suppressed verification drops\n"


_IP_TEXT = """\
  {address}
  Broadcast address is 255.255.255.255
{how}\
  MTU is {mtu} bytes
{secondary}\
  Helper address is not set
  Directed broadcast forwarding is {broadcast}
  Outgoing access list is {acl_out}
  Inbound  access list is {acl_in}
  Proxy ARP is {proxy}
  Local Proxy ARP is disabled
  Security level is default
  Split horizon is enabled
  ICMP redirects are {redirects} sent
  ICMP unreachables are {unreachables} sent
  ICMP mask replies are {masks} sent
  IP fast switching is enabled
  IP fast switching on the same interface is disabled
  IP Flow switching is disabled
  IP CEF switching is {cef}
  IP CEF switching turbo vector
  IP multicast fast switching is enabled
  IP multicast distributed fast switching is disabled
  IP route-cache flags are Fast{cached}
  Router Discovery is disabled
  IP output packet accounting is disabled
  IP access violation accounting is disabled
  TCP/IP header compression is disabled
  RTP/IP header compression is disabled
  Policy routing is {policy}
  Network address translation is disabled
  BGP Policy Mapping is disabled
  Input features: {features}MCI Check
{verify}\
"""
