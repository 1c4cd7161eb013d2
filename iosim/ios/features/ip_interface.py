"""IP on an interface beyond its address: proxy ARP and unreachables, `show ip interface [brief]`."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.grammar import Statement
from iosim.grammar.names import interface_order, interface_type
from iosim.grammar.values import format_address
from iosim.ios.config import Flag, bound
from iosim.ios.features.access_lists.config import AccessGroups
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings, IpAddress
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.stack.interface import Interface

LOOPBACK_MTU = 1514


@part("config_if")
@dataclass(slots=True)
class IpSettings:
    """What IP does on an interface. This stack never sends redirects: their setting is only kept."""

    redirects: bool = bound(Flag("inert_if_ip_redirects", order=31, default=True))
    unreachables: bool = bound(Flag("if_ip_unreachables", order=32, default=True))
    proxy_arp: bool = bound(Flag("if_ip_proxy_arp", order=33, default=True))


@feature
class IpInterfaces(Feature):
    """Keeps those settings in the stack, and knows how each interface came to its address (`methods`)."""

    order = 11

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.methods: dict[str, str] = {}
        self._addresses: dict[str, IpAddress | None] | None = None

    def reconcile(self) -> None:
        config = self.router.config[Interfaces].interfaces
        addresses = {name: each[InterfaceSettings].address for name, each in config.items()}
        if addresses != self._addresses:
            self._note(addresses)
        for name, each in config.items():
            interface, settings = self.router.stack.interfaces[name], each[IpSettings]
            interface.proxy_arp, interface.unreachables = settings.proxy_arp, settings.unreachables

    def _note(self, addresses: dict[str, IpAddress | None]) -> None:
        """Note where new addresses come from: the startup configuration at first, then somebody's hand."""
        before = self._addresses
        for name, address in addresses.items():
            if before is None:
                self.methods[name] = "NVRAM" if self.router.startup_present else "unset"
            elif before.get(name) != address:
                self.methods[name] = "manual"
            else:
                self.methods.setdefault(name, "unset")
        self._addresses = addresses


def shown_interfaces(router: Router, name: str | None) -> list[Interface]:
    """The interfaces in the order of `show`: physical ones first; one of them when it is named."""
    names = sorted(router.stack.interfaces, key=lambda name: (not interface_order(name)[0], interface_order(name)))
    return [router.stack.interfaces[each] for each in names if name in (None, each)]


def line_state(interface: Interface) -> str:
    """`up`, `down` or `administratively down`."""
    if not interface.admin_up:
        return "administratively down"
    return "up" if interface.line_up else "down"


def protocol_state(interface: Interface) -> str:
    """`up` or `down`."""
    return "up" if interface.line_up else "down"


def shown_mtu(interface: Interface) -> int:
    """The MTU that is shown; IOS gives loopbacks one of their own."""
    return LOOPBACK_MTU if interface_type(interface.name).name == "Loopback" else interface.mtu


@handler("show_ip_interface_brief")
def show_ip_interface_brief(session: Session, statement: Statement) -> str:
    """`show ip interface [X] brief`"""
    methods = session.router[IpInterfaces].methods
    text = "Interface                  IP-Address      OK? Method Status                Protocol\n"
    for interface in shown_interfaces(session.router, statement.get("interface")):
        address = "unassigned" if interface.address is None else format_address(interface.address)
        text += (
            f"{interface.name:<26} {address:<15} YES {methods[interface.name]:<6} "
            f"{line_state(interface):<21} {protocol_state(interface)}\n"
        )
    return text


@handler("show_ip_interface")
def show_ip_interface(session: Session, statement: Statement) -> str:
    """`show ip interface [X]`"""
    interfaces = shown_interfaces(session.router, statement.get("interface"))
    return "".join(_ip_text(session.router, interface) for interface in interfaces)


def _ip_text(router: Router, interface: Interface) -> str:
    config = router.config[Interfaces].interfaces[interface.name]
    text = f"{interface.name} is {line_state(interface)}, line protocol is {protocol_state(interface)}\n"
    if interface.address is None:
        return text + "  Internet protocol processing disabled\n"
    groups = config[AccessGroups].groups
    acls = {direction: groups[direction,].acl if (direction,) in groups else "not set" for direction in ("in", "out")}
    settings = config[IpSettings]
    nvram = router[IpInterfaces].methods[interface.name] == "NVRAM"
    return text + _IP_TEXT.format(
        address=f"{format_address(interface.address)}/{interface.prefix_length}",
        how="non-volatile memory" if nvram else "setup command",
        mtu=shown_mtu(interface),
        acl_in=acls["in"],
        acl_out=acls["out"],
        proxy="enabled" if settings.proxy_arp else "disabled",
        redirects="always" if settings.redirects else "never",
        unreachables="always" if settings.unreachables else "never",
    )


_IP_TEXT = """\
  Internet address is {address}
  Broadcast address is 255.255.255.255
  Address determined by {how}
  MTU is {mtu} bytes
  Helper address is not set
  Directed broadcast forwarding is disabled
  Outgoing access list is {acl_out}
  Inbound  access list is {acl_in}
  Proxy ARP is {proxy}
  Local Proxy ARP is disabled
  Security level is default
  Split horizon is enabled
  ICMP redirects are {redirects} sent
  ICMP unreachables are {unreachables} sent
  ICMP mask replies are never sent
  IP fast switching is enabled
  IP fast switching on the same interface is disabled
  IP Flow switching is disabled
  IP CEF switching is enabled
  IP CEF switching turbo vector
  IP multicast fast switching is enabled
  IP multicast distributed fast switching is disabled
  IP route-cache flags are Fast, CEF
  Router Discovery is disabled
  IP output packet accounting is disabled
  IP access violation accounting is disabled
  TCP/IP header compression is disabled
  RTP/IP header compression is disabled
  Policy routing is disabled
  Network address translation is disabled
  BGP Policy Mapping is disabled
  Input features: MCI Check
"""
