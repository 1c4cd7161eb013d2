"""Interfaces: their configuration, and the stack's interfaces that follow it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_order, interface_type
from iosim.grammar.values import format_address
from iosim.ios.config import Config, Flag, Section, Value, bound
from iosim.ios.registry import check, feature, part
from iosim.ios.router import Feature, Router
from iosim.sim.link import Port
from iosim.stack.interface import Interface
from iosim.wire.address import netmask

DEFAULT_MTU = 1500


@dataclass(frozen=True, slots=True)
class IpAddress:
    """`ip address 10.0.0.1 255.255.255.0`"""

    address: int
    mask: int

    @property
    def length(self) -> int:
        """The length of the prefix."""
        return self.mask.bit_count()


@part("config_if")
@dataclass(slots=True)
class InterfaceSettings:
    """What every interface has."""

    description: str | None = bound(Value("if_description", order=10, type="description"))
    address: IpAddress | None = bound(Value("if_ip_address", order=20, type=IpAddress, shown="no ip address"))
    mtu: int = bound(Value("if_mtu", order=15, type="mtu", default=DEFAULT_MTU))
    shutdown: bool = bound(Flag("if_shutdown", order=60))
    duplex: str | None = bound(Value("if_duplex", order=70, type="duplex"))
    speed: str | None = bound(Value("if_speed", order=71, type="speed"))


@part("config")
@dataclass(slots=True)
class Interfaces:
    """The interfaces by canonical name, in the order of a written configuration."""

    interfaces: dict[str, Config] = bound(
        Section("interface", order=400, mode="config_if", key=("interface",), sort=interface_order)
    )


@feature
class InterfaceFeature(Feature):
    """Keeps the stack's interfaces as configured, and tells the log when a line goes up or down."""

    order = 10

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.line_states: dict[str, tuple[bool, bool]] = {}
        router.stack.watchers.append(self._changed)

    def reconcile(self) -> None:
        config, stack = self.router.config[Interfaces].interfaces, self.router.stack
        for name in self.router.hardware:
            if name not in config:
                config[name] = Config("config_if", {"interface": [name]})
                config[name][InterfaceSettings].shutdown = True
        for name in [name for name in stack.interfaces if name not in config]:
            stack.remove_interface(name)
            self.line_states.pop(name, None)
        for name in sorted(config, key=interface_order):
            self._follow(name, config[name][InterfaceSettings])

    def _follow(self, name: str, settings: InterfaceSettings) -> None:
        stack = self.router.stack
        interface = stack.interfaces.get(name)
        if interface is None:
            port = self.router.ports.get(name) or _unplugged(name)
            mac = mac_address(self.router.name, name)
            interface = Interface(name, mac, port, admin_up=not settings.shutdown)
            self.line_states[name] = (port is None, False)
            stack.add_interface(interface)
        address = settings.address
        interface.mtu = settings.mtu
        interface.set_addresses([(address.address, address.length)] if address else [])
        interface.set_admin(not settings.shutdown)

    def _changed(self, interface: Interface) -> None:
        """Log a change of the interface's state and of its line protocol; a loopback is made with its link up."""
        before = self.line_states.get(interface.name)
        now = (interface.admin_up, interface.line_up)
        if before is None or before == now:
            return
        self.line_states[interface.name] = now
        syslog = self.router.syslog
        if now[0] < before[0]:
            text = f"Interface {interface.name}, changed state to administratively down"
            syslog.message("LINK-5-CHANGED", text)
        elif now[1] != before[1] and (interface.port is not None or now[0] != before[0]):
            syslog.message("LINK-3-UPDOWN", f"Interface {interface.name}, changed state to {_word(now[1])}")
        if now[1] != before[1]:
            text = f"Line protocol on Interface {interface.name}, changed state to {_word(now[1])}"
            syslog.message("LINEPROTO-5-UPDOWN", text)


def _unplugged(name: str) -> Port | None:
    """A port without a cable: what is no loopback and leads nowhere (a tunnel, a VLAN, …) stays down."""
    return None if interface_type(name).name == "Loopback" else Port(name)


def _word(up: bool) -> str:
    return "up" if up else "down"


def mac_address(node: str, interface: str) -> bytes:
    """A locally administered MAC address, the same in every run."""
    return b"\x02" + hashlib.sha256(f"{node}\0{interface}".encode()).digest()[:5]


@check("interface")
def _check_interface(router: Router, config: Config, statement: Statement) -> None:
    """Physical interfaces are there or not: none can be made, none removed. What an interface was made as, it stays."""
    name = statement.get("interface")
    _check_making(name, statement)
    known = config[Interfaces].interfaces.get(name)
    if known is not None:
        statement.args = {**known.args, **statement.args}
    if not interface_type(name).physical:
        return
    if statement.no:
        raise Rejected("% Removal of physical interfaces is not permitted")
    if router.running and name not in config[Interfaces].interfaces:
        raise Rejected("%Invalid interface type and number")


def _check_making(name: str, statement: Statement) -> None:
    """`point-to-point` and `multipoint` are for sub-interfaces of Serial and ATM, `type` for virtual templates."""
    kind = interface_type(name).name
    if "link" in statement and ("." not in name or kind not in ("Serial", "ATM")):
        raise Rejected("% Invalid interface type")
    if "type" in statement and kind != "Virtual-Template":
        raise Rejected("% Invalid interface type")


@check("if_ip_address")
def _check_address(router: Router, config: Config, statement: Statement) -> None:
    if statement.no or statement.default:
        return
    address, mask = statement.get("address"), statement.get("mask")
    length = mask.bit_count()
    if mask != netmask(length) or not length:
        raise Rejected(f"Bad mask 0x{mask:X} for address {format_address(address)}")
    if length < 31 and address & ~mask & 0xFFFFFFFF in (0, ~mask & 0xFFFFFFFF):
        raise Rejected(f"Bad mask /{length} for address {format_address(address)}")
    if address >> 28 >= 14 or address >> 24 in (0, 127):
        raise Rejected(f"Not a valid host address - {format_address(address)}")
    _check_overlap(router, config.get("interface"), address, mask)


def _check_overlap(router: Router, name: str, address: int, mask: int) -> None:
    for other, config in router.config[Interfaces].interfaces.items():
        settings = config[InterfaceSettings]
        known = settings.address
        if other == name or known is None or settings.shutdown:
            continue
        if (known.address ^ address) & known.mask & mask == 0:
            raise Rejected(f"% {format_address(address & mask)} overlaps with {other}")
