"""How the fields of typed parts are bound to commands of the grammar (see config.py): the kinds of bindings.

A binding applies a parsed statement to its field, restores the default for `no` and `default`, and writes the field as
configuration text by running the grammar backwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iosim.grammar.grammar import ios_grammar
from iosim.grammar.unparse import unparse
from iosim.ios.arguments import from_args, to_args
from iosim.ios.blocks import Block, natural
from iosim.ios.config import WORKING, Config, standing_of, write_lines, writing_defaults

if TYPE_CHECKING:
    from iosim.grammar import Statement


class Binding:
    """How a field and its commands belong together. `order` is the place in the written configuration.

    `spelled` replaces words that are written otherwise than they are called (`encr` for `encryption`); `tail` is white
    space that IOS writes behind the line.
    """

    def __init__(self, *commands: str, order: float, spelled: dict[str, str] | None = None, tail: str = "") -> None:
        self.commands = commands
        self.order = order
        self.spelled = spelled or {}
        self.tail = tail

    @cached_property
    def standing(self) -> str:
        """What becomes of the field's commands; a field without commands is written beside others that work."""
        return standing_of(self.commands[0]) if self.commands else WORKING

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        """The (first) command with these arguments, as it is written."""
        return self._spell(unparse(ios_grammar(), mode, self.commands[0], args))

    def deny(self, mode: str, args: dict[str, list[Any]]) -> str:
        """The same with `no` before it."""
        return "no " + self._spell(unparse(ios_grammar(), mode, self.commands[0], args, negated=True))

    def _spell(self, line: str) -> str:
        return " ".join(self.spelled.get(word, word) for word in line.split(" ")) + self.tail

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        """Take a statement into field `name`; returns the sub-configuration that it opens, if it opens one."""
        raise NotImplementedError

    def displace(self, part: Any, name: str, statement: Statement) -> None:
        """Give way to a statement of another command, said or negated, that stands for the same."""
        self.apply(part, name, dataclasses.replace(statement, command=self.commands[0], no=True))

    def blocks(self, mode: str, value: Any) -> Iterator[Block]:
        """The value in a written configuration: each of its lines alone, unless a kind of binding says more."""
        yield from (Block((line,), self.order) for line in self.lines(mode, value))

    def lines(self, mode: str, value: Any) -> Iterator[str]:
        """The lines that the value is in a written configuration, without separators."""
        yield from (line for block in self.blocks(mode, value) for line in block.lines)

    def idle(self, mode: str, value: Any) -> Iterator[tuple[str, str]]:
        """Of a value that works, the lines that do nothing yet, each behind the line that opens its mode (or "")."""
        return iter(())


class Action(Binding):
    """Commands that leave nothing in the configuration: their checks and answers do what they do."""

    def __init__(self, *commands: str) -> None:
        super().__init__(*commands, order=0)

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        """Nothing."""

    def blocks(self, mode: str, value: None) -> Iterator[Block]:
        return iter(())


class Value(Binding):
    """One value: a number or word (`arg` names the command's argument) or a dataclass of several arguments.

    `shown` is the line that a default has (`no ip address`), if it is shown; another line at its place replaces it.
    """

    def __init__(
        self,
        command: str,
        *also: str,
        order: float,
        type: type | str,
        default: Any = None,
        shown: str | None = None,
        spelled: dict[str, str] | None = None,
        tail: str = "",
    ) -> None:
        super().__init__(command, *also, order=order, spelled=spelled, tail=tail)
        self.type, self.default, self.shown = type, default, shown

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        """`no`, `default` and a line without its argument (`logging buffered`) restore the default."""
        value = None if statement.no or statement.default else from_args(self.type, statement.args)
        setattr(part, name, self.default if value is None else value)

    def blocks(self, mode: str, value: Any) -> Iterator[Block]:
        if value != self.default:
            yield Block((self.say(mode, to_args(self.type, value)),), self.order)
        elif self.shown is not None:
            yield Block((self.shown,), self.order, default=True)
        elif writing_defaults.get() and value is not None:
            yield Block((self.say(mode, to_args(self.type, value)),), self.order, default=True)


class Flag(Binding):
    """On or off. `shown_off` and `shown_on` say which of the two states the written configuration shows."""

    def __init__(self, command: str, *, order: float, default: bool = False, shown: bool | None = None) -> None:
        super().__init__(command, order=order)
        self.default = default
        self.shown = shown

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        setattr(part, name, self.default if statement.default else not statement.no)

    def blocks(self, mode: str, value: bool) -> Iterator[Block]:
        if value != self.default or self.shown == value or writing_defaults.get():
            yield Block((("" if value else "no ") + self.say(mode, {}),), self.order)


