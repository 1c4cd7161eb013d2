"""The forwarding table: longest match on plain integers, filled by the routing table."""

from __future__ import annotations

from collections.abc import Callable

from iosim.data import dataclass
from iosim.stack.interface import Interface
from iosim.wire.address import netmask


@dataclass(slots=True, eq=False)
class Hop:
    """Where a packet goes: out of an interface, to a neighbour or (None) straight to its destination."""

    interface: Interface
    next_hop: int | None = None


class Fib:
    """Prefixes and their hops.

    Packets to a destination with several ways of equal cost take `turns`, or keep to one for each pair of addresses.
    `refresh`, when set, is called once before the next lookup, so that whoever fills the table can put off the work
    until it is needed. `on_change` is called when lookups may have other answers than before.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._refresh: Callable[[], None] | None = None
        self._on_change = on_change
        self.turns = False
        self._turn = 0
        self._levels: list[tuple[int, dict[int, tuple[Hop, ...]]]] = []

    @property
    def refresh(self) -> Callable[[], None] | None:
        """What fills the table before the next lookup."""
        return self._refresh

    @refresh.setter
    def refresh(self, refresh: Callable[[], None] | None) -> None:
        self._refresh = refresh
        self._on_change()

    def replace(self, entries: dict[tuple[int, int], tuple[Hop, ...]]) -> None:
        """Set the whole table: (prefix, length) to one hop or more of equal cost."""
        self.refresh = None
        levels: dict[int, dict[int, tuple[Hop, ...]]] = {}
        for (prefix, length), hops in entries.items():
            if hops:
                levels.setdefault(length, {})[prefix] = hops
        self._levels = [(netmask(length), levels[length]) for length in sorted(levels, reverse=True)]

    def put(self, key: tuple[int, int], hops: tuple[Hop, ...]) -> None:
        """Set the hops of one prefix and length; none: there is no route to it."""
        mask = netmask(key[1])
        level = next((prefixes for known, prefixes in self._levels if known == mask), None)
        if level is None:
            level = {}
            self._levels = sorted([*self._levels, (mask, level)], key=lambda each: each[0], reverse=True)
        if hops:
            level[key[0]] = hops
        else:
            level.pop(key[0], None)
        self._on_change()

    def lookup(self, destination: int, source: int = 0) -> Hop | None:
        """The hop for a destination, None without a route. Among equal costs a pair of addresses keeps to one hop."""
        _, hops = self.match(destination)
        if len(hops) < 2:
            return hops[0] if hops else None
        return hops[(source ^ destination) % len(hops)]

    def way(self, destination: int, source: int) -> Hop | None:
        """The hop for one packet, which is the next in turn where packets take turns."""
        _, hops = self.match(destination)
        if len(hops) > 1 and (self.turns or all(hop.interface.per_packet for hop in hops)):
            self._turn += 1
            return hops[self._turn % len(hops)]
        return self.lookup(destination, source)

    def match(self, destination: int) -> tuple[int, tuple[Hop, ...]]:
        """The mask of the longest match and all its hops; (0, ()) without one."""
        if self._refresh is not None:
            refresh, self._refresh = self._refresh, None
            refresh()
        for mask, prefixes in self._levels:
            hops = prefixes.get(destination & mask)
            if hops is not None:
                return mask, hops
        return 0, ()
