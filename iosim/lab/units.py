"""Quantities as people write them in lab files and scripts: durations, fractions, bit rates, addresses, comparisons."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from iosim.data import dataclass
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.stack.switch import Access, Membership, Trunk
from iosim.wire import WireError
from iosim.wire.address import parse_address

_DURATIONS = {"us": 1, "ms": MILLISECOND, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
_LONGEST = 36500 * _DURATIONS["d"]
_RATES = {"bit": 1, "kbit": 1_000, "mbit": 1_000_000, "gbit": 1_000_000_000}
_QUANTITY = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s*([a-z]+)", re.ASCII)
_MEMBERSHIP = re.compile(r"(?P<access>\d{1,4})|trunk(?: +native +(?P<native>\d{1,4}))?", re.ASCII)
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}
_COMPARISON = re.compile(r"(>=|<=|!=|>|<|=|)\s*(\d{1,18})", re.ASCII)


def duration(text: str) -> int:
    """`30s`, `500ms`, `1.5h` in microseconds. Raises ValueError, as all of these do, with what would be right."""
    value = _quantity(text, _DURATIONS, "a duration such as 5ms, 30s, 2m or 1h")
    if value > _LONGEST:
        raise ValueError(f'"{text}" is longer than 36500d, which no router would live to see')
    return value


def membership(text: str) -> Membership:
    """`10` (an access port of that VLAN), `trunk` or `trunk native 99`."""
    found = _MEMBERSHIP.fullmatch(text.strip().lower())
    vlan = int((found["access"] or found["native"] or "1") if found else 0)
    if found is None or not 1 <= vlan <= 4094:
        raise ValueError(f'"{text}" should be a VLAN from 1 to 4094, "trunk" or "trunk native 99"')
    return Access(vlan) if found["access"] else Trunk(vlan)


def bit_rate(text: str) -> int:
    """`10mbit` in bit/s."""
    return _quantity(text, _RATES, "a rate such as 128kbit, 10mbit or 1gbit")


def fraction(text: str) -> float:
    """`1%` or `0.01`: a fraction from 0 to 1."""
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise ValueError(f'"{text}" should be a share such as 1% or 0.01')
    return value


def mtu(text: str) -> int:
    """`1500`: the largest packet of a link in bytes."""
    if not text.isascii() or not text.isdigit() or not 68 <= int(text[:6]) <= 65535:
        raise ValueError(f'"{text}" should be a number of bytes from 68 (RFC 791) to 65535')
    return int(text)


def address(text: str) -> int:
    """`192.168.1.1` as a number."""
    try:
        return parse_address(text)
    except WireError:
        raise ValueError(f'"{text}" should be an address such as 192.168.1.1') from None


def prefix(text: str) -> tuple[int, int]:
    """`192.168.1.10/24` as (address, length)."""
    dotted, _, length = text.partition("/")
    if not length.isascii() or not length.isdigit() or int(length[:4]) > 32:
        raise ValueError(f'"{text}" should be an address with a prefix length, such as 192.168.1.10/24')
    return address(dotted), int(length)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`>=4`: what a counted number should be."""

    text: str
    operator: str
    number: int

    def holds(self, value: int) -> bool:
        """Whether `value` is as expected."""
        return _OPERATORS[self.operator](value, self.number)


def comparison(text: str) -> Comparison:
    """`>=4`, `<10`, `!=0`, `3`."""
    match = _COMPARISON.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text}" should be a number or a comparison such as ">=4"')
    return Comparison(text.strip(), match[1], int(match[2]))


def _quantity(text: str, units: dict[str, int], example: str) -> int:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None or match[2] not in units:
        raise ValueError(f'"{text}" should be {example}')
    return round(float(match[1]) * units[match[2]])
