"""A position in a line: what may come next, and where each word leads.

Positions form a tree over the parser's states that grows as lines are parsed; every answer is remembered, so that a
word costs a dictionary look-up from the second time on. One tree serves all routers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iosim.data import dataclass
from iosim.grammar.table import Branch, Stack
from iosim.grammar.value import ValueType, Word

if TYPE_CHECKING:
    from iosim.grammar.grammar import Grammar

NIL = "_NIL"
"""The terminal that stands where a line that begins with `no` or `default` may already end; it is never typed."""
_FRAME = ("no", "default", "do")


@dataclass(frozen=True, slots=True)
class Terminal:
    """A keyword or a value of the grammar. `type` is None for a keyword."""

    name: str
    text: str
    help: str
    type: ValueType | None

    @property
    def argument(self) -> str | None:
        """The argument that the terminal gives to its command, or None for plain syntax."""
        return None if self.name.startswith("_") else self.name.partition("__")[0].lower()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a complete line is, whatever its values: a command, its arguments as positions of tokens, and its frame."""

    command: str
    arguments: dict[str, list[int]]
    flags: frozenset[str]
    filter: Shape | None


class Node:
    """A position, reached by a sequence of terminals from the start of a line. `stack` is the parser's."""

    def __init__(self, grammar: Grammar, mode: str, stack: Stack, path: tuple[str, ...]) -> None:
        self.stack = stack
        self._grammar = grammar
        self._mode = mode
        self._path = path
        self._next: dict[str, Node] = {}
        self.resolved: dict[str, tuple[Terminal, Node]] = {}

    @cached_property
    def accepts(self) -> list[Terminal]:
        """The terminals that may come next, sorted as `?` shows them; the end of the line is not among them."""
        names = (name for name in self._grammar.table.accepted(self.stack) if name != NIL)
        terminals = [self._grammar.terminals[name] for name in names]
        return sorted(terminals, key=lambda terminal: (terminal.text.lower(), terminal.name))

    @cached_property
    def keywords(self) -> dict[str, Terminal]:
        """The keywords that may come next, by their lower-case text."""
        return {terminal.text.lower(): terminal for terminal in self.accepts if terminal.type is None}

    @cached_property
    def sorted_keywords(self) -> list[str]:
        """Their texts in order: those that a word has most letters in common with are its neighbours."""
        return sorted(self.keywords)

    @cached_property
    def values(self) -> list[tuple[ValueType, Terminal]]:
        """The values that may come next, those with the narrowest types first."""
        found = [(terminal.type, terminal) for terminal in self.accepts if terminal.type is not None]
        return sorted(found, key=lambda pair: pair[0].rank)

    def step(self, terminal: str) -> Node:
        """The position behind a terminal that is accepted here; raises KeyError for another."""
        node = self._next.get(terminal)
        if node is None:
            stack = self._grammar.table.advance(self.stack, terminal)
            if stack is None:
                raise KeyError(terminal)
            node = self._next[terminal] = Node(self._grammar, self._mode, stack, (*self._path, terminal))
        return node

    def resolve(
        self, words: Sequence[Word], index: int, line: str
    ) -> tuple[Terminal, Any, int] | list[Terminal] | None:
        """What words[index] is here: exact keyword, typed value, unique beginning of a keyword, or any word.

        Returns (terminal, value, index behind it), the list of candidates when the word is ambiguous, or None.
        """
        text = words[index].text.lower()
        keyword = self.keywords.get(text) or self.keywords.get(f"{text}:")  # `show flash` is `show flash:`
        if keyword is not None:
            return keyword, keyword.text, index + 1
        candidates = self._beginning_with(text)
        for kind, terminal in self.values:
            if kind.rank >= 2 and candidates:
                break
            if (found := kind.read(words, index, line)) is not None:
                return terminal, *found
        if len(candidates) > 1:
            return candidates
        return (candidates[0], candidates[0].text, index + 1) if candidates else None

    def _beginning_with(self, text: str) -> list[Terminal]:
        """The keywords that a word may abbreviate. Most values (addresses, numbers) begin as no keyword does."""
        if text[:1] not in self._initials:
            return []
        return [terminal for key, terminal in self.keywords.items() if key.startswith(text)]

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(key[:1] for key in self.keywords)

    @cached_property
    def end(self) -> Shape | None:
        """What the line is when it ends here, or None when it cannot."""
        table = self._grammar.table
        if not table.is_end(self.stack, self._mode):
            return None
        return _shape(table.tree(self._mode, self._path), self._path)

    @cached_property
    def end_negated(self) -> Shape | None:
        """What a line that begins with `no` or `default` is when it ends here, or None when it cannot."""
        if self.end is not None:
            return self.end
        return self.step(NIL).end if self._grammar.table.advance(self.stack, NIL) is not None else None


def _shape(tree: list[Branch | int], path: tuple[str, ...]) -> Shape:
    """Read a line's branches: `no`, `default` and `do`, the command, an output filter behind it."""
    branches = [child for child in tree if isinstance(child, Branch)]
    flags = frozenset(branch.alias for branch in branches if branch.alias in _FRAME)
    command, *behind = [branch for branch in branches if branch.alias not in _FRAME]
    output_filter = Shape(behind[0].alias, _arguments(behind[0], path), frozenset(), None) if behind else None
    return Shape(command.alias, _arguments(command, path), flags, output_filter)


def _arguments(branch: Branch, path: tuple[str, ...]) -> dict[str, list[int]]:
    """Argument name → positions of its terminals in the line, in order."""
    arguments: dict[str, list[int]] = {}
    for position in branch.positions():
        arguments.setdefault(path[position].partition("__")[0].lower(), []).append(position)
    return arguments
