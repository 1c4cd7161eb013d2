"""What one connection is, sends and waits for (RFC 9293 section 3.10): its state, its halves, its timers, its path.

`states.py` says which state may follow which; `connection.py` adds the calls and what arriving segments do. Segments to
strangers, who are answered as RFC 5961 demands by a challenge acknowledgment, are few.
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import SECOND
from iosim.stack.tcp.options import ACK_HOLD, HEADERS, Ending, Key, Owner, TcpOptions
from iosim.stack.tcp.receiver import Receiver
from iosim.stack.tcp.sender import Sender
from iosim.stack.tcp.sequence import add, ahead
from iosim.stack.tcp.states import (
    CLOSED,
    ESTAB,
    FINWAIT2,
    FOLLOWS,
    LASTACK,
    LISTEN,
    ON_CLOSE,
    OPENING,
    SENDING,
    SYNRCVD,
    SYNSENT,
    TIMEWAIT,
    State,
)
from iosim.stack.tcp.timer import EventTimer
from iosim.wire.tcp import ACK, FIN, PSH, RST, SYN, Segment

TIME_WAIT = 60 * SECOND
"""Twice the life of a segment."""
GIVE_UP = 180 * SECOND
"""How long data are sent again before the connection is given up (R2 of RFC 9293 section 3.8.3: at least 100 s)."""
FIN_WAIT = 532 * SECOND
"""How long the other side may be silent and not close (IOS: `ip tcp finwait-time`)."""
KEEPALIVE, KEEPALIVES = 60 * SECOND, 5
"""How often a silent neighbour is asked, and how many questions may stay without an answer."""
CHALLENGES = 10
"""Acknowledgments a second to segments that should not be (RFC 5961 section 7)."""
SMALLEST_PATH = 552
"""A path that is said to be narrower is not believed: its segments may be fragmented instead."""


class Machine:
    """The machine of a connection. `on_change` is called when there is something to look at: the state, data, space.

    `key` is (local address, local port, remote address, remote port); `ending` says how it has ended, None before.
    `number` tells it apart from others of the node.
    """

    def __init__(self, owner: Owner, key: Key, options: TcpOptions, isn: int, mss: int) -> None:
        self.key = key
        self.options = options
        self.state = CLOSED
        self.ending: Ending | None = None
        self.passive = False
        self.number = 0
        self.advertised = self.own_mss = self.peer_mss = mss
        self.sender = Sender(isn, mss, options.nagle)
        self.receiver = Receiver(options.window, mss)
        self.fragmentable = not options.path_mtu_discovery
        self.on_change: Callable[[], None] = lambda: None
        self.opened_at = self.heard_at = owner.sim.now
        self.received = self.sent = self.resent = self.fast_resent = 0
        self.sent_with_data = self.sent_bytes = 0
        self._owner = owner
        self._fin_at: int | None = None
        self._to_acknowledge = 0
        self._challenges = (-1, 0)
        self._unanswered = 0
        sim = owner.sim
        self.timers = {
            "Retrans": EventTimer(sim, self._retransmission_timeout),
            "TimeWait": EventTimer(sim, lambda: self._end("closed")),
            "AckHold": EventTimer(sim, self._acknowledge_late),
            "SendWnd": EventTimer(sim, self._probe_window),
            "KeepAlive": EventTimer(sim, self._keepalive),
            "GiveUp": EventTimer(sim, lambda: self._end("timeout")),
            "PmtuAger": EventTimer(sim, self._try_wider),
        }

    @property
    def now(self) -> int:
        """The time of the node, in µs."""
        return self._owner.sim.now

    # What is sent

    def _output(self) -> None:
        """Send what may be sent now."""
        sender = self.sender
        if self.state not in SENDING:
            return
        while (piece := sender.next_piece()) is not None:
            data, flags = piece
            flags |= PSH if data and sender.waiting == len(data) else 0
            at = sender.next
            if flags & FIN and self.state in ON_CLOSE:
                self._become(ON_CLOSE[self.state])
            fresh = sender.sent(len(data), flags, self.now)
            self._send_data(at, data, flags, fresh)
            if not self.timers["Retrans"].running:
                self.timers["Retrans"].start(sender.round_trip.timeout)
        if sender.waiting and not sender.under_way and not self.timers["SendWnd"].running:
            self.timers["SendWnd"].start(sender.round_trip.timeout)

    def _send_data(self, sequence: int, data: bytes, flags: int, fresh: bool) -> None:
        self._owner.counts["data packets sent" if fresh else "data packets resent"] += bool(data)
        self._owner.counts["data bytes sent" if fresh else "data bytes resent"] += len(data)
        self._owner.counts["control packets sent"] += not data
        self._owner.counts["control packets resent"] += not data and not fresh
        self.sent_with_data += bool(data)
        self.sent_bytes += len(data) * fresh
        self.resent += not fresh
        if not fresh:
            self._tell("retransmit", None, sequence, len(data))
        self._send(sequence, data, flags)

    def _resend(self) -> None:
        """Send the first segment under way again."""
        data, flags = self.sender.first_piece()
        self._send_data(self.sender.una, data, flags | (PSH if data else 0), fresh=False)

    def _send_syn(self, again: bool = False) -> None:
        flags = SYN | ACK if self.state == SYNRCVD else SYN
        if again:
            self.resent += 1
            self.sender.first_piece()
        else:
            self.sender.next = self.sender.una
            self.sender.sent(0, flags, self.now)
            self.timers["Retrans"].start(self.sender.round_trip.timeout)
        self._owner.counts["control packets sent"] += 1
        self._owner.counts["control packets resent"] += again
        self._send(self.sender.isn, b"", flags, self.advertised)

    def _send(self, sequence: int | None = None, data: bytes = b"", flags: int = ACK, mss: int | None = None) -> None:
        """Send a segment; it acknowledges what has arrived."""
        self._owner.counts["ack only packets sent"] += sequence is None
        at = self.sender.next if sequence is None else sequence
        ack = self.receiver.next if flags & ACK else 0
        self._to_acknowledge = 0
        self.timers["AckHold"].stop()
        self._transmit(Segment(0, 0, at, ack, flags, min(self.receiver.window(), 0xFFFF), mss, data))

    def _transmit(self, segment: Segment) -> None:
        _, segment.source_port, _, segment.destination_port = self.key
        self.sent += 1
        if segment.flags & (SYN | FIN | RST):
            self._tell("sending", segment)
        if not self._owner.transmit(self, segment) and self.state == SYNSENT:
            self._end("unreachable")

    def _acknowledge(self) -> None:
        """Acknowledge what has come, if nothing that was sent did: every second segment at once, another one late."""
        if self._to_acknowledge >= 2:
            self._send()
        elif self._to_acknowledge and not self.timers["AckHold"].running:
            self.timers["AckHold"].start(ACK_HOLD)

    def _acknowledge_late(self) -> None:
        if self._to_acknowledge:
            self._owner.counts["delayed acks sent"] += 1
            self._send()

    def _challenge(self) -> None:
        """Acknowledge a segment that should not be, unless that has been done too often in this second."""
        if self._may_challenge():
            self._owner.counts["challenge acks sent"] += 1
            self._send()

    def _may_challenge(self) -> bool:
        second = self.now // SECOND
        count = self._challenges[1] + 1 if self._challenges[0] == second else 1
        self._challenges = second, count
        return count <= CHALLENGES

    # Timers

    def _retransmission_timeout(self) -> None:
        sender = self.sender
        sender.timed_out()
        self._owner.counts["retransmission timeouts"] += 1
        self._tell("timeout", None, sender.round_trip.backoff, sender.round_trip.timeout)
        give_up = self.timers["GiveUp"]
        if not give_up.running:
            give_up.start(GIVE_UP)
        if self.state in OPENING:
            self._send_syn(again=True)
        elif sender.under_way:
            self._resend()
        if self.state != CLOSED:
            self.timers["Retrans"].start(sender.round_trip.timeout)

    def _probe_window(self) -> None:
        """Ask for a window that is shut or too small (section 3.8.6.1)."""
        sender = self.sender
        if not sender.waiting or sender.under_way:
            return
        if not self.timers["GiveUp"].running:
            self.timers["GiveUp"].start(GIVE_UP)
        self._owner.counts["window probes sent"] += 1
        self._send(sender.next, sender.probe(), ACK)
        sender.round_trip.back_off()
        self.timers["SendWnd"].start(sender.round_trip.timeout)

    def _keepalive(self) -> None:
        """Ask a silent neighbour whether it is still there."""
        silent = self.now - self.heard_at
        if silent < KEEPALIVE:
            self.timers["KeepAlive"].start(KEEPALIVE - silent)
            return
        if self._unanswered == KEEPALIVES:
            self._owner.counts["dropped in keepalive"] += 1
            self.abort("keepalive")
            return
        self._unanswered += 1
        self._owner.counts["keepalive timeouts"] += 1
        self._owner.counts["keepalive probes sent"] += 1
        self._send(add(self.sender.una, -1))
        self.timers["KeepAlive"].start(KEEPALIVE)

    # The path

    def narrow(self, sequence: int, mtu: int) -> bool:
        """A router says that the segment at `sequence` was too long for a path of `mtu` bytes; whether it is believed.

        It must be a segment under way and the size must be news (RFC 5927 section 7).
        """
        sender = self.sender
        if self.state in OPENING or not 0 <= ahead(sequence, sender.una) < ahead(sender.highest, sender.una):
            return False
        if self.fragmentable or mtu >= sender.mss + HEADERS:
            return False
        self.fragmentable = mtu < SMALLEST_PATH
        sender.set_mss(min(sender.mss, max(mtu, SMALLEST_PATH) - HEADERS))
        if self.options.path_mtu_age is not None:
            self.timers["PmtuAger"].start(self.options.path_mtu_age)
        self._output()
        return True

    def _try_wider(self) -> None:
        """The path may have become wider (RFC 1191 section 6.3)."""
        self.fragmentable = not self.options.path_mtu_discovery
        self.sender.set_mss(self.own_mss)

    def unreachable(self, sequence: int) -> bool:
        """The other side cannot be reached: that ends what is being opened, and nothing else (RFC 5461)."""
        if self.state != SYNSENT or sequence != self.sender.isn:
            return False
        self._end("unreachable")
        return True

    # The state

    def _become(self, state: State) -> None:
        assert state in FOLLOWS[self.state], f"{self.state} → {state}"
        before, self.state = self.state, state
        self._tell("state", None, before, state)
        if state == ESTAB:
            self._owner.counts["established"] += 1
        elif state == FINWAIT2:
            self.timers["TimeWait"].start(FIN_WAIT)
        elif state == TIMEWAIT:
            self.stop()
            self.timers["TimeWait"].start(TIME_WAIT)
        elif state == CLOSED and before == LASTACK:
            self._end("closed")

    def abort(self, ending: Ending = "aborted") -> None:
        """Break the connection off by a reset."""
        if self.state not in (CLOSED, LISTEN, SYNSENT, TIMEWAIT):
            self._transmit(Segment(0, 0, self.sender.next, self.receiver.next, RST | ACK))
        self._end(ending)

    def _end(self, ending: Ending) -> None:
        """The connection is over."""
        if self.ending is not None:
            return
        self.ending = ending
        self.stop()
        counts = self._owner.counts
        counts["closed"] += 1
        counts["dropped"] += ending != "closed"
        counts["embryonic dropped"] += self.state in OPENING
        counts["dropped in timeout"] += ending == "timeout"
        if self.state != CLOSED:
            before, self.state = self.state, CLOSED
            self._tell("state", None, before, CLOSED)
        self._owner.forget(self)
        self.on_change()

    def stop(self) -> None:
        """Let no timer run."""
        for timer in self.timers.values():
            timer.stop()

    def _tell(self, what: str, segment: Segment | None, *said: object) -> None:
        if self._owner.watcher is not None:
            self._owner.watcher(what, self, segment, *said)
