"""Access lists as configuration: one model, written as named sections or as numbered lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.blocks import Block
from iosim.ios.config import Binding, Config, Table, bound
from iosim.ios.features.access_lists.line import EXTENDED, STANDARD, Line, config_text, line_of
from iosim.ios.registry import check, part
from iosim.ios.router import Router

STEP = 10
_COMMANDS = {
    "access_list_standard": STANDARD,
    "access_list_extended": EXTENDED,
    "ip_access_list_standard": STANDARD,
    "ip_access_list_extended": EXTENDED,
}
_NUMBERS = {STANDARD: (range(1, 100), range(1300, 2000)), EXTENDED: (range(100, 200), range(2000, 2700))}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with its number. A remark has none (0): it belongs to the line that follows."""

    sequence: int
    line: Line


@dataclass(slots=True)
class Entries:
    """The lines of a list in their order, by number; `known` holds those that match something."""

    entries: list[Entry] = field(default_factory=list)
    known: set[Line] = field(default_factory=set)

    def add(self, sequence: int | None, line: Line) -> None:
        """Put a line in its place, without a number at the end; a line that is there already is not added again.

        Raises Rejected when another line has the number.
        """
        if line.remark is not None:
            self.entries.insert(self._place(sequence), Entry(0, line))
            return
        if line in self.known:
            return
        if sequence is not None and any(entry.sequence == sequence for entry in self.entries):
            raise Rejected("% Duplicate sequence number")
        place = self._place(sequence)
        self.entries.insert(place, Entry(sequence or self._last() + STEP, line))
        self.known.add(line)

    def remove(self, sequence: int | None, line: Line) -> None:
        """Remove the line with a number, or those that say the same."""
        if sequence is not None:
            self.entries = [entry for entry in self.entries if entry.sequence != sequence]
        else:
            self.entries = [entry for entry in self.entries if entry.line != line]
        self.known = {entry.line for entry in self.entries if entry.sequence}

    def _last(self) -> int:
        return next((entry.sequence for entry in reversed(self.entries) if entry.sequence), 0)

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

    def __init__(self, kind: str) -> None:
        super().__init__("nacl_entry", order=10)
        self.kind = kind

    def apply(self, part: Entries, name: str, statement: Statement) -> None:
        sequence, line = statement.get("sequence"), line_of(self.kind, statement.args)
        if statement.no:
            part.remove(sequence, line)
        else:
            part.add(sequence, line)

    def lines(self, mode: str, value: list[Entry]) -> Iterator[str]:
        for entry in value:
            yield config_text(mode, entry.line)


@part(STANDARD)
@dataclass(slots=True)
class StandardEntries(Entries):
    """The lines of a standard list."""

    entries: list[Entry] = bound(EntryLines(STANDARD), factory=list)


@part(EXTENDED)
@dataclass(slots=True)
class ExtendedEntries(Entries):
    """The lines of an extended list."""

    entries: list[Entry] = bound(EntryLines(EXTENDED), factory=list)


def table_of(config: Config) -> Entries:
    """The lines of a list of either kind, to change."""
    return config[StandardEntries] if config.mode == STANDARD else config[ExtendedEntries]


def entries_of(config: Config) -> list[Entry]:
    """The lines of a list of either kind."""
    return table_of(config).entries


class NamedLists(Binding):
    """`ip access-list …`: opens a list of either sort, and writes those that have a name (or no lines)."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        lists: dict[str, Config] = getattr(part, name)
        if statement.no or statement.default:
            lists.pop(_name(statement), None)
            return None
        return lists.setdefault(_name(statement), Config(_COMMANDS[statement.command]))

    def blocks(self, mode: str, value: dict[str, Config]) -> Iterator[Block]:
        for name in sorted(value, key=lambda name: (value[name].mode == EXTENDED, name)):
            config = value[name]
            if not (name.isdecimal() and entries_of(config)):
                head = f"ip access-list {'standard' if config.mode == STANDARD else 'extended'} {name}"
                body = (" " + config_text(config.mode, entry.line) for entry in entries_of(config))
                yield Block((head, *body), self.order, mark=(self.order, name))


class NumberedLists(Binding):
    """`access-list N …`: adds a line to a list, and writes the lists that have a number."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        lists: dict[str, Config] = getattr(part, name)
        if statement.no or statement.default:
            lists.pop(_name(statement), None)
            return
        kind = _COMMANDS[statement.command]
        config = lists.setdefault(_name(statement), Config(kind))
        table_of(config).add(None, line_of(kind, statement.args))

    def lines(self, mode: str, value: dict[str, Config]) -> Iterator[str]:
        for name in sorted((name for name in value if name.isdecimal()), key=int):
            for entry in entries_of(value[name]):
                yield f"access-list {name} {config_text(value[name].mode, entry.line)}"


@part("config")
@dataclass(slots=True)
class AccessListSettings:
    """All access lists by name; a number is a name too. Two fields, for they are written in two places."""

    named: dict[str, Config] = bound(
        NamedLists("ip_access_list_standard", "ip_access_list_extended", order=540), factory=dict
    )
    numbered: dict[str, Config] = bound(
        NumberedLists("access_list_standard", "access_list_extended", order=632), factory=dict
    )

    def __post_init__(self) -> None:
        self.numbered = self.named


@dataclass(frozen=True, slots=True)
class AccessGroup:
    """`ip access-group 101 in`"""

    acl: str
    direction: str


@part("config_if")
@dataclass(slots=True)
class AccessGroups:
    """The filters of an interface, by direction."""

    groups: dict[Any, AccessGroup] = bound(
        Table("if_access_group", order=30, key=("direction",), type=AccessGroup, sort=lambda key: key)
    )


def _name(statement: Statement) -> str:
    return str(statement.get("number") or statement.get("name"))


@check(*_COMMANDS)
def _check_list(router: Router, config: Config, statement: Statement) -> None:
    """A name begins with a letter, and a list keeps its kind."""
    kind, name = _COMMANDS[statement.command], _name(statement)
    known = config[AccessListSettings].named.get(name)
    if name[0].isdecimal() and not (name.isdecimal() and any(int(name) in numbers for numbers in _NUMBERS[kind])):
        raise Rejected("% Invalid access list name.")
    if known is not None and known.mode != kind:
        other = "standard" if known.mode == STANDARD else "extended"
        raise Rejected(f"% A named {other} IP access list with this name already exists")
