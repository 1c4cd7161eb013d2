"""Path MTU discovery of tunnels: outer packets have the DF bit of what they carry, and routers on the way object.

What they say is believed of a packet that the tunnel could have sent and of a path that is shorter than known; it is
forgotten after a while (RFC 1191 section 6.3; Cisco IOS, `tunnel path-mtu-discovery`).
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import Simulator, Timer

AGE = 10
"""In minutes."""
MINIMUM = 92
"""Bytes: no shorter path is believed."""


class TunnelPathMtu:
    """What is known of the path of one tunnel. `age` is in minutes, None for no end; `mtu` is 0 until it is told.

    `on_change` is called when the path has become shorter, or may be longer again.
    """

    def __init__(self, sim: Simulator, age: int | None, minimum: int, on_change: Callable[[], None]) -> None:
        self.age, self.minimum = age, minimum
        self.mtu = 0
        self._sim, self._on_change = sim, on_change
        self._timer: Timer | None = None

    @property
    def expires(self) -> int | None:
        """When what is known is forgotten, in µs; None for never."""
        return self._timer.time if self._timer is not None and self.mtu else None

    def learn(self, mtu: int, known: int) -> None:
        """A router on the way says that packets of more than `mtu` bytes do not pass, of `known` that did."""
        if not self.minimum <= mtu < known:
            return
        self.stop()
        self.mtu = mtu
        if self.age is not None:
            self._timer = self._sim.call_later(self.age * 60_000_000, self._forget)
        self._on_change()

    def stop(self) -> None:
        """Let nothing more come of it."""
        if self._timer is not None:
            self._timer.cancel()

    def _forget(self) -> None:
        self.mtu = 0
        self._on_change()