class Table(Binding):
    """Several entries under one command: a dict from the key arguments (a tuple) to the entry.

    `no` with the key removes an entry; `no` with some arguments of the key only removes all entries that have them.
    """

    def __init__(
        self,
        command: str,
        *,
        order: float,
        key: Sequence[str],
        type: type | str,
        sort: Callable[[Any], Any] | None = None,
        spelled: dict[str, str] | None = None,
        tail: str = "",
    ) -> None:
        super().__init__(command, order=order, spelled=spelled, tail=tail)
        self.key, self.type, self.sort = tuple(key), type, sort

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        entries = getattr(part, name)
        key = tuple(statement.get(arg) for arg in self.key)
        if not (statement.no or statement.default):
            entries[key] = from_args(self.type, statement.args)
            return
        for known in [key] if key in entries else [known for known in entries if _has(known, key)]:
            del entries[known]

    def lines(self, mode: str, value: dict[Any, Any]) -> Iterator[str]:
        for key in sorted(value, key=self.sort) if self.sort else value:
            yield self.say(mode, to_args(self.type, value[key]))


class Members(Binding):
    """Several lines under one command, told apart by all of their arguments: a dict with each line as its own key.

    `normalise` turns arguments into those that are stored.
    """

    def __init__(
        self,
        command: str,
        *,
        order: float,
        type: type,
        normalise: Callable[[dict[str, list[Any]]], dict[str, list[Any]]] = dict,
        spelled: dict[str, str] | None = None,
    ) -> None:
        super().__init__(command, order=order, spelled=spelled)
        self.type, self.normalise = type, normalise

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        entries, entry = getattr(part, name), from_args(self.type, self.normalise(statement.args))
        if statement.no or statement.default:
            entries.pop(entry, None)
        else:
            entries.setdefault(entry, entry)

    def lines(self, mode: str, value: dict[Any, Any]) -> Iterator[str]:
        for entry in value:
            yield self.say(mode, to_args(self.type, entry))


class Section(Binding):
    """Sub-modes under one command: a dict from the key (one argument or several) to a Config.

    `apart` is how many parts of the key tell apart what has a `!` before it (None: all of them). `sort` ranks the keys,
    also among other commands with the same order that are ranked by the same arguments. `indent` stands before the
    lines of the mode.
    """

    def __init__(
        self,
        command: str,
        *also: str,
        order: float,
        mode: str,
        key: Sequence[str],
        sort: Callable[[Any], Any] | None = None,
        spelled: dict[str, str] | None = None,
        tail: str = "",
        apart: int | None = None,
        indent: str = " ",
    ) -> None:
        super().__init__(command, *also, order=order, spelled=spelled, tail=tail)
        self.mode, self.key, self.sort, self.apart, self.indent = mode, tuple(key), sort, apart, indent

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        entries: dict[Any, Config] = getattr(part, name)
        values = tuple(statement.get(arg) for arg in self.key)
        key = values[0] if len(values) == 1 else values
        if statement.no or statement.default:
            doomed = [known for known in entries if _has(known, values)]
            for known in doomed:
                del entries[known]
            return None
        config = entries.get(key)
        if config is None:
            config = entries[key] = Config(self.mode, statement.args)
        else:
            config.fresh = config.args != statement.args
            config.args = statement.args
        return config

    def blocks(self, mode: str, value: dict[Any, Config]) -> Iterator[Block]:
        for key, config in value.items():
            whole = key if isinstance(key, tuple) else (key,)
            mark = () if self.apart == 0 else (self.order, *natural(whole[: self.apart]))
            rank = (self.sort(key),) if self.sort else ()
            block = section_block(self, mode, config, self.indent)
            yield dataclasses.replace(block, rank=rank, mark=mark)


def section_block(binding: Binding, mode: str, config: Config, indent: str = " ", end: str = "") -> Block:
    """A line that opens a mode, what is in it, and the line that ends it, if one does."""
    inside = (indent + line for line in write_lines(config))
    return Block((binding.say(mode, config.args), *inside, *([end] if end else [])), binding.order)


def _has(key: Any, values: tuple[Any, ...]) -> bool:
    """Whether a key has the values that are given; None is a value that is not."""
    whole = key if isinstance(key, tuple) else (key,)
    return all(value is None or value == part for value, part in zip(values, whole, strict=False))


def bound(binding: Binding, factory: Callable[[], Any] | None = None) -> Any:
    """A dataclass field that is bound to commands; `factory` makes its empty value for tables and sections."""
    metadata = {"binding": binding}
    if isinstance(binding, Table | Members | Section):
        return dataclasses.field(default_factory=factory or dict, metadata=metadata)
    if factory is not None:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    return dataclasses.field(default=getattr(binding, "default", None), metadata=metadata)


def bindings_of(part: type) -> list[tuple[str, Binding]]:
    """The bound fields of a part, as (field name, binding)."""
    return [
        (field.name, field.metadata["binding"]) for field in dataclasses.fields(part) if "binding" in field.metadata
    ]
