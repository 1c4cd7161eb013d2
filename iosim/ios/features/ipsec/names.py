"""How identities and SPIs are written in shows and debug output."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ipsec.model import Proxy
from iosim.wire.ipv4 import AH, ESP

ANY_PROTOCOL = 256
"""What the key engine calls the protocol `ip`."""


def identity(proxy: Proxy, any_protocol: int = 0) -> str:
    """A proxy as `192.168.1.0/255.255.255.0/0/0`; some places have another number for any protocol."""
    protocol = proxy.protocol or any_protocol
    return f"{format_address(proxy.address)}/{format_address(proxy.mask)}/{protocol}/{proxy.port}"


def spi_text(spi: int) -> str:
    """`0x658F7C11(1703902225)`"""
    return f"0x{spi:X}({spi})"


def lifetime(seconds: int, kilobytes: int) -> list[str]:
    """How long SAs live; without a limit of volume in the words of a capture of IOS XE."""
    if kilobytes:
        return [f"Security association lifetime: {kilobytes} kilobytes/{seconds} seconds"]
    return ["Kilobyte Volume Rekey has been disabled.", f"Security association lifetime:{seconds} seconds"]


PROTOCOLS = {ESP: "ESP", AH: "AH"}
"""IP protocols by the names of the key engine."""
