"""The timers of an engine: in order, and cancelled ones do not pile up."""

from iosim.ike.timers import MOST_CANCELLED, TimerQueue

DAY = 86_400_000_000


def test_they_run_in_the_order_of_time_and_of_starting() -> None:
    queue, ran = TimerQueue(), list[tuple[str, int]]()
    queue.start(5, lambda now: ran.append(("later", now)))
    queue.start(3, lambda now: ran.append(("first", now)))
    queue.start(3, lambda now: ran.append(("second", now)))
    queue.start(4, lambda now: ran.append(("never", now))).cancel()
    queue.start(9, lambda now: ran.append(("not yet", now)))
    queue.run(6)
    assert ran == [("first", 6), ("second", 6), ("later", 6)]
    assert queue.next_time() == 9


def test_what_runs_may_start_and_cancel_others() -> None:
    queue, ran = TimerQueue(), list[int]()
    others = [queue.start(10, ran.append) for _ in range(3 * MOST_CANCELLED)]

    def cancel_all(now: int) -> None:
        for other in others:
            other.cancel()
        queue.start(now, ran.append)

    queue.start(1, cancel_all)
    queue.run(20)
    assert ran == [20]
    assert queue.next_time() is None


def test_cancelled_ones_leave_before_their_time() -> None:
    queue = TimerQueue()
    kept = queue.start(2 * DAY, lambda now: None)
    for _ in range(50_000):
        queue.start(DAY, lambda now: None).cancel()
    assert len(queue._queue) <= 2 * MOST_CANCELLED
    assert queue.next_time() == 2 * DAY
    kept.cancel()
    kept.cancel()
    assert queue.next_time() is None
