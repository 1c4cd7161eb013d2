"""Ends what nobody uses: the exec-timeout of a session."""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import Simulator, Timer


class IdleTimer:
    """Calls `on_idle` when nothing has happened for `limit` µs; None is no limit.

    While `busy()`, time does not count: somebody has to `touch` it when that ends. (A timer that waited on would keep
    a simulation alive in which nothing else happens.)
    """

    def __init__(self, sim: Simulator, busy: Callable[[], bool], on_idle: Callable[[], None]) -> None:
        self.limit: int | None = None
        self.last = sim.now
        self._sim, self._busy, self._on_idle = sim, busy, on_idle
        self._timer: Timer | None = None

    def touch(self) -> None:
        """Something has happened."""
        self.last = self._sim.now
        if self._timer is None:
            self._wait()

    def set(self, limit: int | None) -> None:
        """Count to another limit from now on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.limit = limit
        self.touch()

    def _wait(self) -> None:
        if self.limit is not None:
            self._timer = self._sim.call_at(self.last + self.limit, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._busy() or self.limit is None:
            return
        if self._sim.now < self.last + self.limit:
            self._wait()
        else:
            self._on_idle()
