"""Interface names: the types a router knows, their abbreviations and their short forms in tables."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from iosim.data import dataclass


@dataclass(frozen=True, slots=True)
class InterfaceType:
    """A type of interface. `parts` is how many numbers a name may hold, as (fewest, most), split by `/`.

    Into a `physical` one fits a cable, which is a `serial` one or one of Ethernet. `divided` ones have sub-interfaces
    (`GigabitEthernet0/0.10`), which are none. `place` orders the types in a running configuration. Few routers have a
    `rare` one: an abbreviation means it only when it means no other. `numbers` is what `?` says of its number.
    """

    name: str
    short: str
    help: str
    parts: tuple[int, int]
    physical: bool = False
    divided: bool = False
    place: int = 2
    serial: bool = False
    rare: bool = False
    numbers: str = "<0-99>"


def _ethernet(name: str, short: str, help_text: str, rare: bool = False) -> InterfaceType:
    return InterfaceType(name, short, help_text, (1, 3), physical=True, divided=True, place=1, rare=rare)


HIGHEST = 2**31 - 1
"""The highest number of a loopback or a tunnel; no other type has higher ones."""
_ANY_NUMBER = f"<0-{HIGHEST}>"

INTERFACE_TYPES = (
    InterfaceType("ATM", "AT", "ATM interface", (1, 3), divided=True, place=1),
    InterfaceType("Async", "As", "Async interface", (1, 3), place=1),
    InterfaceType("BVI", "BV", "Bridge-Group Virtual Interface", (1, 1)),
    InterfaceType("Cellular", "Ce", "Cellular interface", (1, 3), place=1, rare=True),
    InterfaceType("Dialer", "Di", "Dialer interface", (1, 1)),
    InterfaceType("Embedded-Service-Engine", "Em", "Embedded Service Engine", (2, 2), place=1, rare=True),
    _ethernet("Ethernet", "Et", "IEEE 802.3"),
    _ethernet("FastEthernet", "Fa", "FastEthernet IEEE 802.3"),
    _ethernet("FortyGigabitEthernet", "Fo", "Forty Gigabit Ethernet", rare=True),
    _ethernet("GigabitEthernet", "Gi", "GigabitEthernet IEEE 802.3z"),
    _ethernet("HundredGigE", "Hu", "Hundred Gigabit Ethernet", rare=True),
    InterfaceType("Loopback", "Lo", "Loopback interface", (1, 1), place=0, numbers=_ANY_NUMBER),
    InterfaceType("Multilink", "Mu", "Multilink-group interface", (1, 1), rare=True),
    InterfaceType("Null", "Nu", "Null interface", (1, 1), numbers="<0-0>"),
    InterfaceType("Port-channel", "Po", "Ethernet Channel of interfaces", (1, 1), divided=True, place=0),
    InterfaceType("Serial", "Se", "Serial", (1, 3), physical=True, divided=True, place=1, serial=True),
    _ethernet("TenGigabitEthernet", "Te", "Ten Gigabit Ethernet"),
    InterfaceType("Tunnel", "Tu", "Tunnel interface", (1, 1), place=0, numbers=_ANY_NUMBER),
    _ethernet("TwentyFiveGigE", "Twe", "Twenty Five Gigabit Ethernet", rare=True),
    _ethernet("TwoGigabitEthernet", "Tw", "Two Gigabit Ethernet", rare=True),
    InterfaceType("Virtual-Access", "Vi", "Virtual Access interface", (1, 1), rare=True),
    InterfaceType("Virtual-PPP", "Vp", "Virtual PPP interface", (1, 1), rare=True),
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
    kinds = [kind for kind in kinds if not kind.rare] or kinds
    if len(kinds) != 1 or not number.isascii() or len(number) > 20:
        return None
    number, dot, sub = number.partition(".")
    parts = number.split("/")
    fewest, most = kinds[0].parts
    if not fewest <= len(parts) <= most or not all(part.isdecimal() and int(part) <= HIGHEST for part in parts):
        return None
    if dot and not (kinds[0].divided and sub.isdecimal() and int(sub)):
        return None
    return kinds[0].name + "/".join(str(int(part)) for part in parts) + (f".{int(sub)}" if dot else "")


_RANGE_PART = re.compile(r"(?P<first>.*?(?P<low>\d+))(?: ?- ?[^\d]*(?P<high>\d+))?", re.ASCII)
MAXIMUM_RANGE = 4094


def parse_range(text: str) -> tuple[tuple[str, int], ...] | None:
    """The parts of an interface range such as `gi0/0 - 3 , gi0/7`: the first interface of each, and its last number."""
    parts = []
    for part in text.split(","):
        found = _RANGE_PART.fullmatch(" ".join(part.split()))
        first = parse_interface(found["first"].replace(" ", "")) if found else None
        if found is None or first is None or len(found["low"]) > 10 or len(found["high"] or "") > 10:
            return None
        low = int(found["low"])
        high = int(found["high"] or low)
        if not low <= high < low + MAXIMUM_RANGE:
            return None
        parts.append((first, high))
    return tuple(parts)


def range_text(parts: tuple[tuple[str, int], ...]) -> str:
    """A range as a configuration shows it."""
    texts = []
    for first, high in parts:
        stem = first.rstrip("0123456789")
        texts.append(first if first == f"{stem}{high}" else f"{first} - {high}")
    return " , ".join(texts)


def range_names(parts: tuple[tuple[str, int], ...]) -> list[str]:
    """The interfaces of a range, each once."""
    names: dict[str, None] = {}
    for first, high in parts:
        stem = first.rstrip("0123456789")
        names |= dict.fromkeys(f"{stem}{number}" for number in range(int(first[len(stem) :]), high + 1))
    return list(names)


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
