"""PPP on a serial link (RFC 1661): LCP opens the link, IPCP (RFC 1332) opens IP on it, echoes keep it alive.

Nobody is asked to authenticate. The line protocol is up while LCP is open; packets pass while IPCP is.
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import SECOND, Simulator, Timer
from iosim.stack.interface import Interface
from iosim.stack.negotiation import Negotiation
from iosim.wire import WireError, ppp
from iosim.wire.ppp import Message, Options

PERIOD = 10
RETRIES = 5
_ADDRESS_LENGTH = 4


class Ppp:
    """The framing of one serial interface. `period` (s, 0 for none) and `retries` are those of the echoes.

    `peer` is the address that the neighbour has told, when IPCP is open.
    """

    def __init__(
        self,
        sim: Simulator,
        interface: Interface,
        transmit: Callable[[Interface, bytes], bool],
        period: int = PERIOD,
        retries: int = RETRIES,
    ) -> None:
        self.alive = False
        self.period, self.retries = period, retries
        self.peer: int | None = None
        self._sim, self._interface, self._transmit = sim, interface, transmit
        self._magic = sim.random("ppp", interface.mac.hex(), interface.name).getrandbits(32).to_bytes(4, "big")
        self.lcp = Negotiation(sim, self._send_to(ppp.LCP), self._lcp_options, self._lcp_refuses, self._lcp_changed)
        self.ipcp = Negotiation(sim, self._send_to(ppp.IPCP), self._ip_options, self._ip_refuses, self._ip_changed)
        self._unanswered = 0
        self._timer: Timer | None = None

    def frame(self, packet: bytes) -> bytes | None:
        """The frame of a packet; None while IP is not open."""
        return ppp.pack(ppp.IPV4, packet) if self.ipcp.open else None

    def packet(self, frame: bytes) -> bytes | None:
        """The packet in a frame; messages of the control protocols are taken, anything else is counted."""
        counters = self._interface.counters
        try:
            protocol, payload = ppp.unpack(frame)
            if protocol == ppp.IPV4:
                return payload if self.ipcp.open else None
            self._hear(protocol, payload)
        except WireError:
            counters.input_errors += 1
        return None

    def carrier(self, up: bool) -> None:
        """Open the link, or give it up."""
        if up:
            self.lcp.start()
        else:
            self.lcp.stop()

    def _hear(self, protocol: int, payload: bytes) -> None:
        if protocol == ppp.LCP:
            self._hear_lcp(Message.unpack(payload))
        elif protocol == ppp.IPCP:
            if self.lcp.open:
                self.ipcp.hear(Message.unpack(payload))
        else:
            self._interface.counters.unknown_protocol += 1
            if self.lcp.open:
                self.lcp.say(ppp.PROTOCOL_REJECT, protocol.to_bytes(2, "big") + payload)

    def _hear_lcp(self, message: Message) -> None:
        if message.code == ppp.ECHO and self.lcp.open:
            self.lcp.send(Message(ppp.ECHO_REPLY, message.identifier, self._magic + message.data[4:]))
        elif message.code == ppp.ECHO_REPLY:
            self._unanswered = 0
        else:
            self.lcp.hear(message)

    def _send_to(self, protocol: int) -> Callable[[Message], None]:
        return lambda message: self._send(protocol, message)

    def _send(self, protocol: int, message: Message) -> None:
        self._transmit(self._interface, ppp.pack(protocol, message.pack()))

    def _lcp_options(self) -> Options:
        return ((ppp.LCP_MAGIC, self._magic),)

    def _lcp_refuses(self, options: Options) -> Options:
        """Options other than the MRU (any will do) and the magic number, authentication among them, are refused."""
        return tuple(option for option in options if option[0] not in (ppp.LCP_MRU, ppp.LCP_MAGIC))

    def _lcp_changed(self, is_open: bool, options: Options) -> None:
        self.alive = is_open
        self._unanswered = 0
        if self._timer is not None:
            self._timer.cancel()
        if is_open and self.period:
            self._timer = self._sim.call_later(self.period * SECOND, self._beat)
        if is_open:
            self.ipcp.start()
        else:
            self.ipcp.stop()
        self._interface.sense()

    def _beat(self) -> None:
        """Ask whether the neighbour is there; too many questions without an answer, and the link opens anew."""
        if self._unanswered >= self.retries:
            self.lcp.start()
            return
        self._unanswered += 1
        self.lcp.say(ppp.ECHO, self._magic)
        self._timer = self._sim.call_later(self.period * SECOND, self._beat)

    def _ip_options(self) -> Options:
        return ((ppp.IPCP_ADDRESS, (self._interface.address or 0).to_bytes(_ADDRESS_LENGTH, "big")),)

    def _ip_refuses(self, options: Options) -> Options:
        return tuple(option for option in options if option[0] != ppp.IPCP_ADDRESS or len(option[1]) != _ADDRESS_LENGTH)

    def _ip_changed(self, is_open: bool, options: Options) -> None:
        told = dict(options).get(ppp.IPCP_ADDRESS, b"")
        self.peer = int.from_bytes(told) or None if is_open else None
        self._interface.announce()
