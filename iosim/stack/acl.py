"""Access lists on plain integers: the one matcher behind packet filters and crypto maps.

A packet is the five-tuple (source, destination, protocol, source port, destination port); ports are 0 where the
protocol has none, and for ICMP the "destination port" is `type << 8 | code`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PortMatch:
    """A port condition: `low <= port <= high`, or its opposite (`neq`)."""

    low: int
    high: int
    negated: bool = False

    def matches(self, port: int) -> bool:
        """Whether `port` fulfils the condition."""
        return (self.low <= port <= self.high) is not self.negated


@dataclass(slots=True, eq=False)
class Ace:
    """One line of an access list. Wildcards have a 1 where an address bit does not matter; protocol 0 is any (`ip`)."""

    sequence: int
    permit: bool
    protocol: int = 0
    source: int = 0
    source_wildcard: int = 0xFFFFFFFF
    destination: int = 0
    destination_wildcard: int = 0xFFFFFFFF
    source_port: PortMatch | None = None
    destination_port: PortMatch | None = None
    matches: int = 0

    def covers(self, source: int, destination: int, protocol: int, source_port: int, destination_port: int) -> bool:
        """Whether the line applies to a packet."""
        return (
            (source ^ self.source) & ~self.source_wildcard == 0
            and (destination ^ self.destination) & ~self.destination_wildcard == 0
            and (self.protocol == 0 or self.protocol == protocol)
            and (self.source_port is None or self._fits(self.source_port, source_port))
            and (self.destination_port is None or self._fits(self.destination_port, destination_port))
        )

    def _fits(self, condition: PortMatch, port: int) -> bool:
        """A later fragment, whose ports are not known (-1), fits a `permit` and no `deny` that asks for ports, as IOS
        has it (Cisco, "Access Control Lists and IP Fragments")."""
        return self.permit if port < 0 else condition.matches(port)


@dataclass(slots=True, eq=False)
class AccessList:
    """Lines in sequence order. What no line covers is denied by the one who asks: `lookup` answers None."""

    name: str
    entries: list[Ace] = field(default_factory=list)

    def lookup(
        self, source: int, destination: int, protocol: int, source_port: int = 0, destination_port: int = 0
    ) -> Ace | None:
        """The first line that covers the packet; it does not count a match."""
        for entry in self.entries:
            if entry.covers(source, destination, protocol, source_port, destination_port):
                return entry
        return None
