"""Fragmentation and reassembly of IPv4 packets (RFC 791 section 3.2), with a time limit and bounds on memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from iosim.data import dataclass
from iosim.sim.clock import SECOND, Simulator, Timer
from iosim.wire.ipv4 import HEADER, HEADER_LENGTH, MAXIMUM_LENGTH, MORE_FRAGMENTS, OFFSET_MASK, header

TIMEOUT = 15 * SECOND
MAXIMUM_DATAGRAMS = 64
MAXIMUM_FRAGMENTS = 64

Key = tuple[int, int, int, int]
BAD, FULL, LATE = "bad fragment", "reassembly table full", "reassembly timeout"
"""Why a packet does not become whole, as it is counted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many packets may wait at once to become whole, of how many fragments, and for how many µs."""

    datagrams: int = MAXIMUM_DATAGRAMS
    fragments: int = MAXIMUM_FRAGMENTS
    timeout: int = TIMEOUT


USUAL = Limits()


def fragment(packet: bytes, mtu: int) -> list[bytes]:
    """Cut a packet into fragments of at most `mtu` bytes; a fragment can be cut further. Each keeps the options.

    What a hostile fragment holds beyond the highest offset is left out: it would come round as another part.
    """
    _, tos, total, identification, field_, ttl, protocol, _, source, destination = HEADER.unpack_from(packet)
    start = (packet[0] & 15) << 2
    options = packet[HEADER_LENGTH:start]
    step = max(8, (mtu - start) & ~7)
    pieces = []
    for position in range(start, total, step):
        piece = packet[position : position + step]
        more = field_ & MORE_FRAGMENTS if position + step >= total else MORE_FRAGMENTS
        offset = (field_ & OFFSET_MASK) + (position - start >> 3)
        if offset > OFFSET_MASK:
            break
        head = header(source, destination, protocol, len(piece), ttl, tos, identification, more | offset, options)
        pieces.append(head + piece)
    return pieces


@dataclass(slots=True, eq=False)
class Datagram:
    """A packet on its way to being whole: pieces by offset (bytes), and the length of all when the last is there."""

    timer: Timer
    pieces: dict[int, bytes] = field(default_factory=dict)
    first: bytes = b""
    length: int | None = None


class Reassembler:
    """Collects fragments. `expired` is called with the first fragment of a packet that did not become whole in time."""

    def __init__(
        self, sim: Simulator, expired: Callable[[bytes], None], drop: Callable[[str], None], limits: Limits = USUAL
    ) -> None:
        self.limits = limits
        self._sim = sim
        self._expired = expired
        self._drop = drop
        self._datagrams: dict[Key, Datagram] = {}

    def add(self, packet: bytes) -> bytes | None:
        """Take a fragment with a sound header; the whole packet when this was the last one missing."""
        datagram = self.collect(packet)
        if datagram is None:
            return None
        whole = _rebuild(datagram.first, b"".join(datagram.pieces[offset] for offset in sorted(datagram.pieces)))
        if whole is None:
            self._drop(BAD)
        return whole

    def collect(self, packet: bytes) -> Datagram | None:
        """Take a fragment with a sound header; all of the packet's when this was the last one missing."""
        _, _, total, identification, place, _, protocol, _, source, destination = HEADER.unpack_from(packet)
        start = (packet[0] & 15) << 2
        key = (source, destination, protocol, identification)
        datagram = self._datagrams.get(key) or self._open(key)
        offset, piece = (place & OFFSET_MASK) << 3, packet[start:total]
        more = bool(place & MORE_FRAGMENTS)
        if not _accept(datagram, offset, piece, more) or len(datagram.pieces) > self.limits.fragments:
            self._close(key, BAD)
            return None
        if offset == 0:
            datagram.first = packet
        if datagram.length != sum(map(len, datagram.pieces.values())):  # no two overlap
            return None
        self._close(key)
        return datagram

    def _open(self, key: Key) -> Datagram:
        if len(self._datagrams) >= self.limits.datagrams:
            self._close(next(iter(self._datagrams)), FULL)
        datagram = Datagram(self._sim.call_later(self.limits.timeout, lambda: self._expire(key)))
        self._datagrams[key] = datagram
        return datagram

    def _close(self, key: Key, reason: str | None = None) -> None:
        self._datagrams.pop(key).timer.cancel()
        if reason is not None:
            self._drop(reason)

    def _expire(self, key: Key) -> None:
        first = self._datagrams[key].first
        self._close(key, LATE)
        if first:
            self._expired(first)


def _accept(datagram: Datagram, offset: int, piece: bytes, more: bool) -> bool:
    """Put a piece into its place; False when it cannot belong there. A copy of a piece changes nothing."""
    if datagram.pieces.get(offset) == piece:
        return True
    end = offset + len(piece)
    if not piece or (more and len(piece) & 7) or end > MAXIMUM_LENGTH - HEADER_LENGTH:
        return False
    if any(offset < at + len(other) and at < end for at, other in datagram.pieces.items()):
        return False
    if not more and datagram.length is None:
        datagram.length = end
    datagram.pieces[offset] = piece
    length = datagram.length
    return length is None or max(at + len(other) for at, other in datagram.pieces.items()) <= length


def _rebuild(first: bytes, data: bytes) -> bytes | None:
    """The packet with the header of its first fragment; None when it would be too long."""
    _, tos, _, identification, _, ttl, protocol, _, source, destination = HEADER.unpack_from(first)
    options = first[HEADER_LENGTH : (first[0] & 15) << 2]
    if HEADER_LENGTH + len(options) + len(data) > MAXIMUM_LENGTH:
        return None
    return header(source, destination, protocol, len(data), ttl, tos, identification, 0, options) + data
