"""Values that are checked, and kept as they were typed."""

from __future__ import annotations

import string

from iosim.grammar.value import ValueType


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
        sound = slash and ":" in address and _is_ipv6(address) and is_length(length, 128)
        return text if sound else None


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def is_length(text: str, most: int) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 4 and int(text) <= most
