"""Commands that are kept as they were said and do nothing: `inert_…` by nature, `planned_…` until their feature comes.

The grammar declares them whole; nothing else has to be written for one. Behind `-> inert_…` or `-> planned_…` stands
`// keep ORDER`, its place in the written configuration, and after it
- `each`: lines with different arguments stand side by side (otherwise a new line replaces the old one);
- `by ARGUMENT,…`: so do lines that differ in these arguments;
- `no`: a `no` form is kept and shown (otherwise it only takes the line away);
- `hidden`: the line is not written, as with commands that act at once (`crypto key generate rsa`);
- `opens MODE`: the line opens a mode (in lines of their own, each with other arguments).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iosim.grammar import Statement
from iosim.grammar.grammar import ios_grammar
from iosim.ios.config import Binding, Config, standing_of, write_lines
from iosim.ios.registry import bind

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


class KeptLine(Binding):
    """A line without a mode of its own. `notes` are the words behind its order, as listed above."""

    def __init__(self, command: str, order: int, notes: list[str]) -> None:
        super().__init__(command, order=order)
        self.each = "each" in notes
        self.by = notes[notes.index("by") + 1].split(",") if "by" in notes else []
        self.shows_no = "no" in notes
        self.hidden = "hidden" in notes

    def apply(self, part: KeptLines, name: str, statement: Statement) -> None:
        lines = part.said.setdefault(self.commands[0], {})
        if statement.no or statement.default:
            for key in _matching(lines, self._key(statement.args)):
                del lines[key]
            if statement.no and self.shows_no:
                lines[self._key(statement.args)] = (False, statement.args)
        else:
            lines[self._key(statement.args)] = (True, statement.args)

    def _key(self, args: Args) -> Key:
        """What tells this line from others of the command."""
        return key_of(args if self.each else {name: args[name] for name in self.by if name in args})

    def lines(self, mode: str, value: dict[str, dict[Key, tuple[bool, Args]]]) -> Iterator[str]:
        for said, args in value.get(self.commands[0], {}).values() if not self.hidden else ():
            yield ("" if said else "no ") + self.say(mode, args)


class KeptSection(Binding):
    """A line that opens a mode."""

    def __init__(self, command: str, order: int, mode: str) -> None:
        super().__init__(command, order=order)
        self.mode = mode

    def apply(self, part: KeptLines, name: str, statement: Statement) -> Config | None:
        sections = part.sections.setdefault(self.commands[0], {})
        if statement.no or statement.default:
            for key in _matching(sections, key_of(statement.args)):
                del sections[key]
            return None
        opened = Config(self.mode, statement.args, standing_of(self.commands[0]))
        return sections.setdefault(key_of(statement.args), opened)

    def lines(self, mode: str, value: dict[str, dict[Key, Config]]) -> Iterator[str]:
        for config in value.get(self.commands[0], {}).values():
            if mode == "config":
                yield "!"
            yield self.say(mode, config.args)
            yield from (f" {line}" for line in write_lines(config))
            if mode == "config":
                yield "!"


def _matching(lines: dict[Key, Any], given: Key) -> list[Key]:
    """The keys that have at least the arguments of the given one."""
    return [key for key in lines if dict(given).items() <= dict(key).items()]


def _register() -> None:
    grammar = ios_grammar()
    for mode in grammar.prompts:
        for command in sorted(grammar.commands_of(mode) & grammar.keeps.keys()):
            order, *words = grammar.keeps[command].split()
            if "opens" in words:
                opened = words[words.index("opens") + 1]
                bind(mode, KeptLines, "sections", KeptSection(command, int(order), opened))
            else:
                bind(mode, KeptLines, "said", KeptLine(command, int(order), words))


_register()
