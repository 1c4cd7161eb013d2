"""The grammar as a whole: finds the built grammar and hands out its starting points.

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
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from iosim.grammar.compiled import FORMAT, Compiled, dumps, loads
from iosim.grammar.files import bundled, read_grammar
from iosim.grammar.node import Node, Terminal
from iosim.grammar.values import value_type


class Grammar:
    """A parse table with its terminals. `start(mode)` is the position at the start of a line in a mode."""

    def __init__(self, folder: Path | None = None) -> None:
        compiled = _load(*read_grammar(folder))
        self.table = compiled.table
        self.terminals: Mapping[str, Terminal] = _Terminals(compiled.terminals)
        self.prompts, self.keeps, self._commands = compiled.prompts, compiled.keeps, compiled.commands
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

    def commands_of(self, mode: str) -> list[str]:
        """The names of the commands of a mode, without those that `do` brings in."""
        return self._commands[mode]

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


class _Terminals(Mapping[str, Terminal]):
    """The terminals by name, each made when it is first asked for."""

    def __init__(self, texts: dict[str, tuple[str, str]]) -> None:
        self._texts = texts
        self._made: dict[str, Terminal] = {}

    def __getitem__(self, name: str) -> Terminal:
        made = self._made.get(name)
        if made is None:
            text, help_text = self._texts[name]
            made = self._made[name] = Terminal(name, text, help_text, value_type(text))
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _load(text: str, digest: str) -> Compiled:
    """The built grammar for a text: the one that came with the installation, else from the cache, else built now."""
    cache = _cache_folder() / f"grammar-{FORMAT}-{digest[:24]}.bin"
    for file in (bundled(), cache):
        try:
            compiled = loads(file.read_bytes(), digest)
        except OSError:
            continue
        if compiled is not None:
            return compiled
    from iosim.grammar.build import build

    compiled = build(text)
    _store(cache, dumps(compiled, digest))
    return compiled


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "iosim"


def _store(cache: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or none; a read-only home only costs a rebuild next time."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, cache)
    except OSError:
        return
