"""One connection (RFC 9293 section 3.10): calls and arriving segments.

A reset or a SYN that does not stand exactly where it should, as a stranger's, gets a challenge acknowledgment and
changes nothing (RFC 5961).
"""

from __future__ import annotations

from iosim.sim.clock import SECOND
from iosim.stack.tcp.machine import FIN_WAIT, KEEPALIVE, Machine
from iosim.stack.tcp.options import DEFAULT_MSS
from iosim.stack.tcp.sequence import add, ahead
from iosim.stack.tcp.states import (
    ESTAB,
    FINWAIT2,
    LISTEN,
    ON_FIN,
    ON_FIN_ACKNOWLEDGED,
    OPENING,
    RECEIVING,
    SYNRCVD,
    SYNSENT,
    TIMEWAIT,
)
from iosim.wire.tcp import ACK, FIN, RST, SYN, Segment

SMALLEST_MSS = 64
"""Whoever wants less is not followed: a segment of one byte would cost more than it brings."""


class Connection(Machine):
    """One connection of a node."""

    # Calls

    def open(self) -> None:
        """Send a SYN."""
        self.timers["GiveUp"].start(self.options.synwait)
        self._become(SYNSENT)
        self._send_syn()

    def accept(self, segment: Segment) -> None:
        """Answer a SYN that came to a port with a listener."""
        self.passive, self.state = True, LISTEN
        self.timers["GiveUp"].start(self.options.synwait)
        self._take_syn(segment)
        self._become(SYNRCVD)
        self._send_syn()

    def write(self, data: bytes) -> int:
        """Take data to send; how many bytes there was space for. Raises ValueError after `close`."""
        if self.sender.ending:
            raise ValueError("closed for sending")
        count = self.sender.write(data)
        self._output()
        return count

    def read(self) -> bytes:
        """All data that are there; b"" when there are none."""
        data = self.receiver.read()
        if self.receiver.may_grow and self.state in RECEIVING:
            self._owner.counts["window updates sent"] += 1
            self._send()
        return data

    @property
    def at_end(self) -> bool:
        """Whether nothing more can come to be read."""
        return self.receiver.unread == 0 and self.state not in (*OPENING, *RECEIVING)

    def close(self) -> None:
        """Nothing more will be written: a FIN follows what has been."""
        if self.state == SYNSENT:
            self._end("closed")
        elif not self.sender.ending:
            self.sender.ending = True
            self._output()

    # Segments

    def receive(self, segment: Segment) -> None:
        """A segment of this connection has arrived."""
        self.received += 1
        if self.state == SYNSENT:
            self._receive_in_synsent(segment)
        elif self._may_go_on(segment):
            if self.state == SYNRCVD and not self._synrcvd_acknowledged(segment):
                return
            if self._take_ack(segment):
                self._take_text(segment)
                self._output()
                self._acknowledge()
                self.on_change()

    def _receive_in_synsent(self, segment: Segment) -> None:
        """Section 3.10.7.3."""
        acknowledges = bool(segment.flags & ACK)
        if acknowledges and segment.ack != self.sender.next:
            if not segment.flags & RST:
                self._transmit(Segment(0, 0, segment.ack, 0, RST))
        elif segment.flags & RST:
            if acknowledges:
                self._end("refused")
        elif segment.flags & SYN:
            self._take_syn(segment)
            if acknowledges:
                self.sender.measure(segment.ack, self.now)
                self._established(segment)
                self._send()
                self._output()
                self.on_change()
            else:
                self._become(SYNRCVD)
                self._send_syn()

    def _take_syn(self, segment: Segment) -> None:
        self.receiver.begin(segment.sequence)
        self.peer_mss = DEFAULT_MSS if segment.mss is None else max(segment.mss, SMALLEST_MSS)
        self.own_mss = self.sender.mss = min(self.advertised, self.peer_mss)
        self._tell("received mss", segment)

    def _may_go_on(self, segment: Segment) -> bool:
        """The checks of sequence number, RST, SYN and ACK (section 3.10.7.4, RFC 5961)."""
        receiver = self.receiver
        if self.state == SYNRCVD and segment.flags & (SYN | ACK) == SYN and segment.sequence == receiver.first:
            if self._may_challenge():
                self._send_syn(again=True)
            return False
        if not receiver.accepts(segment.sequence, segment.length):
            self._owner.counts["window probes received"] += not receiver.offered and len(segment.data) == 1
            if segment.data:
                self._count_data(receiver.take(segment.sequence, segment.data), segment)
            if not segment.flags & RST:
                self._challenge()
            return False
        self.heard_at = self.now
        self._unanswered = 0
        if segment.flags & RST:
            if self.state != TIMEWAIT:  # RFC 1337
                self._take_reset(segment)
            return False
        if segment.flags & SYN:
            self._challenge()
            return False
        return bool(segment.flags & ACK)

    def _take_reset(self, segment: Segment) -> None:
        if segment.sequence == self.receiver.next:
            self._end("refused" if self.state == SYNRCVD else "reset")
        else:
            self._challenge()

    def _synrcvd_acknowledged(self, segment: Segment) -> bool:
        """Whether the segment acknowledges our SYN and so makes the connection; another one is answered by a reset."""
        if segment.ack != add(self.sender.isn, 1):
            self._transmit(Segment(0, 0, segment.ack, 0, RST))
            return False
        self.sender.measure(segment.ack, self.now)
        self._established(segment)
        return True

    def _established(self, segment: Segment) -> None:
        self.sender.opened()
        if self.resent:  # the SYN was: RFC 6298 section 5.7
            self.sender.round_trip.rto = 3 * SECOND
        self.sender.set_window(segment)
        for name in ("Retrans", "GiveUp"):
            self.timers[name].stop()
        self._become(ESTAB)
        if self.options.keepalive:
            self.timers["KeepAlive"].start(KEEPALIVE)

    def _take_ack(self, segment: Segment) -> bool:
        """Take the acknowledgment and the window; False when it acknowledges what was never sent, or is far too old."""
        sender, counts = self.sender, self._owner.counts
        advance = ahead(segment.ack, sender.una)
        if ahead(segment.ack, sender.highest) > 0 or advance < -max(sender.largest_window, 1):
            counts["ack unsent"] += 1
            self._challenge()
            return False
        before = sender.window
        changed = advance >= 0 and sender.update_window(segment)
        if advance > 0:
            self._take_new_ack(segment.ack, advance)
        elif advance == 0 and sender.under_way and not changed and segment.length == 0:
            counts["dup acks received"] += 1
            if sender.duplicate():
                self.fast_resent += 1
                counts["fast resent"] += 1
                counts["fast resent bytes"] += min(sender.mss, sender.under_way)
                self._resend()
        elif changed and segment.length == 0:
            counts["window updates received"] += 1
        if self.timers["SendWnd"].running:  # whoever answers is there, even with a window that stays shut
            self.timers["GiveUp"].stop()
            if sender.window > before:
                self.timers["SendWnd"].stop()
                sender.round_trip.backoff = 0
        return True

    def _take_new_ack(self, ack: int, advance: int) -> None:
        sender, counts = self.sender, self._owner.counts
        counts["acks received"] += 1
        counts["ack bytes received"] += advance
        missing = sender.acknowledge(ack, self.now)
        self.timers["GiveUp"].stop()
        self.timers["Retrans"].stop()
        if sender.under_way:
            if missing:
                self._resend()
            self.timers["Retrans"].start(sender.round_trip.timeout)
        if sender.done and self.state in ON_FIN_ACKNOWLEDGED:
            self._become(ON_FIN_ACKNOWLEDGED[self.state])

    def _take_text(self, segment: Segment) -> None:
        """Data, and the FIN when all before it is there."""
        receiver = self.receiver
        if self.state not in RECEIVING:
            if segment.length:
                self._owner.counts["after close"] += 1
                self._to_acknowledge = 2
            return
        before, had_gap = receiver.next, bool(receiver.pieces[0])
        if segment.data:
            self._count_data(receiver.take(segment.sequence, segment.data), segment)
            in_order = receiver.next != before and not had_gap
            self._to_acknowledge = self._to_acknowledge + 1 if in_order else 2
        if segment.flags & FIN:
            self._fin_at = add(segment.sequence, len(segment.data))
            self._to_acknowledge = 2
        if self._fin_at == receiver.next:
            receiver.next = add(receiver.next, 1)
            self._fin_at = None
            self._become(ON_FIN[self.state])
        elif self.state == FINWAIT2:
            self.timers["TimeWait"].start(FIN_WAIT)

    def _count_data(self, arrival: str, segment: Segment) -> None:
        self._owner.counts[arrival] += 1
        self._owner.counts[f"{arrival} bytes"] += len(segment.data)
