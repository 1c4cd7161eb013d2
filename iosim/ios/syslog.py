"""Syslog and debug lines: numbered and stamped, kept in the buffer, and handed to the terminals that want them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from iosim.data import dataclass

if TYPE_CHECKING:
    from iosim.ios.router import Router

SEVERITIES = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)
"""The names of the levels 0 to 7; a level stands for all below it too."""
INFORMATIONAL, DEBUGGING = 6, 7
BUFFER_SIZE = 8192
_CONTROLS = {code: "." for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
"""What a terminal would obey: a name that a stranger sends must not."""
_SEVERITY = re.compile(r"-([0-7])-")


@dataclass(slots=True)
class Outlet:
    """A place that messages go to: the highest number of severity that it takes (None: it is shut), and a counter."""

    level: int | None = DEBUGGING
    logged: int = 0

    def takes(self, severity: int) -> bool:
        """Whether it takes such a message."""
        return self.level is not None and severity <= self.level


class Syslog:
    """The messages of one router. `stamps` makes the time stamps of the two streams, `log` and `debug`.

    `on` is off after `no logging on`: then the console alone gets messages. `number` counts them all.
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        self.lines: deque[str] = deque()
        self.size = 0
        self.capacity = BUFFER_SIZE
        self.on = True
        self.number = 0
        self.numbered = False
        self.console, self.monitor, self.buffer = Outlet(), Outlet(), Outlet()
        self.trap = Outlet(INFORMATIONAL)
        self.stamps: dict[str, Callable[[], str]] = {"log": str, "debug": str}

    def message(self, mnemonic: str, text: str) -> None:
        """A syslog message, such as ("SYS-5-CONFIG_I", "Configured from console by console")."""
        found = _SEVERITY.search(mnemonic)
        assert found is not None, mnemonic
        self._emit("log", int(found.group(1)), f"%{mnemonic}: {text}")

    def debug(self, text: str) -> None:
        """A line of debug output."""
        self._emit("debug", DEBUGGING, text)

    def _emit(self, stream: str, severity: int, text: str) -> None:
        if not self.router.running:
            return
        self.number += 1
        readable = text.translate(_CONTROLS)
        line = (f"{self.number:06d}: " if self.numbered else "") + self.stamps[stream]() + readable
        if self.on and self.buffer.takes(severity):
            self.buffer.logged += 1
            self._keep(line)
        if self.on and self.trap.takes(severity):
            self.trap.logged += 1
        self._show(line + "\n", severity)

    def _show(self, line: str, severity: int) -> None:
        """Show a line on the console and on the terminals that asked for it."""
        console = self.console.takes(severity)
        monitors = [session for session in self.router.sessions if session.monitor and not session.is_console]
        monitor = self.on and bool(monitors) and self.monitor.takes(severity)
        self.console.logged += console
        self.monitor.logged += monitor
        for session in self.router.sessions:
            if console if session.is_console else monitor and session in monitors:
                session.notify(line, severity)

    def _keep(self, line: str) -> None:
        self.lines.append(line)
        self.size += len(line) + 1
        self.resize(self.capacity)

    def resize(self, capacity: int) -> None:
        """Keep so many bytes from now on; the oldest lines go."""
        self.capacity = capacity
        while self.size > capacity:
            self.size -= len(self.lines.popleft()) + 1

    def clear(self) -> None:
        """Empty the buffer (`clear logging`)."""
        self.lines.clear()
        self.size = 0
