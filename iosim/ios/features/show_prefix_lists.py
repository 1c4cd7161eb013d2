"""`show ip prefix-list`, `show ipv6 prefix-list`, `clear ip prefix-list`."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Rejected, Statement
from iosim.ios.features.prefix_lists import BITS, Listed, PrefixFilters, PrefixLists, parse_prefix
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.routing.prefix_list import PrefixEntry


@handler("show_ip_prefix_list", "show_ipv6_prefix_list")
def show_prefix_list(session: Session, statement: Statement) -> str:
    """`show ip prefix-list [detail|summary] [NAME [seq N|PREFIX [longer|first-match]]]`"""
    family = statement.command.split("_")[1]
    known, name = session.router.config[PrefixLists].family(family), statement.get("name")
    if name is not None and name not in known.lists:
        raise Rejected("%Can't find specified prefix-list")
    if "sequence" in statement or "prefix" in statement:
        return "".join(_found(session.router, family, statement))
    how = statement.get("how")
    names = sorted(known.lists) if name is None else [name]
    head = f"Prefix-list with the last deletion/insertion: {known.changed}\n" if how and name is None and names else ""
    return head + "".join(_list_text(session.router, family, name, how) for name in names)


def _list_text(router: Router, family: str, name: str, how: str | None) -> str:
    """A list: its lines or, when it is asked how, its numbers (and in detail the lines with theirs)."""
    listed, built = router.config[PrefixLists].family(family).lists[name], router[PrefixFilters].get(family, name)
    entries = built.entries if built is not None else []
    head = f"{family} prefix-list {name}:"
    about = f"   Description: {listed.description}\n" if listed.description else ""
    if how is None:
        rows = "".join(f"   seq {number} {line.text}\n" for number, line in listed.lines.items())
        return f"{head} {len(entries)} entries\n{about}{rows}"
    text = f"{head}\n{about}   {_numbers(router, family, name, entries)}\n"
    return text if how == "summary" else text + "".join(_entry_text(listed, entry) for entry in entries)


def _numbers(router: Router, family: str, name: str, entries: list[PrefixEntry]) -> str:
    ranges = sum((entry.low, entry.high) != (entry.length, entry.length) for entry in entries)
    first, last = (entries[0].sequence, entries[-1].sequence) if entries else (0, 0)
    return (
        f"count: {len(entries)}, range entries: {ranges}, sequences: {first} - {last}, "
        f"refcount: {references(router, family, name)}"
    )


def references(router: Router, family: str, name: str) -> int:
    """How many lines of the configuration name a list, and one for the list itself."""
    own = f"{family} prefix-list "
    lines = (line.strip() for line in router.running_lines())
    others = (line.split() for line in lines if not line.startswith(own))
    return 1 + sum(name in words and any(word.startswith("prefix") for word in words) for words in others)


def _entry_text(listed: Listed, entry: PrefixEntry) -> str:
    """A line with its hits; only its list refers to it."""
    line = listed.lines[entry.sequence].text
    return f"   seq {entry.sequence} {line} (hit count: {entry.hits}, refcount: 1)\n"


def _found(router: Router, family: str, statement: Statement) -> Iterator[str]:
    """The lines with a number, for a prefix, within it (`longer`), or the one that decides about it."""
    name, scope = statement.get("name"), statement.get("scope")
    built = router[PrefixFilters].get(family, name)
    assert built is not None
    chosen = [entry for entry in built.entries if entry.sequence == statement.get("sequence")]
    if "prefix" in statement:
        prefix, length = parse_prefix(family, statement.get("prefix"))
        if scope == "first-match":
            decides = built.lookup(prefix, length)
            chosen = [] if decides is None else [decides]
        else:
            shift = BITS[family] - length
            within = [each for each in built.entries if each.length >= length and (each.prefix ^ prefix) >> shift == 0]
            chosen = within if scope == "longer" else [entry for entry in within if entry.length == length]
    listed = router.config[PrefixLists].family(family).lists[name]
    yield from (_entry_text(listed, entry) for entry in chosen)


@handler("clear_ip_prefix_list")
def clear_prefix_list(session: Session, statement: Statement) -> None:
    """`clear ip prefix-list [NAME [PREFIX]]`: count hits from 0."""
    wanted, text = statement.get("name"), statement.get("prefix")
    for name in session.router.config[PrefixLists].ip.lists:
        built = session.router[PrefixFilters].get("ip", name)
        for entry in built.entries if built is not None and wanted in (None, name) else ():
            if text is None or (entry.prefix, entry.length) == parse_prefix("ip", text):
                entry.hits = 0
