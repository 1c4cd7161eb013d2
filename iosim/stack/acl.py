"""Access lists on plain integers: the one matcher behind packet filters and crypto maps.

A packet is the five-tuple (source, destination, protocol, source port, destination port); ports are 0 where the
protocol has none, and for ICMP the "destination port" is `type << 8 | code`. What else a line may ask for (flags, TOS,
TTL, options) is read from the packet itself, by the line's `condition`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from iosim.data import dataclass

if TYPE_CHECKING:
    from iosim.stack.interface import Interface

Condition = Callable[[bytes], bool]
"""Whether a packet has what a line asks for besides addresses, protocol and ports."""


@dataclass(frozen=True, slots=True)
class PortMatch:
    """A port condition: `low <= port <= high` or one of `others`, or (`neq`) neither of them."""

    low: int
    high: int
    negated: bool = False
    others: tuple[int, ...] = ()

    def matches(self, port: int) -> bool:
        """Whether `port` fulfils the condition."""
        return (self.low <= port <= self.high or port in self.others) is not self.negated


@dataclass(slots=True, eq=False)
class Ace:
    """One line of an access list. Wildcards have a 1 where an address bit does not matter; protocol 0 is any (`ip`).

    A line with object groups is several of these. `log` is None, "log" or "log-input", and
    `cookie` what its messages end with.
    """

    sequence: int
    permit: bool
    protocol: int = 0
    source: int = 0
    source_wildcard: int = 0xFFFFFFFF
    destination: int = 0
    destination_wildcard: int = 0xFFFFFFFF
    source_port: PortMatch | None = None
    destination_port: PortMatch | None = None
    condition: Condition | None = None
    log: str | None = None
    cookie: str | None = None
    matches: int = 0

    def covers(self, source: int, destination: int, protocol: int, source_port: int, destination_port: int) -> bool:
        """Whether the line applies to a packet, as far as its five-tuple tells."""
        return (
            (source ^ self.source) & ~self.source_wildcard == 0
            and (destination ^ self.destination) & ~self.destination_wildcard == 0
            and (self.protocol == 0 or self.protocol == protocol)
            and self.fits(source_port, destination_port, None)
        )

    @property
    def plain(self) -> bool:
        """Whether addresses and protocol are all that the line asks for."""
        return self.source_port is None and self.destination_port is None and self.condition is None

    def fits(self, source_port: int, destination_port: int, packet: bytes | None) -> bool:
        """Whether ports and, if there is a packet, the condition are what the line asks for."""
        return (
            (self.source_port is None or self._fits(self.source_port, source_port))
            and (self.destination_port is None or self._fits(self.destination_port, destination_port))
            and (packet is None or self.condition is None or self.condition(packet))
        )

    def _fits(self, condition: PortMatch, port: int) -> bool:
        """A later fragment, whose ports are not known (-1), fits a `permit` and no `deny` that asks for ports, as IOS
        has it (Cisco, "Access Control Lists and IP Fragments")."""
        return self.permit if port < 0 else condition.matches(port)


class AccessList:
    """Lines in the order in which they are asked, compiled to plain numbers when they change.

    What no line covers is denied by the one who asks: `lookup` answers None. A `conditional` list asks for more than
    the five-tuple. `on_log` is told of the packets that a filter finds covered by a line with `log`, and of the
    interface on which they arrived.
    """

    def __init__(self, name: str, entries: Iterable[Ace] = ()) -> None:
        self.name = name
        self.on_log: Callable[[AccessList, Ace, bytes, Interface], None] | None = None
        self.entries = list(entries)

    @property
    def entries(self) -> list[Ace]:
        """The lines; to change them, set them anew."""
        return self._entries

    @entries.setter
    def entries(self, entries: list[Ace]) -> None:
        self._entries = entries
        self.conditional = any(entry.condition is not None for entry in entries)
        self._rows = [_row(entry) for entry in entries]

    def lookup(
        self,
        source: int,
        destination: int,
        protocol: int,
        source_port: int = 0,
        destination_port: int = 0,
        packet: bytes | None = None,
    ) -> Ace | None:
        """The first line that covers the packet; it does not count a match."""
        for source_mask, source_bits, destination_mask, destination_bits, wanted, plain, entry in self._rows:
            if (
                source & source_mask == source_bits
                and destination & destination_mask == destination_bits
                and (not wanted or wanted == protocol)
                and (plain or entry.fits(source_port, destination_port, packet))
            ):
                return entry
        return None


def _row(entry: Ace) -> tuple[int, int, int, int, int, bool, Ace]:
    """A line as the loop of `lookup` wants it: masks with the bits behind them, protocol, whether that is all."""
    source_mask, destination_mask = ~entry.source_wildcard & 0xFFFFFFFF, ~entry.destination_wildcard & 0xFFFFFFFF
    return (
        source_mask,
        entry.source & source_mask,
        destination_mask,
        entry.destination & destination_mask,
        entry.protocol,
        entry.plain,
        entry,
    )
