"""The lines of a crypto map as a packet meets them: in their order, and without the thousand that are for elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from iosim.data import dataclass
from iosim.ipsec.flow import Flow
from iosim.ipsec.selectors import FiveTuple
from iosim.stack.acl import Ace


@dataclass(slots=True)
class Line:
    """What is asked about a packet: a line of an access list and its flow (None: `deny`).

    A part of what a permit line covers has a line before it and is `within` that.
    """

    ace: Ace
    flow: Flow | None
    within: Ace | None = None

    def covers(self, packet: FiveTuple) -> bool:
        """Whether the line decides about a packet."""
        return self.ace.covers(*packet) and (self.within is None or self.within.covers(*packet))


Placed = tuple[int, int, Line]
"""The number of the entry that a line stands in, its own number there, and the line."""


class LinesByDestination:
    """The lines of all entries, which are given in their order, by the destinations that they are for.

    An entry of a hub is for one spoke, so few lines have a destination in common; and there are few masks.
    """

    def __init__(self, entries: Iterable[Iterable[Line]]) -> None:
        self._by_mask: dict[int, dict[int, list[Placed]]] = {}
        for number, lines in enumerate(entries):
            for place, line in enumerate(lines):
                mask = ~line.ace.destination_wildcard & 0xFFFFFFFF
                networks = self._by_mask.setdefault(mask, {})
                networks.setdefault(line.ace.destination & mask, []).append((number, place, line))

    def to(self, destination: int) -> list[Placed]:
        """The lines that are for a destination, in their order."""
        found: list[Placed] = []
        for mask, networks in self._by_mask.items():
            found += networks.get(destination & mask, ())
        found.sort()  # no two have the same two numbers
        return found
