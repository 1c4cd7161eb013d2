"""The timers of a connection, which count how often they were started and have run out."""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import Simulator, Timer


class EventTimer:
    """One timer: `start` sets it anew. `next` is when it runs out (µs), None while it does not run."""

    __slots__ = ("_on_end", "_sim", "_timer", "starts", "wakeups")

    def __init__(self, sim: Simulator, on_end: Callable[[], None]) -> None:
        self._sim, self._on_end = sim, on_end
        self._timer: Timer | None = None
        self.starts = self.wakeups = 0

    @property
    def running(self) -> bool:
        return self._timer is not None

    @property
    def next(self) -> int | None:
        return None if self._timer is None else self._timer.time

    def start(self, delay: int) -> None:
        """Run out in so many µs."""
        self.stop()
        self.starts += 1
        self._timer = self._sim.call_later(delay, self._end)

    def stop(self) -> None:
        """Do not run out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        self.wakeups += 1
        self._on_end()
