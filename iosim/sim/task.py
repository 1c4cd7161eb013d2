"""Coroutines in simulated time: commands that take time (`ping`, `copy`) are written as `async def`.

They are driven by the event queue and not by asyncio; what they can await is a `Signal`: something that happens once,
or does not happen in time.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from iosim.sim.clock import Simulator, Timer

T = TypeVar("T")


class Cancelled(BaseException):
    """Raised inside a task that is being cancelled. Derives from BaseException so that no handler swallows it."""


class Signal(Generic[T]):
    """A value that is set once and awaited by at most one task: `value = await signal`."""

    __slots__ = ("_waiter", "done", "value")

    def __init__(self) -> None:
        self.done = False
        self.value: T | None = None
        self._waiter: Callable[[], None] | None = None

    def set(self, value: T) -> None:
        """Give the value and wake the task that waits; the first value counts."""
        if self.done:
            return
        self.done, self.value = True, value
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter()

    def __await__(self) -> Generator[Signal[T], None, T]:
        if not self.done:
            yield self
        return self.value  # type: ignore[return-value]  # done: the value is there

    def wait(self, waiter: Callable[[], None] | None) -> None:
        """Call `waiter` when the value is there (used by Task)."""
        self._waiter = waiter


class Task:
    """A running coroutine. It starts at once, and `on_done` is called when it has ended, however it ended."""

    def __init__(self, sim: Simulator, coroutine: Coroutine[Any, Any, None], on_done: Callable[[], None] | None = None):
        self.sim = sim
        self.done = False
        self._coroutine = coroutine
        self._on_done = on_done
        self._waiting: Signal[Any] | None = None
        self._step()

    def cancel(self) -> None:
        """Raise Cancelled in the coroutine where it waits."""
        if self.done:
            return
        if self._waiting is not None:
            self._waiting.wait(None)
        self._step(Cancelled())

    def _step(self, error: BaseException | None = None) -> None:
        self._waiting = None
        try:
            signal = self._coroutine.throw(error) if error is not None else self._coroutine.send(None)
        except (StopIteration, Cancelled):
            self._finish()
            return
        except BaseException:
            self._finish()
            raise
        self._waiting = signal
        signal.wait(self._step)

    def _finish(self) -> None:
        self.done = True
        if self._on_done is not None:
            self._on_done()


async def sleep(sim: Simulator, delay: int) -> None:
    """Wait `delay` µs."""
    signal: Signal[None] = Signal()
    timer = sim.call_later(delay, lambda: signal.set(None))
    try:
        await signal
    finally:
        timer.cancel()


async def wait_for(sim: Simulator, signal: Signal[T], timeout: int) -> T | None:
    """The signal's value, or None when `timeout` µs pass first."""
    if signal.done:
        return signal.value
    ended: Signal[bool] = Signal()
    timer: Timer = sim.call_later(timeout, lambda: ended.set(False))
    signal.wait(lambda: ended.set(True))
    try:
        return signal.value if await ended else None
    finally:
        signal.wait(None)
        timer.cancel()
