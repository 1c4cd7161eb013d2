"""Local time: `clock timezone` and `clock summer-time`, on plain dates and without the machine's own time zones."""

from __future__ import annotations

from datetime import datetime, timedelta

from iosim.data import dataclass

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def index_of(word: str, names: tuple[str, ...]) -> int | None:
    """Which of some names a word of three letters or more begins, in any case; None when it is none of them."""
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(names) if name.lower().startswith(word.lower())), None)


@dataclass(frozen=True, slots=True)
class Turn:
    """When summer time begins or ends, by the clock that is then on the wall.

    `week` is 1 to 5 (5: the last) with a `day` of the week from 0 (Monday), or None for the `day` of the `month` in
    one `year` only.
    """

    month: int
    day: int
    hour: int
    minute: int
    week: int | None = None
    year: int | None = None

    def in_year(self, year: int) -> datetime | None:
        """The moment in a year, if it is in that year."""
        if self.week is None:
            moment = datetime(self.year or year, self.month, self.day, self.hour, self.minute)
            return moment if moment.year == year else None
        first = datetime(year, self.month, 1, self.hour, self.minute)
        moment = first + timedelta(days=(self.day - first.weekday()) % 7, weeks=self.week - 1)
        while moment.month != self.month:
            moment -= timedelta(weeks=1)
        return moment


@dataclass(frozen=True, slots=True)
class Summer:
    """Summer time: its name, its ends and the minutes that it is ahead."""

    name: str
    begin: Turn
    end: Turn
    offset: int = 60


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone: its name and its distance from UTC in minutes, with summer time if it has any."""

    name: str = "UTC"
    offset: int = 0
    summer: Summer | None = None

    def local(self, utc: datetime) -> tuple[datetime, str]:
        """Local time, and the name of the zone at that time."""
        standard = utc + timedelta(minutes=self.offset)
        if self.summer is None or not self._is_summer(standard, self.summer):
            return standard, self.name
        return standard + timedelta(minutes=self.summer.offset), self.summer.name

    def utc(self, local: datetime) -> datetime:
        """The reverse; of an hour that there is twice, the one in summer time."""
        standard = local - timedelta(minutes=self.offset)
        if self.summer is not None:
            summer = standard - timedelta(minutes=self.summer.offset)
            if self.local(summer)[0] == local:
                return summer
        return standard

    def _is_summer(self, standard: datetime, summer: Summer) -> bool:
        """Whether summer time holds at a time given in standard time; south of the equator it spans the new year."""
        begin, end = summer.begin.in_year(standard.year), summer.end.in_year(standard.year)
        begun = begin is not None and standard >= begin
        ended = end is not None and standard >= end - timedelta(minutes=summer.offset)
        if summer.begin.week is None:
            return _date(summer.begin) <= standard < _date(summer.end) - timedelta(minutes=summer.offset)
        southern = begin is not None and end is not None and end < begin
        return (begun or not ended) if southern else (begun and not ended)


def _date(turn: Turn) -> datetime:
    return datetime(turn.year or 1, turn.month, turn.day, turn.hour, turn.minute)
