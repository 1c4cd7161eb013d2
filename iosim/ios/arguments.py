"""The arguments of a command as a value, and back: one argument by its name, or a dataclass of several."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from types import UnionType
from typing import Any, get_args, get_type_hints


def from_args(kind: type | str, args: dict[str, list[Any]]) -> Any:
    """The value that arguments are: of one argument by its name, or a dataclass with the arguments as fields."""
    if isinstance(kind, str):
        said = args.get(kind)
        return said[-1] if said else None
    values: dict[str, Any] = {}
    for name, shape in _fields(kind):
        found = args.get(name, [])
        if shape == "flag":
            values[name] = bool(found)
        elif shape == "many":
            values[name] = tuple(found)
        else:
            values[name] = found[-1] if found else None
    return kind(**values)


def to_args(kind: type | str, value: Any) -> dict[str, list[Any]]:
    """The reverse of from_args. A flag's argument has its own name as value, in the grammar's spelling."""
    if isinstance(kind, str):
        return {kind: [value]}
    args: dict[str, list[Any]] = {}
    for name, shape in _fields(kind):
        part = getattr(value, name)
        if shape == "flag":
            args[name] = [name.replace("_", "-")] if part else []
        elif shape == "many":
            args[name] = list(part)
        else:
            args[name] = [] if part is None else [part]
    return args


@lru_cache(maxsize=256)
def _fields(kind: type) -> list[tuple[str, str]]:
    """Field names of an argument dataclass with how many values each holds: `flag`, `many` or `one`."""
    hints = get_type_hints(kind)
    return [(field.name, _shape(hints[field.name])) for field in dataclasses.fields(kind)]


def _shape(hint: Any) -> str:
    if hint is bool:
        return "flag"
    plain = (
        next((arg for arg in get_args(hint) if arg is not type(None)), hint) if isinstance(hint, UnionType) else hint
    )
    return "many" if getattr(plain, "__origin__", None) is tuple else "one"
