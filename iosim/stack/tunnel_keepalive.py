"""Keepalives of GRE tunnels: a packet that is on its way back already when the other end unwraps it.

Within the GRE packet to the other end is an IPv4 packet from there to here with a GRE header and nothing behind it. The
other end routes it like any other packet, and need not know of keepalives (Cisco, "How GRE Keepalives Work").
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import SECOND, Simulator, Timer
from iosim.stack.stack import Stack
from iosim.stack.tunnel import Fault, Tunnel
from iosim.wire.gre import PROTOCOL, TYPE_KEEPALIVE, Gre
from iosim.wire.ipv4 import header

PERIOD, RETRIES = 10, 3

Watcher = Callable[[bytes, int | None], None]
"""Told of each keepalive: the packet, and the counter when it is sent, or None when it is received."""


class TunnelKeepalive:
    """Sends keepalives every `period` seconds; the line goes down when `retries` in a row have not come back.

    `review` is called when that changes. `watcher`, when set, is told of each.
    """

    def __init__(
        self, stack: Stack, tunnel: Tunnel, review: Callable[[Tunnel], None], period: int, retries: int
    ) -> None:
        self.period, self.retries = period, retries
        self.watcher: Watcher | None = None
        self._stack, self._tunnel, self._review = stack, tunnel, review
        self._missing = 0
        self._down = False
        self._sim: Simulator = stack.sim
        tunnel.others[TYPE_KEEPALIVE] = self._hear
        tunnel.obstacles.append(self.obstacle)
        self._timer: Timer = self._sim.call_later(period * SECOND, self._beat)

    def stop(self) -> None:
        """Send no more, and let the line be."""
        self._timer.cancel()
        self._tunnel.others.pop(TYPE_KEEPALIVE, None)
        self._tunnel.obstacles.remove(self.obstacle)

    def obstacle(self) -> Fault | None:
        """Whether the other end does not answer."""
        return Fault.KEEPALIVE if self._down else None

    def _beat(self) -> None:
        self._timer = self._sim.call_later(self.period * SECOND, self._beat)
        tunnel = self._tunnel
        if not tunnel.interface.carrier or tunnel.fault not in (None, Fault.KEEPALIVE):
            self._missing, self._down = 0, False
            return
        if self._missing >= self.retries and not self._down:
            self._down = True
            self._review(tunnel)
        self._missing += 1
        self._send()

    def _send(self) -> None:
        ends = self._tunnel.ends
        if ends is None:
            return
        inside = Gre(TYPE_KEEPALIVE, key=ends.shape.key).pack()
        identification = self._stack.next_identification()
        packet = header(ends.remote, ends.local, PROTOCOL, len(inside), identification=identification) + inside
        if self.watcher is not None:
            self.watcher(packet, self._missing)
        frame = self._tunnel.frame(packet)
        if frame is not None:
            self._stack.transmit(self._tunnel.interface, frame)

    def _hear(self, packet: bytes) -> None:
        """One has come back."""
        if self.watcher is not None:
            self.watcher(packet, None)
        self._missing = 0
        if self._down:
            self._down = False
            self._review(self._tunnel)
