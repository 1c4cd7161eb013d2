"""Routes, the entries that they make of equal cost, and the table that these stand in."""

from __future__ import annotations

from functools import cached_property

from iosim.data import dataclass
from iosim.wire.address import netmask

Prefix = tuple[int, int]
"""An address and a length."""


@dataclass(frozen=True, slots=True)
class Route:
    """A route as its client offers it.

    `source` is the code of `show ip route` ("C", "L", "S", "O IA"). A route names an interface, a next hop, or both;
    with an interface alone, destinations are neighbours on it. Distance 255 is never used. A `permanent` route is
    listed even when it leads nowhere.
    """

    prefix: int
    length: int
    source: str
    distance: int
    metric: int = 0
    next_hop: int | None = None
    interface: str | None = None
    name: str = ""
    tag: int = 0
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table: the routes of equal cost to one prefix, in the order in which they were added."""

    prefix: int
    length: int
    client: str
    routes: tuple[Route, ...]

    @property
    def best(self) -> Route:
        """The first of the routes; source, distance and metric are those of all."""
        return self.routes[0]


class Table(dict[Prefix, Entry]):
    """The entries of a table by their prefixes; complete before anything is looked up, or `put` there."""

    @cached_property
    def _lengths(self) -> list[tuple[int, int]]:
        """Which lengths there are, the longest first, with their masks."""
        return [(length, netmask(length)) for length in sorted({length for _, length in self}, reverse=True)]

    def longest(self, destination: int, excluded: Prefix | None = None) -> Entry | None:
        """The longest match, passing over one prefix."""
        for length, mask in self._lengths:
            key = destination & mask, length
            entry = self.get(key)
            if entry is not None and key != excluded:
                return entry
        return None

    def put(self, key: Prefix, entry: Entry | None) -> None:
        """Change one entry, or take it out."""
        if entry is None:
            self.pop(key, None)
        else:
            self[key] = entry
            if all(length != key[1] for length, _ in self._lengths):
                del self._lengths
