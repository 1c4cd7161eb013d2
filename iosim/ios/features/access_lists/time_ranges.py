"""`time-range`: spans of time by the router's clock, for lines of access lists; `show time-range`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Members, Section, Value, bound
from iosim.ios.config import Config, write_lines
from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.entries import entries_of
from iosim.ios.registry import check, handler, part
from iosim.ios.router import Router
from iosim.ios.session import Session

MODE = "config_time_range"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": DAYS, "weekdays": DAYS[:5], "weekend": DAYS[5:]}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAY = 24 * 60
_WEEK = 7 * _DAY
_SPELLED = {day: day.capitalize() for day in DAYS}


@dataclass(frozen=True, slots=True)
class Absolute:
    """`absolute start 08:00 01 January 2026 end 18:00 31 December 2026`; each half may be missing.

    With both halves, days, months and years are two: those of the start first.
    """

    start: str | None = None
    end: str | None = None
    day: tuple[int, ...] = ()
    month: tuple[str, ...] = ()
    year: tuple[int, ...] = ()

    def active(self, now: datetime) -> bool:
        """Whether `now` is not before the start and not after the minute of the end."""
        start = self._moment(self.start, 0) if self.start else None
        end = self._moment(self.end, -1) if self.end else None
        minute = now.replace(second=0, microsecond=0)
        return (start is None or start <= minute) and (end is None or minute <= end)

    def _moment(self, time: str, which: int) -> datetime:
        day, month, year = self.day[which], _MONTHS.index(self.month[which]) + 1, self.year[which]
        hour, minute = map(int, time.split(":"))
        return datetime(year, month, day, hour, minute)


@dataclass(frozen=True, slots=True)
class Period:
    """`periodic weekdays 8:00 to 17:59`, `periodic monday 8:00 to friday 17:59`"""

    weekday: tuple[str, ...]
    start: str
    end: str
    until: str | None = None

    def active(self, now: datetime) -> bool:
        """Whether `now` lies in one of the spans of its week; the minute of the end belongs to it."""
        minute = now.weekday() * _DAY + now.hour * 60 + now.minute
        return any((minute - start) % _WEEK <= length for start, length in self._spans())

    def _spans(self) -> Iterator[tuple[int, int]]:
        """(first minute in the week, length in minutes)"""
        for day in _SETS.get(self.weekday[0], self.weekday):
            start = DAYS.index(day) * _DAY + _minutes(self.start)
            end = DAYS.index(self.until or day) * _DAY + _minutes(self.end)
            yield start, (end - start) % _WEEK


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def _short_times(args: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Times of day as IOS writes them in periods: `8:00`."""
    short = {name: [f"{_minutes(args[name][0]) // 60}:{_minutes(args[name][0]) % 60:02d}"] for name in ("start", "end")}
    return args | short


@part(MODE)
@dataclass(slots=True)
class TimeRange:
    """The lines of a time range: one absolute span, any number of periods."""

    absolute: Absolute | None = bound(Value("time_range_absolute", order=10, type=Absolute))
    periods: dict[Any, Period] = bound(
        Members("time_range_periodic", order=20, type=Period, normalise=_short_times, spelled=_SPELLED)
    )

    def active(self, now: datetime) -> bool:
        """Within the absolute span and, if there are periods, in one of them; a range without lines is active."""
        if self.absolute is not None and not self.absolute.active(now):
            return False
        return not self.periods or any(period.active(now) for period in self.periods.values())


@part("config")
@dataclass(slots=True)
class TimeRanges:
    """All time ranges by name."""

    ranges: dict[str, Config] = bound(Section("time_range", order=990, mode=MODE, key=("name",)))


def is_active(router: Router, name: str) -> bool:
    """Whether a time range is active by the router's clock; one that does not exist is, as it says nothing."""
    config = router.config[TimeRanges].ranges.get(name)
    return config is None or config[TimeRange].active(router.clock_now())


@check("time_range_absolute", "time_range_periodic")
def _check_times(router: Router, config: Config, statement: Statement) -> None:
    """Times are times of day, dates are dates; months are written out."""
    times = [*statement.all("start"), *statement.all("end")]
    if not all(_is_time(time) for time in times):
        raise Rejected("% Invalid time")
    if "month" in statement:
        for end in ("start", "end"):
            statement.args |= {
                end: [f"{_minutes(time) // 60:02d}:{_minutes(time) % 60:02d}" for time in statement.all(end)]
            }
        statement.args["month"] = [_month(word) for word in statement.all("month")]
        dates = zip(statement.all("year"), statement.all("month"), statement.all("day"), strict=True)
        for year, month, day in dates:
            if day > monthrange(year, _MONTHS.index(month) + 1)[1]:
                raise Rejected("% Invalid date")


def _is_time(text: str) -> bool:
    parts = [int(part) for part in text.split(":")]
    return len(parts) == 2 and parts[0] < 24 and parts[1] < 60


def _month(word: str) -> str:
    found = [month for month in _MONTHS if len(word) > 2 and month.lower().startswith(word.lower())]
    if len(found) != 1:
        raise Rejected("% Invalid month")
    return found[0]


@handler("show_time_range")
def show_time_range(session: Session, statement: Statement) -> str:
    """`show time-range [NAME]`"""
    ranges, wanted = session.router.config[TimeRanges].ranges, statement.get("name")
    return "".join(_range_text(session.router, name) for name in sorted(ranges) if wanted in (None, name))


def _range_text(router: Router, name: str) -> str:
    state = "active" if is_active(router, name) else "inactive"
    lines = list(write_lines(router.config[TimeRanges].ranges[name]))
    lists = router.config[AccessListSettings].named.values()
    users = sum(entry.line.time_range == name for config in lists for entry in entries_of(config))
    lines += ["used in: IP ACL entry"] * users
    return f"time-range entry: {name} ({state})\n" + "".join(f"   {line}\n" for line in lines)
