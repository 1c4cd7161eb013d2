"""Interfaces: addresses, line state, counters, and the places where filters and IPsec are hooked in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar

from iosim.data import dataclass
from iosim.sim.clock import Simulator, Timer
from iosim.stack.acl import AccessList, Ace
from iosim.stack.hooks import CryptoHook, FragmentHook, Framing, NatHook, Plug, PolicyHook, SourceCheck, Trunk
from iosim.stack.trail import Trails
from iosim.wire.address import netmask


@dataclass(slots=True)
class Counters:
    """What `show interfaces` counts; bytes include the header of the link layer."""

    packets_in: int = 0
    bytes_in: int = 0
    broadcasts_in: int = 0
    runts: int = 0
    giants: int = 0
    input_errors: int = 0
    unknown_protocol: int = 0
    input_drops: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    output_drops: int = 0
    resets: int = 0
    carrier_transitions: int = 0
    arp_in: int = 0
    arp_out: int = 0
    ip_in: int = 0
    ip_bytes_in: int = 0
    ip_out: int = 0
    ip_bytes_out: int = 0


ARP_TIMEOUT = 4 * 3600 * 1_000_000

_T = TypeVar("_T")


class Decisive(Generic[_T]):
    """A setting that decides what becomes of packets: when it becomes another, the stack is told (`on_decision`)."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_{name}"

    def __get__(self, interface: Interface, owner: type) -> _T:
        value: _T = getattr(interface, self._slot)
        return value

    def __set__(self, interface: Interface, value: _T) -> None:
        if getattr(interface, self._slot, self) is value:
            return
        setattr(interface, self._slot, value)
        if interface.on_decision is not None:
            interface.on_decision()


