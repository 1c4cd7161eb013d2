"""The ARP table: `show arp`, `clear arp-cache`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.sim.clock import SECOND
from iosim.stack.stack import Stack

HEADING = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"


def mac_text(mac: bytes) -> str:
    """A MAC address as Cisco writes it: `0012.7fff.04d7`."""
    digits = mac.hex()
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def arp_table(stack: Stack) -> str:
    """The neighbours and the node's own addresses, in the order of the addresses."""
    rows: dict[int, str] = {}
    for interface in stack.interfaces.values():
        if interface.line_up and interface.port is not None:
            for address, _ in interface.addresses:
                rows[address] = _row(address, "-", mac_text(interface.mac), interface.name)
    for entry in stack.arp.entries():
        if entry.mac is None:
            rows[entry.address] = _row(entry.address, "0", "Incomplete", "")
        else:
            age = str((stack.sim.now - entry.updated) // (60 * SECOND))
            rows[entry.address] = _row(entry.address, age, mac_text(entry.mac), entry.interface.name)
    return HEADING + "".join(rows[address] for address in sorted(rows))


def _row(address: int, age: str, mac: str, interface: str) -> str:
    return f"Internet  {format_address(address):<15}{age:>10}   {mac:<14}  ARPA   {interface}".rstrip() + "\n"


@handler("show_arp", "host_arp")
def show_arp(terminal: Terminal, statement: Statement) -> str:
    """`show arp`, `show ip arp`; `arp` on a host."""
    return arp_table(terminal.stack)


@handler("clear_arp")
def clear_arp(session: Session, statement: Statement) -> None:
    """`clear arp-cache`"""
    session.stack.arp.clear()
