"""The line that is being typed, and what the editing keys of IOS do to it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

KILLS = 10
"""Deleted pieces that Ctrl-Y and Esc-Y can bring back."""
_WORD_LEFT = re.compile(r"\S+\s*\Z")
_WORD_RIGHT = re.compile(r"\s*\S+")


class EditedLine:
    """A text with a cursor. `press` does what a key of `EDITS` does; a key that changes nothing is no error."""

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self._kills: deque[str] = deque(maxlen=KILLS)
        self._yanked = ""

    def set(self, text: str) -> None:
        """Replace the line; the cursor goes to its end."""
        self.text, self.cursor = text, len(text)

    def take(self) -> str:
        """The line, which is empty then."""
        text = self.text
        self.set("")
        return text

    def insert(self, text: str) -> None:
        """Insert at the cursor."""
        self.text = self.before + text + self.behind
        self.cursor += len(text)

    @property
    def before(self) -> str:
        """What stands left of the cursor."""
        return self.text[: self.cursor]

    @property
    def behind(self) -> str:
        """What stands at the cursor and right of it."""
        return self.text[self.cursor :]

    def press(self, key: str) -> None:
        """An editing key."""
        EDITS[key](self)

    def go(self, place: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(len(self.text), place))

    def left_word(self) -> int:
        """Where the word at the left begins."""
        found = _WORD_LEFT.search(self.before)
        return found.start() if found else 0

    def right_word(self) -> int:
        """Where the word at the right ends."""
        found = _WORD_RIGHT.match(self.text, self.cursor)
        return found.end() if found else len(self.text)

    def erase(self, start: int, end: int) -> str:
        """Take out a part; the cursor stands there."""
        start, end = max(0, start), min(len(self.text), end)
        gone, self.text, self.cursor = self.text[start:end], self.text[:start] + self.text[end:], start
        return gone

    def kill(self, start: int, end: int) -> None:
        """Take out a part that can be brought back."""
        if gone := self.erase(start, end):
            self._kills.append(gone)

    def yank(self) -> None:
        """Ctrl-Y: bring back what was deleted last."""
        self._yanked = self._kills[-1] if self._kills else ""
        self.insert(self._yanked)

    def yank_next(self) -> None:
        """Esc-Y behind Ctrl-Y: the piece deleted before that one in its place."""
        if self._kills and self.before.endswith(self._yanked):
            self.erase(self.cursor - len(self._yanked), self.cursor)
            self._kills.rotate(1)
            self.yank()

    def transpose(self) -> None:
        """Ctrl-T: swap the characters left of the cursor and at it; at the end, the last two."""
        at = min(self.cursor, len(self.text) - 1)
        if at > 0:
            one, other = self.text[at - 1], self.text[at]
            self.text = self.text[: at - 1] + other + one + self.text[at + 1 :]
            self.cursor = at + 1

    def recase(self, change: Callable[[str], str]) -> None:
        """Esc-C, Esc-L, Esc-U: from the cursor to the end of the word."""
        end = self.right_word()
        self.insert(change(self.erase(self.cursor, end)))


EDITS: dict[str, Callable[[EditedLine], object]] = {
    "\x01": lambda line: line.go(0),
    "\x05": lambda line: line.go(len(line.text)),
    "\x02": lambda line: line.go(line.cursor - 1),
    "\x06": lambda line: line.go(line.cursor + 1),
    "\x1bb": lambda line: line.go(line.left_word()),
    "\x1bf": lambda line: line.go(line.right_word()),
    "\x08": lambda line: line.erase(line.cursor - 1, line.cursor),
    "\x04": lambda line: line.erase(line.cursor, line.cursor + 1),
    "\x0b": lambda line: line.kill(line.cursor, len(line.text)),
    "\x15": lambda line: line.kill(0, line.cursor),
    "\x17": lambda line: line.kill(line.left_word(), line.cursor),
    "\x1bd": lambda line: line.kill(line.cursor, line.right_word()),
    "\x19": EditedLine.yank,
    "\x1by": EditedLine.yank_next,
    "\x14": EditedLine.transpose,
    "\x1bc": lambda line: line.recase(str.capitalize),
    "\x1bl": lambda line: line.recase(str.lower),
    "\x1bu": lambda line: line.recase(str.upper),
}
"""Key → what it does. Keys are single characters, or Escape with the character behind it."""

DELETIONS = ("\x08", "\x15", "\x17")
"""Those that there are without editing, too."""
