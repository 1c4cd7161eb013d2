"""A position in a line: what may come next, and where each word leads.

Positions form a tree over the parser's states that grows as lines are parsed; every answer is remembered, so that a
word costs a dictionary look-up from the second time on. One tree serves all routers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lark import Token, Tree
from lark.parsers.lalr_analysis import Shift

from iosim.grammar.values import ValueType, Word

if TYPE_CHECKING:
    from lark.parsers.lalr_interactive_parser import InteractiveParser

    from iosim.grammar.grammar import Grammar

END = "$END"


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
    """A position, reached by a sequence of terminals from the start of a line."""

    def __init__(self, grammar: Grammar, parser: InteractiveParser, depth: int = 0) -> None:
        self._grammar = grammar
        self._parser = parser
        self._depth = depth
        self._next: dict[str, Node] = {}
        self.resolved: dict[str, tuple[Terminal, Node]] = {}

    @cached_property
    def accepts(self) -> list[Terminal]:
        """The terminals that may come next, sorted as `?` shows them; the end of the line is not among them."""
        names = (name for name in self._acceptable if name in self._grammar.terminals and name != "_NIL")
        terminals = [self._grammar.terminals[name] for name in names]
        return sorted(terminals, key=lambda terminal: (terminal.text.lower(), terminal.name))

    @cached_property
    def keywords(self) -> dict[str, Terminal]:
        """The keywords that may come next, by their lower-case text."""
        return {terminal.text.lower(): terminal for terminal in self.accepts if terminal.type is None}

    @cached_property
    def values(self) -> list[tuple[ValueType, Terminal]]:
        """The values that may come next, those with the narrowest types first."""
        found = [(terminal.type, terminal) for terminal in self.accepts if terminal.type is not None]
        return sorted(found, key=lambda pair: pair[0].rank)

    @cached_property
    def _acceptable(self) -> list[str]:
        """Names of what the parser can shift here: a reduction counts when it leads to a shift."""
        choices = self._parser.choices()
        if all(action is Shift for action, _ in choices.values()):
            return list(choices)
        accepted = self._parser.accepts()
        return [name for name in choices if name in accepted]

    def step(self, terminal: str) -> Node:
        """The position behind a terminal that is accepted here."""
        node = self._next.get(terminal)
        if node is None:
            parser = self._parser.copy()
            parser.feed_token(Token(terminal, str(self._depth)))
            node = self._next[terminal] = Node(self._grammar, parser, self._depth + 1)
        return node

    def resolve(
        self, words: Sequence[Word], index: int, line: str
    ) -> tuple[Terminal, Any, int] | list[Terminal] | None:
        """What words[index] is here: exact keyword, typed value, unique beginning of a keyword, or any word.

        Returns (terminal, value, index behind it), the list of candidates when the word is ambiguous, or None.
        """
        text = words[index].text.lower()
        keyword = self.keywords.get(text)
        if keyword is not None:
            return keyword, keyword.text, index + 1
        candidates = [terminal for key, terminal in self.keywords.items() if key.startswith(text)]
        for kind, terminal in self.values:
            if kind.rank >= 2 and candidates:
                break
            if (found := kind.read(words, index, line)) is not None:
                return terminal, *found
        if len(candidates) > 1:
            return candidates
        return (candidates[0], candidates[0].text, index + 1) if candidates else None

    @cached_property
    def end(self) -> Shape | None:
        """What the line is when it ends here, or None when it cannot."""
        return self._finish() if END in self._acceptable else None

    @cached_property
    def end_negated(self) -> Shape | None:
        """What a line that begins with `no` or `default` is when it ends here, or None when it cannot."""
        if self.end is not None:
            return self.end
        return self.step("_NIL").end if "_NIL" in self._acceptable else None

    def _finish(self) -> Shape | None:
        return _shape(self._parser.copy().feed_token(Token(END, "")), self._grammar.commands)


def _shape(tree: Tree[Token], commands: frozenset[str]) -> Shape:
    """Read the parser's tree: aliased subtrees are `no`, `default`, `do`, an output filter or the command."""
    flags: list[str] = []
    command: Tree[Token] | None = None
    output_filter: Tree[Token] | None = None
    for subtree in tree.iter_subtrees_topdown():
        if subtree.data not in commands:
            continue
        if subtree.data in ("no", "default", "do"):
            flags.append(subtree.data)
        elif subtree.data.startswith("filter_"):
            output_filter = subtree
        elif command is None:
            command = subtree
    if command is None:
        raise ValueError(f"a rule without an alias: {tree}")
    filter_shape = Shape(output_filter.data, _arguments(output_filter), frozenset(), None) if output_filter else None
    return Shape(command.data, _arguments(command), frozenset(flags), filter_shape)


def _arguments(tree: Tree[Token]) -> dict[str, list[int]]:
    """Argument name → positions of its tokens in the line, in order."""
    arguments: dict[str, list[int]] = {}
    for token in tree.scan_values(lambda value: isinstance(value, Token)):
        arguments.setdefault(token.type.partition("__")[0].lower(), []).append(int(token))
    return arguments
