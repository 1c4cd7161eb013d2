"""Syslog and debug lines: stamped, kept in the buffer, and handed to the terminals that want them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iosim.ios.router import Router

DEBUGGING = 7


class Syslog:
    """The messages of one router, with the counters that `show logging` prints.

    `stamps` makes the time stamps of the two streams, `log` and `debug`.
    """

    def __init__(self, router: Router) -> None:
        self.router = router
        self.buffer: deque[str] = deque()
        self.size = 0
        self.capacity = 8192
        self.logged = {"console": 0, "monitor": 0, "buffer": 0}
        self.console = True
        self.monitor = True
        self.buffered = True
        self.stamps: dict[str, Callable[[], str]] = {"log": str, "debug": str}

    def message(self, mnemonic: str, text: str) -> None:
        """A syslog message, such as ("SYS-5-CONFIG_I", "Configured from console by console")."""
        self._emit("log", f"%{mnemonic}: {text}")

    def debug(self, text: str) -> None:
        """A line of debug output."""
        self._emit("debug", text)

    def _emit(self, stream: str, text: str) -> None:
        if not self.router.running:
            return
        line = self.stamps[stream]() + text
        if self.buffered:
            self._keep(line)
        for session in self.router.sessions:
            wanted = (self.console and session.is_console) or (self.monitor and session.monitor)
            if wanted:
                self.logged["console" if session.is_console else "monitor"] += 1
                session.notify(line + "\n")

    def _keep(self, line: str) -> None:
        self.logged["buffer"] += 1
        self.buffer.append(line)
        self.size += len(line) + 1
        while self.size > self.capacity:
            self.size -= len(self.buffer.popleft()) + 1

    def clear(self) -> None:
        """Empty the buffer (`clear logging`)."""
        self.buffer.clear()
        self.size = 0
