"""`track N …` and what is said of a tracked object: members of a list, thresholds, delays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import parse_address
from iosim.ios.bindings import Section, Table, Value, bound
from iosim.ios.blocks import natural
from iosim.ios.config import Config
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.wire.address import netmask

MODE = "config_track"


@dataclass(frozen=True, slots=True)
class Delay:
    """`delay down 10 up 20`: seconds that a state must last before it is told."""

    down: int | None = None
    up: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """`object 1 not`, `object 1 weight 20`"""

    number: int
    negated: str | None = None
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`threshold weight up 30 down 10`"""

    kind: str
    up: int | None = None
    down: int | None = None


@part("config")
@dataclass(slots=True)
class TrackSettings:
    """The tracked objects by their numbers."""

    tracks: dict[int, Config] = bound(
        Section("track", order=236, mode=MODE, key=("number",), sort=lambda key: natural([key]))
    )


@part(MODE)
@dataclass(slots=True)
class TrackDetails:
    """What is said of one object."""

    members: dict[Any, Member] = bound(Table("track_object", order=12, key=("number",), type=Member))
    threshold: Thresholds | None = bound(Value("track_threshold", order=13, type=Thresholds))
    default_state: str | None = bound(Value("track_default_state", order=16, type="state"))
    delay: Delay | None = bound(Value("track_delay", order=20, type=Delay))


@check("track")
def _check_kind(router: Router, config: Config, statement: Statement) -> None:
    """What an object tracks cannot be changed. A prefix with its length is kept as one with a mask."""
    for prefix in statement.args.pop("prefix", ()):
        network, _, length = prefix.partition("/")
        statement.args.setdefault("network", [parse_address(network)])
        statement.args["mask"] = [netmask(int(length))]
    known = config[TrackSettings].tracks.get(statement.get("number"))
    if known is None or statement.no or statement.default:
        return
    if known.args != statement.args:
        raise Rejected("Cannot change tracked object - delete old config first")


@check("track_object")
def _check_loop(router: Router, config: Config, statement: Statement) -> None:
    """A list may not depend on itself, as its state would never settle."""
    if statement.no or statement.default:
        return
    number, own = statement.get("number"), config.get("number")
    if config.get("kind") != "list":
        raise Rejected(f"% Object {own} is not a list")
    if number == own or own in depends(router.config[TrackSettings].tracks, number):
        raise Rejected(f"% Object {number} depends on object {own}")


def depends(tracks: Mapping[int, Config], number: int) -> list[int]:
    """The objects that one depends on, directly or through lists."""
    found: dict[int, None] = {}
    waiting = [number]
    while waiting:
        config = tracks.get(waiting.pop())
        for member in config[TrackDetails].members.values() if config is not None else ():
            if member.number not in found:
                found[member.number] = None
                waiting.append(member.number)
    return list(found)
