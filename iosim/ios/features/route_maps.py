"""`route-map`: its entries and clauses, kept until something routes by them, and `show route-map`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.blocks import Block, natural
from iosim.ios.config import PLANNED, Binding, Config, Section, bound
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import handler, part
from iosim.ios.session import Session

MODE = "config_route_map"
MATCH, SET = "planned_route_map_match", "planned_route_map_set"
Args = dict[str, list[Any]]
_KIND = ("of", "ip", "kind", "hop", "extended", "sequence")
"""The arguments that say what a clause is about; the others are its values."""
_MATCHED_ONCE = ("ipv6", "length", "local-preference", "metric", "route-type", "source-protocol")
"""What is matched with one thing only; all else with any of several."""


class Entries(Section):
    """`route-map X permit 10`: what is not said is `permit` and 10; another action replaces the one before."""

    def apply(self, part: RouteMaps, name: str, statement: Statement) -> Config | None:
        if not (statement.no or statement.default):
            statement.args.setdefault("action", ["permit"])
            statement.args.setdefault("sequence", [10])
        opened = super().apply(part, name, statement)
        if opened is not None:
            opened.standing = PLANNED
        return opened

    def blocks(self, mode: str, value: dict[Any, Config]) -> Iterator[Block]:
        places = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in value))}
        for (name, sequence), block in zip(value, super().blocks(mode, value), strict=True):
            yield replace(block, rank=(places[name], sequence), closed=True)


@part("config")
@dataclass(slots=True)
class RouteMaps:
    """All entries of all route maps, by name and number."""

    entries: dict[Any, Config] = bound(Entries("planned_route_map", order=558, mode=MODE, key=("name", "sequence")))


class Clauses(Binding):
    """`match …` or `set …`: a line about something new stands beside the others, one about the same gives its values.

    Lists that are matched add up, as do next hops and interfaces; what else is set is set anew.
    """

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        clauses: dict[Any, Args] = getattr(part, name)
        kind, args = kind_of(statement.args), dict(statement.args)
        known, adds = clauses.get(kind), self._adds(args)
        if not (statement.no or statement.default):
            if known is not None and adds:
                args = {each: list(dict.fromkeys([*known.get(each, []), *args.get(each, [])])) for each in known | args}
            clauses[kind] = args
        elif known is not None:
            rest = {each: [v for v in values if v not in args.get(each, [])] for each, values in known.items()}
            if adds and any(values for each, values in rest.items() if each not in _KIND):
                clauses[kind] = rest | {each: known[each] for each in _KIND if each in known}
            else:
                del clauses[kind]

    def _adds(self, args: Args) -> bool:
        """Whether what is said adds to what was, or takes its place."""
        if self.commands == (MATCH,):
            return args["of"][-1] not in _MATCHED_ONCE
        return bool({"next_hop", "interface"} & args.keys()) and "hop" not in args

    def lines(self, mode: str, value: dict[Any, Args]) -> Iterator[str]:
        for args in value.values():
            yield self.say(mode, args)


def kind_of(args: Args) -> tuple[Any, ...]:
    """What a clause is about."""
    return tuple(tuple(args.get(name, ())) for name in _KIND)


@part(MODE)
@dataclass(slots=True)
class RouteMapClauses:
    """The clauses of an entry, by what they are about."""

    match: dict[Any, Args] = bound(Clauses(MATCH, order=10), factory=dict)
    set: dict[Any, Args] = bound(Clauses(SET, order=20), factory=dict)


@handler("show_route_map")
def show_route_map(session: Session, statement: Statement) -> str:
    """`show route-map [NAME|all]`"""
    router, wanted = session.router, statement.get("name")
    entries = sorted(router.config[RouteMaps].entries.items(), key=lambda row: (natural([row[0][0]]), row[0][1]))
    text = "".join(_entry_text(config) for (name, _), config in entries if wanted in (None, name))
    if wanted is not None and not text:
        raise Rejected(f"route-map {wanted} not found")
    if "all" in statement:
        return f"STATIC routemaps\n{text}DYNAMIC routemaps\nCurrent active dynamic routemaps = 0\n"
    return text


def _entry_text(config: Config) -> str:
    name, action, sequence = (config.get(arg) for arg in ("name", "action", "sequence"))
    clauses, kept = config[RouteMapClauses], config[KeptLines].said
    lines = [f"route-map {name}, {action}, sequence {sequence}"]
    for _, args in kept.get("planned_route_map_description", {}).values():
        lines.append(f"  description {args['description'][-1]}")
    lines += ["  Match clauses:", *(f"    {_shown(MATCH, args)}" for args in clauses.match.values())]
    for _, args in kept.get("planned_route_map_continue", {}).values():
        following = args["sequence"][-1] if args.get("sequence") else None
        lines.append(f"  Continue: {f'sequence {following}' if following else 'to next entry'}")
    lines += ["  Set clauses:", *(f"    {_shown(SET, args)}" for args in clauses.set.values())]
    return "\n".join((*lines, "  Policy routing matches: 0 packets, 0 bytes", ""))


_SHOWN = {
    "match ip address prefix-list ": "ip address prefix-lists: ",
    "match ip next-hop prefix-list ": "ip next-hop prefix-lists: ",
    "match ip route-source prefix-list ": "ip route-source prefix-lists: ",
    "match ip address ": "ip address (access-lists): ",
    "match ip next-hop ": "ip next-hop (access-lists): ",
    "match ip route-source ": "ip route-source (access-lists): ",
    "match as-path ": "as-path (as-path filter): ",
    "match community ": "community (community-list filter): ",
    "match extcommunity ": "extcommunity (extcommunity-list filter):",
    "match metric ": "metric  ",
    "match length ": "length ",
    "match ": "",
    "set extcommunity rt ": "extended community RT:",
    "set extcommunity soo ": "extended community SoO:",
    "set ": "",
}
"""The beginnings of clauses and how `show route-map` has them."""


def _shown(command: str, args: Args) -> str:
    """A clause as it is shown; behind what is matched stands a blank, if it is no length."""
    line = Binding(command, order=0).say(MODE, args)
    said, shown = next((said, shown) for said, shown in _SHOWN.items() if line.startswith(said))
    rest = line.removeprefix(said)
    if said == "set extcommunity rt ":
        rest = " ".join(word if word == "additive" or not at else f"RT:{word}" for at, word in enumerate(rest.split()))
    ends = " " if (said.startswith("match") and said != "match length ") or rest.startswith("tag ") else ""
    return shown + rest + ends
