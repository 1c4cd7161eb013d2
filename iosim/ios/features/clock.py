"""The clock: `show clock`, `clock set`, `clock timezone`, `clock summer-time`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.arguments import from_args
from iosim.ios.bindings import Value, bound
from iosim.ios.clock import at, clock_text
from iosim.ios.config import Config
from iosim.ios.registry import check, feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.ios.timezone import DAYS, MONTHS, Summer, Turn, Zone, index_of

_BAD_DATE = "% Invalid date or time"


@dataclass(frozen=True, slots=True)
class TimeZone:
    """`clock timezone CET 1 0`"""

    zone: str
    hours: int
    minutes: int | None = None

    def __post_init__(self) -> None:
        """Minutes that were not said are written as 0."""
        object.__setattr__(self, "minutes", self.minutes or 0)


@dataclass(frozen=True, slots=True)
class SummerTime:
    """`clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00 60`, or between two dates."""

    zone: str
    when: str
    week: tuple[Any, ...] = ()
    day: tuple[Any, ...] = ()
    month: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    time: tuple[str, ...] = ()
    offset: int | None = None


@part("config")
@dataclass(slots=True)
class Clock:
    """The time zone of a router."""

    timezone: TimeZone | None = bound(Value("clock_timezone", order=73, type=TimeZone))
    summer: SummerTime | None = bound(Value("clock_summer_time", order=74, type=SummerTime))


@feature
class ClockFeature(Feature):
    """Works out the router's zone from its configuration."""

    order = 0

    def reconcile(self) -> None:
        config = self.router.config[Clock]
        zone = config.timezone
        minutes = 0 if zone is None else zone.hours * 60 + (zone.minutes or 0) * (-1 if zone.hours < 0 else 1)
        summer = None if config.summer is None else _summer(config.summer)
        self.router.zone = Zone("UTC" if zone is None else zone.zone, minutes, summer)


_US_TURNS = (Turn(3, 6, 2, 0, week=2), Turn(11, 6, 2, 0, week=1))
"""What `recurring` alone means: the rule of the United States since 2007."""


def _summer(said: SummerTime) -> Summer:
    """The ends of summer time. Raises ValueError when there is no such day or time."""
    if not said.time:
        return Summer(said.zone, *_US_TURNS)
    begin, end = (_turn(said, number) for number in (0, 1))
    return Summer(said.zone, begin, end, said.offset or 60)


def _turn(said: SummerTime, number: int) -> Turn:
    month = index_of(said.month[number], MONTHS)
    hour, minute = map(int, said.time[number].split(":")[:2])
    if month is None or hour > 23 or minute > 59:
        raise ValueError(said)
    if said.when == "date":
        date = datetime(said.year[number], month + 1, said.day[number])
        return Turn(date.month, date.day, hour, minute, year=date.year)
    day = index_of(said.day[number], DAYS)
    if day is None:
        raise ValueError(said)
    week = said.week[number]
    return Turn(month + 1, day, hour, minute, week={"first": 1, "last": 5}.get(week, week))


@check("clock_summer_time")
def _check_summer(router: Router, config: Config, statement: Statement) -> None:
    if statement.no or statement.default:
        return
    try:
        _summer(from_args(SummerTime, statement.args))
    except ValueError:
        raise Rejected(_BAD_DATE) from None


@handler("show_clock")
def show_clock(session: Session, statement: Statement) -> str:
    """`show clock [detail]`; a star before the time says that it was never set."""
    router = session.router
    now, name = router.zone.local(router.clock_now())
    star = "" if router.clock_offset else "*"
    text = f"{star}{now:%H:%M:%S}.{now.microsecond // 1000:03d} {name} {now:%a %b} {now.day} {now.year}\n"
    return text + (_detail(router, now) if "detail" in statement else "")


def _detail(router: Router, now: datetime) -> str:
    """Where the time is from, and the next ends of summer time (or the last ones, when there are no more)."""
    text = "Time source is user configuration\n" if router.clock_offset else "No time source\n"
    summer = router.zone.summer
    if summer is not None:
        begin, end = (_next(turn, now) for turn in (summer.begin, summer.end))
        text += f"Summer time starts {clock_text(begin, router.zone.name)}\n"
        text += f"Summer time ends {clock_text(end, summer.name)}\n"
    return text


def _next(turn: Turn, now: datetime) -> datetime:
    years = (turn.year,) if turn.year is not None else (now.year, now.year + 1)
    moments = [moment for year in years if (moment := turn.in_year(year)) is not None]
    return next((moment for moment in moments if moment > now), moments[-1])


@handler("clock_set")
def clock_set(session: Session, statement: Statement) -> None:
    """`clock set 12:00:00 1 March 2026`, in local time."""
    month = index_of(statement.get("month"), MONTHS)
    time = re.fullmatch(r"(\d\d?):(\d\d):(\d\d)", statement.get("time"))
    if month is None or time is None:
        raise Rejected(_BAD_DATE)
    try:
        hour, minute, second = map(int, time.groups())
        wanted = datetime(statement.get("year"), month + 1, statement.get("day"), hour, minute, second)
    except ValueError:
        raise Rejected(_BAD_DATE) from None
    router = session.router
    before, after = router.clock_now(), router.zone.utc(wanted)
    router.clock_offset = after - at(session.sim.now)
    router.syslog.message(
        "SYS-6-CLOCKUPDATE",
        f"System clock has been updated from {clock_text(*router.zone.local(before))} to "
        f"{clock_text(*router.zone.local(after))}, configured from console by {session.origin}.",
    )
