"""The lines that were entered at a terminal: one history for the EXEC and one for configuration, as IOS keeps them."""

from __future__ import annotations

from collections import deque

DEFAULT_SIZE = 20


class History:
    """The histories of a session by kind of mode (`exec`, `config`), oldest line first. A size of 0 keeps nothing."""

    def __init__(self) -> None:
        self.size = DEFAULT_SIZE
        self._lines: dict[str, deque[str]] = {}

    def of(self, kind: str) -> deque[str]:
        """The lines of a kind of mode."""
        return self._lines.setdefault(kind, deque(maxlen=self.size))

    def add(self, kind: str, line: str) -> None:
        """Remember a line, unless it is blank or the same as the one before."""
        lines = self.of(kind)
        if line.strip() and (not lines or lines[-1] != line):
            lines.append(line)

    def resize(self, size: int) -> None:
        """Keep `size` lines of each kind from now on (`terminal history size`)."""
        self.size = size
        self._lines = {kind: deque(lines, maxlen=size) for kind, lines in self._lines.items()}
