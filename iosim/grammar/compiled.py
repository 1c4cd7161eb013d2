"""A built grammar as a file: what a start of the program reads instead of building it.

A line of JSON, then the cells of the parse table as 32-bit integers: (symbol, action) pairs, state after state. A state
is unpacked when a line first comes to it, so that a start costs what its lines need. The file is bound to the text of
the grammar by a hash, and to nothing else: neither to the version of Python nor to the machine.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import chain

from iosim.data import dataclass
from iosim.grammar.table import Rule, Table

FORMAT = 2
"""To be raised when the layout of the file changes, so that older ones are not read."""
_CELL = "i"


@dataclass(slots=True)
class Compiled:
    """A built grammar.

    `terminals` are texts and help texts by name; `rules` to `ends` are those of `Table`. `prompts` are the texts of
    configuration modes, `commands` the names of the commands by mode, `keeps` the notes of commands that are kept.
    """

    terminals: dict[str, tuple[str, str]]
    rules: Sequence[Rule]
    states: Mapping[int, Mapping[str, int]]
    starts: dict[str, int]
    ends: dict[str, int]
    prompts: dict[str, str]
    commands: dict[str, list[str]]
    keeps: dict[str, str]

    @property
    def table(self) -> Table:
        """The parse table."""
        return Table(frozenset(self.terminals), self.rules, self.states, self.starts, self.ends)


def dumps(grammar: Compiled, digest: str) -> bytes:
    """The file for a grammar whose text has this hash."""
    symbols = list(dict.fromkeys(chain.from_iterable(grammar.states.values())))
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    cells = array(_CELL)
    ends: list[int] = []
    for state in range(len(grammar.states)):
        for symbol, action in grammar.states[state].items():
            cells.extend((numbers[symbol], action))
        ends.append(len(cells))
    if sys.byteorder == "big":
        cells.byteswap()
    head = {
        "format": FORMAT,
        "digest": digest,
        "symbols": symbols,
        "offsets": ends,
        "terminals": grammar.terminals,
        "rules": grammar.rules,
        "starts": grammar.starts,
        "ends": grammar.ends,
        "prompts": grammar.prompts,
        "commands": grammar.commands,
        "keeps": grammar.keeps,
    }
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + cells.tobytes()


def loads(data: bytes, digest: str) -> Compiled | None:
    """The grammar in a file; None when it is for another text, of another format, or damaged."""
    start = f'{{"format":{FORMAT},"digest":"{digest}",'.encode()
    line, newline, rest = data.partition(b"\n")
    cells = array(_CELL)
    if not line.startswith(start) or not newline or len(rest) % cells.itemsize:
        return None
    cells.frombytes(rest)
    if sys.byteorder == "big":
        cells.byteswap()
    try:
        head = json.loads(line)
        states = _States(head["symbols"], head["offsets"], cells)
        keys = ("starts", "ends", "prompts", "commands", "keeps")
        return Compiled(head["terminals"], head["rules"], states, *(head[key] for key in keys))
    except (ValueError, KeyError):
        return None


class _States(dict[int, dict[str, int]]):
    """The states that have been looked at; others are unpacked on the way."""

    def __init__(self, symbols: list[str], ends: list[int], cells: array[int]) -> None:
        super().__init__()
        self._symbols = symbols
        self._ends = ends
        self._cells = cells

    def __missing__(self, state: int) -> dict[str, int]:
        first = self._ends[state - 1] if state else 0
        symbols, cells = self._symbols, self._cells
        found = self[state] = {symbols[cells[at]]: cells[at + 1] for at in range(first, self._ends[state], 2)}
        return found
