"""A real terminal with `iosim run` in it: tmux draws the screen, keys go through its keyboard."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

COMMAND = [sys.executable, "-m", "iosim.ui.main", "run"]
PATIENCE = 30.0
"""Seconds after which what has not happened will not."""
ROWS, COLUMNS = 24, 80
PROCESSES = Path("/proc")


class Pane:
    """A pane of a tmux server of its own."""

    def __init__(self, *arguments: str) -> None:
        self._server = f"iosim-{os.getpid()}-{time.monotonic_ns()}"
        self.tmux("-f", os.devnull, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), shlex.join(arguments))
        self.tmux("set-option", "-g", "history-limit", "50000")

    def tmux(self, *arguments: str, text: str = "") -> str:
        """Run a command of tmux; returns what it prints."""
        command = ["tmux", "-L", self._server, *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout

    def close(self) -> None:
        """End the server and what runs in it."""
        subprocess.run(["tmux", "-L", self._server, "kill-server"], capture_output=True, check=False)

    @property
    def gone(self) -> bool:
        """Whether what ran in it has ended, and the server with it."""
        command = ["tmux", "-L", self._server, "list-sessions"]
        return subprocess.run(command, capture_output=True, check=False).returncode != 0

    @property
    def processor_time(self) -> float:
        """What runs in it has used, in seconds."""
        process = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        _, words = (PROCESSES / process / "stat").read_text().rsplit(")", 1)
        return sum(map(int, words.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def type(self, *texts: str) -> Pane:
        """Type characters as they are."""
        for text in texts:
            self.tmux("send-keys", "-l", text)
        return self

    def press(self, *keys: str) -> Pane:
        """Press keys by their names in tmux (`C-a`, `Enter`, `Up`), one after the other."""
        for key in keys:
            self.tmux("send-keys", key)
        return self

    def enter(self, *lines: str) -> Pane:
        """Type lines, each with Enter."""
        for line in lines:
            self.type(line).press("Enter")
        return self

    def paste(self, text: str, bracketed: bool) -> None:
        """Paste a text, marked as a paste or as if typed at full speed."""
        self.tmux("load-buffer", "-", text=text)
        self.tmux("paste-buffer", *(["-p"] if bracketed else []))

    @property
    def screen(self) -> list[str]:
        """The lines of the screen down to the last that is not empty, without white space at their ends."""
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").rstrip().split("\n")]

    @property
    def marked(self) -> str:
        """The line with the cursor, and a `_` before the character that it stands on."""
        column, row = map(int, self.tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split())
        line = self.tmux("capture-pane", "-p").split("\n")[row].ljust(column)
        return (line[:column] + "_" + line[column:]).rstrip()

    def wait(self, condition: Callable[[], bool]) -> Pane:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "\n".join(["it did not happen; the screen is", *self.screen])
            time.sleep(0.02)
        return self

    def see(self, line: str) -> Pane:
        """Wait until the cursor is in this line at the place of `_`."""
        end = time.monotonic() + PATIENCE
        while (found := self.marked) != line:
            assert time.monotonic() < end, f"{found!r} is not {line!r}"
            time.sleep(0.02)
        return self
