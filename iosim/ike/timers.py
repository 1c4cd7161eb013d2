"""Timers of an engine that has no clock: what is due at which time, in µs."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[int], None]
"""What a timer runs; it is given the time."""


class Timer:
    """An action that runs once, unless it is cancelled before."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        """Do not run the action; cancelling again, or after it ran, changes nothing."""
        self.action = None


class TimerQueue:
    """The timers of one engine, in the order of time and then of starting."""

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Timer]] = []
        self._sequence = 0

    def start(self, at: int, action: Action) -> Timer:
        """Run `action` when `run` is called with a time of at least `at`."""
        timer = Timer(action)
        self._sequence += 1
        heappush(self._queue, (at, self._sequence, timer))
        return timer

    def next_time(self) -> int | None:
        """When the next timer is due, or None if none runs."""
        queue = self._queue
        while queue and queue[0][2].action is None:
            heappop(queue)
        return queue[0][0] if queue else None

    def run(self, now: int) -> None:
        """Run what is due."""
        queue = self._queue
        while queue and queue[0][0] <= now:
            timer = heappop(queue)[2]
            action, timer.action = timer.action, None
            if action is not None:
                action(now)
