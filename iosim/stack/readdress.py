"""Packets with another address or port in them: what a translator does to them."""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct

from iosim.wire.checksum import checksum, update
from iosim.wire.icmp import ECHO, ECHO_REPLY, ERRORS
from iosim.wire.ipv4 import HEADER_LENGTH, ICMP, MORE_FRAGMENTS, OFFSET_MASK, TCP, UDP

SOURCE, DESTINATION = 0, 1
"""Which end of a packet is changed."""

_ADDRESSES = (12, 16)
_CHECKSUMS = {TCP: 16, UDP: 6, ICMP: 2}
PORTS: Mapping[int, tuple[int, int]] = {TCP: (0, 2), UDP: (0, 2), ICMP: (4, 4)}
"""Where source and destination port stand behind the IPv4 header; an echo has its identifier for both."""
_WORD = Struct("!H")


def readdress(packet: bytes, end: int, address: int) -> bytes:
    """The packet with another address at one end and nothing else, and the same in what an ICMP error quotes."""
    whole = not _WORD.unpack_from(packet, 6)[0] & (OFFSET_MASK | MORE_FRAGMENTS)
    quote = quoted(packet) if whole and packet[9] == ICMP and first_byte(packet) in ERRORS else None
    return move(packet if quote is None else with_quote(packet, move(quote, 1 - end, address)), end, address)


def move(packet: bytes, end: int, address: int) -> bytes:
    """The packet with another address and the port that it has, if it has one."""
    later = _WORD.unpack_from(packet, 6)[0] & OFFSET_MASK
    return rewrite(packet, end, address, None if later else port_of(packet, packet[9], end))


def quoted(packet: bytes) -> bytes | None:
    """The start of a packet that an ICMP error quotes; None if that is too short to tell whose it is."""
    quote = packet[(packet[0] & 15) * 4 + 8 :]
    return quote if len(quote) >= HEADER_LENGTH + 8 else None


def with_quote(packet: bytes, quote: bytes) -> bytes:
    """An ICMP error with another quotation, and the checksum that follows."""
    start = (packet[0] & 15) * 4
    body = packet[start : start + 2] + b"\0\0" + packet[start + 4 : start + 8] + quote
    return packet[:start] + body[:2] + _WORD.pack(checksum(body)) + body[4:]


def first_byte(packet: bytes) -> int | None:
    """The first byte behind the IPv4 header, of an ICMP message its type; None where nothing follows."""
    start = (packet[0] & 15) * 4
    return packet[start] if len(packet) > start else None


def port_of(packet: bytes, protocol: int, end: int) -> int | None:
    """The source or destination port (of an echo, the identifier), or None where there is none."""
    start = (packet[0] & 15) * 4
    if protocol not in PORTS or len(packet) < start + 8:
        return None
    if protocol == ICMP and packet[start] not in (ECHO, ECHO_REPLY):
        return None
    return int(_WORD.unpack_from(packet, start + PORTS[protocol][end])[0])


def rewrite(packet: bytes, end: int, address: int, port: int | None) -> bytes:
    """The packet with another address and port at one end, and with checksums that fit (RFC 1624)."""
    changed = bytearray(packet)
    at = _ADDRESSES[end]
    words = [(_WORD.unpack_from(packet, at + n)[0], address >> (16 - 8 * n) & 0xFFFF) for n in (0, 2)]
    _patch(changed, 10, words)
    changed[at : at + 4] = address.to_bytes(4, "big")
    if port is None:
        return bytes(changed)
    start, protocol = (packet[0] & 15) * 4, packet[9]
    port_at, checksum_at = start + PORTS[protocol][end], start + _CHECKSUMS[protocol]
    port_words = [(_WORD.unpack_from(packet, port_at)[0], port)]
    _WORD.pack_into(changed, port_at, port)
    absent = len(packet) < checksum_at + 2 or (protocol == UDP and packet[checksum_at : checksum_at + 2] == b"\0\0")
    if not absent:
        _patch(changed, checksum_at, port_words if protocol == ICMP else words + port_words)
    return bytes(changed)


def _patch(packet: bytearray, at: int, words: list[tuple[int, int]]) -> None:
    """Bring a checksum up to date with words that change (before, after)."""
    value = _WORD.unpack_from(packet, at)[0]
    for before, after in words:
        value = update(value, before, after)
    _WORD.pack_into(packet, at, value)
