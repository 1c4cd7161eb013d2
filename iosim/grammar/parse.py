"""A line becomes a Statement, or a CliError that says where and why not."""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import field
from typing import Any

from iosim.data import dataclass
from iosim.grammar.error import Ambiguous, Incomplete, Invalid
from iosim.grammar.grammar import Grammar
from iosim.grammar.node import Node, Shape, Terminal
from iosim.grammar.value import Word

MAX_LINE = 4096
MAX_WORDS = 256
"""Of a command; positions behind that are not remembered, as each costs more than the one before."""
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What ends a line, is no character, or commands a terminal: a configuration that held it could not be read again."""


@dataclass(slots=True)
class Statement:
    """A parsed line. `args` holds for each argument its values in order (most have one); `line` is the text itself."""

    command: str
    args: dict[str, list[Any]] = field(default_factory=dict)
    no: bool = False
    default: bool = False
    do: bool = False
    filter: Statement | None = None
    line: str = field(default="", compare=False)

    def get(self, name: str) -> Any:
        """The (last) value of an argument, or None when the line does not have it."""
        values = self.args.get(name)
        return values[-1] if values else None

    def all(self, name: str) -> list[Any]:
        """All values of an argument."""
        return self.args.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self.args


_WORD = re.compile(r"\||\S+")


def split_words(line: str) -> list[Word]:
    """The words of a line with their columns; a `|` that begins a word stands alone, as in `show run |include x`."""
    return [Word(found.group(), found.start()) for found in _WORD.finditer(line)]


def walk(node: Node, line: str, words: list[Word]) -> tuple[Node, list[Any], list[Terminal]]:
    """Follow all words from `node`: the position behind them, their values and terminals.

    Raises Invalid or Ambiguous for the first word that does not fit, Incomplete for half of one.
    """
    values: list[Any] = []
    terminals: list[Terminal] = []
    index = 0
    while index < len(words):
        text = words[index].text
        known = node.resolved.get(text)
        if known is not None:
            terminal, node = known
            values.append(terminal.text)
            terminals.append(terminal)
            index += 1
            continue
        found = node.resolve(words, index, line) if len(terminals) < MAX_WORDS else None
        if found is None:
            if index == len(words) - 1 and any(kind.second(text) for kind, _ in node.values):
                raise Incomplete()  # the first half of what has two words
            raise Invalid(_mismatch(node, words[index]))
        if isinstance(found, list):
            raise Ambiguous(line.strip())
        terminal, value, index = found
        following = node.step(terminal.name)
        if terminal.type is None:
            node.resolved[text] = (terminal, following)
        node = following
        values.append(value)
        terminals.append(terminal)
    return node, values, terminals


def parse(grammar: Grammar, mode: str, line: str) -> Statement:
    """The statement that a line is in a mode. Raises Invalid, Ambiguous or Incomplete."""
    if len(line) > MAX_LINE:
        raise Invalid(MAX_LINE)
    if (control := _CONTROLS.search(line.rstrip())) is not None:
        raise Invalid(control.start())
    words = split_words(line)
    node, values, terminals = walk(grammar.start(mode), line, words)
    shape = node.end_negated if is_negated(terminals) else node.end
    if shape is None:
        raise Incomplete()
    statement = _statement(shape, values)
    statement.line = line
    return statement


def is_negated(terminals: list[Terminal]) -> bool:
    """Whether the line begins with `no` or `default` (behind a `do`, it cannot)."""
    return bool(terminals) and terminals[0].text in ("no", "default")


def _statement(shape: Shape, values: list[Any]) -> Statement:
    args = {name: [values[position] for position in positions] for name, positions in shape.arguments.items()}
    flags = shape.flags
    statement = Statement(shape.command, args, "no" in flags, "default" in flags, "do" in flags)
    if shape.filter is not None:
        statement.filter = _statement(shape.filter, values)
    return statement


def _mismatch(node: Node, word: Word) -> int:
    """The column of the first letter that no keyword here shares: where IOS puts the caret."""
    text, keywords = word.text.lower(), node.sorted_keywords
    at = bisect(keywords, text)
    longest = max((_common(text, key) for key in keywords[max(at - 1, 0) : at + 1]), default=0)
    return word.column + (longest if longest < len(text) else 0)


def _common(one: str, other: str) -> int:
    """How many letters two words share at their beginning."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
