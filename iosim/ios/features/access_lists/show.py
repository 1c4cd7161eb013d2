"""`show [ip] access-lists`, `clear [ip] access-list counters`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.access_lists.config import AccessGroups, AccessListSettings
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.access_lists.entries import Entry
from iosim.ios.features.access_lists.line import EXTENDED, STANDARD, show_text
from iosim.ios.features.access_lists.time_ranges import is_active
from iosim.ios.features.interfaces import Interfaces
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
    counts = ((entry, sum(ace.matches for ace in aces)) for entry, aces in router[AccessLists].shown(name))
    return "".join((_heading(router, name), *(_entry_text(router, name, *row) for row in counts)))


def _heading(router: Router, name: str, tail: str = "") -> str:
    mode = router.config[AccessListSettings].named[name].mode
    return f"{'Standard' if mode == STANDARD else 'Extended'} IP access list {name}{tail}\n"


def _entry_text(router: Router, name: str, entry: Entry, matches: int) -> str:
    """A line with its number, the state of its time range, and its matches."""
    text = show_text(router.config[AccessListSettings].named[name].mode, entry.line)
    if entry.line.time_range is not None:
        text += " (active)" if is_active(router, entry.line.time_range) else " (inactive)"
    if matches:
        text += f" ({matches} match{'' if matches == 1 else 'es'})"
    if entry.line.cookie is not None:
        text += f" (tag = {entry.line.cookie})"
    return f"    {entry.sequence} {text}\n"


@handler("show_ip_access_lists_interface")
def show_lists_of_interface(session: Session, statement: Statement) -> str:
    """`show ip access-lists interface X [in|out]`: what the lists have matched there."""
    router, name = session.router, statement.get("interface")
    config = router.config[Interfaces].interfaces.get(name)
    groups = {} if config is None else config[AccessGroups].groups
    wanted = ("in", "out") if statement.get("direction") is None else (statement.get("direction"),)
    acls = [(way, groups[way,].acl) for way in wanted if (way,) in groups]
    return "".join(_filter_text(router, name, way, acl) for way, acl in acls if router[AccessLists].get(acl))


def _filter_text(router: Router, interface: str, way: str, acl: str) -> str:
    filtered = router.stack.interfaces[interface].filtered
    counts = ((entry, sum(filtered[way, ace] for ace in aces)) for entry, aces in router[AccessLists].shown(acl))
    return "".join((_heading(router, acl, f" {way}"), *(_entry_text(router, acl, *row) for row in counts)))


@handler("clear_access_list_counters")
def clear_counters(session: Session, statement: Statement) -> None:
    """`clear [ip] access-list counters [NAME]`"""
    session.router[AccessLists].clear_counters(statement.get("acl"))
