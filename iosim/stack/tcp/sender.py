"""The sending half of a connection: what waits and what is under way, the windows, the round-trip time."""

from __future__ import annotations

from iosim.stack.tcp.congestion import Congestion
from iosim.stack.tcp.sequence import add, ahead
from iosim.stack.tcp.timeout import RoundTrip
from iosim.wire.tcp import ACK, FIN, SYN, Segment

BUFFER = 65535
"""Bytes that wait or are under way; who writes more waits."""


class Sender:
    """Knows what may be sent next. `una`, `next` and `window` are SND.UNA, SND.NXT and SND.WND of RFC 9293.

    `highest` is one behind the last number ever sent; `next` can fall back behind it, to send anew what was too long
    for the path. `ending` says that a FIN shall follow the data, `ended` that it was sent.
    """

    def __init__(self, isn: int, mss: int, nagle: bool) -> None:
        self.isn = isn
        self.mss = mss
        self.una = self.next = self.highest = isn
        self.window = self.largest_window = 0
        self.ending = self.ended = False
        self.round_trip = RoundTrip()
        self.congestion = Congestion(mss)
        self._nagle = nagle
        self._buffer = bytearray()
        self._recover = isn
        self._updated_by = (0, 0)
        self._timed: tuple[int, int] | None = None

    def set_mss(self, mss: int) -> None:
        """The largest segment from now on; what is under way is cut anew when the size goes down."""
        if mss < self.mss:
            self.next, self._timed = self.una, None
            self.ended = False
        self.mss = self.congestion.mss = mss

    @property
    def under_way(self) -> int:
        """Sequence numbers that are sent and not acknowledged."""
        return ahead(self.next, self.una)

    @property
    def waiting(self) -> int:
        """Bytes that are not sent yet."""
        return len(self._buffer) - min(self.under_way, len(self._buffer))

    @property
    def acknowledged(self) -> int:
        """Bytes that the other side has, of less than 4 GB."""
        return max(0, ahead(self.una, self.isn) - 1)

    @property
    def done(self) -> bool:
        """Whether the other side has all, the FIN too."""
        return self.ended and self.una == self.next

    @property
    def space(self) -> int:
        """Bytes that may still be written."""
        return BUFFER - len(self._buffer)

    def write(self, data: bytes) -> int:
        """Take as much as there is space for; how much that was."""
        count = min(len(data), self.space)
        self._buffer += data[:count]
        return count

    def opened(self) -> None:
        """Our SYN has arrived."""
        self.una = self.next = self.highest = add(self.isn, 1)
        self.congestion = Congestion(self.mss)

    def update_window(self, segment: Segment) -> bool:
        """Take the window of a segment, unless an older one says it (RFC 9293 section 3.10.7.4); whether it changed."""
        sequence, ack = self._updated_by
        newer = ahead(segment.sequence, sequence)
        if newer < 0 or (newer == 0 and ahead(segment.ack, ack) < 0):
            return False
        return self.set_window(segment)

    def set_window(self, segment: Segment) -> bool:
        """Take the window of a segment; whether it changed."""
        before, self.window = self.window, segment.window
        self._updated_by = segment.sequence, segment.ack
        self.largest_window = max(self.largest_window, self.window)
        return before != self.window

    def next_piece(self) -> tuple[bytes, int] | None:
        """The data to send now and the flags that go with them; None when nothing may be sent.

        Small pieces wait for a wider window (the silly window syndrome, RFC 9293 section 3.8.6.2.1).
        """
        sent = min(self.under_way, len(self._buffer))
        rest = len(self._buffer) - sent
        allowed = max(0, min(self.window, self.congestion.window) - self.under_way)
        length = min(rest, self.mss, allowed)
        last = length == rest
        if self.ending and not self.ended and last:
            return bytes(self._buffer[sent : sent + length]), ACK | FIN
        if length == 0:
            return None
        if length < self.mss and not last and length < self.largest_window // 2:
            return None
        if self._nagle and length < self.mss and self.under_way:
            return None
        return bytes(self._buffer[sent : sent + length]), ACK

    def sent(self, length: int, flags: int, now: int) -> bool:
        """So much was sent from `next` on; whether it was for the first time."""
        total = length + bool(flags & SYN) + bool(flags & FIN)
        self.ended = self.ended or bool(flags & FIN)
        self.next = add(self.next, total)
        fresh = ahead(self.next, self.highest) > 0
        if fresh:
            self.highest = self.next
            if self._timed is None:
                self._timed = self.next, now
        return fresh

    def first_piece(self) -> tuple[bytes, int]:
        """The oldest data under way, and the flags, to be sent again."""
        self._timed = None  # Karn: what is sent twice is not measured
        data = bytes(self._buffer[: min(self.mss, self.under_way)])
        ends = self.ended and len(data) == len(self._buffer)
        return data, ACK | FIN if ends else ACK

    def probe(self) -> bytes:
        """What asks for a wider window: all that fits into a small one, or a byte beyond one that is shut."""
        data = bytes(self._buffer[: max(1, min(self.window, self.mss))])
        self.highest = max(self.highest, add(self.una, len(data)), key=lambda number: ahead(number, self.una))
        return data

    def measure(self, ack: int, now: int) -> None:
        """Measure the round trip when the segment that is timed has arrived."""
        if self._timed is not None and ahead(ack, self._timed[0]) >= 0:
            self.round_trip.measure(now - self._timed[1])
            self._timed = None

    def acknowledge(self, ack: int, now: int) -> bool:
        """All before `ack`, which is new, has arrived; whether the first segment of the rest is missing, too."""
        self.measure(ack, now)
        count = ahead(ack, self.una)
        self.ended = self.ended or (self.ending and count > len(self._buffer))
        del self._buffer[:count]
        self.una = ack
        if ahead(ack, self.next) > 0:
            self.next = ack
        self.round_trip.backoff = 0
        congestion = self.congestion
        if congestion.recovering and ahead(ack, self._recover) >= 0:
            congestion.recovered()
        congestion.acknowledged(count)
        return congestion.recovering

    def duplicate(self) -> bool:
        """An acknowledgment said nothing new; whether the first segment is to be sent again."""
        lost = self.congestion.duplicate(self.under_way)
        if lost:
            self._recover = self.highest
        return lost

    def timed_out(self) -> None:
        """Nothing has arrived for too long."""
        self.congestion.timed_out(self.under_way, again=self.round_trip.backoff > 0)
        self._recover = self.highest
        self._timed = None
        self.round_trip.back_off()
