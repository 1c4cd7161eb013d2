"""Where features register what they bring: configuration, commands, modes and engines.

A feature is a module (or package) under `iosim/ios/features`; they are found by a sorted walk. Registering a name twice
is an error, so that two features cannot quietly take each other's command.
"""

from __future__ import annotations

import importlib
import pkgutil
from bisect import insort
from collections.abc import Callable, Coroutine
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from iosim.data import dataclass
from iosim.ios.bindings import Binding, bindings_of

if TYPE_CHECKING:
    from iosim.grammar import Statement
    from iosim.ios.config import Config
    from iosim.ios.router import Feature, Router
    from iosim.ios.session import Session

    # The first argument is the Session of a router, or the Terminal of a host where hosts have the command too.
    Handler = Callable[[Any, Statement], str | Coroutine[Any, Any, None] | None]
    Check = Callable[[Router, Config, Statement], None]
    Applied = Callable[[Session, Config, Statement], str | None]

P = TypeVar("P", bound=type)
F = TypeVar("F", bound=Callable[..., Any])

Bound = tuple[type, str, Binding]
"""A part of a mode's configuration, the name of one of its fields, and how that is bound to commands."""


@dataclass(slots=True)
class ModeBindings:
    """What is bound in a mode: its fields in the order in which they are written, and the same by command.

    `displaced` are, by command, the others whose values it takes away: (command, when it is said, when it is negated).
    """

    fields: list[Bound] = field(default_factory=list)
    commands: dict[str, Bound] = field(default_factory=dict)
    displaced: dict[str, list[tuple[str, bool, bool]]] = field(default_factory=dict)


_modes: dict[str, ModeBindings] = {}
_suppliers: list[Callable[[str], None]] = []
_supplied: dict[str, None] = {}
handlers: dict[str, Handler] = {}
checks: dict[str, Check] = {}
answers: dict[str, Applied] = {}
features: list[type[Feature]] = []


def supplier(function: Callable[[str], None]) -> Callable[[str], None]:
    """Register a function that binds what a mode has besides its parts; it is called when the mode is first used."""
    _suppliers.append(function)
    return function


def bindings(mode_name: str) -> ModeBindings:
    """What is bound in a mode."""
    if mode_name not in _supplied:
        _supplied[mode_name] = None
        for supply in _suppliers:
            supply(mode_name)
    return _modes.setdefault(mode_name, ModeBindings())


def part(mode_name: str) -> Callable[[P], P]:
    """Register a dataclass as a part of the configuration of a mode; its bound fields take their commands."""

    def register(cls: P) -> P:
        for name, binding in bindings_of(cls):
            bind(mode_name, cls, name, binding)
        return cls

    return register


def bind(mode_name: str, part_type: type, name: str, binding: Binding) -> None:
    """Register one field of a part of a mode's configuration."""
    mode, bound = _modes.setdefault(mode_name, ModeBindings()), (part_type, name, binding)
    insort(mode.fields, bound, key=lambda known: known[2].order)
    for command in binding.commands:
        _once(mode.commands, command, bound)


def displaces(mode_name: str, command: str, other: str, *, said: bool, negated: bool) -> None:
    """A command of a mode takes away what another one has set with the same arguments: when said, or by its `no`."""
    displaced = _modes.setdefault(mode_name, ModeBindings()).displaced
    displaced.setdefault(command, []).append((other, said, negated))


def handler(*commands: str) -> Callable[[F], F]:
    """Register the function that executes commands: it returns text, or a coroutine when it takes time."""

    def register(function: F) -> F:
        for command in commands:
            _once(handlers, command, function)
        return function

    return register


def check(*commands: str) -> Callable[[F], F]:
    """Register a function that may raise Rejected before a configuration command is applied."""

    def register(function: F) -> F:
        for command in commands:
            _once(checks, command, function)
        return function

    return register


def answer(*commands: str) -> Callable[[F], F]:
    """Register a function that gives the text which a configuration command prints when it has been typed."""

    def register(function: F) -> F:
        for command in commands:
            _once(answers, command, function)
        return function

    return register


def feature(cls: type[Feature]) -> type[Feature]:
    """Register an engine's owner: one instance for each router, reconciled in the order of `cls.order`."""
    features.append(cls)
    features.sort(key=lambda known: (known.order, known.__name__))
    return cls


def _once(table: dict[Any, Any], key: Any, value: Any) -> None:
    if key in table:
        raise ValueError(f"{key} is registered twice")
    table[key] = value


@lru_cache(maxsize=1)
def load_features() -> None:
    """Import every feature module, in sorted order."""
    package = importlib.import_module("iosim.ios.features")
    found = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    for name in sorted(info.name for info in found):
        importlib.import_module(name)
