"""IPv4 addresses as text and as the 32-bit integers in host order that are used everywhere inside."""

from __future__ import annotations

from iosim.wire.error import WireError


def address_text(address: int) -> str:
    """The dotted form: 0xC0A80101 is "192.168.1.1"."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def parse_address(text: str) -> int:
    """The integer of a dotted address; raises WireError for anything else."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        raise WireError(f"not an IPv4 address: {text}")
    numbers = [int(part) for part in parts]
    if max(numbers) > 255:
        raise WireError(f"not an IPv4 address: {text}")
    return int.from_bytes(numbers, "big")


def netmask(length: int) -> int:
    """The netmask of a prefix length: 24 is 0xFFFFFF00."""
    return 0xFFFFFFFF << (32 - length) & 0xFFFFFFFF
