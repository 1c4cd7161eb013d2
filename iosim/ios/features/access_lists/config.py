"""Access lists as configuration: one model, written as named sections or as numbered lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Binding, Table, Value, bound
from iosim.ios.blocks import Block
from iosim.ios.config import Config
from iosim.ios.features.access_lists.entries import KEPT_LINES, entries_of, table_of
from iosim.ios.features.access_lists.line import EXTENDED, STANDARD, config_text, line_of, plain_text
from iosim.ios.registry import check, part
from iosim.ios.router import Router

_COMMANDS = {
    "access_list_standard": STANDARD,
    "access_list_extended": EXTENDED,
    "planned_access_list_dynamic": EXTENDED,
    "ip_access_list_standard": STANDARD,
    "ip_access_list_extended": EXTENDED,
}
_NUMBERS = {STANDARD: (range(1, 100), range(1300, 2000)), EXTENDED: (range(100, 200), range(2000, 2700))}


class NamedLists(Binding):
    """`ip access-list …`: opens a list of either sort, and writes those that `access-list N …` cannot say."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        lists: dict[str, Config] = getattr(part, name)
        if statement.no or statement.default:
            lists.pop(_name(statement), None)
            return None
        return lists.setdefault(_name(statement), Config(_COMMANDS[statement.command]))

    def blocks(self, mode: str, value: dict[str, Config]) -> Iterator[Block]:
        for name in sorted(value, key=lambda name: (value[name].mode == EXTENDED, name)):
            config = value[name]
            if not _is_numbered(name, config):
                head = f"ip access-list {'standard' if config.mode == STANDARD else 'extended'} {name}"
                body = (" " + config_text(config.mode, entry.line) for entry in entries_of(config))
                yield Block((head, *body), self.order, mark=(self.order, name))

    def idle(self, mode: str, value: dict[str, Config]) -> Iterator[tuple[str, str]]:
        for name, config in value.items():
            for entry in entries_of(config):
                if entry.line.command in KEPT_LINES:
                    yield f"ip access-list extended {name}", plain_text(config.mode, entry.line)


class NumberedLists(Binding):
    """`access-list N …`: adds a line to a list, and writes the lists that have a number."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        lists: dict[str, Config] = getattr(part, name)
        if statement.no or statement.default:
            lists.pop(_name(statement), None)
            return
        kind = _COMMANDS[statement.command]
        config = lists.setdefault(_name(statement), Config(kind))
        table_of(config).add(None, line_of(kind, statement.args))

    def lines(self, mode: str, value: dict[str, Config]) -> Iterator[str]:
        for name in sorted((name for name in value if _is_numbered(name, value[name])), key=int):
            for entry in entries_of(value[name]):
                yield f"access-list {name} {config_text(value[name].mode, entry.line)}"


def _is_numbered(name: str, config: Config) -> bool:
    """Whether a list is written as `access-list N …`: it has lines, and all of them can be said so."""
    commands = {entry.line.command for entry in entries_of(config)}
    return name.isdecimal() and bool(commands) and commands <= {"nacl_entry", "planned_nacl_dynamic"}


class Resequence(Binding):
    """`ip access-list resequence X 10 10`: numbers the lines of a list anew, once."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        config = getattr(part, name).get(statement.get("acl"))
        if config is None:
            raise Rejected("% Access list not found")
        table_of(config).resequence(statement.get("first"), statement.get("step"))

    def lines(self, mode: str, value: Any) -> Iterator[str]:
        return iter(())


@part("config")
@dataclass(slots=True)
class AccessListSettings:
    """All access lists by name; a number is a name too. Fields that are one dict, for each command has its place."""

    log_threshold: int | None = bound(Value("ip_access_list_log_update", order=535, type="threshold"))

    named: dict[str, Config] = bound(
        NamedLists("ip_access_list_standard", "ip_access_list_extended", order=540), factory=dict
    )
    numbered: dict[str, Config] = bound(
        NumberedLists("access_list_standard", "access_list_extended", "planned_access_list_dynamic", order=632),
        factory=dict,
    )
    renumbered: dict[str, Config] = bound(Resequence("ip_access_list_resequence", order=632), factory=dict)

    def __post_init__(self) -> None:
        self.numbered = self.renumbered = self.named


@dataclass(frozen=True, slots=True)
class AccessGroup:
    """`ip access-group 101 in`"""

    acl: str
    direction: str


@part("config_if")
@dataclass(slots=True)
class AccessGroups:
    """The filters of an interface, by direction."""

    groups: dict[Any, AccessGroup] = bound(
        Table("if_access_group", order=30, key=("direction",), type=AccessGroup, sort=lambda key: key)
    )


def _name(statement: Statement) -> str:
    return str(statement.get("number") or statement.get("name"))


@check(*_COMMANDS)
def _check_list(router: Router, config: Config, statement: Statement) -> None:
    """A name begins with a letter, and a list keeps its kind."""
    kind, name = _COMMANDS[statement.command], _name(statement)
    known = config[AccessListSettings].named.get(name)
    if name[0].isdecimal() and not (name.isdecimal() and any(int(name) in numbers for numbers in _NUMBERS[kind])):
        raise Rejected("% Invalid access list name.")
    if known is not None and known.mode != kind:
        other = "standard" if known.mode == STANDARD else "extended"
        raise Rejected(f"% A named {other} IP access list with this name already exists")
