"""Ranges of terminal lines in the configuration: `line vty 0 4` and `line vty 5 15`, and how they are cut."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import pairwise
from typing import Any

from iosim.grammar import Statement
from iosim.ios.bindings import Section
from iosim.ios.config import Config
from iosim.ios.line import KINDS

KEY = ("kind", "line_first", "line_last")
"""The arguments of `line` that a LineKey has."""
LineKey = tuple[str, int, int | None]


def line_order(key: LineKey) -> tuple[int, int]:
    return KINDS.index(key[0]), key[1]


def numbers_of(key: LineKey) -> range:
    """The lines of a range; one that stands alone has no last number."""
    return range(key[1], (key[1] if key[2] is None else key[2]) + 1)


def _key(kind: str, numbers: range) -> LineKey:
    return kind, numbers[0], None if len(numbers) == 1 else numbers[-1]


def args_of(key: LineKey) -> dict[str, list[Any]]:
    return dict(zip(KEY, [[part] for part in key if part is not None], strict=False))


class LineSection(Section):
    """The lines in ranges that do not overlap: to configure a part of a range splits it, as IOS does.

    `new` makes the configuration of a range.
    """

    def __init__(self, command: str, *, new: Callable[[LineKey], Config], **how: Any) -> None:
        super().__init__(command, **how)
        self._new = new

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        if statement.no or statement.default:
            return super().apply(part, name, statement)
        first, last = statement.get("line_first"), statement.get("line_last")
        wanted = range(first, max(first, first if last is None else last) + 1)
        lines: dict[LineKey, Config] = getattr(part, name)
        kind = statement.get("kind")
        _split(lines, kind, wanted)
        _fill(lines, kind, wanted, self._new)
        chosen = tuple(lines[key] for key in sorted(lines) if key[0] == kind and key[1] in wanted)
        if len(chosen) == 1:
            return chosen[0]
        group = Config(self.mode, statement.args)
        group.members = chosen
        return group


def _split(lines: dict[LineKey, Config], kind: str, wanted: range) -> None:
    """Split the ranges that are partly wanted."""
    for key in [key for key in lines if key[0] == kind]:
        numbers = numbers_of(key)
        edges = sorted({numbers.start, numbers.stop, *({wanted.start, wanted.stop} & set(numbers))})
        if len(edges) > 2:
            config = lines.pop(key)
            for start, stop in pairwise(edges):
                piece = _key(kind, range(start, stop))
                lines[piece] = deepcopy(config)
                lines[piece].args = args_of(piece)


def _fill(lines: dict[LineKey, Config], kind: str, wanted: range, new: Callable[[LineKey], Config]) -> None:
    """Make the wanted lines that there are not yet, in ranges as long as they can be."""
    there = {number for key in lines if key[0] == kind for number in numbers_of(key)}
    starts = [n for n in wanted if n not in there and (n == wanted[0] or n - 1 in there)]
    for start in starts:
        stop = next((n for n in range(start, wanted.stop) if n in there), wanted.stop)
        key = _key(kind, range(start, stop))
        lines[key] = new(key)
