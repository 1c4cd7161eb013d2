"""The LALR(1) parse table as plain data: built by Lark once, kept in a file, and driven here without Lark.

A parser's position is the stack of its states, a tuple; `advance` gives the position behind one more terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iosim.data import dataclass

END = "$END"

Stack = tuple[int, ...]


@dataclass(slots=True)
class Branch:
    """A command within a parsed line: its name (the alias of its rule) and what belongs to it.

    `children` are branches and the positions of the terminals that are arguments.
    """

    alias: str
    children: list[Branch | int]

    def positions(self) -> Iterator[int]:
        """The positions of all arguments below, in order."""
        for child in self.children:
            if isinstance(child, int):
                yield child
            else:
                yield from child.positions()


Rule = tuple[str, list[str], str | None]


class Table:
    """The parse table of a grammar.

    `terminals` are the names of the terminals; `rules` are (origin, symbols, alias); a state maps symbols to the next
    state, or to `~rule` for a reduction; `starts` and `ends` map start rules to the states around a whole line.
    """

    def __init__(
        self,
        terminals: frozenset[str],
        rules: Sequence[Rule],
        states: Mapping[int, Mapping[str, int]],
        starts: dict[str, int],
        ends: dict[str, int],
    ) -> None:
        self.terminals = terminals
        self.rules = rules
        self.states = states
        self.starts = starts
        self.ends = ends

    def advance(self, stack: Stack, symbol: str) -> Stack | None:
        """The position behind a terminal, or None where it is not accepted."""
        states = self.states
        while True:
            action = states[stack[-1]].get(symbol)
            if action is None:
                return None
            if action >= 0:
                return (*stack, action)
            stack = self._reduce(stack, ~action)

    def accepted(self, stack: Stack) -> list[str]:
        """The terminals that are accepted at a position."""
        actions = self.states[stack[-1]]
        return [
            symbol
            for symbol, action in actions.items()
            if symbol in self.terminals and (action >= 0 or self.advance(stack, symbol) is not None)
        ]

    def is_end(self, stack: Stack, start: str) -> bool:
        """Whether a line of the start rule may end at a position."""
        end = self.ends[start]
        while stack[-1] != end:
            action = self.states[stack[-1]].get(END)
            if action is None or action >= 0:
                return False
            stack = self._reduce(stack, ~action)
        return True

    def tree(self, start: str, terminals: Sequence[str]) -> list[Branch | int]:
        """What a whole line consists of. Terminals whose names begin with `_` are syntax and leave nothing."""
        stack: list[int] = [self.starts[start]]
        values: list[list[Branch | int]] = []
        for position, terminal in enumerate((*terminals, END)):
            while (action := self.states[stack[-1]].get(terminal)) is not None and action < 0:
                self._build(stack, values, ~action)
                if terminal == END and stack[-1] == self.ends[start]:
                    return values[-1]
            if action is None:
                raise ValueError(f"{terminal} is not accepted behind {terminals[:position]}")
            stack.append(action)
            values.append([] if terminal.startswith("_") else [position])
        raise AssertionError("a line ends with a reduction to its start rule")

    def _reduce(self, stack: Stack, rule: int) -> Stack:
        origin, symbols, _ = self.rules[rule]
        if symbols:
            stack = stack[: -len(symbols)]
        return (*stack, self.states[stack[-1]][origin])

    def _build(self, stack: list[int], values: list[list[Branch | int]], rule: int) -> None:
        origin, symbols, alias = self.rules[rule]
        first = len(stack) - len(symbols)
        children = [child for value in values[first - 1 :] for child in value]
        del stack[first:], values[first - 1 :]
        values.append(children if alias is None else [Branch(alias, children)])
        stack.append(self.states[stack[-1]][origin])
