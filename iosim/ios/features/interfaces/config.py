"""What is configured on interfaces, and the interfaces there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import permutations
from typing import TYPE_CHECKING, Any

from iosim.data import dataclass
from iosim.grammar.names import interface_order, interface_type
from iosim.grammar.parse import split_words
from iosim.grammar.values import InterfaceName
from iosim.ios.bindings import Flag, Section, Table, Value, bound, section_block
from iosim.ios.blocks import Block
from iosim.ios.config import PLANNED, Config, write_lines
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import displaces, part

if TYPE_CHECKING:
    from iosim.grammar import Statement

DEFAULT_MTU = 1500
HDLC = "hdlc"
DEFAULT_ARP_TIMEOUT = 4 * 3600


@dataclass(frozen=True, slots=True)
class IpAddress:
    """`ip address 10.0.0.1 255.255.255.0`"""

    address: int
    mask: int

    @property
    def length(self) -> int:
        """The length of the prefix."""
        return self.mask.bit_count()

    def overlaps(self, address: int, mask: int) -> bool:
        """Whether the subnet of another address has addresses in common with this one's."""
        return (self.address ^ address) & self.mask & mask == 0


@dataclass(frozen=True, slots=True)
class SecondaryAddress(IpAddress):
    """`ip address 10.0.1.1 255.255.255.0 secondary`"""

    secondary: bool = True


@dataclass(frozen=True, slots=True)
class VlanTag:
    """`encapsulation dot1Q 10 native`"""

    tagging: str
    vlan: int
    native: bool = False


@dataclass(frozen=True, slots=True)
class Keepalive:
    """`keepalive 5 3`: the seconds between two, 0 for none, and how many may be lost."""

    seconds: int | None = None
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class CarrierDelay:
    """`carrier-delay 5`, `carrier-delay msec 100`"""

    delay: int
    msec: bool = False


@dataclass(frozen=True, slots=True)
class HoldQueue:
    """`hold-queue 100 in`"""

    direction: str
    length: int


NO_KEEPALIVE = Keepalive(0)


class KeepaliveBinding(Value):
    """A keepalive can be switched off, which is written as `no keepalive`."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        super().apply(part, name, statement)
        if statement.no:
            setattr(part, name, NO_KEEPALIVE)

    def blocks(self, mode: str, value: Any) -> Iterator[Block]:
        if value == NO_KEEPALIVE:
            yield Block(("no keepalive",), self.order)
        else:
            yield from super().blocks(mode, value)


class FramingValue(Value):
    """What serial interfaces do unasked is not written, and others do not do it."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        super().apply(part, name, statement)
        if getattr(part, name) == HDLC:
            setattr(part, name, None)


@part("config_if")
@dataclass(slots=True)
class InterfaceSettings:
    """What interfaces have."""

    description: str | None = bound(Value("if_description", order=10, type="description"))
    tag: VlanTag | None = bound(Value("if_encapsulation_vlan", order=15, type=VlanTag))
    bandwidth: int | None = bound(Value("if_bandwidth", order=12, type="kbps"))
    mac_address: str | None = bound(Value("if_mac_address", order=14, type="mac"))
    mtu: int = bound(Value("if_mtu", order=15, type="mtu", default=DEFAULT_MTU))
    secondary: dict[Any, SecondaryAddress] = bound(
        Table("if_ip_address_secondary", order=20, key=("address",), type=SecondaryAddress)
    )
    address: IpAddress | None = bound(Value("if_ip_address", order=20, type=IpAddress, shown="no ip address"))
    unnumbered: str | None = bound(Value("if_ip_unnumbered", order=20, type="interface"))
    framing: str | None = bound(FramingValue("if_encapsulation", order=21, type="framing"))
    delay: int | None = bound(Value("if_delay", order=59, type="delay"))
    shutdown: bool = bound(Flag("if_shutdown", order=60))
    duplex: str | None = bound(Value("if_duplex", order=70, type="duplex"))
    speed: str | None = bound(Value("if_speed", order=71, type="speed"))
    keepalive: Keepalive | None = bound(KeepaliveBinding("if_keepalive", order=74, type=Keepalive))
    load_interval: int | None = bound(Value("if_load_interval", order=59.5, type="load_interval"))
    carrier_delay: CarrierDelay | None = bound(Value("if_carrier_delay", order=17, type=CarrierDelay))
    arp_timeout: int = bound(Value("if_arp_timeout", order=37, type="seconds", default=DEFAULT_ARP_TIMEOUT))
    hold_queues: dict[Any, HoldQueue] = bound(
        Table("inert_if_hold_queue", order=86, key=("direction",), type=HoldQueue)
    )

    @property
    def addresses(self) -> list[IpAddress]:
        """The primary address and the secondary ones."""
        return [*([self.address] if self.address else []), *self.secondary.values()]

    def overlaps(self, address: int, mask: int) -> bool:
        """Whether one of the addresses has a subnet that overlaps with this one."""
        if self.address is not None and self.address.overlaps(address, mask):
            return True
        return bool(self.secondary) and any(known.overlaps(address, mask) for known in self.secondary.values())

    @property
    def prefixes(self) -> list[tuple[int, int]]:
        """The addresses with the lengths of their prefixes."""
        return [(each.address, each.length) for each in self.addresses]


