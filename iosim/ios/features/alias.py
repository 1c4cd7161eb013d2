"""`alias exec NAME COMMAND`: names for commands. IOS brings some of its own for the EXEC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Binding, bound
from iosim.ios.features.privilege import EXEC, MODES, NAMES
from iosim.ios.registry import handler, part
from iosim.ios.session import Session

BUILT_IN = {
    "h": "help",
    "lo": "logout",
    "p": "ping",
    "r": "resume",
    "s": "show",
    "u": "undebug",
    "un": "undebug",
    "w": "where",
}
TITLES = {
    EXEC: "Exec mode",
    "configure": "Global configuration mode",
    "interface": "Interface configuration mode",
    "line": "Line configuration mode",
    "route-map": "Route map config mode",
    "router": "Router configuration mode",
}


class AliasTable(Binding):
    """The aliases by mode and name; None stands for one of IOS's own that is taken away."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        aliases: dict[tuple[str, str], str | None] = getattr(part, name)
        key = statement.get("mode"), statement.get("name")
        aliases.pop(key, None)
        if not (statement.no or statement.default):
            aliases[key] = statement.get("command")
        elif statement.no and key[0] == EXEC and key[1] in BUILT_IN:
            aliases[key] = None

    def lines(self, mode: str, value: dict[tuple[str, str], str | None]) -> Iterator[str]:
        for (name, alias), command in value.items():
            if command is None:
                yield f"no alias {name} {alias}"
            else:
                yield self.say(mode, {"mode": [name], "name": [alias], "command": [command]})


@part("config")
@dataclass(slots=True)
class Aliases:
    """What `alias` configures."""

    aliases: dict[tuple[str, str], str | None] = bound(AliasTable("alias", order=890), factory=dict)

    def of(self, mode: str) -> dict[str, str]:
        """The aliases of a mode by name, IOS's own first."""
        own = {name: command for (place, name), command in self.aliases.items() if place == mode}
        known = {**(BUILT_IN if mode == EXEC else {}), **own}
        return {name: command for name, command in known.items() if command is not None}


def expanded(session: Session, line: str) -> str:
    """A line with the alias that it begins with replaced."""
    word, space, rest = line.lstrip().partition(" ")
    command = session.router.config[Aliases].of(NAMES.get(session.mode, "")).get(word)
    return line if command is None else command + space + rest


@handler("show_aliases")
def show_aliases(session: Session, statement: Statement) -> str:
    """`show aliases [mode]`"""
    aliases = session.router.config[Aliases]
    wanted = [statement.get("mode")] if "mode" in statement else list(MODES)
    parts = [
        f"{TITLES[mode]} aliases:\n" + "".join(f"  {name:<22}{command}\n" for name, command in found.items())
        for mode in wanted
        if (found := aliases.of(mode))
    ]
    return "\n".join(parts)
