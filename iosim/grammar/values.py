"""The types of values in a command: the text that stands in the grammar and in `?` is the type.

`"<1-10000>"` is a number in that range, `"A.B.C.D"` an address, `"WORD"` any word, `"LINE"` the rest of the line and
`"interface"` an interface name in one word or two. A type turns words into a value and a value back into words.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from iosim.grammar.names import INTERFACE_TYPES, parse_interface, parse_range, range_text


class Word:
    """A word of the line: its text and the column where it starts."""

    __slots__ = ("column", "text")

    def __init__(self, text: str, column: int) -> None:
        self.text = text
        self.column = column


class ValueType:
    """A type of value. `rank` orders types that could take the same word: the lowest is tried first."""

    rank = 0
    is_list = False

    def __init__(self, display: str) -> None:
        self.display = display

    def read(self, words: Sequence[Word], index: int, line: str) -> tuple[Any, int] | None:
        """The value that starts at words[index] and the index behind it, or None when the word is not of this type."""
        value = self.convert(words[index].text)
        return None if value is None else (value, index + 1)

    def convert(self, text: str) -> Any | None:
        """The value of one word, or None."""
        raise NotImplementedError

    def begins(self, text: str) -> bool:
        """Whether a word of this type may begin so."""
        return self.convert(text) is not None

    def text(self, value: Any) -> str:
        """The value as it stands in a configuration."""
        return str(value)

    def second(self, word: str) -> tuple[str, str] | None:
        """What `?` shows behind `word` when that is the first half of a value (`GigabitEthernet` 0/0)."""
        return None

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        """The lines that `?` shows."""
        return [(self.display, help_text)]


class Number(ValueType):
    """`<low-high>`, or `<-low - high>` where numbers may be negative."""

    def __init__(self, display: str) -> None:
        super().__init__(display)
        low, _, high = display.strip("<>").partition(" - " if " - " in display else "-")
        self.low, self.high = int(low), int(high)

    def convert(self, text: str) -> int | None:
        digits = text.removeprefix("-") if self.low < 0 else text
        if not digits.isdecimal() or not digits.isascii() or len(digits) > 20:
            return None
        value = int(text)
        return value if self.low <= value <= self.high else None

    def begins(self, text: str) -> bool:
        return text.isdecimal() and text.isascii() and len(text) < 20 and int(text) <= self.high


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


class Url(ValueType):
    """`URL`: a file by its file system and path, or by its name in the current directory."""

    rank = 2
    is_list = True
    systems = ("flash", "flash0", "ftp", "http", "https", "null", "nvram", "rcp", "scp", "system", "tftp")

    def convert(self, text: str) -> str | None:
        system, colon, _ = text.partition(":")
        return text if not colon or system.lower() in self.systems else None

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        return [(f"{system}:", help_text.replace("*", f"{system}:")) for system in self.systems]


class Month(ValueType):
    """`Month`: the name of a month, of at least three letters."""

    rank = 1
    names = (
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    )  # fmt: skip

    def convert(self, text: str) -> str | None:
        return text if len(text) > 2 and any(name.startswith(text.lower()) for name in self.names) else None

    def begins(self, text: str) -> bool:
        return any(name.startswith(text.lower()) for name in self.names)


class Hex(ValueType):
    """`Hex-data`: a word of hexadecimal digits."""

    def convert(self, text: str) -> str | None:
        return text if all(char in string.hexdigits for char in text) else None


class HexType(ValueType):
    """`Hex-type`: an Ethernet type, `0x800`."""

    def convert(self, text: str) -> str | None:
        digits = text.lower().removeprefix("0x")
        return text if 0 < len(digits) < 5 and all(char in string.hexdigits for char in digits) else None

    def begins(self, text: str) -> bool:
        return text.lower() in ("0", "0x") or self.convert(text) is not None


class VlanList(ValueType):
    """`Vlan-list`: VLAN numbers and ranges of them, such as `10,20-30`."""

    def convert(self, text: str) -> str | None:
        numbers = text.replace("-", ",").split(",")
        legal = all(n.isdecimal() and n.isascii() and len(n) < 5 and 1 <= int(n) <= 4094 for n in numbers)
        return text if legal else None

    def begins(self, text: str) -> bool:
        return self.convert(text.rstrip("-,")) is not None


class Mac(ValueType):
    """`H.H.H`: a MAC address in three groups of hexadecimal digits."""

    def convert(self, text: str) -> str | None:
        parts = text.split(".")
        legal = all(0 < len(part) < 5 and all(char in string.hexdigits for char in part) for part in parts)
        return text if legal and len(parts) == 3 else None

    def begins(self, text: str) -> bool:
        return all(char in string.hexdigits for char in text.replace(".", ""))


class PrefixLength(ValueType):
    """`/nn`: the length of a prefix."""

    def convert(self, text: str) -> str | None:
        digits = text.removeprefix("/")
        return text if text != digits and digits.isdecimal() and digits.isascii() and int(digits[:3]) <= 32 else None


class Clock(ValueType):
    """`hh:mm`: a time of day, with seconds or without."""

    def convert(self, text: str) -> str | None:
        parts = text.split(":")
        legal = all(part.isdecimal() and part.isascii() and len(part) < 3 for part in parts)
        return text if legal and len(parts) in (2, 3) else None

    def begins(self, text: str) -> bool:
        return text.replace(":", "").isdecimal()


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
        return ("<0-99>", f"{name.rstrip('0')} interface number") if name is not None else None

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        return [(kind.name, kind.help) for kind in INTERFACE_TYPES]


TCP_PORTS = {
    "bgp": 179, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "domain": 53, "drip": 3949, "echo": 7,
    "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "ident": 113, "irc": 194,
    "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "msrpc": 135, "nntp": 119, "pim-auto-rp": 496,
    "pop2": 109, "pop3": 110, "smtp": 25, "sunrpc": 111, "syslog": 514, "tacacs": 49, "talk": 517, "telnet": 23,
    "time": 37, "uucp": 540, "whois": 43, "www": 80,
}  # fmt: skip
UDP_PORTS = {
    "biff": 512, "bootpc": 68, "bootps": 67, "discard": 9, "dnsix": 195, "domain": 53, "echo": 7, "isakmp": 500,
    "mobile-ip": 434, "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139,
    "non500-isakmp": 4500, "ntp": 123, "pim-auto-rp": 496, "rip": 520, "snmp": 161, "snmptrap": 162, "sunrpc": 111,
    "syslog": 514, "tacacs": 49, "talk": 517, "tftp": 69, "time": 37, "who": 513, "xdmcp": 177,
}  # fmt: skip


DSCP = {f"af{group}{drop}": group << 3 | drop << 1 for group in range(1, 5) for drop in range(1, 4)}
DSCP |= {f"cs{group}": group << 3 for group in range(1, 8)} | {"default": 0, "ef": 46}
PRECEDENCE = {
    "critical": 5, "flash": 3, "flash-override": 4, "immediate": 2, "internet": 6, "network": 7, "priority": 1,
    "routine": 0,
}  # fmt: skip
TOS = {"max-reliability": 2, "max-throughput": 4, "min-delay": 8, "min-monetary-cost": 1, "normal": 0}
IP_OPTIONS = {
    "add-ext": 147, "any-options": -1, "com-security": 134, "dps": 151, "encode": 15, "eool": 0, "ext-ip": 145,
    "ext-security": 133, "finn": 205, "imitd": 144, "lsr": 131, "mtup": 11, "mtur": 12, "no-op": 1, "nsapa": 150,
    "record-route": 7, "router-alert": 148, "sdb": 149, "security": 130, "ssr": 137, "stream-id": 136,
    "timestamp": 68, "traceroute": 82, "ump": 152, "visa": 142, "zsu": 10,
}  # fmt: skip
IGMP_TYPES = {
    "dvmrp": 3, "host-query": 1, "host-report": 2, "mtrace-resp": 14, "mtrace-route": 15, "pim": 4, "trace": 5,
    "v2-leave": 7, "v2-report": 6, "v3-report": 16,
}  # fmt: skip
_NAMED = {
    "TCP port": (TCP_PORTS, 65535), "UDP port": (UDP_PORTS, 65535), "DSCP": (DSCP, 63), "Precedence": (PRECEDENCE, 7),
    "Type of service": (TOS, 15), "IP option": (IP_OPTIONS, 255), "IGMP type": (IGMP_TYPES, 15),
}  # fmt: skip


class NamedNumber(ValueType):
    """A number such as a `TCP port`, or one of the names that IOS has for it, possibly abbreviated."""

    is_list = True

    def __init__(self, display: str) -> None:
        super().__init__(display)
        self.numbers, self.high = _NAMED[display]
        self._names = {number: name for name, number in reversed(self.numbers.items())}

    def convert(self, text: str) -> int | None:
        if text.isdecimal() and text.isascii() and len(text) < 6:
            return int(text) if int(text) <= self.high else None
        word = text.lower()
        found = [word] if word in self.numbers else [name for name in self.numbers if name.startswith(word)]
        return self.numbers[found[0]] if len(found) == 1 else None

    def text(self, value: Any) -> str:
        return self._names.get(value, str(value))

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        rows = [(name, f"({number})" if number >= 0 else "") for name, number in self.numbers.items()]
        return [(f"<0-{self.high}>", help_text.partition(" or ")[0]), *rows]


class Spelled(ValueType):
    """A value that is checked and kept as it was typed; `letters` are the characters that it is made of."""

    letters = "0123456789.:/"

    def begins(self, text: str) -> bool:
        return all(letter in self.letters for letter in text.lower())


class Ipv6Address(Spelled):
    """`X:X:X:X::X`: an IPv6 address."""

    letters = "0123456789abcdef.:"

    def convert(self, text: str) -> str | None:
        return text if ":" in text and _is_ipv6(text) else None


class Ipv6Prefix(Spelled):
    """`X:X:X:X::X/<0-128>`: an IPv6 prefix."""

    letters = "0123456789abcdef.:/"

    def convert(self, text: str) -> str | None:
        address, slash, length = text.partition("/")
        sound = slash and ":" in address and _is_ipv6(address) and _length(length, 128)
        return text if sound else None


class Ipv4Prefix(Spelled):
    """`A.B.C.D/nn`: an IPv4 prefix."""

    def convert(self, text: str) -> str | None:
        address, slash, length = text.partition("/")
        return text if slash and parse_address(address) is not None and _length(length, 32) else None


class RouteDistinguisher(Spelled):
    """`ASN:nn` or an address and a number."""

    def convert(self, text: str) -> str | None:
        left, colon, right = text.partition(":")
        sound = colon and right.isdecimal() and right.isascii()
        return text if sound and (left.isdecimal() or parse_address(left) is not None) else None


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def _length(text: str, most: int) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 4 and int(text) <= most


_TYPES: dict[str, type[ValueType]] = {
    **dict.fromkeys(_NAMED, NamedNumber),
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
