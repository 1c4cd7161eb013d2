"""Interface names: the types a router knows, their abbreviations and their short forms in tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class InterfaceType:
    """A type of interface. `parts` is how many numbers a name may hold, as (fewest, most), split by `/`.

    Into a `physical` one fits a cable. `divided` ones have sub-interfaces (`GigabitEthernet0/0.10`), which are none.
    `place` orders the types in a running configuration.
    """

    name: str
    short: str
    help: str
    parts: tuple[int, int]
    physical: bool = False
    divided: bool = False
    place: int = 2


def _ethernet(name: str, short: str, help_text: str) -> InterfaceType:
    return InterfaceType(name, short, help_text, (1, 3), physical=True, divided=True, place=1)


INTERFACE_TYPES = (
    InterfaceType("ATM", "AT", "ATM interface", (1, 3), divided=True, place=1),
    InterfaceType("Async", "As", "Async interface", (1, 3), place=1),
    InterfaceType("BVI", "BV", "Bridge-Group Virtual Interface", (1, 1)),
    InterfaceType("Dialer", "Di", "Dialer interface", (1, 1)),
    _ethernet("Ethernet", "Et", "IEEE 802.3"),
    _ethernet("FastEthernet", "Fa", "FastEthernet IEEE 802.3"),
    _ethernet("GigabitEthernet", "Gi", "GigabitEthernet IEEE 802.3z"),
    InterfaceType("Loopback", "Lo", "Loopback interface", (1, 1), place=0),
    InterfaceType("Null", "Nu", "Null interface", (1, 1)),
    InterfaceType("Port-channel", "Po", "Ethernet Channel of interfaces", (1, 1), divided=True, place=0),
    InterfaceType("Serial", "Se", "Serial", (1, 3), divided=True, place=1),
    _ethernet("TenGigabitEthernet", "Te", "Ten Gigabit Ethernet"),
    InterfaceType("Tunnel", "Tu", "Tunnel interface", (1, 1), place=0),
    InterfaceType("Virtual-Template", "Vt", "Virtual Template interface", (1, 1)),
    InterfaceType("Vlan", "Vl", "Catalyst Vlans", (1, 1)),
)
_BY_NAME = {kind.name: kind for kind in INTERFACE_TYPES}
_SUB_INTERFACES = {name: replace(kind, physical=False) for name, kind in _BY_NAME.items()}


@lru_cache(maxsize=4096)
def parse_interface(text: str) -> str | None:
    """The canonical name for a possibly abbreviated one (`gi0/1` is `GigabitEthernet0/1`), or None."""
    digits = next((i for i, char in enumerate(text) if char.isdigit()), len(text))
    word, number = text[:digits].rstrip().lower(), text[digits:]
    kinds = [kind for kind in INTERFACE_TYPES if kind.name.lower().startswith(word)] if word else []
    if len(kinds) != 1 or not number.isascii() or len(number) > 20:
        return None
    number, dot, sub = number.partition(".")
    parts = number.split("/")
    fewest, most = kinds[0].parts
    if not fewest <= len(parts) <= most or not all(part.isdecimal() for part in parts):
        return None
    if dot and not (kinds[0].divided and sub.isdecimal() and int(sub)):
        return None
    return kinds[0].name + "/".join(str(int(part)) for part in parts) + (f".{int(sub)}" if dot else "")


def interface_type(name: str) -> InterfaceType:
    """The type of a canonical name; a sub-interface has the type of its interface, but is not physical."""
    letters = name.rstrip("0123456789/.")
    return (_SUB_INTERFACES if "." in name else _BY_NAME)[letters]


def short_name(name: str) -> str:
    """The two-letter form of tables: `Gi0/1`."""
    kind = interface_type(name)
    return kind.short + name[len(kind.name) :]


def interface_order(name: str) -> tuple[int, int, str, tuple[int, ...]]:
    """A sort key: the order in a running configuration: loopbacks and the like, then by slot, type and number."""
    kind = interface_type(name)
    numbers = tuple(map(int, name[len(kind.name) :].replace(".", "/").split("/")))
    slot = numbers[0] if "/" in name else 0
    return kind.place, slot, kind.name, numbers
