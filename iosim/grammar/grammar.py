"""The grammar as a whole: builds the parse table (or takes it from the cache) and hands out its starting points.

The terminals carry the conventions that tie the grammar to the rest:
- a terminal whose name begins with `_` is plain syntax; any other is an argument, named by its lower-case name up to a
  `__` (`ADDRESS__PEER` gives the argument `address`; so `CIPHER__AES: "aes"` gives `cipher = "aes"`);
- text that begins with a capital or `<` is a type of value (see values.py), anything else is a keyword;
- the comment on the same line is the help text;
- `// mode: config_if config-if` names a start rule and the text of its prompt;
- `// keep 92` behind `-> inert_…` or `-> planned_…` says how a line that does nothing is kept (ios/notes.py);
- `_NIL` stands where a line that begins with `no` or `default` may already end.
A rule alternative with an alias (`-> alias`) is a command.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path

from iosim.grammar.files import help_texts, keep_notes, modes, read_grammar
from iosim.grammar.node import Node, Terminal
from iosim.grammar.table import FORMAT, Table, build
from iosim.grammar.values import value_type


class Grammar:
    """A parse table with its terminals. `start(mode)` is the position at the start of a line in a mode."""

    def __init__(self, folder: Path | None = None) -> None:
        text, digest = read_grammar(folder)
        self.table = _load(text, digest)
        help_of = help_texts(text)
        self.terminals = {
            name: Terminal(name, text, help_of.get(name, ""), value_type(text))
            for name, text in self.table.terminals.items()
        }
        self.prompts = {mode: prompt for mode, prompt in modes(text).items() if prompt is not None}
        self.keeps = keep_notes(text)
        self._starts: dict[str, Node] = {}

    def start(self, mode: str) -> Node:
        """The position at the start of a line in `mode`, a start rule of the grammar."""
        node = self._starts.get(mode)
        if node is None:
            node = self._starts[mode] = Node(self, mode, (self.table.starts[mode],), ())
        return node

    @property
    def modes(self) -> list[str]:
        """The names of all start rules."""
        return list(self.table.starts)

    @cached_property
    def commands(self) -> frozenset[str]:
        """The names of all commands (and of the frame around them): the aliases of the grammar."""
        return frozenset(alias for _, _, alias in self.table.rules if alias is not None)

    def commands_of(self, mode: str) -> frozenset[str]:
        """The names of the commands of a mode, without those that `do` brings in."""
        found: dict[str, None] = {}
        seen: dict[str, None] = {}
        waiting = [mode]
        while waiting:
            rule = waiting.pop()
            for alias, symbols in self.alternatives.get(rule, ()) if rule not in seen else ():
                if alias is not None:
                    found[alias] = None
                elif "do" not in symbols:
                    waiting += symbols
            seen[rule] = None
        return frozenset(found)

    @cached_property
    def alternatives(self) -> dict[str, list[tuple[str | None, list[str]]]]:
        """Rule name → its alternatives (alias, symbol names), in the order of the grammar."""
        table: dict[str, list[tuple[str | None, list[str]]]] = {}
        for origin, symbols, alias in self.table.rules:
            table.setdefault(origin, []).append((alias, symbols))
        return table


@lru_cache(maxsize=1)
def ios_grammar() -> Grammar:
    """The grammar of the program, one for all routers."""
    return Grammar()


def _load(text: str, digest: str) -> Table:
    """The parse table for a grammar, from the cache when it holds one for this very text."""
    version = f"{FORMAT}-{sys.implementation.cache_tag}"
    cache = _cache_folder() / f"grammar-{version}-{digest[:24]}.bin"
    try:
        return Table.loads(cache.read_bytes())
    except (OSError, ValueError, EOFError, TypeError):  # missing, foreign or damaged: that only costs a rebuild
        table = build(text, list(modes(text)))
    _store(cache, table)
    return table


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "iosim"


def _store(cache: Path, table: Table) -> None:
    """Write the table so that a reader sees all of it or none; a read-only home only costs a rebuild next time."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache.parent, delete=False) as file:
            file.write(table.dumps())
        os.replace(file.name, cache)
    except OSError:
        return
