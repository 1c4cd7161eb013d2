"""The clock and the event queue: simulated time in integer microseconds.

Everything that happens in a lab happens in a callback that this queue runs. Randomness is derived from the lab's seed
for each (node, purpose), so that a new consumer of randomness changes no one else's.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heapify, heappop, heappush

MILLISECOND = 1_000
SECOND = 1_000_000
FEW_TIMERS = 1000
"""A queue of no more is never tidied up."""


class Timer:
    """A scheduled callback, which can be cancelled until it has run."""

    __slots__ = ("callback", "time")

    def __init__(self, time: int, callback: Callable[[], None]) -> None:
        self.time = time
        self.callback: Callable[[], None] | None = callback

    @property
    def active(self) -> bool:
        """Whether the callback is still to run."""
        return self.callback is not None

    def __call__(self, _: bytes) -> None:
        """Run the callback, if it is still to run."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()

    def cancel(self) -> None:
        """Do not run the callback; cancelling again, or after it ran, changes nothing."""
        self.callback = None


class Simulator:
    """The event queue. `now` is the simulated time in microseconds since the lab was switched on.

    An exception in an event, a command or a feature is an error of this program. `contain` is told of it, and all else
    goes on; where it is None, as in tests, the exception leaves `run` and whatever else was called.
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.now = 0
        self.contain: Callable[[Exception], None] | None = None
        self._sequence = 0
        self._queue: list[tuple[int, int, Callable[[bytes], None], bytes]] = []
        self._room = FEW_TIMERS

    def call_at(self, time: int, callback: Callable[[], None]) -> Timer:
        """Run `callback` at `time` (µs); a time in the past means now, after what is already due."""
        timer = Timer(max(time, self.now), callback)
        if len(self._queue) >= self._room:
            self._tidy()
        self.post(timer.time, timer, b"")
        return timer

    def post(self, time: int, receiver: Callable[[bytes], None], frame: bytes) -> None:
        """Give `frame` to `receiver` at `time` (µs), which is not in the past; what is posted cannot be cancelled."""
        self._sequence += 1
        heappush(self._queue, (time, self._sequence, receiver, frame))

    def call_later(self, delay: int, callback: Callable[[], None]) -> Timer:
        """Run `callback` after `delay` µs."""
        return self.call_at(self.now + delay, callback)

    def _tidy(self) -> None:
        """Throw away what was cancelled long before its time: a flood that opens and closes must not fill the queue."""
        self._queue[:] = [entry for entry in self._queue if not isinstance(entry[2], Timer) or entry[2].active]
        heapify(self._queue)
        self._room = max(FEW_TIMERS, 2 * len(self._queue))

    def next_time(self) -> int | None:
        """The time (µs) of the next event, or None when the queue is empty."""
        queue = self._queue
        while queue:
            time, _, event, _ = queue[0]
            if not isinstance(event, Timer) or event.active:
                return time
            heappop(queue)
        return None

    def run(self, until: int | None = None, stop: Callable[[], bool] | None = None) -> bool:
        """Run events in order, up to and including time `until` (µs), or until `stop()` is true after an event.

        Returns whether `stop` ended the run. When it did not and `until` is given, `now` is `until` afterwards.
        """
        queue = self._queue
        if stop is not None and stop():
            return True
        while queue and (until is None or queue[0][0] <= until):
            time, _, event, frame = heappop(queue)
            if isinstance(event, Timer) and event.callback is None:
                continue
            self.now = time
            try:
                event(frame)
            except Exception as error:
                self.failed(error)
            if stop is not None and stop():
                return True
        if until is not None and until > self.now:
            self.now = until
        return False

    def failed(self, error: Exception) -> None:
        """Something has failed that others can do without: tell `contain`. Raises the error where that is None."""
        if self.contain is None:
            raise error
        self.contain(error)

    @contextmanager
    def containing(self) -> Iterator[None]:
        """What is done within may fail as an event may."""
        try:
            yield
        except Exception as error:
            self.failed(error)

    def random(self, *purpose: str | int) -> random.Random:
        """A generator of its own for a purpose, as `sim.random("R1", "ike")`; equal seeds give equal bytes."""
        name = "\0".join(map(str, (self.seed, *purpose)))
        return random.Random(int.from_bytes(hashlib.sha256(name.encode()).digest(), "big"))
