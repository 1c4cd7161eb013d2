"""Terminal lines (`line con 0`, `line vty 0 4`): kept in the configuration; only the console exists so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.ios.config import Binding, Config, Kept, Section, Table, bound
from iosim.ios.registry import part

Said = tuple[bool, dict[str, list[Any]]] | None
_KINDS = ("console", "aux", "vty")
_KEY = ("kind", "line_first", "line_last")


def _line_order(key: tuple[str, int, int | None]) -> tuple[int, int]:
    return _KINDS.index(key[0]), key[1]


def _factory_lines() -> dict[Any, Config]:
    """The lines that every router has."""
    keys: list[tuple[str, int, int | None]] = [("console", 0, None), ("aux", 0, None), ("vty", 0, 4)]
    return {
        key: Config("config_line", dict(zip(_KEY, [[part] for part in key if part is not None], strict=False)))
        for key in keys
    }


@part("config")
@dataclass(slots=True)
class Lines:
    """The terminal lines by kind and numbers."""

    lines: dict[Any, Config] = bound(
        Section(
            "line",
            order=900,
            mode="config_line",
            key=_KEY,
            sort=_line_order,
            spelled={"console": "con"},
            separated=False,
        ),
        factory=_factory_lines,
    )


def _kept(command: str, order: int) -> Any:
    binding: Binding = Kept(command, order=order)
    return bound(binding)


@dataclass(frozen=True, slots=True)
class Transport:
    """`transport input ssh telnet`"""

    direction: str
    protocol: tuple[str, ...]


@part("config_line")
@dataclass(slots=True)
class LineSettings:
    """What a line holds. Nothing here changes the console, which is always open."""

    exec_timeout: Said = _kept("line_exec_timeout", 10)
    privilege: Said = _kept("line_privilege", 20)
    password: Said = _kept("line_password", 30)
    logging: Said = _kept("line_logging_synchronous", 40)
    login: Said = _kept("line_login", 50)
    stopbits: Said = _kept("line_stopbits", 70)
    transport: dict[Any, Transport] = bound(
        Table("line_transport", order=60, key=("direction",), type=Transport, sort=str)
    )
