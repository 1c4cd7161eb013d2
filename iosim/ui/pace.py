"""Simulated time that follows the clock on the wall: for consoles, and for labs with real interfaces in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from select import select
from time import monotonic

from iosim.lab.build import Network
from iosim.sim.clock import SECOND

LONGEST_SLICE = 0.1
"""Seconds that the simulation may compute before the outside is looked at again."""
LONGEST_WAIT = 1.0
"""Seconds to wait for a frame at most; then it is seen whether there is anything to wait for."""


class WallClock:
    """Paces a network: `speed` simulated seconds a second. Frames of real interfaces come in when they arrive."""

    def __init__(self, network: Network, speed: float = 1.0) -> None:
        self._sim = network.sim
        self._bridges = network.bridges
        self.set_speed(speed)

    def set_speed(self, speed: float) -> None:
        """Go on at another speed from here."""
        self._speed = speed
        self._began, self._simulated = monotonic(), self._sim.now

    def advance(self) -> None:
        """Take in what waits at the interfaces and let time pass up to the present, or for as long as a slice."""
        late = partial(_is_past, monotonic() + LONGEST_SLICE)
        if self._sim.run(until=self.present(), stop=late):
            self._began, self._simulated = monotonic(), self._sim.now  # too slow for the wall: go on from here
        self._poll()

    def run(self, until: int | None = None, stop: Callable[[], bool] | None = None) -> bool:
        """As `Simulator.run`, in step with the wall; `until` is in µs of simulated time."""
        sim = self._sim
        while True:
            self._poll()
            present = self.present()
            if sim.run(until=present if until is None else min(present, until), stop=stop):
                return True
            if until is not None and sim.now >= until:
                return False
            if sim.next_time() is None and not self._bridges:
                return False
            self._wait(until)

    def _poll(self) -> None:
        """Take in the frames that wait."""
        for bridge in self._bridges:
            bridge.poll()

    def present(self) -> int:
        """The simulated time that the wall says it is."""
        return self._simulated + int((monotonic() - self._began) * self._speed * SECOND)

    def _wait(self, until: int | None) -> None:
        """Sleep until a frame arrives or the next event is due."""
        due = [time for time in (until, self._sim.next_time()) if time is not None]
        wait = min((time - self.present()) / self._speed / SECOND for time in due) if due else LONGEST_WAIT
        select(self._bridges, (), (), min(max(wait, 0), LONGEST_WAIT))


def _is_past(moment: float) -> bool:
    return monotonic() > moment
