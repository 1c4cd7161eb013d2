"""Commands that are kept as they were said and do nothing: `inert_…` by nature, `planned_…` until their feature comes.

The grammar declares them whole, with notes of how they are kept (see iosim/ios/notes.py); nothing else has to be
written for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.grammar import ios_grammar
from iosim.ios.bindings import Binding, section_block
from iosim.ios.blocks import Block, Rank, natural
from iosim.ios.config import Config, standing_of
from iosim.ios.notes import Notes
from iosim.ios.registry import bind, displaces, supplier

Args = dict[str, list[Any]]
Key = tuple[tuple[str, tuple[Any, ...]], ...]


@dataclass(slots=True)
class KeptLines:
    """The kept lines of a mode: for each command its lines by their arguments, as (said or `no`, arguments)."""

    said: dict[str, dict[Key, tuple[bool, Args]]] = field(default_factory=dict)
    sections: dict[str, dict[Key, Config]] = field(default_factory=dict)


def key_of(args: Args) -> Key:
    """The arguments of a line as something to find it by."""
    return tuple((name, tuple(values)) for name, values in args.items())


class Kept(Binding):
    """What lines and modes that are kept have in common: what tells them apart, and their order."""

    def __init__(self, command: str, notes: Notes) -> None:
        spelled = dict(pair.split("=") for pair in notes.names("spelled"))
        super().__init__(command, order=notes.order, spelled=spelled)
        self.notes = notes
        self.all_apart = "each" in notes
        self.by = notes.names("by")
        self.sort, self.apart, self.group = (notes.names(word) for word in ("sort", "apart", "group"))
        self.together_with: list[str] = []

    def key(self, args: Args) -> Key:
        """What tells this line from others of the command."""
        return key_of(args if self.all_apart else {name: args[name] for name in self.by if name in args})

    def rank(self, args: Args, groups: dict[Rank, int]) -> Rank:
        """The place among the lines of the same order."""
        if self.group:
            return (groups[_values(args, self.group)],)
        return (_values(args, self.sort),) if self.sort else ()

    def groups(self, value: dict[str, dict[Key, Any]]) -> dict[Rank, int]:
        """The groups of lines of this place, in the order in which they were first said."""
        lines = (entry for command in self.together_with for entry in value.get(command, {}).values())
        return {
            group: place
            for place, group in enumerate(dict.fromkeys(_values(self.args_of(x), self.group) for x in lines))
        }

    def mark(self, args: Args) -> Rank:
        """What has a `!` before it is told apart by this."""
        return (self.order, *_values(args, self.apart)) if self.apart else ()

    def doomed(self, entries: dict[Key, Any], args: Args, exact: bool) -> list[Key]:
        """What gives way to a line of another command: what has its arguments.

        If it need not be `exact`, those are enough by which such lines are told apart.
        """
        telling = args if exact else {name: values for name, values in args.items() if name in self.by}
        return [key for key, entry in entries.items() if self._has(entry, telling, exact)]

    def _has(self, entry: Any, args: Args, exact: bool) -> bool:
        known = self.args_of(entry)
        return all(known.get(name, None if exact else values) == values for name, values in args.items())

    def args_of(self, entry: Any) -> Args:
        """The arguments of a kept line or mode."""
        raise NotImplementedError

    def displace(self, part: KeptLines, name: str, statement: Statement) -> None:
        store = getattr(part, name)
        entries = store.get(self.commands[0], {})
        self.remove(store, self.doomed(entries, statement.args, exact=statement.no or statement.default))

    def remove(self, store: dict[str, dict[Key, Any]], keys: list[Key]) -> None:
        """Take lines or modes of this command away."""
        entries = store.get(self.commands[0], {})
        for key in keys:
            del entries[key]
        if not entries:
            store.pop(self.commands[0], None)


class KeptLine(Kept):
    """A line without a mode of its own."""

    def __init__(self, command: str, notes: Notes) -> None:
        super().__init__(command, notes)
        self.shows_no = "no" in notes
        self.no_order = float(notes.value("no-at") or self.order)
        self.hidden = "hidden" in notes

    def apply(self, part: KeptLines, name: str, statement: Statement) -> None:
        key = self.key(statement.args)
        if statement.no or statement.default:
            self.remove(part.said, _matching(part.said.get(self.commands[0], {}), key))
        if self.shows_no if statement.no else not statement.default:
            part.said.setdefault(self.commands[0], {})[key] = (not statement.no, statement.args)

    def args_of(self, entry: tuple[bool, Args]) -> Args:
        return entry[1]

    def blocks(
        self, mode: str, value: dict[str, dict[Key, tuple[bool, Args]]], defaults: bool = False
    ) -> Iterator[Block]:
        if self.commands[0] not in value:
            return
        groups = self.groups(value)
        for said, args in value.get(self.commands[0], {}).values():
            if not self.hidden:
                line = self.say(mode, args) if said else self.deny(mode, args)
                order = self.order if said else self.no_order
                yield Block((line,), order, self.rank(args, groups), self.mark(args))


class KeptSection(Kept):
    """A line that opens a mode."""

    def __init__(self, command: str, notes: Notes) -> None:
        super().__init__(command, notes)
        self.mode = notes.value("opens")
        self.all_apart = not self.by
        self.closed = "closed" in notes
        self.indent = " " * int(notes.value("indent") or 1)
        self.end = notes.value("ends").replace("_", " ").replace("\\t", "\t")

    def apply(self, part: KeptLines, name: str, statement: Statement) -> Config | None:
        key = self.key(statement.args)
        if statement.no or statement.default:
            self.remove(part.sections, _matching(part.sections.get(self.commands[0], {}), key))
            return None
        opened = Config(self.mode, standing=standing_of(self.commands[0]))
        opened = part.sections.setdefault(self.commands[0], {}).setdefault(key, opened)
        opened.args = statement.args
        return opened

    def args_of(self, entry: Config) -> Args:
        return entry.args

    def blocks(self, mode: str, value: dict[str, dict[Key, Config]]) -> Iterator[Block]:
        for config in value.get(self.commands[0], {}).values():
            block = section_block(self, mode, config, self.indent, self.end)
            rank, mark = self.rank(config.args, {}), self._mark(mode, config.args)
            yield replace(block, rank=rank, mark=mark, closed=self.closed)

    def _mark(self, mode: str, args: Args) -> Rank:
        if self.apart or self.closed or "together" in self.notes:
            return self.mark(args)
        return (self.order, *_values(args, list(args))) if mode == "config" or self.end else ()


def _values(args: Args, names: list[str]) -> Rank:
    """The values of some arguments in an order of their own."""
    return natural(" ".join(map(str, args.get(name, []))) for name in names)


def _matching(lines: dict[Key, Any], given: Key) -> list[Key]:
    """The keys that have at least the arguments of the given one."""
    return [key for key in lines if dict(given).items() <= dict(key).items()]


@supplier
def _bind_all(mode: str) -> None:
    """Bind the kept commands of a mode."""
    grammar = ios_grammar()
    if mode not in grammar.prompts:
        return
    known = frozenset(grammar.commands_of(mode))
    kept = {command: Notes(note) for command, note in grammar.keeps.items() if command in known}
    groups: dict[float, list[str]] = {}
    for command, notes in kept.items():
        if "group" in notes:
            groups.setdefault(notes.order, []).append(command)
    for command, notes in kept.items():
        _bind(mode, command, notes).together_with = groups.get(notes.order, [])


def _bind(mode: str, command: str, notes: Notes) -> Kept:
    binding = KeptSection(command, notes) if "opens" in notes else KeptLine(command, notes)
    bind(mode, KeptLines, "sections" if "opens" in notes else "said", binding)
    for other in notes.names("instead"):
        displaces(mode, command, other, said=True, negated=False)
        displaces(mode, other, command, said=True, negated=True)
    for other in notes.names("with"):
        displaces(mode, other, command, said=False, negated=True)
    return binding
