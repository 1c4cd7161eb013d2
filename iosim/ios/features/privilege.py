"""Levels of commands: `privilege exec level 5 show running-config`, and what each level may do.

What user EXEC has is of level 1 (a few words of level 0), the first word that only privileged EXEC has is of level 15,
and so is the first word of a configuration command; what follows such a word needs no more than the word does. To set a
command to a level sets its beginnings to the level too (Cisco IOS Security Command Reference, `privilege`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import CliError, Invalid, Statement
from iosim.grammar.assist import Allows
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import split_words, walk
from iosim.ios.bindings import Binding, bound
from iosim.ios.registry import part
from iosim.ios.session import HIGHEST, Session

Words = tuple[str, ...]
EXEC = "exec"
MODES = {
    EXEC: ("privileged", "user"),
    "configure": ("config",),
    "interface": ("config_if",),
    "line": ("config_line",),
    "route-map": ("config_route_map",),
    "router": ("config_ospf", "config_eigrp", "config_bgp", "config_rip", "config_isis"),
}
"""What `privilege` and `alias` call the modes."""
NAMES = {mode: name for name, modes in MODES.items() for mode in modes}
_LEVEL_0 = ("disable", "enable", "exit", "help", "logout")
_FREE = ("exit", "end", "do")
_PREFIXES = ("no", "default")


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a command, and whether it holds for `all` that may follow."""

    level: int
    all: bool = False


class LevelTable(Binding):
    """The levels that are set, by mode and keywords."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        levels: dict[tuple[str, Words], Level] = getattr(part, name)
        mode, words = statement.get("mode"), _keywords(statement.get("mode"), statement.get("command"))
        if statement.no or statement.default or "reset" in statement:
            levels.pop((mode, words), None)
            return
        for length in range(1, len(words)):
            levels[mode, words[:length]] = Level(statement.get("level"))
        levels[mode, words] = Level(statement.get("level"), "all" in statement)

    def lines(self, mode: str, value: dict[tuple[str, Words], Level]) -> Iterator[str]:
        for name, words in sorted(value, reverse=True):
            found = value[name, words]
            args: dict[str, list[Any]] = {"mode": [name], "level": [found.level], "command": [" ".join(words)]}
            yield self.say(mode, args | {"all": ["all"] if found.all else []})


@part("config")
@dataclass(slots=True)
class Privileges:
    """What `privilege` configures."""

    levels: dict[tuple[str, Words], Level] = bound(LevelTable("privilege", order=875), factory=dict)


def _keywords(mode: str, command: str) -> Words:
    """The keywords of a command in full; as they are typed when there is no such command."""
    try:
        _, _, terminals = walk(ios_grammar().start(MODES[mode][0]), command, split_words(command))
    except CliError:
        return tuple(command.split())
    return tuple(terminal.text for terminal in terminals if terminal.type is None)


def level_of(levels: dict[tuple[str, Words], Level], mode: str, path: Words) -> int:
    """The level that a command needs which begins with these keywords."""
    name = NAMES.get(mode, mode)
    if name != EXEC and path[0] in _PREFIXES:
        path = path[1:]
    if name != EXEC and path[:1] == ("do",):
        return level_of(levels, EXEC, path[1:])
    needed, inherits = 0, False
    for length in range(1, len(path) + 1):
        found = levels.get((name, path[:length]))
        if found is not None:
            needed, inherits = max(needed, found.level), inherits or found.all
        elif not inherits:
            needed = max(needed, _usual(name, path[:length]))
    return needed


def _usual(name: str, words: Words) -> int:
    """The level of the last of these keywords, unless it is set."""
    if name != EXEC:
        return HIGHEST if len(words) == 1 and words[0] not in _FREE else 0
    if words[0] in _LEVEL_0:
        return 0
    if _is_for_users(words):
        return 1
    return HIGHEST if _is_for_users(words[:-1]) else 0


def _is_for_users(words: Words) -> bool:
    """Whether user EXEC has commands that begin so."""
    node = ios_grammar().start("user")
    for word in words:
        terminal = node.keywords.get(word)
        if terminal is None:
            return False
        node = node.step(terminal.name)
    return True


def allowance(session: Session, mode: str) -> Allows:
    """Tells which commands of a mode a session may enter."""
    levels = session.router.config[Privileges].levels
    return lambda path: level_of(levels, mode, path) <= session.level


def guard(session: Session, mode: str, line: str) -> None:
    """Raises Invalid at the first word of a line that makes it a command of a higher level than the session has."""
    allows = allowance(session, mode)
    path: Words = ()
    node, words = ios_grammar().start(mode), split_words(line)
    for index, word in enumerate(words):
        found = node.resolve(words, index, line)
        if found is None or isinstance(found, list) or found[0].type is not None:
            return
        path = (*path, found[0].text)
        if not allows(path):
            raise Invalid(word.column)
        node = node.step(found[0].name)
