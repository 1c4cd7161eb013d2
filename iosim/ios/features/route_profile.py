"""`ip route profile`: how many changes of the routing table there are in five seconds, in the form of captures."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Flag, bound
from iosim.ios.features.routes import Routing
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.routing.table import Entry
from iosim.sim.clock import SECOND
from iosim.stack.interface import Interface

INTERVAL = 5 * SECOND
ROWS = (
    *(0, 1, 2, 3, 4, 5, 10, 15, 20, 25, 30, 55, 80, 105, 130, 155, 280, 405, 530, 655),
    *(780, 1405, 2030, 2655, 3280, 3905, 7030, 10155, 13280, 16405),
)
"""From how many changes on an interval is counted in a row; the last one is called `Overflow`."""
FORWARDING, ADDED, NEXT_HOP, PATHS, REFRESH = COLUMNS = ("forwarding", "added", "next hop", "paths", "refresh")


@part("config")
@dataclass(slots=True)
class ProfileSettings:
    """Whether changes are counted."""

    enabled: bool = bound(Flag("ip_route_profile", order=539))


@feature
class RouteProfile(Feature):
    """Counts changes in intervals that begin when it is switched on; those without any are not looked at."""

    order = 64

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.began: int | None = None
        self._current, self._changes = 0, Counter[str]()
        self._joining = False
        self._rows: Counter[tuple[str, int]] = Counter()

    def reconcile(self) -> None:
        wanted, rib = self.router.config[ProfileSettings].enabled, self.router[Routing].rib
        if wanted and self.began is None:
            self.began, self._current = self.router.sim.now, 0
            self._changes.clear()
            self._rows.clear()
            self._joining = True
            rib.join(self)
            self._joining = False
        elif not wanted and self.began is not None:
            rib.leave(self)
            self.began = None

    def interface_changed(self, interface: Interface) -> None:
        """Interfaces are no routes."""

    def route_changed(self, before: Entry | None, after: Entry | None) -> None:
        """The routing table tells of its entries."""
        if self._joining or after is None:
            return
        self._close()
        change = kind_of(before, after)
        self._changes[change] += 1
        self._changes[FORWARDING] += change != REFRESH

    def _close(self) -> int:
        """Count the interval of the latest changes if it is over; how many intervals are."""
        over = 0 if self.began is None else (self.router.sim.now - self.began) // INTERVAL
        if over > self._current:
            for column, number in self._changes.items():
                if number:
                    self._rows[column, bisect_right(ROWS, number) - 1] += 1
            self._changes.clear()
            self._current = over
        return over

    def table(self) -> list[tuple[int, ...]]:
        """For each row the number of intervals, by the columns."""
        over = self._close()
        rows = [tuple(self._rows[column, row] for column in COLUMNS) for row in range(1, len(ROWS))]
        return [tuple(over - sum(numbers) for numbers in zip(*rows, strict=True)), *rows]


def kind_of(before: Entry | None, after: Entry) -> str:
    """In which column a change is counted."""
    if before is None:
        return ADDED
    if len(before.routes) != len(after.routes):
        return PATHS
    ways = [[(route.next_hop, route.interface) for route in entry.routes] for entry in (before, after)]
    return NEXT_HOP if ways[0] != ways[1] else REFRESH


_LINE = "-" * 61


@handler("show_ip_route_profile")
def show_ip_route_profile(session: Session, statement: Statement) -> str:
    """`show ip route profile`"""
    profile = session.router[RouteProfile]
    if profile.began is None:
        return "IP routing profile not enabled\n"
    text = (
        "IP routing table change statistics:\nFrequency of changes in a 5 second sampling interval\n"
        f"{_LINE}\n{_row('Change/', 'Fwd-path', 'Prefix', 'Nexthop', 'Pathcount', 'Prefix')}"
        f"{_row('interval', 'change', 'add', 'change', 'change', 'refresh')}{_LINE}\n"
    )
    names = [*ROWS[:-1], "Overflow"]
    return text + "".join(_row(name, *counts) for name, counts in zip(names, profile.table(), strict=True))


def _row(*fields: object) -> str:
    widths = (10, 10, 9, 9, 11, 11)
    return "".join(f"{field!s:<{width}}" for field, width in zip(fields, widths, strict=True)).rstrip() + "\n"
