"""The archive of configurations: `archive`, `archive config`, `show archive`.

What is archived are the files in the flash that are so named; nothing else remembers them.
"""

from __future__ import annotations

import re
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Section, Value, bound
from iosim.ios.config import Config
from iosim.ios.places import FLASH_ROOT, Place, place_of
from iosim.ios.registry import handler, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ios.storage import FileProblem
from iosim.ios.written import running_text

DEFAULT_MAXIMUM = 10
_STAMP = r"-[A-Z][a-z]{2}-[-\d]\d-\d\d-\d\d-\d\d\.\d{3}(-\w+)?-(\d+)$"


@part("config_archive")
@dataclass(slots=True)
class Archive:
    """What is configured in the archive mode; `path` may hold `$h`, the host name."""

    path: str | None = bound(Value("archive_path", order=20, type="path"))
    write_memory: bool = bound(Flag("archive_write_memory", order=30))
    maximum: int = bound(Value("archive_maximum", order=31, type="count", default=DEFAULT_MAXIMUM))


@part("config")
@dataclass(slots=True)
class ArchiveMode:
    """`archive`"""

    modes: dict[Any, Config] = bound(Section("archive", order=189, mode="config_archive", key=()))

    @property
    def settings(self) -> Archive:
        """What is configured, or what holds without."""
        return next((config[Archive] for config in self.modes.values()), Archive())


def settings_of(router: Router) -> tuple[Archive, Place]:
    """The settings and the place whose beginning all archives have. Raises Rejected when there is no path."""
    settings = router.config[ArchiveMode].settings
    if settings.path is None:
        raise Rejected(" Archive feature not enabled")
    return settings, place_of(settings.path.replace("$h", router.hostname), FLASH_ROOT)


def archived(router: Router, place: Place) -> list[tuple[int, Place]]:
    """The archives that there are, with their numbers, oldest first."""
    found = []
    for path, file in router.flash.files.items() if place.in_flash else ():
        match = re.match(_STAMP, path.removeprefix(place.path)) if path.startswith(place.path) else None
        if match and file.data is not None:
            found.append((file.number, int(match.group(2)), Place(place.system, path)))
    return [(number, where) for _, number, where in sorted(found, key=lambda each: each[0])]


def store(router: Router) -> Place:
    """Archive the running configuration, and forget the oldest when there are too many. Raises Rejected."""
    settings, place = settings_of(router)
    known = archived(router, place)
    number = known[-1][0] + 1 if known else 0
    target = Place(place.system, f"{place.path}-{_stamp(router)}-{number}")
    try:
        if not target.in_flash:
            raise FileProblem("Protocol not supported")
        router.flash.write(target.path, running_text(router).encode(), router.clock_now())
    except FileProblem as reason:
        raise Rejected(f"%Error opening {target} ({reason})") from None
    for _, old in archived(router, place)[: -settings.maximum]:
        router.flash.remove(old.path)
    return target


def _stamp(router: Router) -> str:
    """The time in the name of an archive: `Mar--1-00-01-12.345`, with its zone if that is not UTC."""
    local, zone = router.zone.local(router.clock_now())
    day = f"{local.day:2}".replace(" ", "-")
    name = "" if zone == "UTC" else f"-{zone}"
    return f"{local:%b}-{day}-{local:%H-%M-%S}.{local.microsecond // 1000:03}{name}"


@handler("archive_config")
def archive_config(session: Session, statement: Statement) -> str:
    """`archive config`"""
    store(session.router)
    return ""


@handler("show_archive")
def show_archive(session: Session, statement: Statement) -> str:
    """`show archive`"""
    settings, place = settings_of(session.router)
    known = archived(session.router, place)
    rows = [str(where) for _, where in known] + [""] * (settings.maximum - len(known))
    rows = [f"{row} <- Most Recent" if at == len(known) - 1 else row for at, row in enumerate(rows)]
    following = known[-1][0] + 1 if known else 0
    return (
        f"The maximum archive configurations allowed is {settings.maximum}.\n"
        f"There are currently {len(known)} archive configurations saved.\n"
        f"The next archive file will be named {place}-<timestamp>-{following}\n Archive #  Name\n"
        + "".join(f"   {number:<8} {row}\n" for number, row in enumerate(rows, 1))
    )
