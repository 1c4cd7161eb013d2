"""What of a long line the screen shows, and the characters that bring the screen from one state to the next."""

from __future__ import annotations

STEP = 10
"""Characters that a line shifts by when the cursor reaches the edge of the screen."""
LEAST = 10
"""Columns that a line has at least, however long its prompt is."""
ANY = 1 << 20


class Window:
    """One row of the screen behind a prompt. A line that is too long is shifted; `$` stands where more of it is."""

    def __init__(self) -> None:
        self.shown = ""
        self._at = 0
        self._shift = 0
        self._room = ANY

    def begin(self, width: int, prompt: int) -> None:
        """A row behind `prompt` columns of a screen of `width` columns (0: a screen without an edge)."""
        self.clear()
        self._room = max(LEAST, width - prompt - 1) if width else ANY

    def clear(self) -> None:
        """The row is empty."""
        self.shown, self._at, self._shift = "", 0, 0

    def paint(self, text: str, cursor: int) -> str:
        """The characters that make the row show `text` with the cursor where it is."""
        visible, column = self._view(text, cursor)
        out = ""
        if visible != self.shown:
            same = _common(visible, self.shown)
            out = self._move(same) + visible[same:]
            beyond = len(self.shown) - len(visible)
            out += " " * beyond + "\b" * beyond
            self.shown, self._at = visible, len(visible)
        return out + self._move(column)

    def _move(self, column: int) -> str:
        """The cursor goes left by backspaces and right by writing again what stands there."""
        there = "\b" * (self._at - column) or self.shown[self._at : column]
        self._at = column
        return there

    def _view(self, text: str, cursor: int) -> tuple[str, int]:
        """What is shown of a text, and the column of the cursor."""
        text = "".join(letter if letter.isprintable() else " " for letter in text)
        if len(text) < self._room:
            self._shift = 0
        elif cursor - self._shift >= self._room:
            self._shift = cursor - self._room + STEP
        elif cursor <= self._shift:
            self._shift = max(0, cursor - STEP)
        visible = text[self._shift : self._shift + self._room]
        if self._shift:
            visible = "$" + visible[1:]
        if self._shift + self._room < len(text):
            visible = visible[:-1] + "$"
        return visible, cursor - self._shift


def _common(one: str, other: str) -> int:
    """The length of the beginning that two texts share."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
