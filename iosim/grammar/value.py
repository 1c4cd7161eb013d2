"""What a type of value is: it turns words of a line into a value, and a value back into words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Word:
    """A word of the line: its text and the column where it starts."""

    __slots__ = ("column", "text")

    def __init__(self, text: str, column: int) -> None:
        self.text = text
        self.column = column


class ValueType:
    """A type of value. `rank` orders types that could take the same word: the lowest is tried first."""

    rank = 0
    is_list = False

    def __init__(self, display: str) -> None:
        self.display = display

    def read(self, words: Sequence[Word], index: int, line: str) -> tuple[Any, int] | None:
        """The value that starts at words[index] and the index behind it, or None when the word is not of this type."""
        value = self.convert(words[index].text)
        return None if value is None else (value, index + 1)

    def convert(self, text: str) -> Any | None:
        """The value of one word, or None."""
        raise NotImplementedError

    def begins(self, text: str) -> bool:
        """Whether a word of this type may begin so."""
        return self.convert(text) is not None

    def text(self, value: Any) -> str:
        """The value as it stands in a configuration."""
        return str(value)

    def second(self, word: str) -> tuple[str, str] | None:
        """What `?` shows behind `word` when that is the first half of a value (`GigabitEthernet` 0/0)."""
        return None

    def listing(self, help_text: str) -> list[tuple[str, str]]:
        """The lines that `?` shows."""
        return [(self.display, help_text)]
