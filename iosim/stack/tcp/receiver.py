"""The receiving half of a connection: what has arrived in order, what has not, and the window that is offered."""

from __future__ import annotations

from typing import Literal

from iosim.stack.tcp.sequence import add, ahead

Arrival = Literal["in sequence", "dup", "partially dup", "out-of-order", "after window"]
"""What data were when they arrived; the first and the third moved `next` on."""

MAXIMUM_PIECES = 64
"""Pieces that are kept out of order; with the window, that bounds the memory of a connection."""


class Receiver:
    """Takes segments from `next` (RCV.NXT) on. `size` is how many bytes it keeps until they are read."""

    def __init__(self, size: int, mss: int) -> None:
        self.size = size
        self.mss = mss
        self.first = self.next = 0
        self.offered = size
        self.out_of_order = self.with_data = self.total = 0
        self._ready = bytearray()
        self._pieces: list[tuple[int, bytes]] = []

    def begin(self, sequence: int) -> None:
        """The other side's initial sequence number."""
        self.first, self.next = sequence, add(sequence, 1)

    @property
    def unread(self) -> int:
        """Bytes that wait to be read."""
        return len(self._ready)

    @property
    def pieces(self) -> tuple[int, int]:
        """How many pieces wait for what is before them, and their bytes."""
        return len(self._pieces), sum(len(data) for _, data in self._pieces)

    def accepts(self, sequence: int, length: int) -> bool:
        """Whether a segment touches the window (RFC 9293 section 3.10.7.4, first check)."""
        start, window = ahead(sequence, self.next), self.offered
        if length == 0:
            return 0 <= start < window or start == 0
        return window > 0 and start < window and start + length > 0

    def take(self, sequence: int, data: bytes) -> Arrival:
        """Take data, of which parts may be old or beyond the window; what they were."""
        start = ahead(sequence, self.next)
        self.with_data += 1
        arrival: Arrival = "in sequence"
        if start < 0:
            arrival = "partially dup" if start + len(data) > 0 else "dup"
            data, start = data[-start:], 0
        if start + len(data) > self.offered:
            arrival = "after window"
            data = data[: max(0, self.offered - start)]
        if not data:
            return arrival
        if start:
            self.out_of_order += 1
            self._keep(start, data)
            return "out-of-order"
        self._append(data)
        while self._pieces and ahead(self._pieces[0][0], self.next) <= 0:
            at, piece = self._pieces.pop(0)
            self._append(piece[ahead(self.next, at) :])
        return arrival

    def _append(self, data: bytes) -> None:
        self._ready += data
        self.total += len(data)
        self.next = add(self.next, len(data))
        self.offered -= len(data)

    def _keep(self, at: int, data: bytes) -> None:
        """Keep a piece that begins `at` bytes behind `next`, cut so that no byte is kept twice."""
        kept: list[tuple[int, bytes]] = []
        for known, piece in self._pieces:
            start = ahead(known, self.next)
            if at <= start and start + len(piece) <= at + len(data):
                continue
            kept.append((known, piece))
            if start <= at < start + len(piece):
                overlap = start + len(piece) - at
                at, data = at + overlap, data[overlap:]
            elif at < start < at + len(data):
                data = data[: start - at]
        if data and len(kept) < MAXIMUM_PIECES:
            kept.append((add(self.next, at), data))
            self._pieces = sorted(kept, key=lambda each: ahead(each[0], self.next))

    def read(self) -> bytes:
        """All that is there; b"" when nothing is."""
        data = bytes(self._ready)
        self._ready.clear()
        return data

    def window(self) -> int:
        """The window to offer now: its right edge never goes back, nor on by little (RFC 9293 section 3.8.6.2.2)."""
        room = self.size - len(self._ready)
        if room - self.offered >= min(self.size // 2, self.mss):
            self.offered = room
        return self.offered

    @property
    def may_grow(self) -> bool:
        """Whether the window has been read free by so much that the other side should know."""
        return self.size - len(self._ready) - self.offered >= min(self.size // 2, 2 * self.mss)
