"""Prefix lists: lines that permit or deny a prefix by its bits and its length, IPv4 or IPv6."""

from __future__ import annotations

from dataclasses import field

from iosim.data import dataclass


@dataclass(slots=True, eq=False)
class PrefixEntry:
    """One line: prefixes within `prefix`/`length` whose own length is from `low` to `high`.

    `bits` is the width of an address, 32 or 128. `hits` counts what the line has decided.
    """

    sequence: int
    permit: bool
    prefix: int
    length: int
    low: int
    high: int
    bits: int = 32
    hits: int = 0

    def covers(self, prefix: int, length: int) -> bool:
        """Whether the line decides about a prefix."""
        return self.low <= length <= self.high and (prefix ^ self.prefix) >> (self.bits - self.length) == 0


@dataclass(slots=True, eq=False)
class PrefixList:
    """Lines in the order of their numbers. What none covers is denied; a list without lines permits all."""

    name: str
    entries: list[PrefixEntry] = field(default_factory=list)

    def lookup(self, prefix: int, length: int) -> PrefixEntry | None:
        """The first line that decides about a prefix; it does not count a hit."""
        return next((entry for entry in self.entries if entry.covers(prefix, length)), None)

    def permits(self, prefix: int, length: int) -> bool:
        """Whether a prefix passes; counts a hit for the line that decides."""
        entry = self.lookup(prefix, length)
        if entry is None:
            return not self.entries
        entry.hits += 1
        return entry.permit
