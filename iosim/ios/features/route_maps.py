"""`route-map`: its entries, what they count, and their clauses, of which policy routing knows some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Binding, Section, bound
from iosim.ios.blocks import Block, natural
from iosim.ios.config import PLANNED, Config
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature, Router
from iosim.stack.trail import Tally

MODE = "config_route_map"
MATCH, SET = "route_map_match", "route_map_set"
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
        return super().apply(part, name, statement)

    def blocks(self, mode: str, value: dict[Any, Config]) -> Iterator[Block]:
        places = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in value))}
        for (name, sequence), block in zip(value, super().blocks(mode, value), strict=True):
            yield replace(block, rank=(places[name], sequence), closed=True)


@part("config")
@dataclass(slots=True)
class RouteMaps:
    """All entries of all route maps, by name and number."""

    entries: dict[Any, Config] = bound(Entries("route_map", order=558, mode=MODE, key=("name", "sequence")))


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
        if MATCH in self.commands:
            return args["of"][-1] not in _MATCHED_ONCE
        return bool({"next_hop", "interface"} & args.keys()) and "hop" not in args

    def say(self, mode: str, args: Args) -> str:
        """The clause by the command that has it: the one that works, or the one that is only kept."""
        try:
            return super().say(mode, args)
        except ValueError:
            return Binding(self.commands[1], order=self.order).say(mode, args)

    def works(self, mode: str, args: Args) -> bool:
        """Whether something routes by a clause."""
        try:
            super().say(mode, args)
        except ValueError:
            return False
        return True

    def lines(self, mode: str, value: dict[Any, Args]) -> Iterator[str]:
        for args in value.values():
            yield self.say(mode, args)

    def idle(self, mode: str, value: dict[Any, Args]) -> Iterator[tuple[str, str]]:
        yield from (("", self.say(mode, args)) for args in value.values() if not self.works(mode, args))


def kind_of(args: Args) -> tuple[Any, ...]:
    """What a clause is about."""
    return tuple(tuple(args.get(name, ())) for name in _KIND)


MATCHES = Clauses(MATCH, f"{PLANNED}_{MATCH}", order=10)
SETS = Clauses(SET, f"{PLANNED}_{SET}", order=20)


@part(MODE)
@dataclass(slots=True)
class RouteMapClauses:
    """The clauses of an entry, by what they are about."""

    match: dict[Any, Args] = bound(MATCHES, factory=dict)
    set: dict[Any, Args] = bound(SETS, factory=dict)


def entries_of(config: Config, wanted: str | None = None) -> list[tuple[str, int, Config]]:
    """The entries of all route maps, or of one, in the order of names and numbers."""
    entries = sorted(config[RouteMaps].entries.items(), key=lambda row: (natural([row[0][0]]), row[0][1]))
    return [(name, sequence, entry) for (name, sequence), entry in entries if wanted in (None, name)]


@feature
class RouteMapTallies(Feature):
    """What the entries of route maps have decided, for as long as each stands."""

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._tallies: dict[tuple[str, int], tuple[Config, Tally]] = {}

    def tally(self, name: str, sequence: int) -> Tally:
        """The packets of an entry."""
        key, config = (name, sequence), self.router.config[RouteMaps].entries[name, sequence]
        known = self._tallies.get(key)
        if known is None or known[0] is not config:
            known = self._tallies[key] = config, Tally()
        return known[1]

    def clear(self, name: str | None) -> None:
        """Count from 0, the entries of one map or of all."""
        for (known, _), (_, tally) in self._tallies.items():
            if name in (None, known):
                tally.packets = tally.bytes = 0
