"""What becomes of each line of a configuration, without a lab: working, planned, inert or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from iosim.ios.config import INERT, PLANNED, WORKING
from iosim.ios.loader import REFUSED, Reading, read_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

STANDINGS = (WORKING, PLANNED, INERT, REFUSED)


def judge(text: str) -> Iterator[Reading]:
    """What became of each line of a configuration text that a new router reads; lines that are none are left out."""
    return (reading for reading in read_text(Router(Simulator(), "Router"), text) if reading.standing)


def totals(readings: Iterable[Reading]) -> dict[str, int]:
    """How many lines there are, and how many of each standing."""
    found = Counter(reading.standing for reading in readings)
    return {"lines": found.total(), **{standing: found[standing] for standing in STANDINGS}}
