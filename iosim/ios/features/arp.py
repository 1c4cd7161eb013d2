"""The ARP table: `show arp`, `clear arp-cache`, entries by hand (`arp A.B.C.D H.H.H arpa`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.bindings import Table, bound
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.sim.clock import SECOND
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.wire.arp import Arp

DUPLICATE_INTERVAL = 30 * SECOND
HEADING = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"


def mac_text(mac: bytes) -> str:
    """A MAC address as Cisco writes it: `0012.7fff.04d7`."""
    digits = mac.hex()
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def mac_bytes(text: str) -> bytes:
    """The bytes of `12.7fff.4d7`, whose groups may leave zeros out."""
    return bytes.fromhex("".join(group.zfill(4) for group in text.split(".")))


@dataclass(frozen=True, slots=True)
class StaticEntry:
    """`arp 10.0.0.5 0200.0000.0005 ARPA alias`"""

    address: int
    mac: str
    alias: bool = False


@part("config")
@dataclass(slots=True)
class StaticArp:
    """The entries that were made by hand."""

    entries: dict[Any, StaticEntry] = bound(
        Table("arp", order=538, key=("address",), type=StaticEntry, spelled={"arpa": "ARPA"})
    )


@feature
class StaticArpFeature(Feature):
    """Hands those entries to the stack, and tells the log of others who have one of our addresses."""

    order = 13

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._told: dict[int, int] = {}
        router.stack.arp.on_duplicate.append(self._duplicate)

    def _duplicate(self, interface: Interface, message: Arp) -> None:
        """Tell of an address at most once in a while."""
        address, now = message.sender_address, self.router.sim.now
        if address in self._told and now - self._told[address] < DUPLICATE_INTERVAL:
            return
        self._told[address] = now
        text = f"Duplicate address {format_address(address)} on {interface.name}, sourced by "
        self.router.syslog.message("IP-4-DUPADDR", text + mac_text(message.sender_mac))

    def reconcile(self) -> None:
        entries, arp = self.router.config[StaticArp].entries.values(), self.router.stack.arp
        arp.static = {entry.address: mac_bytes(entry.mac) for entry in entries}
        arp.aliases = {entry.address: None for entry in entries if entry.alias}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `age` in minutes, None for what does not age; `mac` is None while it is asked for."""

    address: int
    age: int | None
    mac: bytes | None
    interface: str

    def text(self) -> str:
        """The line."""
        age = "-" if self.age is None else str(self.age)
        mac = "Incomplete" if self.mac is None else mac_text(self.mac)
        return f"Internet  {format_address(self.address):<15}{age:>10}   {mac:<14}  ARPA   {self.interface}".rstrip()


def arp_rows(stack: Stack) -> list[Row]:
    """The neighbours and the node's own addresses, in the order of the addresses."""
    rows: dict[int, Row] = {}
    for interface in stack.interfaces.values():
        if interface.line_up and interface.is_broadcast:
            for address, _ in interface.addresses:
                rows[address] = Row(address, None, interface.mac, interface.name)
    for entry in stack.arp.entries():
        age = (stack.sim.now - entry.updated) // (60 * SECOND) if entry.mac is not None else 0
        rows[entry.address] = Row(entry.address, age, entry.mac, entry.interface.name if entry.mac else "")
    for address, mac in stack.arp.static.items():
        rows[address] = Row(address, None, mac, "")
    return [rows[address] for address in sorted(rows)]


@handler("show_arp", "host_arp")
def show_arp(terminal: Terminal, statement: Statement) -> str:
    """`show arp`, `show ip arp`, also of one address or interface; `arp` on a host."""
    wanted = _filter(statement)
    return HEADING + "".join(f"{row.text()}\n" for row in arp_rows(terminal.stack) if wanted(row))


def _filter(statement: Statement) -> Callable[[Row], bool]:
    if "interface" in statement:
        return lambda row: row.interface == statement.get("interface")
    if "mac" in statement:
        return lambda row: row.mac == mac_bytes(statement.get("mac"))
    return lambda row: statement.get("address") in (None, row.address)


@handler("clear_arp")
def clear_arp(session: Session, statement: Statement) -> None:
    """`clear arp-cache [interface X | A.B.C.D]`"""
    name, stack = statement.get("interface"), session.stack
    if name is None or name in stack.interfaces:
        stack.arp.clear(stack.interfaces.get(name) if name else None, statement.get("address"))
