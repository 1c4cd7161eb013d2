"""Where files are: `flash:/a.cfg`, `nvram:startup-config`, `system:running-config`, `null:`, and how each is read.

Every place is read as bytes. What it takes to write one (building the configuration, asking) is the copy command's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.ios.storage import NO_FILE, FileProblem

if TYPE_CHECKING:
    from iosim.ios.session import Session

FLASH = ("flash", "flash0")
NULL = "null"
NETWORK = ("ftp", "http", "https", "rcp", "scp", "tftp")
RUNNING, STARTUP = "running-config", "startup-config"


@dataclass(frozen=True, slots=True)
class Place:
    """A file system and the path in it, without a slash at its beginning."""

    system: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.system}:{'' if self.system == NULL else '/'}{self.path}"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def in_flash(self) -> bool:
        """Whether it is in the flash."""
        return self.system in FLASH

    @property
    def is_running(self) -> bool:
        """Whether it is the running configuration."""
        return self.system == "system" and self.path == RUNNING

    @property
    def is_startup(self) -> bool:
        """Whether it is the startup configuration."""
        return self.system == "nvram" and self.path == STARTUP

    def inside(self, name: str) -> Place:
        """The place of a name in this directory."""
        return Place(self.system, normal(f"{self.path}/{name}"))


RUNNING_CONFIG, STARTUP_CONFIG = Place("system", RUNNING), Place("nvram", STARTUP)
FLASH_ROOT = Place("flash0")


def normal(path: str) -> str:
    """A path without empty parts, `.` and `..`."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def place_of(text: str, directory: Place) -> Place:
    """The place that a URL or a name in the current directory is; `running-config` and `startup-config` are names."""
    system, colon, path = text.rpartition(":")
    if colon:
        return Place(system.lower(), normal(path))
    if text in (RUNNING, STARTUP):
        return RUNNING_CONFIG if text == RUNNING else STARTUP_CONFIG
    return Place(directory.system, normal(text)) if text.startswith("/") else directory.inside(text)


def read(session: Session, place: Place) -> bytes:
    """What is at a place. Raises FileProblem."""
    from iosim.ios.written import running_text

    router = session.router
    if place.in_flash:
        return router.flash.read(place.path)
    if place.is_running:
        return running_text(router).encode()
    if place.is_startup and router.startup_present:
        return router.startup.encode()
    raise FileProblem("Protocol not supported" if place.system in NETWORK else NO_FILE)
