"""The checks of a lab file: what to do, and what is expected of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import Struct, field

from iosim.lab import units
from iosim.lab.document import Document, Place
from iosim.lab.links import find_endpoint
from iosim.lab.topology import CaptureCheck, Check, CommandCheck, ConsoleSpec, LinkSpec, NodeSpec, PingCheck
from iosim.wire.address import netmask

V = TypeVar("V")
Texts = str | list[str] | None
CHECKS: Place = ("checks",)


class CheckSchema(Struct, forbid_unknown_fields=True):
    """A check: one of `ping`, `capture` and `command`, and what is expected."""

    name: str
    expect: dict[str, Any]
    ping: dict[str, Any] | None = None
    capture: dict[str, Any] | None = None
    command: dict[str, Any] | None = None


class PingSchema(Struct, forbid_unknown_fields=True):
    """Pings from a node to an address."""

    source: str = field(name="from")
    to: str
    count: int = 5


class PingExpectation(Struct, forbid_unknown_fields=True):
    """Numbers of packets."""

    sent: str | None = None
    received: str | None = None
    lost: str | None = None


class CaptureSchema(Struct, forbid_unknown_fields=True):
    """A link, named by one of its ends, and a prefix."""

    link: str
    match: str


class CaptureExpectation(Struct, forbid_unknown_fields=True):
    """How many packets."""

    packets: str


class CommandSchema(Struct, forbid_unknown_fields=True):
    """A command line at a node, or several."""

    node: str
    run: str | list[str]


class CommandExpectation(Struct, forbid_unknown_fields=True):
    """Texts, or lists of texts; `matches` takes regular expressions, searched line by line."""

    contains: Texts = None
    not_contains: Texts = None
    matches: Texts = None


class CheckReader:
    """Reads the checks of a lab whose nodes and links are known."""

    def __init__(self, document: Document, nodes: dict[str, NodeSpec], links: Iterable[LinkSpec]) -> None:
        self._document = document
        self._nodes = nodes
        self._ends = [end for link in links for end in link.ends]

    def read(self, place: Place) -> Check:
        """The check at a place of the file."""
        schema = self._document.mapping(place, CheckSchema)
        kinds = [kind for kind in READERS if getattr(schema, kind) is not None]
        if len(kinds) != 1:
            message = f'"{schema.name}" should have one of {", ".join(READERS)}, not {" and ".join(kinds) or "none"}'
            raise self._document.error(place, message)
        if not schema.expect:
            raise self._document.error((*place, "expect"), f'"{schema.name}" expects nothing')
        return READERS[kinds[0]](self, schema.name, (*place, kinds[0]), (*place, "expect"))

    def ping(self, name: str, place: Place, expect: Place) -> PingCheck:
        """A `ping` check."""
        schema = self._document.mapping(place, PingSchema)
        node = self._value((*place, "from"), self._console, schema.source)
        self._value((*place, "to"), units.address, schema.to)
        if not 1 <= schema.count <= 10_000:
            raise self._document.error((*place, "count"), "count should be from 1 to 10000")
        expected = self._document.mapping(expect, PingExpectation)
        comparisons = {
            key: self._value((*expect, key), units.comparison, text)
            for key in ("sent", "received", "lost")
            if (text := getattr(expected, key)) is not None
        }
        return PingCheck(name, node, schema.to, schema.count, comparisons)

    def capture(self, name: str, place: Place, expect: Place) -> CaptureCheck:
        """A `capture` check."""
        schema = self._document.mapping(place, CaptureSchema)
        end = self._value((*place, "link"), lambda text: find_endpoint(text, self._nodes), schema.link)
        if end not in self._ends:
            raise self._document.error((*place, "link"), f'"{schema.link}": there is no link at {end}')
        address, length = self._value((*place, "match"), units.prefix, schema.match)
        mask = netmask(length)
        packets = self._document.mapping(expect, CaptureExpectation).packets
        return CaptureCheck(
            name, end, address & mask, mask, self._value((*expect, "packets"), units.comparison, packets)
        )

    def command(self, name: str, place: Place, expect: Place) -> CommandCheck:
        """A `command` check."""
        schema = self._document.mapping(place, CommandSchema)
        node = self._value((*place, "node"), self._console, schema.node)
        expected = self._document.mapping(expect, CommandExpectation)
        patterns = tuple(self._value((*expect, "matches"), _pattern, text) for text in _texts(expected.matches))
        lines = tuple(self._value((*place, "run"), _line, text) for text in _texts(schema.run))
        if not lines:
            raise self._document.error((*place, "run"), "run holds no line")
        return CommandCheck(name, node, lines, _texts(expected.contains), _texts(expected.not_contains), patterns)

    def _console(self, name: str) -> str:
        """The name of a node that has a console."""
        if name not in self._nodes:
            raise ValueError(f'there is no node "{name}"; nodes are {", ".join(self._nodes)}')
        spec = self._nodes[name]
        if not isinstance(spec, ConsoleSpec):
            raise ValueError(f"{name} is a {spec.kind} and has no console")
        return name

    def _value(self, place: Place, read: Callable[[str], V], text: str) -> V:
        try:
            return read(text)
        except ValueError as error:
            raise self._document.error(place, f"{place[-1]}: {error}") from None


def read_checks(document: Document, nodes: dict[str, NodeSpec], links: Iterable[LinkSpec]) -> tuple[Check, ...]:
    """All checks of the file. Raises LabError."""
    reader = CheckReader(document, nodes, links)
    return tuple(reader.read((*CHECKS, index)) for index in range(len(document.at(()).get("checks") or ())))


def _texts(texts: Texts) -> tuple[str, ...]:
    return () if texts is None else (texts,) if isinstance(texts, str) else tuple(texts)


def _line(text: str) -> str | int:
    """What is typed, or a pause: `sleep 30s`."""
    word, _, rest = text.strip().partition(" ")
    return units.duration(rest) if word == "sleep" else text


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f'"{text}" is no regular expression: {error}') from None


READERS: dict[str, Callable[[CheckReader, str, Place, Place], Check]] = {
    "ping": CheckReader.ping,
    "capture": CheckReader.capture,
    "command": CheckReader.command,
}
