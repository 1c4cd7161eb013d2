"""A YAML file as plain data that remembers its lines: everything read from it can be complained about with its place.

Scalars stay text until a schema (a msgspec Struct, one for each mapping of the file) says what they should be, so that
a node may be called `no` and an address never turns into a number.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from iosim.lab.errors import LabError

T = TypeVar("T", bound=msgspec.Struct)
Place = tuple[str | int, ...]
"""The way to a value: `("topology", "nodes", "R1", "kind")`."""

_MOST_VALUES = 20_000
_DEEPEST = 20
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*?)`")
_KINDS = {"str": "text", "int": "a whole number", "array": "a list", "object": "a mapping"}


class Document:
    """The file's `data` (dicts, lists, strings, None). Raises LabError when it cannot be read or is not YAML."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lines: dict[Place, int] = {}
        root = _compose(file)
        self.data = self._collect(root, (), 0) if root is not None else None

    def error(self, place: Place, message: str) -> LabError:
        """A LabError at a place of the file."""
        return LabError(message, self.file, self.line(place))

    def line(self, place: Place) -> int:
        """The line (from 1) where the value at `place` begins; that of what surrounds it when there is none."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def at(self, place: Place) -> Any:
        """The value at a place."""
        value: Any = self.data
        for step in place:
            value = value[step]
        return value

    def mapping(self, place: Place, schema: type[T], defaults: dict[str, Any] | None = None) -> T:
        """The mapping at `place` as a `schema`; `defaults` stand in for keys that it lacks."""
        value = self.at(place)
        value = {} if value is None else value
        if isinstance(value, dict) and defaults:
            value = {**defaults, **value}
        try:
            return msgspec.convert(value, schema, strict=False)
        except msgspec.ValidationError as error:
            raise self._explained(place, value, schema, str(error)) from None

    def _explained(self, place: Place, value: Any, schema: type[msgspec.Struct], problem: str) -> LabError:
        """The error for what msgspec says about the value at `place`."""
        what, _, where = problem.partition(" - at `$")
        steps = re.findall(r"\.([^.\[`]+)|\[(\d+)\]", where)
        for key, index in steps:
            value = value[key or int(index)]
            place = (*place, key or int(index))
        name = f'"{place[-1]}"' if place else "the file"
        if unknown := _UNKNOWN.match(what):
            known = ", ".join(sorted(field.encode_name for field in msgspec.structs.fields(schema)))
            return self.error((*place, unknown[1]), f'unknown key "{unknown[1]}"; known here: {known}')
        if missing := _MISSING.match(what):
            return self.error(place, f'{name} lacks the key "{missing[1]}"')
        types = re.findall(r"\w+", what.partition(", got")[0].removeprefix("Expected"))
        kinds = " or ".join(_KINDS[type_name] for type_name in types if type_name in _KINDS)
        return self.error(place, f"{name} should be {kinds or what}, not {_shown(value)}")

    def _collect(self, node: yaml.Node, place: Place, line: int) -> Any:
        """The plain data of a YAML node; notes its line."""
        self._lines[place] = line or node.start_mark.line + 1
        if len(self._lines) > _MOST_VALUES or len(place) > _DEEPEST:
            raise LabError("too many values, or nested too deeply, for a lab", self.file, self._lines[place])
        if isinstance(node, yaml.MappingNode):
            return self._collect_mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._collect(item, (*place, index), 0) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        self._check_text(node)
        return None if not node.style and node.value in ("", "~", "null") else node.value

    def _check_text(self, node: yaml.ScalarNode) -> None:
        """Refuse half characters (an escape such as `\\uD800`), which no file and no name can hold."""
        try:
            node.value.encode()
        except UnicodeEncodeError:
            message = f"not Unicode text: {node.value!a}"
            raise LabError(message, self.file, node.start_mark.line + 1) from None

    def _collect_mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise LabError("a key must be a word", self.file, line)
            self._check_text(key)
            if key.value in data:
                first = self.line((*place, key.value))
                raise LabError(f'"{key.value}" is given twice; first in line {first}', self.file, line)
            data[key.value] = self._collect(value, (*place, key.value), line)
        return data


def _compose(file: Path) -> yaml.Node | None:
    """The YAML tree of a file."""
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise LabError(f"cannot be read: {error.strerror}", file) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LabError(f"not UTF-8 text (byte 0x{error.object[error.start]:02x})", file, line) from None
    try:
        return _fast_tree(text) or yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise _malformed(error, file, text) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise LabError(f"not YAML: {' '.join(str(error).split())}", file) from None


def _fast_tree(text: str) -> yaml.Node | None:
    """What libyaml makes of a text; it takes a twentieth of the time that the loader in Python does.

    None where it is not there, where something is wrong, which the other one is left to tell in its words, and for
    what is nested so deeply that building the tree might overflow the stack.
    """
    loader = getattr(yaml, "CBaseLoader", None)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader) if loader is not None else ():
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return None
        return yaml.compose(text, Loader=loader) if loader is not None else None
    except yaml.YAMLError:
        return None


def _malformed(error: yaml.MarkedYAMLError, file: Path, text: str) -> LabError:
    """What is wrong with the YAML, with the offending line."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    number = min(mark.line, len(lines) - 1) if mark is not None else 0
    return LabError(f'not YAML: {error.problem or error.context}: "{lines[number].strip()}"', file, number + 1)


def _shown(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, str):
        return f'"{value}"'
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"
