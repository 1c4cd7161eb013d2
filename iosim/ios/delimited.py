"""Text between delimiters, on as many lines as it takes: what banners are made of.

A command has such a text where its grammar has an argument `DELIMITED`. The first character of the text is the
delimiter (`^C`, typed or in two characters, counts as one); the text goes on over the next lines up to where that
character comes again; what stands behind it does not count. The argument's value is the text as IOS writes it: between
two `^C`.
"""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement

ARGUMENT = "delimited"
CONTROL_C = "^C"
_UNSEEN = dict.fromkeys(map(ord, "\r\n\0"))


class OpenText:
    """A statement whose text is being entered."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        first = visible(str(statement.get(ARGUMENT)))
        self.mark = CONTROL_C if first.startswith(CONTROL_C) else first[0]
        self._lines: list[str] = []
        self.ended = False
        self.add(first[len(self.mark) :])

    @property
    def invitation(self) -> str:
        """What IOS says when the text does not end on its first line."""
        return f"Enter TEXT message.  End with the character '{self.mark}'.\n"

    def add(self, line: str) -> None:
        """The next line; when the delimiter is in it, the statement has its text."""
        text, mark, _ = visible(line).translate(_UNSEEN).partition(self.mark)
        self._lines.append(text)
        if mark:
            self.ended = True
            self.statement.args[ARGUMENT] = [between_marks("\n".join(self._lines))]


def has_text(statement: Statement) -> bool:
    """Whether a text begins in this statement, as it was parsed from one line."""
    return ARGUMENT in statement and not (statement.no or statement.default)


def between_marks(text: str) -> str:
    """A text as a configuration shows it: between two `^C`, or other marks where `^C` is a part of the text."""
    mark = next(mark for mark in _marks() if mark not in text)
    return f"{mark}{text}{mark}"


def text_of(value: str) -> str:
    """The text between the marks."""
    width = len(CONTROL_C) if value.startswith(CONTROL_C) else 1
    return value[width:-width]


def visible(line: str) -> str:
    """A line with Ctrl-C as the two characters that stand for it."""
    return line.replace("\x03", CONTROL_C)


def _marks() -> Iterator[str]:
    yield from (CONTROL_C, *"#%@~$&|")
    yield from map(chr, range(0xA1, 0xD800))
