"""Timers of an engine that has no clock: what is due at which time, in µs."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

MOST_CANCELLED = 100
"""Cancelled timers that may stay in a queue, however short it is."""

Action = Callable[[int], None]
"""What a timer runs; it is given the time."""


class Timer:
    """An action that runs once, unless it is cancelled before."""

    __slots__ = ("_queue", "action")

    def __init__(self, action: Action, queue: TimerQueue) -> None:
        self.action: Action | None = action
        self._queue = queue

    def cancel(self) -> None:
        """Do not run the action; cancelling again, or after it ran, changes nothing."""
        if self.action is not None:
            self.action = None
            self._queue.cancelled()


class TimerQueue:
    """The timers of one engine, in the order of time and then of starting."""

    def __init__(self) -> None:
        self._queue: list[tuple[int, int, Timer]] = []
        self._sequence = 0
        self._cancelled = 0

    def start(self, at: int, action: Action) -> Timer:
        """Run `action` when `run` is called with a time of at least `at`."""
        timer = Timer(action, self)
        self._sequence += 1
        heappush(self._queue, (at, self._sequence, timer))
        return timer

    def cancelled(self) -> None:
        """A timer of this queue is. The lifetime of an SA is a day: many an SA that never came up leaves one behind."""
        self._cancelled += 1
        if self._cancelled > MOST_CANCELLED and self._cancelled * 2 > len(self._queue):
            self._queue = [entry for entry in self._queue if entry[2].action is not None]
            heapify(self._queue)
            self._cancelled = 0

    def next_time(self) -> int | None:
        """When the next timer is due, or None if none runs."""
        queue = self._queue
        while queue and queue[0][2].action is None:
            heappop(queue)
            self._cancelled -= 1
        return queue[0][0] if queue else None

    def run(self, now: int) -> None:
        """Run what is due."""
        while self._queue and self._queue[0][0] <= now:
            timer = heappop(self._queue)[2]
            action, timer.action = timer.action, None
            if action is None:
                self._cancelled -= 1
            else:
                action(now)
