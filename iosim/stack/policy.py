"""Policy routing: a route map that decides where packets go, before the forwarding table is asked.

The entries of the map are asked in order. The first that matches decides: one that permits names ways to go, of which
the first that is open is taken; without one, and behind one that denies, the packet goes as the table says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Literal

from iosim.data import dataclass
from iosim.stack.acl import AccessList
from iosim.stack.fib import Fib, Hop
from iosim.stack.interface import Interface
from iosim.stack.mark import Mark
from iosim.stack.trail import Tally, Trail
from iosim.wire.ipv4 import five_tuple

Way = Callable[[], Hop | None]
"""Where a packet may go; None while that way is not open."""
Verdict = Literal["match", "rejected", "no match"]
Watcher = Callable[["PolicyEntry | None", Verdict, bytes, Interface | None, Hop | None], None]
"""Told of each decision: the entry that matched, what it says, the packet, the interface on which it arrived and the
way on which the policy sends it, if it does."""


@dataclass(slots=True, eq=False)
class PolicyEntry:
    """An entry of a route map. `lists` and `length` are what it asks for (None: nothing); what matches one of the lists
    matches. `ways` are tried for every packet, `default_ways` for those to which no route but a default one leads.
    `mark` is written into the packets; ways that open and close unseen are `fickle`, and are tried each time.

    An entry that asks for what policy routing does not know is `blind`: it matches nothing.
    """

    name: str
    sequence: int
    permit: bool = True
    blind: bool = False
    lists: tuple[AccessList | None, ...] | None = None
    length: tuple[int, int] | None = None
    ways: Sequence[Way] = ()
    default_ways: Sequence[Way] = ()
    mark: Mark | None = None
    fickle: bool = False
    tally: Tally = field(default_factory=Tally)

    def matches(self, packet: bytes, trail: Trail | None) -> bool:
        """Whether the entry decides about a packet; counts the lines of the lists that do."""
        if self.blind:
            return False
        if self.length is not None:
            if trail is not None:
                trail.spoil()
            if not self.length[0] <= len(packet) <= self.length[1]:
                return False
        return self.lists is None or any(_permits(acl, packet, trail) for acl in self.lists)


def _permits(acl: AccessList | None, packet: bytes, trail: Trail | None) -> bool:
    """Whether a list matches; one that does not exist, or has no lines, matches everything."""
    if acl is None:
        return True
    line = acl.lookup(*five_tuple(packet), packet)
    if trail is not None:
        if acl.conditional:
            trail.spoil()
        elif line is not None:
            trail.lines += (line,)
    if line is None:
        return not acl.entries
    line.matches += 1
    return line.permit


class Policy:
    """A route map at an interface, or (for packets of this node) at none. `watcher`, when set, hears of decisions."""

    def __init__(self, name: str, entries: Sequence[PolicyEntry], fib: Fib, watcher: Watcher | None = None) -> None:
        self.name = name
        self.entries = entries
        self._fib = fib
        self.watcher = watcher

    def route(self, packet: bytes, arrived: Interface | None, trail: Trail | None) -> tuple[bytes, Hop | None]:
        """A packet that is to be forwarded or sent as it goes on, and its way; None: as the table says."""
        entry = next((entry for entry in self.entries if entry.matches(packet, trail)), None)
        marked, hop = packet, None
        if entry is not None:
            entry.tally.count(len(packet))
            if trail is not None:
                trail.policed = entry.tally
            if entry.permit:
                marked, hop = _marked(entry, packet, trail), self._way(entry, packet)
        if trail is not None and (self.watcher is not None or (entry is not None and entry.fickle)):
            trail.spoil()
        if self.watcher is not None:
            verdict: Verdict = "no match" if entry is None else "match" if entry.permit else "rejected"
            self.watcher(entry, verdict, packet, arrived, hop)
        return marked, hop

    def _way(self, entry: PolicyEntry, packet: bytes) -> Hop | None:
        hop = _open(entry.ways)
        if hop is None and entry.default_ways:
            mask, hops = self._fib.match(int.from_bytes(packet[16:20], "big"))
            if not hops or not mask:
                return _open(entry.default_ways)
        return hop


def _marked(entry: PolicyEntry, packet: bytes, trail: Trail | None) -> bytes:
    """A packet with what the entry writes into its header; the others of its flow go on so as well."""
    if entry.mark is None:
        return packet
    if trail is not None:
        trail.alter(entry.mark.write)
    return entry.mark.write(packet)


def _open(ways: Sequence[Way]) -> Hop | None:
    return next((hop for hop in (way() for way in ways) if hop is not None), None)
