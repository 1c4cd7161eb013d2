"""Links: delay, order, carrier and each fault."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from iosim.sim.clock import MILLISECOND, SECOND, Simulator
from iosim.sim.link import QUEUE_LIMIT, Link, Port

Arrivals = list[tuple[int, bytes]]


def cable(seed: int = 1, **parameters: Any) -> tuple[Simulator, Link, Arrivals]:
    """A link whose far end collects (time, frame)."""
    sim = Simulator(seed)
    link = Link(sim, Port("R1 Gi0/0"), Port("R2 Gi0/0"), **parameters)
    arrivals: Arrivals = []
    link.b.receiver = lambda frame: arrivals.append((sim.now, frame))
    return sim, link, arrivals


def send(link: Link, count: int, size: int = 60) -> None:
    """Numbered frames, all at once."""
    for number in range(count):
        link.a.transmit(number.to_bytes(4, "big").ljust(size, b"\0"))


def numbers(arrivals: Arrivals) -> list[int]:
    return [int.from_bytes(frame[:4], "big") for _, frame in arrivals]


def test_frames_arrive_in_order_after_the_delay() -> None:
    sim, link, arrivals = cable(delay=5 * MILLISECOND)
    send(link, 3)
    sim.run()
    assert numbers(arrivals) == [0, 1, 2]
    assert {time for time, _ in arrivals} == {5 * MILLISECOND}


def test_jitter_varies_the_delay_and_keeps_the_order() -> None:
    sim, link, arrivals = cable(delay=1000, jitter=500)
    for step in range(50):
        sim.call_at(step * 10_000, partial(link.a.transmit, step.to_bytes(4, "big")))
    sim.run()
    delays = [time - number * 10_000 for (time, _), number in zip(arrivals, numbers(arrivals), strict=True)]
    assert min(delays) >= 1000 and max(delays) <= 1500 and len(set(delays)) > 10
    send(link, 50)
    sim.run()
    assert numbers(arrivals)[50:] == list(range(50))


def test_rate_spaces_the_frames_and_bounds_the_queue() -> None:
    sim, link, arrivals = cable(delay=0, rate=1_000_000)
    send(link, 2, size=1250)
    sim.run()
    assert [time for time, _ in arrivals] == [10 * MILLISECOND, 20 * MILLISECOND]
    taken = 0
    while link.a.transmit(bytes(1250)):
        taken += 1
    assert QUEUE_LIMIT <= taken * 1250 <= QUEUE_LIMIT + 2 * 1250
    assert link.faults["queue full"] == 1


def test_loss() -> None:
    sim, link, arrivals = cable(loss=0.3)
    send(link, 1000)
    sim.run()
    assert 600 < len(arrivals) < 800
    assert link.faults["lost"] == 1000 - len(arrivals)


def test_duplicates() -> None:
    sim, link, arrivals = cable(duplicate=0.3)
    send(link, 1000)
    sim.run()
    assert 1200 < len(arrivals) < 1400
    assert sorted(set(numbers(arrivals))) == list(range(1000))


def test_reordering_loses_nothing() -> None:
    sim, link, arrivals = cable(reorder=0.3)
    send(link, 100)
    sim.run()
    assert numbers(arrivals) != list(range(100))
    assert sorted(numbers(arrivals)) == list(range(100))


def test_corruption_changes_one_bit() -> None:
    sim, link, arrivals = cable(corrupt=1)
    link.a.transmit(bytes(60))
    sim.run()
    assert int.from_bytes(arrivals[0][1], "big").bit_count() == 1
    assert len(arrivals[0][1]) == 60


def test_frames_over_the_mtu_are_dropped() -> None:
    sim, link, arrivals = cable(mtu=1400)
    send(link, 1, size=1414)
    send(link, 1, size=1415)
    sim.run()
    assert [len(frame) for _, frame in arrivals] == [1414]


@pytest.mark.parametrize("seeds", [(1, 1), (1, 2)])
def test_faults_repeat_with_the_seed(seeds: tuple[int, int]) -> None:
    runs = []
    for seed in seeds:
        sim, link, arrivals = cable(seed, loss=0.2, jitter=300, duplicate=0.2, reorder=0.2, corrupt=0.2)
        send(link, 100)
        sim.run()
        runs.append(arrivals)
    assert (runs[0] == runs[1]) is (seeds[0] == seeds[1])


def test_carrier_needs_both_ends_and_the_cable() -> None:
    _, link, _ = cable()
    changes: list[bool] = []
    link.b.on_carrier = changes.append
    assert link.a.up and link.b.up
    link.a.enable(False)
    link.connect(False)
    assert changes == [False]
    link.a.enable(True)
    assert changes == [False]
    link.connect(True)
    assert changes == [False, True]


def test_a_frame_under_way_is_lost_with_the_carrier() -> None:
    sim, link, arrivals = cable()
    send(link, 1)
    link.connect(False)
    assert not link.a.transmit(b"late")
    sim.run()
    assert arrivals == []


def test_a_port_without_link_has_no_carrier() -> None:
    port = Port("R1 Gi0/1")
    port.enable(True)
    assert not port.up and not port.transmit(b"frame")


def test_taps_see_both_directions() -> None:
    sim, link, _ = cable()
    seen: list[tuple[str, int, bool]] = []
    link.a.taps.append(lambda outbound, frame: seen.append(("a", sim.now, outbound)))
    link.b.taps.append(lambda outbound, frame: seen.append(("b", sim.now, outbound)))
    link.a.transmit(bytes(60))
    sim.run(until=SECOND)
    assert seen == [("a", 0, True), ("b", 500, False)]
