"""The flow cache: what the first packet of a flow met in a stack, for those that follow.

The first packet is looked at in full: filters, IPsec policy, route, neighbour. On its way it records a `Trail`, and the
next packets with the same `fields` go along it without asking any of them again, as with CEF and its adjacencies. What
depends on more than these fields spoils the record, and whatever changes what has been decided begins a new generation:
all older trails are forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf
from struct import Struct
from typing import TYPE_CHECKING, Final

from iosim.wire.ipv4 import ICMP, MAXIMUM_LENGTH

if TYPE_CHECKING:
    from iosim.stack.acl import Ace
    from iosim.stack.interface import Interface

MAXIMUM_TRAILS: Final = 4096
"""Trails of a stack, some 500 bytes each: when there are so many, all of them are found anew."""
SHORTEST: Final = 24
"""Bytes of a packet that `fields` can read."""

_WITHOUT_OPTIONS = b"\x45"
_WHOLE = (b"\0\0", b"\x40\0")

Fields = tuple[bytes, ...]
"""What tells flows apart, as bytes: version and header length, flags and offset, protocol, addresses with ports."""
Trails = dict[Fields, "Trail"]


_PORTS, _TYPE = Struct("!c5x2sxc2x12s").unpack_from, Struct("!c5x2sxc2x10s").unpack_from
fields_by_protocol = [_TYPE if protocol == ICMP else _PORTS for protocol in range(256)]
"""What reads the fields of a packet of at least `SHORTEST` bytes: where others have ports, the SPI of ESP, or an ICMP
type."""


class Generation:
    """The trails that have been recorded since something changed that decides about packets; `begin` says it has again.

    They stand in tables, one for each interface or SA that flows come from; there are at most `MAXIMUM_TRAILS`.
    `watchers` are called each time.
    """

    __slots__ = ("_kept", "_tables", "number", "watchers")

    def __init__(self) -> None:
        self.number = 0
        self.watchers: list[Callable[[], None]] = []
        self._tables: list[Trails] = []
        self._kept = 0

    def begin(self) -> None:
        """No trail begun up to now counts any more."""
        self.number += 1
        for table in self._tables:
            table.clear()
        self._tables = []
        self._kept = 0
        for watcher in self.watchers:
            watcher()

    def keep(self, table: Trails, key: Fields, trail: Trail) -> None:
        """Let packets with these fields go along a trail."""
        if self._kept >= MAXIMUM_TRAILS:
            self.begin()
        if not table:
            self._tables.append(table)
        table[key] = trail
        self._kept += 1


class Tally:
    """Packets and their bytes."""

    __slots__ = ("bytes", "packets")

    def __init__(self) -> None:
        self.packets = self.bytes = 0

    def count(self, length: int) -> None:
        """One packet more."""
        self.packets += 1
        self.bytes += length


class Trail:
    """The way of a flow: `go` is its last step, to a protocol `here`, into IPsec, or out of an interface; where that is
    to put a `head` of the link layer in front, the interface is `leaves`.

    `lines` are the access list lines that the flow matches and `filtered` where interfaces count such matches;
    `policed` counts the packets of the route map's entry that it matches. The trail is good for packets of at most
    `mtu` bytes, before `until` (µs). `change`, where there is one, is what becomes of each packet on its way.
    """

    __slots__ = (
        "_generation",
        "_key",
        "_number",
        "_table",
        "change",
        "filtered",
        "go",
        "head",
        "here",
        "leaves",
        "lines",
        "mtu",
        "policed",
        "until",
    )

    def __init__(self, generation: Generation, table: Trails, key: Fields) -> None:
        self.lines: tuple[Ace, ...] = ()
        self.filtered: tuple[tuple[Counter[tuple[str, Ace]], tuple[str, Ace]], ...] = ()
        self.policed: Tally | None = None
        self.change: Callable[[bytes], bytes] | None = None
        self.leaves: Interface | None = None
        self.head = b""
        self.go: Callable[[bytes], object]
        self._generation, self._number = generation, generation.number
        self._table: Trails | None = table
        self._key = key

    def spoil(self) -> None:
        """The fields do not say all that decides: record nothing."""
        self._table = None

    def alter(self, change: Callable[[bytes], bytes]) -> None:
        """Packets of the flow are changed on their way, after what has changed them before."""
        before = self.change
        self.change = change if before is None else lambda packet: change(before(packet))

    def count(self, length: int) -> None:
        """Count the matches of access list lines and of a route map for one packet more."""
        if self.policed is not None:
            self.policed.count(length)
        for line in self.lines:
            line.matches += 1
        for counter, key in self.filtered:
            counter[key] += 1

    def leave(self, interface: Interface, head: bytes, until: float) -> None:
        """The flow goes out of an interface with this header, which is good until then."""
        self.leaves, self.head = interface, head
        self.end(mtu=interface.mtu, until=until)

    def end(
        self,
        go: Callable[[bytes], object] = lambda _: None,
        *,
        here: bool = False,
        mtu: int = MAXIMUM_LENGTH,
        until: float = inf,
    ) -> None:
        """The way is known to its end."""
        self.go, self.here, self.mtu, self.until = go, here, mtu, until
        if self._table is not None and self._number == self._generation.number:
            self._generation.keep(self._table, self._key, self)


def record(packet: bytes, generation: Generation, table: Trails) -> Trail | None:
    """Begin the trail of a packet; None for one whose fate its fields do not tell: a fragment, one with options."""
    if len(packet) < SHORTEST:
        return None
    key = fields_by_protocol[packet[9]](packet)
    if key[0] != _WITHOUT_OPTIONS or key[1] not in _WHOLE:
        return None
    return Trail(generation, table, key)
