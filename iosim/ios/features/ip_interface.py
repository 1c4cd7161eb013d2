"""IP on an interface beyond its address: proxy ARP and unreachables, `show ip interface [brief]`."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Invalid, Statement
from iosim.grammar.names import interface_order, interface_type
from iosim.grammar.values import format_address
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings, IpAddress
from iosim.ios.features.interfaces.config import interface_column
from iosim.ios.features.interfaces.messages import link_state
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.stack.interface import Interface
from iosim.stack.source_check import ReversePath
from iosim.stack.tunnel import Tunnel
from iosim.stack.vlan import parent_of


@dataclass(frozen=True, slots=True)
class Verify:
    """`ip verify unicast source reachable-via rx allow-default 10`"""

    how: str
    acl: str | None = None
    allow_default: bool = False
    allow_self_ping: bool = False


@part("config_if")
@dataclass(slots=True)
class IpSettings:
    """What IP does on an interface."""

    redirects: bool = bound(Flag("if_ip_redirects", order=31, default=True))
    unreachables: bool = bound(Flag("if_ip_unreachables", order=32, default=True))
    proxy_arp: bool = bound(Flag("if_ip_proxy_arp", order=33, default=True))
    mask_reply: bool = bound(Flag("if_ip_mask_reply", order=30))
    directed_broadcast: bool = bound(Flag("if_ip_directed_broadcast", order=30))
    mtu: int | None = bound(Value("if_ip_mtu", order=34, type="mtu"))
    mss: int | None = bound(Value("if_tcp_adjust_mss", order=49.5, type="mss"))
    verify: Verify | None = bound(Value("if_ip_verify", order=49.3, type=Verify))


@feature
class IpInterfaces(Feature):
    """Keeps those settings in the stack, and knows how each interface came to its address (`methods`)."""

    order = 21

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.methods: dict[str, str] = {}
        self._addresses: dict[str, list[IpAddress]] | None = None
        self._followed = Derived(self.derivation, self._follow)

    def reconcile(self) -> None:
        followed = self._followed.each(self.router.config[Interfaces].interfaces)
        for name, (_, verify) in followed.items():
            if verify is not None or name in self._followed.changed:
                self._verify(name, verify)
        if self._followed.changed:
            self._note({name: addresses for name, (addresses, _) in followed.items()})

    def _follow(self, config: Config) -> tuple[list[IpAddress], Verify | None]:
        """Let an interface follow its configuration; returns its addresses, and how sources are to be verified."""
        settings, interface = config[IpSettings], self.router.stack.interfaces[str(config.get("interface"))]
        if not isinstance(interface.framing, Tunnel):  # its MTU is what is left of another one's
            interface.mtu = settings.mtu or config[InterfaceSettings].mtu
        interface.mss = settings.mss
        for setting in ("proxy_arp", "unreachables", "redirects", "mask_reply", "directed_broadcast"):
            setattr(interface, setting, getattr(settings, setting))
        return config[InterfaceSettings].addresses, settings.verify

    def _verify(self, name: str, verify: Verify | None) -> None:
        """Let the interface check the sources of what arrives; the counters go on while the check stays the same."""
        interface = self.router.stack.interfaces.get(name)
        if interface is None:
            return
        if verify is None:
            interface.source_check = None
            return
        strict = verify.how != "any"
        acl = None if verify.acl is None else self.router[AccessLists].get(verify.acl)
        check = interface.source_check
        if not isinstance(check, ReversePath) or (check.strict, check.allow_default) != (strict, verify.allow_default):
            check = interface.source_check = ReversePath(self.router.stack.fib, strict, verify.allow_default)
        check.acl = acl

    def _note(self, addresses: dict[str, list[IpAddress]]) -> None:
        """Note where new addresses come from: the startup configuration at first, then somebody's hand."""
        before = self._addresses
        for name, known in addresses.items():
            if before is None:
                self.methods[name] = "NVRAM" if self.router.startup_present else "unset"
            elif before.get(name, []) != known:
                self.methods[name] = "manual"
            else:
                self.methods.setdefault(name, "unset")
        self._addresses = addresses


def shown_interfaces(router: Router, name: str | None) -> list[Interface]:
    """The interfaces in the order of `show`: physical ones first, then by their names; one of them when it is named.

    Null0 is shown to those only who ask for it.
    """
    names = sorted(router.stack.interfaces, key=_shown_order)
    return [router.stack.interfaces[each] for each in names if each == name or (name is None and each != "Null0")]


def named_interfaces(session: Session, statement: Statement) -> list[Interface]:
    """Those that a `show` is about; raises Invalid, with the caret under the name, for one that there is not."""
    name = statement.get("interface")
    found = shown_interfaces(session.router, name)
    if name is not None and not found:
        raise Invalid(interface_column(statement))
    return found


def _shown_order(name: str) -> tuple[bool, tuple[object, ...]]:
    order = interface_order(name)
    return order[0] != 1, order


def line_state(interface: Interface) -> str:
    """`up`, `down` or `administratively down`, as which a sub-interface counts with its main interface."""
    main = parent_of(interface)
    return link_state(interface) if main is None or main.admin_up else link_state(main)


def protocol_state(interface: Interface) -> str:
    """`up` or `down`."""
    return "up" if interface.line_up else "down"


def shown_mtu(interface: Interface) -> int:
    """The MTU that is shown. IOS gives loopbacks one of their own, and tunnels what headers and IPsec leave of another;
    that IPsec counts is from memory.
    """
    if isinstance(interface.framing, Tunnel):
        return TUNNEL_MTU - (interface.framing.path_mtu - interface.frame_mtu)
    return LOOPBACK_MTU if interface_type(interface.name).name == "Loopback" else interface.frame_mtu


LOOPBACK_MTU, TUNNEL_MTU = 1514, 17940


@handler("show_ip_interface_brief")
def show_ip_interface_brief(session: Session, statement: Statement) -> str:
    """`show ip interface [X] brief`"""
    methods = session.router[IpInterfaces].methods
    text = "Interface                  IP-Address      OK? Method Status                Protocol\n"
    for interface in named_interfaces(session, statement):
        address = "unassigned" if interface.address is None else format_address(interface.address)
        text += (
            f"{interface.name:<26} {address:<15} YES {methods[interface.name]:<6} "
            f"{line_state(interface):<21} {protocol_state(interface)}\n"
        )
    return text
