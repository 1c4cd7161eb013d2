"""How a command that does nothing is kept: the notes behind `-> inert_…` or `-> planned_…` in the grammar.

There stands `// keep ORDER`, the place of the line in the written configuration, and after it
- `each`: lines with different arguments stand side by side (otherwise a new line replaces the old one);
- `by ARGUMENT,…`: so do lines that differ in these arguments;
- `no`: a `no` form is kept and shown (otherwise it only takes the line away); `no-at ORDER`: its place is another;
- `hidden`: the line is not written, as with commands that act at once (`crypto key generate rsa`);
- `spelled WORD=WRITTEN,…`: words that are written otherwise than they are called;
- `instead COMMAND,…`: the line takes the place of that command with the same arguments, and goes when that comes or
  goes; `with COMMAND,…`: it only goes when that goes.

Its place among others:
- `sort ARGUMENT,…`: lines stand in the order of these arguments, also among other commands with the same ORDER;
- `group ARGUMENT,…`: lines that have these arguments in common stand together, also those of other such commands with
  the same ORDER, as they were first said;
- `apart ARGUMENT,…`: between lines that differ in these arguments stands a `!`.

Lines that open a mode:
- `opens MODE`: in lines of their own, each with other arguments or, with `by`, other ones of these;
- `indent N` is how deep they stand, `ends TEXT` the line that ends them (`_` is a blank, `\\t` a tab);
- before a mode at the top, and before one that has an end, stands a `!`, unless it is kept `together`; behind one that
  is `closed` stands one everywhere.
"""

from __future__ import annotations

_VALUED = frozenset(("by", "no-at", "spelled", "instead", "with", "sort", "group", "apart", "opens", "indent", "ends"))
"""The notes that have a value behind them."""


class Notes:
    """What stands behind a command's `keep`: its order and the notes listed above."""

    def __init__(self, text: str) -> None:
        order, *words = text.split()
        self.order = float(order)
        self._values: dict[str, str] = {}
        waiting = iter(words)
        for word in waiting:
            self._values[word] = next(waiting) if word in _VALUED else ""

    def __contains__(self, word: str) -> bool:
        return word in self._values

    def value(self, word: str) -> str:
        """What stands behind a word; nothing when the word is not there."""
        return self._values.get(word, "")

    def names(self, word: str) -> list[str]:
        """The names behind a word."""
        return self.value(word).split(",") if self.value(word) else []
