"""The lines of one access list: their numbers, their order, adding and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import count

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Binding, bound
from iosim.ios.config import Config
from iosim.ios.features.access_lists.line import EXTENDED, STANDARD, Line, config_text, line_of
from iosim.ios.registry import part

STEP = 10
KEPT_LINES = ("planned_nacl_reflect", "planned_nacl_evaluate", "planned_nacl_dynamic")
LAST = 2147483647


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with its number. A remark has none (0): it belongs to the line that follows."""

    sequence: int
    line: Line


@dataclass(slots=True)
class Entries:
    """The lines of a list by number, each behind its remarks; `known` are the lines that match something."""

    entries: list[Entry] = field(default_factory=list)
    known: dict[Line, int] = field(default_factory=dict)

    def add(self, sequence: int | None, line: Line) -> None:
        """Put a line in its place, without a number at the end.

        Raises Rejected when another line has the number or says the same, or when there is no number left.
        """
        if line.remark is not None:
            self.entries.insert(self._place(sequence), Entry(0, line))
            return
        if line in self.known:
            if sequence in (None, self.known[line]):
                return
            raise Rejected(f"% Duplicate {line.action} statement ignored")
        if sequence is not None and sequence in self.known.values():
            raise Rejected("% Duplicate sequence number")
        number = sequence or self._last() + STEP
        if number > LAST:
            raise Rejected("% Exceeded maximum sequence number")
        self._check(number, line)
        self.entries.insert(self._place(sequence), Entry(number, line))
        self.known[line] = number

    def _check(self, number: int, line: Line) -> None:
        """Raises Rejected for a line that cannot stand here."""

    def remove(self, sequence: int | None, line: Line) -> None:
        """Remove the line with a number, or those that say the same."""
        if sequence is not None:
            self.entries = [entry for entry in self.entries if entry.sequence != sequence]
        else:
            self.entries = [entry for entry in self.entries if entry.line != line]
        self.known = {entry.line: entry.sequence for entry in self.entries if entry.sequence}

    def resequence(self, first: int, step: int) -> None:
        """Number the lines anew, in the order in which they are asked. Raises Rejected when the last gets too large."""
        if first + step * (len(self.known) - 1) > LAST:
            raise Rejected("% Resequencing would exceed the maximum sequence number")
        numbers = count(first, step)
        self.entries = [Entry(next(numbers) if entry.sequence else 0, entry.line) for entry in self.ordered()]
        self.known = {entry.line: entry.sequence for entry in self.entries if entry.sequence}

    def ordered(self) -> list[Entry]:
        """The lines in the order in which they are asked, shown and written."""
        return self.entries

    def _last(self) -> int:
        return max(self.known.values(), default=0)

    def _place(self, sequence: int | None) -> int:
        """The index for a line with this number: before the next one and the remarks that belong to it."""
        if sequence is None:
            return len(self.entries)
        place = next((i for i, entry in enumerate(self.entries) if entry.sequence >= sequence), len(self.entries))
        while 0 < place < len(self.entries) and not self.entries[place - 1].sequence:
            place -= 1
        return place


class EntryLines(Binding):
    """The lines inside a list, added and removed by their number or by what they say."""

    def __init__(self, kind: str, *also: str) -> None:
        super().__init__("nacl_entry", *also, order=10)
        self.kind = kind

    def apply(self, part: Entries, name: str, statement: Statement) -> None:
        sequence, line = statement.get("sequence"), line_of(self.kind, statement.args)
        if statement.no or statement.default:
            part.remove(sequence, line)
        else:
            part.add(sequence, line)

    def lines(self, mode: str, value: list[Entry]) -> Iterator[str]:
        for entry in value:
            yield config_text(mode, entry.line)


@part(STANDARD)
@dataclass(slots=True)
class StandardEntries(Entries):
    """The lines of a standard list. IOS keeps hosts before networks and finds them by a hash of the address."""

    entries: list[Entry] = bound(EntryLines(STANDARD), factory=list)

    def _check(self, number: int, line: Line) -> None:
        """A host that an earlier line covers would never be asked. There is one line for a host, as there is one hash.

        That a line before the other one of its host is refused as a duplicate is a guess.
        """
        for entry in self.entries if line.is_host and line.source_network is not None else ():
            if entry.sequence > number and entry.line.is_host and entry.line.source_network == line.source_network:
                raise Rejected(f"% Duplicate {line.action} statement ignored")
            if 0 < entry.sequence < number and entry.line.covers_host(line.source_network or 0):
                raise Rejected(
                    "% Access rule can't be configured at higher sequence num as it is part of the existing rule at "
                    f"sequence num {entry.sequence}"
                )

    def ordered(self) -> list[Entry]:
        """Hosts by the hash of their address, then the others by number; remarks stay with the line behind them."""
        blocks: list[list[Entry]] = [[]]
        for entry in self.entries:
            blocks[-1].append(entry)
            if entry.sequence:
                blocks.append([])
        return [entry for block in sorted(blocks, key=_host_order) for entry in block]


def _host_order(block: list[Entry]) -> tuple[int, int]:
    """Where a line with its remarks stands: the hash of a host is the exclusive or of the bytes of its address.

    Cisco says that there is a hash; that it is this one is what the order in real output tells (10.0.0.2, .3, .1, .4).
    """
    if not block or not block[-1].sequence:
        return 2, 0
    line = block[-1].line
    if not line.is_host or line.source_network is None:
        return 1, 0
    high, low = divmod(line.source_network, 1 << 16)
    return 0, (high ^ low) >> 8 ^ (high ^ low) & 0xFF


@part(EXTENDED)
@dataclass(slots=True)
class ExtendedEntries(Entries):
    """The lines of an extended list."""

    entries: list[Entry] = bound(EntryLines(EXTENDED, *KEPT_LINES), factory=list)


def table_of(config: Config) -> Entries:
    """The lines of a list of either kind, to change."""
    return config[StandardEntries] if config.mode == STANDARD else config[ExtendedEntries]


def entries_of(config: Config) -> list[Entry]:
    """The lines of a list of either kind, in the order in which they are asked."""
    return table_of(config).ordered()
