"""`show access-lists`, `clear access-list counters`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.access_lists.line import EXTENDED, STANDARD, show_text
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session


@handler("show_access_lists", "show_ip_access_lists")
def show_access_lists(session: Session, statement: Statement) -> str:
    """`show access-lists [NAME]`"""
    wanted = statement.get("acl")
    names = list_names(session.router)
    return "".join(_list_text(session.router, name) for name in names if wanted in (None, name))


def list_names(router: Router) -> list[str]:
    """All lists in the order of `show`: standard ones first, numbers before names."""
    lists = router.config[AccessListSettings].named
    numbers = {name: int(name) for name in lists if name.isdecimal()}
    return sorted(lists, key=lambda name: (lists[name].mode == EXTENDED, name not in numbers, numbers.get(name), name))


def _list_text(router: Router, name: str) -> str:
    mode = router.config[AccessListSettings].named[name].mode
    text = f"{'Standard' if mode == STANDARD else 'Extended'} IP access list {name}\n"
    for entry, ace in router[AccessLists].shown(name):
        text += f"    {entry.sequence} {show_text(mode, entry.line)}{_matches(ace.matches)}\n"
    return text


def _matches(count: int) -> str:
    return f" ({count} match{'' if count == 1 else 'es'})" if count else ""


@handler("clear_access_list_counters")
def clear_counters(session: Session, statement: Statement) -> None:
    """`clear access-list counters [NAME]`"""
    session.router[AccessLists].clear_counters(statement.get("acl"))
