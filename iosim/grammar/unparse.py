"""The grammar backwards: a command and its arguments become the line that a configuration shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from iosim.grammar.grammar import Grammar
from iosim.grammar.node import NIL, Terminal

_FRAME = frozenset(("no", "default", "do", "output_filter"))


def unparse(grammar: Grammar, mode: str, command: str, args: Mapping[str, Sequence[Any]], negated: bool = False) -> str:
    """The first way in the grammar to say `command` in `mode` with just these arguments.

    What is `negated` (the caller writes the `no`) may end where only lines that begin with `no` may.
    Raises ValueError when the grammar has no such line.
    """
    wanted = {name: list(values) for name, values in args.items() if values} | ({NIL: []} if negated else {})
    total = sum(map(len, wanted.values()))
    for symbols in routes(grammar, mode, command):
        for words, used in _expand(grammar, symbols, wanted, {}):
            if sum(used.values()) == total:
                return " ".join(words)
    raise ValueError(f"the grammar has no line for {command} in {mode} with {wanted}")


@lru_cache(maxsize=4096)
def routes(grammar: Grammar, rule: str, command: str) -> list[list[str]]:
    """The symbols of all ways that lead from a rule to a command, without `no` and its like around it."""
    found = []
    for alias, symbols in grammar.alternatives.get(rule, []):
        if alias == command:
            found.append(symbols)
        elif alias is None and rule not in symbols and not _FRAME.intersection(symbols):
            found += [
                [*symbols[:index], *inner, *symbols[index + 1 :]]
                for index, symbol in enumerate(symbols)
                if symbol not in grammar.terminals
                for inner in routes(grammar, symbol, command)
            ]
    return found


def _expand(
    grammar: Grammar, symbols: Sequence[str], args: dict[str, list[Any]], used: dict[str, int]
) -> Iterator[tuple[list[str], dict[str, int]]]:
    """All ways to say a sequence of symbols; `used` counts the values of each argument that are spent."""
    if not symbols:
        yield [], used
        return
    for words, spent in _say(grammar, symbols[0], args, used):
        for rest, all_spent in _expand(grammar, symbols[1:], args, spent):
            yield words + rest, all_spent


def _say(
    grammar: Grammar, symbol: str, args: dict[str, list[Any]], used: dict[str, int]
) -> Iterator[tuple[list[str], dict[str, int]]]:
    terminal = grammar.terminals.get(symbol)
    if terminal is not None:
        yield from _say_terminal(terminal, args, used)
        return
    bodies = [symbols for _, symbols in grammar.alternatives[symbol]]
    turns = [[name for name in body if name != symbol] for body in bodies if symbol in body]
    for body in bodies:
        if symbol not in body:
            for words, spent in _expand(grammar, body, args, used):
                yield words, spent
                yield from _repeat(grammar, turns, args, words, spent)


def _repeat(
    grammar: Grammar, turns: list[list[str]], args: dict[str, list[Any]], words: list[str], used: dict[str, int]
) -> Iterator[tuple[list[str], dict[str, int]]]:
    """More turns of a left-recursive rule (`x+`), as long as each turn spends a value."""
    for turn in turns:
        for more, spent in _expand(grammar, turn, args, used):
            if spent != used:
                yield words + more, spent
                yield from _repeat(grammar, turns, args, words + more, spent)


def _say_terminal(
    terminal: Terminal, args: dict[str, list[Any]], used: dict[str, int]
) -> Iterator[tuple[list[str], dict[str, int]]]:
    name = terminal.argument
    if name is None:
        if terminal.name != NIL:
            yield [terminal.text], used
        elif NIL in args:
            yield [], used
        return
    spent = used.get(name, 0)
    values = args.get(name, [])
    if spent >= len(values):
        return
    value = values[spent]
    if terminal.type is None:
        if value != terminal.text:
            return
        text = terminal.text
    else:
        text = terminal.type.text(value)
        if terminal.type.convert(text) != value:
            return
    yield [text], {**used, name: spent + 1}
