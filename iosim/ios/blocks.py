"""Lines that stand together in a written configuration: their order among others, and the `!` between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from iosim.data import dataclass

SEPARATOR = "!"
Rank = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a line of its own, or one that opens a mode with what is in it.

    `place` is the order of its command. Among those of one place `rank` decides, whatever their commands, and then the
    order in which they come; `mark` is empty, or tells apart what has a `!` before it, and what is
    `closed` has one behind it. A `default` is not written when there is anything else at its place.
    """

    lines: tuple[str, ...]
    place: float
    rank: Rank = ()
    mark: Rank = ()
    closed: bool = False
    default: bool = False

    @property
    def group(self) -> float:
        """What stands together without a `!` of its own."""
        return self.place // 10


def natural(values: Iterable[Any]) -> Rank:
    """A rank by values as people count them: numbers before words, `R2` before `R10`."""
    return tuple(tuple(map(_part, re.split(r"(\d+)", str(value)))) for value in values)


def _part(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdecimal() else (1, 0, text.lower())


def in_order(blocks: Iterable[Block]) -> list[Block]:
    """Blocks as they are written."""
    ordered = sorted(blocks, key=lambda block: (block.place, block.rank))
    taken = {block.place for block in ordered if not block.default}
    return [block for block in ordered if not (block.default and block.place in taken)]


def separated(blocks: Iterable[Block], groups: bool) -> Iterator[str]:
    """The lines of blocks in their order, with `!` around what asks for it and (if `groups`) between groups."""
    last: Block | None = None
    for block in blocks:
        begins_group = groups and last is not None and last.group != block.group
        begins_mark = block.mark and (last is None or block.mark != last.mark)
        if (begins_group or begins_mark) and not (last is not None and last.closed):
            yield SEPARATOR
        yield from block.lines
        if block.closed:
            yield SEPARATOR
        last = block
