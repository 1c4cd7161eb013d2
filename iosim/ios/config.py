"""Configuration as data: typed parts whose fields are bound to commands of the grammar.

A field declares once which command it is bound to (bindings.py). Generic code here finds the binding of a parsed
statement, lets it be applied, and writes a mode as configuration text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

from iosim.ios.blocks import in_order, separated
from iosim.ios.derive import Derivation

if TYPE_CHECKING:
    from iosim.grammar import Statement

T = TypeVar("T")

WORKING, PLANNED, INERT = "working", "planned", "inert"
writing_defaults: ContextVar[bool] = ContextVar("whether defaults are written", default=False)


def standing_of(command: str) -> str:
    """What becomes of a command, by its name: `planned_…` and `inert_…` are kept and do nothing."""
    prefix = command.partition("_")[0]
    return prefix if prefix in (PLANNED, INERT) else WORKING


class Config:
    """The configuration of one mode instance: the router's own, an interface's, a crypto map entry's, …

    `args` are the arguments of the line that opened it (the interface's name, for one). `config[Part]` is the typed
    part that a feature has registered for the mode. `standing` says whether what stands here works, or is only kept
    ("planned", "inert"). With `members` it stands for those: for the interfaces of a range. Who leaves what is
    `in_place` leaves the mode in which it was opened, too. While it is `locked`, changes are refused in these words.
    One that somebody enters again, with the same arguments, is not `fresh`.
    """

    def __init__(
        self,
        mode: str,
        args: dict[str, list[Any]] | None = None,
        standing: str = WORKING,
        members: Sequence[Config] = (),
    ) -> None:
        self.mode = mode
        self.args = args or {}
        self.standing = standing
        self.members = members
        self.in_place = False
        self.locked: str | None = None
        self.fresh = True
        self._parts: dict[type, Any] = {}
        self._readers: dict[type, dict[Derivation, None]] = {}

    def __getitem__(self, part: type[T]) -> T:
        found: T | None = self._parts.get(part)
        if found is None:
            found = self._parts[part] = part()
        if Derivation.running is not None:
            readers = self._readers.get(part)
            if readers is None:
                readers = self._readers[part] = {}
            Derivation.running.note(readers)
        return found

    def touch(self, part: type) -> None:
        """A part has changed: what was derived from it is stale."""
        for reader in list(self._readers.get(part, ())):
            reader.spoil()

    def reset(self) -> None:
        """Nothing is configured here any more."""
        self._parts = {}
        for part in list(self._readers):
            self.touch(part)

    def __deepcopy__(self, memo: dict[int, Any]) -> Config:
        """A copy that nobody has read yet."""
        copy = Config(self.mode, deepcopy(self.args, memo), self.standing)
        copy._parts = deepcopy(self._parts, memo)
        return copy

    def get(self, name: str) -> Any:
        """An argument of the line that opened this configuration, or None."""
        values = self.args.get(name)
        return values[-1] if values else None


def apply_statement(config: Config, statement: Statement) -> Config | None:
    """Take a configuration statement into `config`; returns the sub-configuration that it opens, if any."""
    from iosim.ios.registry import bindings

    mode, negated = bindings(config.mode), statement.no or statement.default
    for other, when_said, when_negated in mode.displaced.get(statement.command, ()):
        if when_negated if negated else when_said:
            part, name, binding = mode.commands[other]
            before = _extent(getattr(config[part], name))
            binding.displace(config[part], name, statement)
            if _extent(getattr(config[part], name)) != before:
                config.touch(part)
    part, name, binding = mode.commands[statement.command]
    opened = binding.apply(config[part], name, statement)
    if opened is None or opened.fresh:
        config.touch(part)
    if opened is not None:
        opened.fresh = False
    return opened


def _extent(value: Any) -> Any:
    """What of a value is another when something is taken away from it."""
    return len(value) if isinstance(value, dict) else value


def write_lines(config: Config) -> Iterator[str]:
    """A mode's configuration as lines, in canonical order; at the top, `!` also separates what belongs together."""
    from iosim.ios.registry import bindings

    blocks = (
        block
        for part, name, binding in bindings(config.mode).fields
        for block in binding.blocks(config.mode, getattr(config[part], name))
    )
    return separated(in_order(blocks), groups=config.mode == "config")


def write_all(config: Config) -> list[str]:
    """The same with the values that are defaults (`show running-config all`)."""
    token = writing_defaults.set(True)
    try:
        return list(write_lines(config))
    finally:
        writing_defaults.reset(token)
