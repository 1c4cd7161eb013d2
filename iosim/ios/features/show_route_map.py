"""`show route-map`, in the form of captures."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config
from iosim.ios.features.kept import KeptLines
from iosim.ios.features.route_maps import (
    MATCH,
    MATCHES,
    MODE,
    SET,
    SETS,
    Args,
    RouteMapClauses,
    RouteMapTallies,
    entries_of,
)
from iosim.ios.features.tracking.engine import Tracking
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session


@handler("show_route_map")
def show_route_map(session: Session, statement: Statement) -> str:
    """`show route-map [NAME|all]`"""
    router, wanted = session.router, statement.get("name")
    text = "".join(entry_text(router, entry) for _, _, entry in entries_of(router.config, wanted))
    if wanted is not None and not text:
        raise Rejected(f"route-map {wanted} not found")
    if "all" in statement:
        return f"STATIC routemaps\n{text}DYNAMIC routemaps\nCurrent active dynamic routemaps = 0\n"
    return text


def entry_text(router: Router, config: Config) -> str:
    """An entry with its clauses and what it has counted."""
    name, action, sequence = (config.get(arg) for arg in ("name", "action", "sequence"))
    clauses, kept = config[RouteMapClauses], config[KeptLines].said
    lines = [f"route-map {name}, {action}, sequence {sequence}"]
    for _, args in kept.get("planned_route_map_description", {}).values():
        lines.append(f"  description {args['description'][-1]}")
    lines += ["  Match clauses:", *(f"    {_shown(MATCH, args)}" for args in clauses.match.values())]
    for _, args in kept.get("planned_route_map_continue", {}).values():
        following = args["sequence"][-1] if args.get("sequence") else None
        lines.append(f"  Continue: {f'sequence {following}' if following else 'to next entry'}")
    lines += [
        "  Set clauses:",
        *(f"    {_shown(SET, args)}{_availability(router, args)}" for args in clauses.set.values()),
    ]
    tally = router[RouteMapTallies].tally(name, sequence)
    return "\n".join((*lines, f"  Policy routing matches: {tally.packets} packets, {tally.bytes} bytes", ""))


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
    line = (MATCHES if command == MATCH else SETS).say(MODE, args)
    said, shown = next((said, shown) for said, shown in _SHOWN.items() if line.startswith(said))
    rest = line.removeprefix(said)
    if said == "set extcommunity rt ":
        rest = " ".join(word if word == "additive" or not at else f"RT:{word}" for at, word in enumerate(rest.split()))
    ends = " " if (said.startswith("match") and said != "match length ") or rest.startswith("tag ") else ""
    return shown + rest + ends


def _availability(router: Router, args: Args) -> str:
    """What a next hop that is tracked adds: how its object is."""
    number = args["track"][-1] if args.get("track") else None
    if number is None:
        return ""
    known = number in router[Tracking].tracks
    return f" [{'up' if router[Tracking].is_up(number) else 'down' if known else 'undefined'}]"


@handler("clear_route_map_counters")
def clear_route_map_counters(session: Session, statement: Statement) -> None:
    """`clear route-map counters [NAME]`"""
    session.router[RouteMapTallies].clear(statement.get("name"))
