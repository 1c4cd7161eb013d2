"""Terminal lines (`line con 0`, `line vty 0 4`): only the console exists so far, and what a line holds is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.ios.config import Config, Section, bound
from iosim.ios.registry import part

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
            apart=0,
        ),
        factory=_factory_lines,
    )
