"""Interface names: the types a router knows, their abbreviations and their short forms in tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class InterfaceType:
    """A type of interface. `parts` is how many numbers a name may hold, as (fewest, most), split by `/`."""

    name: str
    short: str
    help: str
    parts: tuple[int, int]
    physical: bool = True


INTERFACE_TYPES = (
    InterfaceType("Ethernet", "Et", "IEEE 802.3", (1, 3)),
    InterfaceType("FastEthernet", "Fa", "FastEthernet IEEE 802.3", (1, 3)),
    InterfaceType("GigabitEthernet", "Gi", "GigabitEthernet IEEE 802.3z", (1, 3)),
    InterfaceType("Loopback", "Lo", "Loopback interface", (1, 1), physical=False),
    InterfaceType("TenGigabitEthernet", "Te", "Ten Gigabit Ethernet", (1, 3)),
)


@lru_cache(maxsize=4096)
def parse_interface(text: str) -> str | None:
    """The canonical name for a possibly abbreviated one (`gi0/1` is `GigabitEthernet0/1`), or None."""
    digits = next((i for i, char in enumerate(text) if char.isdigit()), len(text))
    word, number = text[:digits].rstrip().lower(), text[digits:]
    kinds = [kind for kind in INTERFACE_TYPES if kind.name.lower().startswith(word)] if word else []
    if len(kinds) != 1 or not number.isascii() or len(number) > 20:
        return None
    parts = number.split("/")
    fewest, most = kinds[0].parts
    if not fewest <= len(parts) <= most or not all(part.isdecimal() for part in parts):
        return None
    return kinds[0].name + "/".join(str(int(part)) for part in parts)


def interface_type(name: str) -> InterfaceType:
    """The type of a canonical name."""
    letters = name.rstrip("0123456789/.")
    return next(kind for kind in INTERFACE_TYPES if kind.name == letters)


def short_name(name: str) -> str:
    """The two-letter form of tables: `Gi0/1`."""
    kind = interface_type(name)
    return kind.short + name[len(kind.name) :]


def interface_order(name: str) -> tuple[bool, str, tuple[int, ...]]:
    """A sort key: the order of interfaces in a running configuration (loopbacks first, then by type and number)."""
    kind = interface_type(name)
    return kind.physical, kind.name, tuple(int(part) for part in name[len(kind.name) :].split("/"))
