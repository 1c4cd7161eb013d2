"""How a control protocol of PPP is opened (RFC 1661 section 4): both sides request options until both have agreed."""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import SECOND, Simulator, Timer
from iosim.wire import ppp
from iosim.wire.ppp import Message, Options, pack_options, unpack_options

RESTART = 2 * SECOND


class Negotiation:
    """One control protocol of one link.

    `options` gives what we ask for, `refuses` those of the neighbour's options that are not acceptable; `changed` is
    called with whether the protocol is open and with the neighbour's options. A request is repeated until it is
    answered; what the neighbour rejects is not asked for again.
    """

    def __init__(
        self,
        sim: Simulator,
        send: Callable[[Message], None],
        options: Callable[[], Options],
        refuses: Callable[[Options], Options],
        changed: Callable[[bool, Options], None],
    ) -> None:
        self.open = False
        self.send = send
        self._sim, self._options, self._refuses, self._changed = sim, options, refuses, changed
        self._identifier = 0
        self._rejected: tuple[int, ...] = ()
        self._ours_agreed = False
        self._theirs: Options | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin, or begin again."""
        self.stop()
        self._rejected = ()
        self._timer = self._sim.call_later(0, self._request)

    def stop(self) -> None:
        """Be silent, and closed."""
        if self._timer is not None:
            self._timer.cancel()
        self._ours_agreed, self._theirs = False, None
        self._settle()

    def say(self, code: int, data: bytes = b"") -> None:
        """Send a message with the next identifier."""
        self._identifier = self._identifier + 1 & 0xFF
        self.send(Message(code, self._identifier, data))

    def hear(self, message: Message) -> None:
        """Take a message of this protocol; raises WireError."""
        if message.code == ppp.REQUEST:
            self._hear_request(message)
        elif message.code in (ppp.ACK, ppp.NAK, ppp.REJECT):
            self._hear_answer(message)
        elif message.code == ppp.TERMINATE:
            self.send(Message(ppp.TERMINATE_ACK, message.identifier))
            self.start()

    def _hear_request(self, message: Message) -> None:
        """Agree to what is acceptable.

        A request on an open link means that the neighbour has begun anew. Our own request then goes out before the
        answer (RFC 1661 section 4.1, event RCR+ in state Opened): the other way round, both could begin anew for ever.
        """
        options = unpack_options(message.data)
        refused = self._refuses(options)
        if self.open:
            self.stop()
            self._request()
        if refused:
            self.send(Message(ppp.REJECT, message.identifier, pack_options(refused)))
            return
        self.send(Message(ppp.ACK, message.identifier, message.data))
        self._theirs = options
        self._settle()

    def _hear_answer(self, message: Message) -> None:
        if message.identifier != self._identifier or self.open:
            return
        if message.code == ppp.ACK:
            self._ours_agreed = message.data == self._wanted()
            self._settle()
        else:
            self._rejected += tuple(kind for kind, _ in unpack_options(message.data))
            self._request()

    def _wanted(self) -> bytes:
        return pack_options(tuple(option for option in self._options() if option[0] not in self._rejected))

    def _request(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._sim.call_later(RESTART, self._request)
        self._ours_agreed = False
        self.say(ppp.REQUEST, self._wanted())

    def _settle(self) -> None:
        """Be open when both have agreed, and tell of a change."""
        is_open = self._ours_agreed and self._theirs is not None
        if is_open is not self.open:
            self.open = is_open
            if is_open and self._timer is not None:
                self._timer.cancel()
            self._changed(is_open, self._theirs or ())
