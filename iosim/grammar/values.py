"""The types of values in a command: the text that stands in the grammar and in `?` is the type.

`"<1-10000>"` is a number in that range, `"A.B.C.D"` an address, `"WORD"` any word, `"LINE"` the rest of the line and
`"interface"` an interface name in one word or two. A type turns words into a value and a value back into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from iosim.grammar.names import INTERFACE_TYPES, interface_type, parse_interface, parse_range, range_text
from iosim.grammar.numbers import NAMED, NamedNumber, Number
from iosim.grammar.spelled import (
    Clock,
    Hex,
    HexType,
    Ipv6Address,
    Ipv6Prefix,
    Mac,
    Month,
    PrefixLength,
    Spelled,
    Url,
    VlanList,
    is_length,
)
from iosim.grammar.value import ValueType, Word


class Address(ValueType):
    """`A.B.C.D`: an IPv4 address, a mask or a wildcard, as a 32-bit integer."""

    def convert(self, text: str) -> int | None:
        return parse_address(text)

    def begins(self, text: str) -> bool:
        parts = text.split(".")
        if len(parts) <= 4 and not parts[-1]:
            parts.pop()
        return bool(parts) and self.convert(".".join(parts + ["0"] * (4 - len(parts)))) is not None

    def text(self, value: Any) -> str:
        return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


class AnyWord(ValueType):
    """`WORD`, and every other display form without a type of its own, such as `Hostname or A.B.C.D`."""

    rank = 2

    def convert(self, text: str) -> str | None:
        return text


class Line(ValueType):
    """`LINE`: everything up to the end of the line."""

    rank = 3

    def read(self, words: Sequence[Word], index: int, line: str) -> tuple[Any, int] | None:
        return line[words[index].column :].rstrip(), len(words)

    def convert(self, text: str) -> str | None:
        return text


class InterfaceRange(ValueType):
    """`Interface-range`: interfaces of one type or several, up to the end of the line (see names.parse_range)."""

    rank = 1
    is_list = True

    def read(self, words: Sequence[Word], index: int, line: str) -> tuple[Any, int] | None:
        value = self.convert(line[words[index].column :])
        return None if value is None else (value, len(words))

    def convert(self, text: str) -> str | None:
        parts = parse_range(text)
        return None if parts is None else range_text(parts)

    def begins(self, text: str) -> bool:
        return parse_interface(text.removesuffix("/")) is not None

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        return [(kind.name, kind.help) for kind in INTERFACE_TYPES]


class InterfaceName(ValueType):
    """`Interface`: a name such as `GigabitEthernet0/0`, abbreviated, in one word or two."""

    rank = 1
    is_list = True

    def read(self, words: Sequence[Word], index: int, line: str) -> tuple[Any, int] | None:
        text = words[index].text
        name = parse_interface(text)
        if name is None and not text[-1].isdecimal() and index + 1 < len(words):
            index += 1
            name = parse_interface(text + words[index].text)
        return None if name is None else (name, index + 1)

    def convert(self, text: str) -> str | None:
        return parse_interface(text)

    def begins(self, text: str) -> bool:
        return parse_interface(text.removesuffix("/")) is not None

    def second(self, word: str) -> tuple[str, str] | None:
        name = parse_interface(word + "0")
        kind = None if name is None else interface_type(name)
        return None if kind is None else (kind.numbers, f"{kind.name} interface number")

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        return [(kind.name, kind.help) for kind in INTERFACE_TYPES]


class Ipv4Prefix(Spelled):
    """`A.B.C.D/nn`: an IPv4 prefix."""

    def convert(self, text: str) -> str | None:
        address, slash, length = text.partition("/")
        return text if slash and parse_address(address) is not None and is_length(length, 32) else None


class RouteDistinguisher(Spelled):
    """`ASN:nn` or an address and a number."""

    def convert(self, text: str) -> str | None:
        left, colon, right = text.partition(":")
        sound = colon and right.isdecimal() and right.isascii()
        return text if sound and (left.isdecimal() or parse_address(left) is not None) else None


_TYPES: dict[str, type[ValueType]] = {
    **dict.fromkeys(NAMED, NamedNumber),
    "A.B.C.D": Address,
    "A.B.C.D/nn": Ipv4Prefix,
    "ASN:nn": RouteDistinguisher,
    "ASN:nn or IP-address:nn": RouteDistinguisher,
    "X:X:X:X::X": Ipv6Address,
    "X:X:X:X::X/<0-128>": Ipv6Prefix,
    "Interface": InterfaceName,
    "Interface-range": InterfaceRange,
    "LINE": Line,
    "URL": Url,
    "Month": Month,
    "H.H.H": Mac,
    "Hex-data": Hex,
    "Hex-type": HexType,
    "Vlan-list": VlanList,
    "/nn": PrefixLength,
    "hh:mm": Clock,
    "hh:mm:ss": AnyWord,
}


def value_type(display: str) -> ValueType | None:
    """The type for a terminal's text, or None when the text is a keyword."""
    known = _TYPES.get(display)
    if known is not None:
        return known(display)
    if display.startswith("<") and "-" in display:
        return Number(display)
    return AnyWord(display) if display[0].isupper() else None


def format_address(value: int) -> str:
    """Dotted decimal text of a 32-bit address."""
    return _ADDRESS.text(value)


@lru_cache(maxsize=65536)
def parse_address(text: str) -> int | None:
    """The 32-bit address in dotted decimal text, or None."""
    value = 0
    parts = text.split(".")
    if len(parts) != 4:
        return None
    for part in parts:
        if not part.isdecimal() or not part.isascii() or len(part) > 3 or (octet := int(part)) > 255:
            return None
        value = value << 8 | octet
    return value


_ADDRESS = Address("A.B.C.D")
