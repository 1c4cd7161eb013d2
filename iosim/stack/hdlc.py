"""Cisco HDLC on a serial link: its frames, and the keepalives that make its line protocol (RFC 1547 section 4.3.1).

The line protocol comes up with the carrier. It goes down when too many keepalives in a row are not acknowledged, and
comes up again with the first that is.
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import MILLISECOND, SECOND, Simulator, Timer
from iosim.stack.interface import Interface
from iosim.wire import WireError
from iosim.wire.hdlc import TYPE_IPV4, TYPE_SLARP, Keepalive, pack, unpack

PERIOD = 10
RETRIES = 3


class Hdlc:
    """The framing of one serial interface. `period` is in seconds, 0 for no keepalives, which keep the line alive.

    `others` take the frames of other protocols than IPv4, by number; they say whether they did.
    """

    def __init__(
        self,
        sim: Simulator,
        interface: Interface,
        transmit: Callable[[Interface, bytes], bool],
        period: int = PERIOD,
        retries: int = RETRIES,
    ) -> None:
        self.alive = True
        self.peer: int | None = None
        self.others: dict[int, Callable[[Interface, bytes], bool]] = {}
        self.period, self.retries = period, retries
        self._sim, self._interface, self._transmit = sim, interface, transmit
        self._sequence = self._acknowledged = self._seen = 0
        self._timer: Timer | None = None

    def frame(self, packet: bytes) -> bytes:
        """The frame of a packet."""
        return pack(packet)

    def packet(self, frame: bytes) -> bytes | None:
        """The packet in a frame; keepalives are taken, anything else is counted."""
        counters = self._interface.counters
        try:
            protocol, payload = unpack(frame)
            if protocol == TYPE_IPV4:
                return payload
            if protocol == TYPE_SLARP:
                self._hear(Keepalive.unpack(payload))
            elif protocol not in self.others or not self.others[protocol](self._interface, frame):
                counters.unknown_protocol += 1
        except WireError:
            counters.input_errors += 1
        return None

    def carrier(self, up: bool) -> None:
        """Begin or end the keepalives."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.alive = True
        self._sequence = self._acknowledged = self._seen = 0
        if up and self.period:
            self._timer = self._sim.call_later(0, self._beat)

    def _beat(self) -> None:
        """Send a keepalive, unless the line has just been given up."""
        self._timer = self._sim.call_later(self.period * SECOND, self._beat)
        if self._sequence - self._acknowledged >= self.retries:
            self._set_alive(False)
        self._sequence += 1
        self._transmit(self._interface, Keepalive(self._sequence, self._seen, self._sim.now // MILLISECOND).pack())

    def _hear(self, keepalive: Keepalive) -> None:
        self._interface.counters.broadcasts_in += 1
        self._seen = keepalive.mine
        if not self.period or not 0 < keepalive.yours <= self._sequence:
            return
        self._acknowledged = max(self._acknowledged, keepalive.yours)
        if self._sequence - self._acknowledged < self.retries:
            self._set_alive(True)

    def _set_alive(self, alive: bool) -> None:
        if alive is not self.alive:
            self.alive = alive
            self._interface.sense()
