"""What a router knows of its configuration's history: when it was last changed and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.ios.clock import clock_text

if TYPE_CHECKING:
    from iosim.ios.router import Router


@dataclass(slots=True)
class Record:
    """The times are as they are written, with who did it; empty when nobody did since the router came up.

    `unsaved` is whether anybody has configured since the configuration was last saved.
    """

    changed: str = ""
    saved: str = ""
    unsaved: bool = False

    def header(self) -> list[str]:
        """The comments above a running configuration."""
        lines = ["!"]
        lines.append(f"! Last configuration change at {self.changed}" if self.changed else NO_CHANGE)
        if self.saved:
            lines.append(f"! NVRAM config last updated at {self.saved}")
        return [*lines, "!"]


NO_CHANGE = "! No configuration change since last restart"


def now_by(router: Router, user: str | None) -> str:
    """The present time of a router and the name of a user that has logged in, as they are recorded."""
    return clock_text(*router.zone.local(router.clock_now())) + (f" by {user}" if user else "")


def note_change(router: Router, user: str | None = None) -> None:
    """Somebody has configured the router."""
    router.record.changed = now_by(router, user)
    router.record.unsaved = True


def note_saving(router: Router, user: str | None = None) -> None:
    """The running configuration has been written to NVRAM."""
    router.record.saved = now_by(router, user)
    router.record.unsaved = False
