"""Output that waits at ` --More-- `: which key shows how much of it.

Space shows a page, Enter a line. `/PATTERN` goes on at the first line that matches, `+PATTERN` shows only lines that
match from here on, `-PATTERN` only those that do not. Every other key ends the output and counts for nothing else.
"""

from __future__ import annotations

from collections import deque

from iosim.ios.filters import begin, exclude, include
from iosim.ios.regexp import BadPattern, Pattern

MORE = " --More-- "
ENTER = "\r"
_FILTERS = {"/": begin, "+": include, "-": exclude}
_RUBOUTS = ("\b", "\x7f")


def keys_of(line: str) -> str:
    """The keys that a whole line is at ` --More-- `: an empty one is Enter; "" when it is not meant for the pager."""
    if line[:1] in _FILTERS:
        return line + ENTER
    return {"": ENTER, " ": " ", "q": "q"}.get(line, "")


class Pager:
    """The rest of an output, for a screen of `length` lines (2 or more shows anything) and `width` columns (0: any).

    `prompt` is what the screen shows meanwhile: ` --More-- `, or a pattern that is being typed.
    """

    def __init__(self, text: str, length: int, width: int) -> None:
        self._lines = deque(text.removesuffix("\n").split("\n"))
        self._rows = max(1, length - 1)
        self._width = width
        self.prompt = MORE

    @property
    def done(self) -> bool:
        """Whether all has been shown."""
        return not self._lines

    def page(self) -> str:
        """The next page: as many lines as leave a row for the prompt."""
        return self._take(self._rows)

    def rest(self) -> str:
        """All that is left."""
        return self._take(sum(map(self._height, self._lines)))

    def press(self, key: str) -> str:
        """What a key shows."""
        if self.prompt != MORE:
            return self._spell(key)
        if key == " ":
            return self.page()
        if key == ENTER:
            return self._take(1)
        if key in _FILTERS:
            self.prompt = key
        else:
            self._lines.clear()
        return ""

    def _spell(self, key: str) -> str:
        """A key of a pattern; Enter ends it."""
        if key == ENTER:
            sign, pattern, self.prompt = self.prompt[0], self.prompt[1:], MORE
            return f"{sign}{pattern}\n{self._filter(sign, pattern)}"
        if key in _RUBOUTS:
            self.prompt = self.prompt[:-1] or MORE
        elif key.isprintable():
            self.prompt += key
        else:
            self._lines.clear()
        return ""

    def _filter(self, sign: str, text: str) -> str:
        try:
            pattern = Pattern(text)
        except BadPattern:
            return "% Failed to compile regular expression\n"
        self._lines = deque(_FILTERS[sign](pattern, list(self._lines)))
        return "filtering...\n" + self.page()

    def _take(self, rows: int) -> str:
        """Lines that fill so many rows, and at least one."""
        taken: list[str] = []
        while self._lines and (not taken or self._height(self._lines[0]) <= rows):
            taken.append(self._lines.popleft())
            rows -= self._height(taken[-1])
        return "".join(f"{line}\n" for line in taken)

    def _height(self, line: str) -> int:
        """The rows that a line takes on the screen."""
        return max(1, -(-len(line) // self._width)) if self._width else 1
