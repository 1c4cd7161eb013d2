"""The grammar as a whole: builds the parse table (or takes it from the cache) and hands out its starting points.

The terminals carry the conventions that tie the grammar to the rest:
- a terminal whose name begins with `_` is plain syntax; any other is an argument, named by its lower-case name up to a
  `__` (`ADDRESS__PEER` gives the argument `address`; so `CIPHER__AES: "aes"` gives `cipher = "aes"`);
- text that begins with a capital or `<` is a type of value (see values.py), anything else is a keyword;
- the comment on the same line is the help text;
- `_NIL` stands where a line that begins with `no` or `default` may already end.
A rule alternative with an alias (`-> alias`) is a command.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import Lexer

from iosim.grammar.files import help_texts, read_grammar
from iosim.grammar.node import Node, Terminal
from iosim.grammar.values import value_type

NIL = "_NIL"


class _NoLexer(Lexer):
    """Lark's own lexing is not used: words are resolved by what the parser accepts (see node.py)."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        return iter(())


class Grammar:
    """A parse table with its terminals. `start(mode)` is the position at the start of a line in a mode."""

    def __init__(self, folder: Path | None = None) -> None:
        text, digest = read_grammar(folder)
        self.lark = _load(text, digest)
        help_of = help_texts(text)
        self.terminals = {
            terminal.name: Terminal(
                terminal.name,
                terminal.pattern.value,
                help_of.get(terminal.name, ""),
                value_type(terminal.pattern.value),
            )
            for terminal in self.lark.terminals
        }
        self._starts: dict[str, Node] = {}

    def start(self, mode: str) -> Node:
        """The position at the start of a line in `mode`, a start rule of the grammar."""
        node = self._starts.get(mode)
        if node is None:
            node = self._starts[mode] = Node(self, self.lark.parse_interactive("", start=mode))
        return node

    @property
    def modes(self) -> list[str]:
        """The names of all start rules."""
        return list(self.lark.options.start)

    @cached_property
    def commands(self) -> frozenset[str]:
        """The names of all commands (and of the frame around them): the aliases of the grammar."""
        return frozenset(str(rule.alias) for rule in self.lark.rules if rule.alias)

    @cached_property
    def alternatives(self) -> dict[str, list[tuple[str | None, list[str]]]]:
        """Rule name → its alternatives (alias, symbol names), in the order of the grammar."""
        table: dict[str, list[tuple[str | None, list[str]]]] = {}
        for rule in self.lark.rules:
            symbols = [symbol.name for symbol in rule.expansion]
            table.setdefault(str(rule.origin.name), []).append((rule.alias, symbols))
        return table


@lru_cache(maxsize=1)
def ios_grammar() -> Grammar:
    """The grammar of the program, one for all routers."""
    return Grammar()


def _load(text: str, digest: str) -> Lark:
    """The parse table for a grammar, from the cache when it holds one for this very text and version of Lark."""
    import lark

    cache = _cache_folder() / f"grammar-{lark.__version__}-{digest[:24]}.bin"
    try:
        return Lark.load(BytesIO(cache.read_bytes()))
    except Exception:  # a missing, foreign or damaged file only costs a rebuild
        table = Lark(text, parser="lalr", lexer=_NoLexer, start=_modes(text), maybe_placeholders=False)
    _store(cache, table)
    return table


def _modes(text: str) -> list[str]:
    """The start rules: those named on lines `// modes: a b c`."""
    marker = "// modes:"
    return [name for line in text.splitlines() if line.startswith(marker) for name in line[len(marker) :].split()]


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "iosim"


def _store(cache: Path, table: Lark) -> None:
    """Write the table so that a reader sees all of it or none; a read-only home only costs a rebuild next time."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache.parent, delete=False) as file:
            table.save(file)
        os.replace(file.name, cache)
    except OSError:
        return
