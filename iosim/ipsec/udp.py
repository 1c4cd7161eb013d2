"""UDP encapsulation of ESP (RFC 3948): what lets it pass a translator of addresses and ports."""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.ipsec.headers import change_header
from iosim.wire.checksum import checksum
from iosim.wire.ipv4 import ESP, TCP, UDP

PORT: Final = 4500
OVERHEAD: Final = 8
NON_ESP_MARKER: Final = bytes(4)
"""What stands where ESP has its SPI when it is none: the key exchange follows."""

_UDP = Struct("!HHHH")
_PORTS = Struct("!HH")
_WORD = Struct("!H")
_TCP_CHECKSUM, _UDP_CHECKSUM = 16, 6


def encapsulate(packet: bytes, local_port: int, remote_port: int) -> bytes:
    """An ESP packet within UDP, whose checksum is left out (section 2.1)."""
    start = (packet[0] & 15) * 4
    length = len(packet) + OVERHEAD
    header = change_header(packet[:start], length, UDP)
    return header + _UDP.pack(local_port, remote_port, length - start, 0) + packet[start:]


def carries_esp(packet: bytes) -> bool:
    """Whether a UDP packet to port 4500 holds ESP, and not the key exchange or a keepalive (sections 2.1 to 2.3)."""
    at = (packet[0] & 15) * 4 + OVERHEAD
    return len(packet) > at + len(NON_ESP_MARKER) and packet[at : at + 4] != NON_ESP_MARKER


def decapsulate(packet: bytes) -> tuple[bytes, tuple[int, int]]:
    """The ESP packet within, and its ports: ours, the peer's."""
    start = (packet[0] & 15) * 4
    remote_port, local_port = _PORTS.unpack_from(packet, start)
    header = change_header(packet[:start], len(packet) - OVERHEAD, ESP)
    return header + packet[start + OVERHEAD :], (local_port, remote_port)


def repair(packet: bytes) -> bytes:
    """A packet of transport mode, whose checksum was made for an address that a translator has changed since.

    The ICV has vouched for it: TCP gets a new checksum, UDP goes without one (section 3.1.2).
    """
    start, protocol = (packet[0] & 15) * 4, packet[9]
    if protocol == UDP and len(packet) >= start + OVERHEAD:
        at = start + _UDP_CHECKSUM
        return packet[:at] + b"\0\0" + packet[at + 2 :]
    if protocol == TCP and len(packet) >= start + _TCP_CHECKSUM + 2:
        at = start + _TCP_CHECKSUM
        blank = packet[start:at] + b"\0\0" + packet[at + 2 :]
        pseudo = packet[12:20] + _PORTS.pack(TCP, len(blank))
        return packet[:at] + _WORD.pack(checksum(pseudo + blank)) + packet[at + 2 :]
    return packet
