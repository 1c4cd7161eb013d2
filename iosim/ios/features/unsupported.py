"""`show iosim unsupported`: the lines of a router's configuration that are kept and do nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios import registry
from iosim.ios.bindings import Section, section_block
from iosim.ios.config import INERT, PLANNED, WORKING, Config
from iosim.ios.registry import handler
from iosim.ios.session import Session

HEADINGS = {
    PLANNED: "Planned: kept until its feature is simulated, without effect",
    INERT: "Inert: without effect on a simulated router by nature",
}


@dataclass(frozen=True, slots=True)
class IdleLine:
    """A line that does nothing; `place` are the lines that open the modes around it that work."""

    standing: str
    place: tuple[str, ...]
    text: str


def idle_lines(config: Config, standings: Container[str] = (PLANNED, INERT)) -> Iterator[IdleLine]:
    """All lines of a configuration that do nothing and are of one of these standings, in its order.

    In a kept mode, and for an interface that leads nowhere, these are all lines.
    """
    for part, name, binding in registry.bindings(config.mode).fields:
        value, standing = getattr(config[part], name), binding.standing
        if value == {}:
            continue
        if standing != WORKING:
            if standing in standings:
                lines = (line for line in binding.lines(config.mode, value) if line.strip() != "!")
                yield from (IdleLine(standing, (), line) for line in lines)
        elif isinstance(binding, Section):
            for section in value.values():
                yield from _idle_section(binding, config.mode, section, standings)
        elif PLANNED in standings:
            for opening, line in binding.idle(config.mode, value):
                yield IdleLine(PLANNED, (opening,) if opening else (), line)


def _idle_section(binding: Section, mode: str, section: Config, standings: Container[str]) -> Iterator[IdleLine]:
    """Of a mode that works the lines that do nothing, of any other all of them."""
    if section.standing == WORKING:
        inside = list(idle_lines(section, standings))
        place = (binding.say(mode, section.args),) if inside else ()
        yield from (replace(line, place=(*place, *line.place)) for line in inside)
    elif section.standing in standings:
        yield from (IdleLine(section.standing, (), line) for line in section_block(binding, mode, section).lines)


@handler("show_iosim_unsupported")
def show_iosim_unsupported(session: Session, statement: Statement) -> str:
    """`show iosim unsupported`"""
    idle = list(idle_lines(session.router.config))
    parts = ["".join(_part(standing, idle)) for standing in HEADINGS]
    return "\n".join(part for part in parts if part) or "Every line of the configuration has effect\n"


def _part(standing: str, idle: list[IdleLine]) -> Iterator[str]:
    """A heading with its lines, each below the modes that it stands in."""
    chosen = [line for line in idle if line.standing == standing]
    if chosen:
        yield f"{HEADINGS[standing]}\n"
    place: tuple[str, ...] = ()
    for line in chosen:
        if line.place != place:
            place = line.place
            yield from (f"  {' ' * depth}{text}\n" for depth, text in enumerate(place))
        yield "".join(f"  {' ' * len(place)}{row}\n" for row in line.text.split("\n"))
