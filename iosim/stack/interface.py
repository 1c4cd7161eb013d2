"""Interfaces: addresses, line state, counters, and the places where filters and IPsec are hooked in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from iosim.sim.link import Port
from iosim.stack.acl import AccessList, Ace
from iosim.wire.address import netmask


class CryptoHook(Protocol):
    """What IPsec does on an interface that has it. Packets are whole IPv4 packets."""

    def outbound(self, packet: bytes, interface: Interface) -> bytes | None:
        """A packet is about to leave: the packet that leaves, or None when it was taken or dropped."""

    def inbound(self, packet: bytes, interface: Interface) -> bool:
        """A packet has arrived: whether it may go on."""


@dataclass(slots=True)
class Counters:
    """What `show interfaces` counts; bytes include the Ethernet header."""

    packets_in: int = 0
    bytes_in: int = 0
    broadcasts_in: int = 0
    runts: int = 0
    input_errors: int = 0
    unknown_protocol: int = 0
    input_drops: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    output_drops: int = 0


class Interface:
    """One interface. With a `port` it is Ethernet; without it is a loopback, whose line is up unless shut down.

    Addresses change through `set_addresses` and the state through `set_admin`, so that routes and syslog can follow:
    `on_change` (set by the stack) is called after each change. `counters` may be replaced by fresh ones at any time;
    `last_input` and `last_output` are simulated µs, None for never. `unreachables` and `proxy_arp` are the IOS settings
    of these names. `filtered` counts the packets that each access list line decided here, "in" or "out";
    `last_frame` is the one that is being looked at, or was last.
    """

    __slots__ = (
        "acl_in",
        "acl_out",
        "addresses",
        "admin_up",
        "counters",
        "crypto",
        "filtered",
        "last_frame",
        "last_input",
        "last_output",
        "line_up",
        "mac",
        "mtu",
        "name",
        "on_change",
        "port",
        "proxy_arp",
        "unreachables",
    )

    def __init__(
        self, name: str, mac: bytes = bytes(6), port: Port | None = None, mtu: int = 1500, admin_up: bool = True
    ) -> None:
        self.name = name
        self.mac = mac
        self.mtu = mtu
        self.port = port
        self.admin_up = admin_up
        self.line_up = False
        self.addresses: list[tuple[int, int]] = []
        self.counters = Counters()
        self.last_frame = b""
        self.last_input: int | None = None
        self.last_output: int | None = None
        self.acl_in: AccessList | None = None
        self.acl_out: AccessList | None = None
        self.filtered: Counter[tuple[str, Ace]] = Counter()
        self.crypto: CryptoHook | None = None
        self.unreachables = True
        self.proxy_arp = False
        self.on_change: Callable[[Interface], None] | None = None
        if port is not None:
            port.on_carrier = self._carrier_changed
            port.enable(admin_up)
        self._sense()

    @property
    def address(self) -> int | None:
        """The primary address."""
        return self.addresses[0][0] if self.addresses else None

    @property
    def prefix_length(self) -> int | None:
        """The prefix length of the primary address."""
        return self.addresses[0][1] if self.addresses else None

    def set_addresses(self, addresses: list[tuple[int, int]]) -> None:
        """Set (address, prefix length) pairs: the primary first, then the secondary ones; an empty list removes all."""
        if addresses != self.addresses:
            self.addresses = list(addresses)
            self._changed()

    def set_admin(self, up: bool) -> None:
        """`no shutdown` or `shutdown`."""
        if up is not self.admin_up:
            self.admin_up = up
            line_up = self.line_up
            if self.port is not None:
                self.port.enable(up)
            self._sense()
            if self.line_up is line_up:
                self._changed()

    def owns(self, address: int) -> bool:
        """Whether this is one of the interface's addresses."""
        return any(address == own for own, _ in self.addresses)

    def reaches(self, address: int) -> bool:
        """Whether the address lies in one of the interface's subnets."""
        return any((address ^ own) & netmask(length) == 0 for own, length in self.addresses)

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
        self._sense()

    def _sense(self) -> None:
        """Work out the line state, and tell when it has changed."""
        up = self.admin_up and (self.port is None or self.port.up)
        if up is not self.line_up:
            self.line_up = up
            self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change(self)