for _one, _other in permutations(("if_ip_address", "if_ip_unnumbered")):
    displaces("config_if", _one, _other, said=True, negated=False)
displaces("config_if", "if_ip_unnumbered", "if_ip_address_secondary", said=True, negated=False)


@dataclass(slots=True)
class Cloned:
    """The template that an interface is made from; no command says it."""

    template: str = ""


_CLONES: ContextVar[bool] = ContextVar("whether interfaces that are made from templates are written", default=False)


@contextmanager
def with_clones() -> Iterator[None]:
    """Within this, interfaces that are made from templates are written like those that are configured."""
    token = _CLONES.set(True)
    try:
        yield
    finally:
        _CLONES.reset(token)


class InterfaceSection(Section):
    """Interfaces. `default interface X` leaves the interface with nothing configured."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        if not statement.default:
            opened = super().apply(part, name, statement)
            if opened is not None and not is_simulated(statement.get("interface"), statement.get("type")):
                opened.standing = PLANNED
            return opened
        interfaces: dict[str, Config] = getattr(part, name)
        for key in statement.all("interface"):
            if key in interfaces:
                interfaces[key].reset()
        return None

    def blocks(self, mode: str, value: dict[str, Config]) -> Iterator[Block]:
        """Null0 is always there, and written only when something is configured on it; clones hardly ever are."""
        return super().blocks(mode, {name: x for name, x in value.items() if _is_written(name, x)})


def _is_written(name: str, config: Config) -> bool:
    return (_CLONES.get() or not is_clone(name)) and (name != "Null0" or _is_changed(config))


def _is_changed(config: Config) -> bool:
    return list(write_lines(config)) != ["no ip address"]


INTERFACES = InterfaceSection("interface", order=400, mode="config_if", key=("interface",), sort=interface_order)


def interface_lines(config: Config) -> tuple[str, ...]:
    """An interface as it is written, with the words that it was made with."""
    return section_block(INTERFACES, "config", config).lines


@part("config")
@dataclass(slots=True)
class Interfaces:
    """The interfaces by canonical name, in the order of a written configuration."""

    interfaces: dict[str, Config] = bound(INTERFACES)

    def owner_of(self, address: int, mask: int, asking: Config) -> str | None:
        """The other interface of the same VRF with an address whose subnet overlaps; those shut down do not count."""
        for name, config in self.interfaces.items():
            settings = config[InterfaceSettings]
            if config is asking or settings.shutdown or not settings.overlaps(address, mask):
                continue
            if vrf_of(config) == vrf_of(asking):
                return name
        return None


def vrf_of(config: Config) -> str | None:
    """The VRF of an interface, None for the global routing table."""
    said = config[KeptLines].said
    lines = [line for command in _VRF_COMMANDS for line in said.get(command, {}).values()]
    return next((args["vrf"][-1] for _, args in lines if args.get("vrf")), None)


_VRF_COMMANDS = ("planned_if_vrf_forwarding", "planned_if_ip_vrf_forwarding")


def interface_column(statement: Statement) -> int:
    """Where a line names an interface."""
    words = split_words(statement.line)
    named = (word.column for at, word in enumerate(words) if InterfaceName("").read(words, at, statement.line))
    return next(named, 0)


def parent_name(name: str) -> str | None:
    """The main interface of a sub-interface, by their names."""
    main, dot, _ = name.partition(".")
    return main if dot else None


def is_clone(name: str) -> bool:
    """Whether an interface is made from a template, not by the configuration."""
    return interface_type(name).name == "Virtual-Access"


def is_tunnel(name: str) -> bool:
    """Whether packets of an interface are put into others."""
    return interface_type(name).name in ("Tunnel", "Virtual-Access")


def is_simulated(name: str, type: str | None = None) -> bool:
    """Whether packets travel by an interface; the others are kept, and lead nowhere. Templates may be of a `type`."""
    main = parent_name(name)
    kind = interface_type(main or name)
    if kind.name == "Virtual-Template":
        return type == "tunnel"
    return kind.name in ("Loopback", "Null") or is_tunnel(name) or (kind.physical and not (main and kind.serial))


def is_point_to_point(name: str) -> bool:
    """Whether an interface has one neighbour only."""
    kind = interface_type(name)
    virtual = ("Dialer", "Virtual-Template", "Multilink", "Async", "Cellular")
    return kind.serial or kind.name in virtual or is_tunnel(name)
