"""What becomes of each line of a configuration, without a lab: working, planned, inert or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from iosim.data import dataclass
from iosim.ios.config import INERT, PLANNED, WORKING
from iosim.ios.kinds import foreign_system
from iosim.ios.loader import EXEC, OUTPUT, REFUSED, Reading, read_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

STANDINGS = (WORKING, PLANNED, INERT, REFUSED)


@dataclass(slots=True)
class Verdict:
    """What became of a file. `lines` are those that count, `beside` the exec commands among them and their output.

    `kind` is what a file is that is no configuration of IOS; its lines are judged all the same.
    """

    lines: list[Reading]
    beside: list[Reading]
    kind: str | None

    @property
    def refused(self) -> list[Reading]:
        """The lines that are not taken."""
        return [line for line in self.lines if line.standing == REFUSED]


def judge(text: str) -> Verdict:
    """What becomes of a configuration text that a new router reads."""
    readings = list(read_text(Router(Simulator(), "Router"), text))
    verdict = Verdict(
        [of for of in readings if of.standing], [of for of in readings if of.kind and not of.standing], None
    )
    refused = verdict.refused
    whole = next((of.kind for of in refused if of.kind), None)
    system = foreign_system([of.text for of in refused], len(verdict.lines))
    verdict.kind = whole or (f"a configuration for {system}" if system else None)
    return verdict


def totals(readings: Iterable[Reading]) -> dict[str, int]:
    """How many lines there are, and how many of each standing."""
    found = Counter(reading.standing for reading in readings)
    return {"lines": found.total(), **{standing: found[standing] for standing in STANDINGS}}


def stretches(readings: Iterable[Reading]) -> Iterator[tuple[int, int, str]]:
    """Lines of one kind that follow each other, as (first, last, kind); an exec command begins one with its output."""
    first = last = 0
    kind = ""
    for of in readings:
        if of.kind == OUTPUT:
            last, kind = of.line, f"{EXEC} and its output"
            continue
        if kind:
            yield first, last, kind
        first, last, kind = of.line, of.line, of.kind
    if kind:
        yield first, last, kind
