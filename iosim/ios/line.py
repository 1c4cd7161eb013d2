"""Terminal lines: the places where somebody sits at a router."""

from __future__ import annotations

from iosim.data import dataclass

KINDS = ("console", "aux", "vty")
"""In the order of their absolute numbers: the console is 0, the auxiliary port 1, vty 0 is 2."""
_SHORT = {"console": "con"}


@dataclass(frozen=True, slots=True)
class Line:
    """A terminal line, and where its user comes from (`peer`, for a vty)."""

    kind: str
    number: int
    peer: str = ""

    @property
    def short(self) -> str:
        """The kind as it is written: `con`, `aux` or `vty`."""
        return _SHORT.get(self.kind, self.kind)

    @property
    def absolute(self) -> int:
        """The number among all lines."""
        return KINDS.index(self.kind) + self.number

    @property
    def origin(self) -> str:
        """Where what is done here comes from, in log messages: `console`, `vty0 (10.0.0.1)`."""
        return "console" if self.kind == "console" else f"{self.short}{self.number} ({self.peer})"


CONSOLE = Line("console", 0)
