"""The router's clock and the ways IOS writes times and durations."""

from __future__ import annotations

from datetime import datetime, timedelta

EPOCH = datetime(2002, 3, 1)
"""What a router without a battery believes when it is switched on."""


def at(microseconds: int) -> datetime:
    """The wall clock of a router that was switched on `microseconds` ago and never set."""
    return EPOCH + timedelta(microseconds=microseconds)


def stamp(time: datetime, was_set: bool, milliseconds: bool, year: bool = False) -> str:
    """The time stamp of a log line: `*Mar  1 00:00:12.345`; the star says that the clock was never set."""
    fraction = f".{time.microsecond // 1000:03d}" if milliseconds else ""
    date = f"{time:%b} {time.day:2d} {time.year}" if year else f"{time:%b} {time.day:2d}"
    return f"{'' if was_set else '*'}{date} {time:%H:%M:%S}{fraction}"


def clock_text(time: datetime, zone: str = "UTC", weekday: bool = True) -> str:
    """A time as IOS says it: `00:00:12 UTC Fri Mar 1 2002`, in some places without the day of the week."""
    return f"{time:%H:%M:%S} {zone} {f'{time:%a} ' if weekday else ''}{time:%b} {time.day} {time.year}"


def uptime(seconds: int) -> str:
    """A duration as `show version` writes it: `1 hour, 2 minutes`."""
    units = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60))
    words: list[str] = []
    for name, length in units:
        count, seconds = divmod(seconds, length)
        if count or (name == "minute" and not words):
            words.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(words)


def hms(seconds: int) -> str:
    """A duration as tables write it: `00:01:47`, or `1d03h` and `2w1d` from a day on."""
    if seconds < 86400:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if seconds < 604800:
        return f"{seconds // 86400}d{seconds // 3600 % 24:02d}h"
    return f"{seconds // 604800}w{seconds // 86400 % 7}d"
