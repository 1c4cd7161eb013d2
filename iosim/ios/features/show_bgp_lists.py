"""`show ip as-path-access-list`, `show ip community-list`, `show ip extcommunity-list`: lists that are kept for BGP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.ios.bindings import Binding
from iosim.ios.blocks import natural
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

_LINE = re.compile(r"ip \S+(?: access-list)?(?: (standard|expanded))? (\S+) ((?:permit|deny) .*)")
_STANDARD_NUMBERS = range(1, 100)

Lists = dict[tuple[str | None, str], list[str]]
"""Lines by the kind that was said of their list and its name or number."""


@handler("show_ip_as_path")
def show_as_path(session: Session, statement: Statement) -> str:
    """`show ip as-path-access-list [N]`"""
    return "".join(
        _text(f"AS path access list {name}", (f"    {line}" for line in lines))
        for (_, name), lines in _lists(session.router, "planned_ip_as_path", statement).items()
    )


@handler("show_ip_community_list")
def show_community_list(session: Session, statement: Statement) -> str:
    """`show ip community-list [N|NAME]`"""
    return "".join(
        _text(_community_heading(kind, name), (f"     {line}" for line in lines))
        for (kind, name), lines in _lists(session.router, "planned_ip_community_list", statement).items()
    )


@handler("show_ip_extcommunity_list")
def show_extcommunity_list(session: Session, statement: Statement) -> str:
    """`show ip extcommunity-list [N|NAME]`: lines count by tens."""
    text = ""
    for (kind, name), lines in _lists(session.router, "planned_ip_extcommunity_list", statement).items():
        head = f"{_kind(kind, name).capitalize()} extended community-list {name}"
        said = (re.sub(r"\b(rt|soo) ", lambda found: {"rt": "RT:", "soo": "SoO:"}[found[1]], line) for line in lines)
        text += _text(head, (f"    {number}0 {line}" for number, line in enumerate(said, 1)))
    return text


def _lists(router: Router, command: str, statement: Statement) -> Lists:
    """The lists of a command in the order of their numbers and names; one of them when it is named."""
    wanted, found = statement.get("list"), Lists()
    for _, args in router.config[KeptLines].said.get(command, {}).values():
        line = _LINE.fullmatch(Binding(command, order=0).say("config", args))
        if line is not None and wanted in (None, line[2], _number(line[2])):
            found.setdefault((line[1], line[2]), []).append(line[3])
    return dict(sorted(found.items(), key=lambda row: natural([row[0][1]])))


def _number(name: str) -> int | None:
    return int(name) if name.isdecimal() else None


def _kind(said: str | None, name: str) -> str:
    """Standard or expanded: as it was said or, for a number, by its range."""
    return said or ("standard" if _number(name) in _STANDARD_NUMBERS else "expanded")


def _community_heading(said: str | None, name: str) -> str:
    kind = _kind(said, name)
    if said is not None and not name.isdecimal():
        return f"Named Community {kind} list {name}"
    return f"Community standard list {name}" if kind == "standard" else f"Community (expanded) access list {name}"


def _text(head: str, lines: Iterator[str]) -> str:
    return "\n".join((head, *lines, ""))