class Interface:
    """One interface. With a `port` it is Ethernet, unless it has a `framing` of its own; without a port it is a
    loopback, whose line is up unless shut down.

    Addresses change through `set_addresses` and the state through `set_admin`, so that routes and syslog can follow:
    `on_change` (set by the stack) is called after each change. `carrier` is the state of the link below the line
    protocol (`line_up`); a change of the port's must last for `carrier_delay` µs to count. `mtu` is that of IP,
    `frame_mtu` that of the link, `mss` the most that a TCP connection through it may announce. An interface without
    addresses can use those of a `lender` (`ip unnumbered`). `trails` are those of packets that arrive here.
    `counters` may be replaced by fresh ones at any time; `last_input` and `last_output` are simulated µs, None for
    never. `arp_timeout` is in µs, 0 for no end. With `per_packet`, packets of one flow may leave by several ways.
    `unreachables` and its like are the IOS settings of these names. `filtered` counts the packets that each access list
    line decided here, "in" or "out"; `last_frame` is the one that is being looked at, or was last.
    """

    __slots__ = (
        "_acl_in",
        "_acl_out",
        "_crypto",
        "_delayed",
        "_mss",
        "_mtu",
        "_nat",
        "_physical",
        "_policy",
        "_redirects",
        "_source_check",
        "addresses",
        "admin_up",
        "arp_timeout",
        "carrier",
        "carrier_delay",
        "counters",
        "directed_broadcast",
        "filtered",
        "frame_mtu",
        "framing",
        "last_frame",
        "last_input",
        "last_output",
        "lender",
        "line_up",
        "mac",
        "mask_reply",
        "name",
        "on_change",
        "on_decision",
        "per_packet",
        "port",
        "proxy_arp",
        "reassembly",
        "reassembly_out",
        "sim",
        "trails",
        "trunk",
        "unreachables",
    )

    acl_in = Decisive[AccessList | None]()
    acl_out = Decisive[AccessList | None]()
    crypto = Decisive[CryptoHook | None]()
    mss = Decisive[int | None]()
    mtu = Decisive[int]()
    nat = Decisive[NatHook | None]()
    policy = Decisive[PolicyHook | None]()
    redirects = Decisive[bool]()
    source_check = Decisive[SourceCheck | None]()

    def __init__(
        self,
        name: str,
        mac: bytes = bytes(6),
        port: Plug | None = None,
        mtu: int = 1500,
        admin_up: bool = True,
        framing: Framing | None = None,
    ) -> None:
        self.on_decision: Callable[[], None] | None = None
        self.trails: Trails = {}
        self.name = name
        self.mac = mac
        self.mtu = self.frame_mtu = mtu
        self.mss = None
        self.reassembly: FragmentHook | None = None
        self.reassembly_out: FragmentHook | None = None
        self.port = port
        self.framing = framing
        self.trunk: Trunk | None = None
        self.admin_up = admin_up
        self.carrier = self.line_up = False
        self.carrier_delay = 0
        self.addresses: list[tuple[int, int]] = []
        self.lender: Interface | None = None
        self.counters = Counters()
        self.last_frame = b""
        self.last_input: int | None = None
        self.last_output: int | None = None
        self.acl_in = self.acl_out = None
        self.filtered: Counter[tuple[str, Ace]] = Counter()
        self.crypto = self.nat = self.policy = self.source_check = None
        self.arp_timeout = ARP_TIMEOUT
        self.per_packet = False
        self.unreachables = self.redirects = True
        self.proxy_arp = self.mask_reply = self.directed_broadcast = False
        self.on_change: Callable[[Interface], None] | None = None
        self.sim: Simulator | None = None
        self._physical = True
        self._delayed: Timer | None = None
        if port is not None:
            port.on_carrier = self._carrier_changed
            port.enable(admin_up)
            self._physical = port.up
        self.sense()

    @property
    def is_broadcast(self) -> bool:
        """Whether there may be many neighbours, which ARP finds."""
        return self.port is not None and self.framing is None

    @property
    def address(self) -> int | None:
        """The primary address, or that of the lender."""
        if self.addresses:
            return self.addresses[0][0]
        return self.lender.address if self.lender is not None else None

    @property
    def prefix_length(self) -> int | None:
        """The prefix length of the primary address."""
        return self.addresses[0][1] if self.addresses else None

    def set_addresses(self, addresses: list[tuple[int, int]]) -> None:
        """Set (address, prefix length) pairs: the primary first, then the secondary ones; an empty list removes all."""
        if addresses != self.addresses:
            self.addresses = list(addresses)
            self.announce()

    def set_lender(self, lender: Interface | None) -> None:
        """Use the addresses of another interface, or no longer."""
        if lender is not self.lender:
            self.lender = lender
            self.announce()

    def set_framing(self, framing: Framing | None) -> None:
        """Frame packets in another way from now on."""
        if self.framing is not None:
            self.framing.carrier(False)
        self.framing = framing
        if framing is not None and self.carrier:
            framing.carrier(True)
        if self.on_decision is not None:
            self.on_decision()
        self.sense()

    def set_admin(self, up: bool) -> None:
        """`no shutdown` or `shutdown`."""
        if up is not self.admin_up:
            self.admin_up = up
            if not up:
                self.counters.resets += 1
            state = self.carrier, self.line_up
            if self.port is not None:
                self.port.enable(up)
            self.sense()
            if state == (self.carrier, self.line_up):
                self.announce()

    def owns(self, address: int) -> bool:
        """Whether this is one of the interface's addresses."""
        return any(address == own for own, _ in self.addresses)

    def reaches(self, address: int) -> bool:
        """Whether the address lies in one of the interface's subnets."""
        return any((address ^ own) & netmask(length) == 0 for own, length in self.addresses)

    def shares_subnet(self, one: int, other: int) -> bool:
        """Whether two addresses lie in the same subnet of the interface."""
        masks = ((own, netmask(length)) for own, length in self.addresses)
        return any((one ^ own) & mask == 0 == (other ^ own) & mask for own, mask in masks)

    def address_towards(self, neighbour: int) -> int | None:
        """The interface's address in the neighbour's subnet, or else the primary one."""
        for own, length in self.addresses:
            if (neighbour ^ own) & netmask(length) == 0:
                return own
        return self.address

    def broadcasts(self) -> list[int]:
        """The directed broadcast address of each subnet that has one."""
        return [own | ~netmask(length) & 0xFFFFFFFF for own, length in self.addresses if length < 31]

    def _carrier_changed(self, up: bool) -> None:
        """The port's carrier has changed: that counts at once, or when it has lasted for the carrier delay."""
        if self._delayed is not None:
            self._delayed.cancel()
        if self.carrier_delay and self.sim is not None:
            self._delayed = self.sim.call_later(self.carrier_delay, self._carrier_lasts)
        else:
            self._carrier_lasts()

    def _carrier_lasts(self) -> None:
        if self.port is not None and self.port.up is not self._physical:
            self._physical = self.port.up
            self.counters.carrier_transitions += 1
        self.sense()

    def sense(self) -> None:
        """Work out the state of the link and of the line protocol, and tell when it has changed."""
        carrier, before = self.admin_up and self._physical, self.carrier
        if carrier is not before:
            self.carrier = carrier
            if self.framing is not None:
                self.framing.carrier(carrier)
        up = carrier and (self.framing is None or self.framing.alive)
        if carrier is not before or up is not self.line_up:
            self.line_up = up
            self.announce()

    def announce(self) -> None:
        """Something that others may want to know has changed: call `on_change`."""
        if self.on_change is not None:
            self.on_change(self)
