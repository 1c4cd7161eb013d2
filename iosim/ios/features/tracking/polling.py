"""How often tracked objects are looked at (`track timer …`), and what metrics are divided by (`track resolution …`)."""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.ios.bindings import Table, bound
from iosim.ios.config import Config
from iosim.ios.registry import part
from iosim.ios.router import Router
from iosim.sim.clock import MILLISECOND

INTERVALS = {
    "interface": 1000,
    "ip route": 15000,
    "ip sla": 5000,
    "ipv6 route": 15000,
    "application": 5000,
    "list": 1000,
    "stub": 1000,
}
"""ms between two looks at the objects of a type when nothing is said, in the order of `show track timers`."""
RESOLUTIONS = {"static": 10, "eigrp": 2560, "ospf": 1, "isis": 10, "bgp": 2560}
"""By how much the metric of a protocol's routes is divided, in the order of `show track resolution`."""
CODES = {"S": "static", "D": "eigrp", "O": "ospf", "i": "isis", "B": "bgp"}
"""The protocols by the code of `show ip route`; the metrics of others stay as they are."""


@dataclass(frozen=True, slots=True)
class Interval:
    """`track timer ip route 5`, `track timer interface msec 500`"""

    of: str
    what: str | None = None
    seconds: int | None = None
    milliseconds: int | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """`track resolution ip route ospf 300`"""

    protocol: str
    number: int


@part("config")
@dataclass(slots=True)
class Polling:
    """What is said of intervals and of metrics."""

    intervals: dict[Any, Interval] = bound(Table("track_timer", order=235, key=("of", "what"), type=Interval))
    resolutions: dict[Any, Resolution] = bound(
        Table("track_resolution", order=235.5, key=("protocol",), type=Resolution)
    )


def type_of(config: Config) -> str:
    """The type of a tracked object, as its timer is called."""
    if config.get("network") is not None:
        return "ip route"
    if config.get("entry") is not None:
        return "ip sla"
    return str(config.get("kind")).removesuffix("-object")


def interval(router: Router, kind: str) -> int:
    """ms from one look to the next."""
    for said in router.config[Polling].intervals.values():
        if f"{said.of} {said.what or ''}".strip().removesuffix("-object") == kind:
            return said.milliseconds or (said.seconds or 0) * 1000
    return INTERVALS[kind]


def until_next(router: Router, kind: str) -> int:
    """µs until the objects of a type are looked at again."""
    return -router.sim.now % (interval(router, kind) * MILLISECOND)


def resolution(router: Router, code: str) -> int:
    """What the metric of a route with this code of `show ip route` is divided by."""
    protocol = CODES.get(code[0])
    said = router.config[Polling].resolutions.get((protocol,))
    return said.number if said is not None else RESOLUTIONS.get(protocol or "", 1)
