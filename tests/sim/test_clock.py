"""The event queue under a load of timers that are cancelled before their time."""

from __future__ import annotations

import tracemalloc

from iosim.sim.clock import SECOND, Simulator


def test_what_is_cancelled_does_not_fill_the_memory() -> None:
    """A flood opens something with a time limit and ends it, again and again, while no time passes."""
    sim, ran = Simulator(), list[int]()
    for at in (3, 1, 2):
        sim.call_at(at * SECOND, lambda at=at: ran.append(at))  # type: ignore[misc]  # mypy cannot infer it
    tracemalloc.start()
    try:
        for _ in range(100_000):
            sim.call_later(15 * SECOND, lambda: ran.append(0)).cancel()
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
    sim.run(until=60 * SECOND)
    assert ran == [1, 2, 3]


def test_many_timers_that_are_wanted_run_in_their_order() -> None:
    sim, ran = Simulator(), list[int]()
    timers = [sim.call_at(at % 97, lambda at=at: ran.append(at)) for at in range(5000)]  # type: ignore[misc]  # as above
    for timer in timers[::3]:
        timer.cancel()
    for at in range(5000, 8000):
        sim.call_at(at % 97, lambda at=at: ran.append(at))  # type: ignore[misc]  # as above
    sim.run()
    assert ran == sorted((at for at in range(8000) if at >= 5000 or at % 3), key=lambda at: at % 97)
