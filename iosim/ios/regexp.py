"""Regular expressions as IOS knows them, matched in linear time: no pattern can hold up the simulation.

They are `.`, `[a-z]`, `[^…]`, `*`, `+`, `?`, `^`, `$`, `|`, `( )`, `_` (a delimiter, or the beginning or end of the
line) and `\\` before a character that stands for itself (Cisco IOS Terminal Services Configuration Guide, "Regular
Expressions"). A pattern becomes a program for a machine that follows all its ways at once, character by character
(K. Thompson, Regular Expression Search Algorithm, CACM 11 (6), 1968).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

DELIMITERS = " \t,(){}_"
DEEPEST = 50
MOST_REMEMBERED = 2000
"""Characters in states: no line, however odd, makes a pattern grow without end."""


class BadPattern(ValueError):
    """A text that is no regular expression."""


class _Do(Enum):
    TAKE = auto()
    """Go on when the next character is in the set."""
    FORK = auto()
    """Go on at both distances."""
    BEGIN = auto()
    """Go on at the beginning of the line only."""
    END = auto()


_Set = Callable[[str], bool]
_Step = tuple[_Do, _Set | None, tuple[int, ...]]
_Code = list[_Step]
"""Steps of (what, a set of characters, distances to the steps that follow)."""


class _State:
    """Where all ways stand between two characters of a line, and the states behind those characters that have come.

    `ends` is whether the pattern has been found here, and `ends_here` whether it has if the line ends here.
    """

    __slots__ = ("behind", "ends", "ends_here", "waiting")

    def __init__(self, waiting: list[int], ends: bool, ends_here: bool) -> None:
        self.waiting, self.ends, self.ends_here = waiting, ends, ends_here
        self.behind: dict[str, _State] = {}


class Pattern:
    """A pattern that is ready to be searched for. Raises BadPattern.

    States are remembered, so that a character costs a look-up from the second time on (as in R. Cox, Regular Expression
    Matching Can Be Simple And Fast, 2007).
    """

    def __init__(self, text: str) -> None:
        self._code = _Reader(text).whole()
        self._forget()

    def search(self, line: str) -> bool:
        """Whether the pattern stands anywhere in a line."""
        state = self._first
        for character in line:
            if state.ends:
                return True
            state = state.behind.get(character) or self._follow(state, character)
        return state.ends_here

    def _forget(self) -> None:
        """Begin without any state but the first one."""
        self._states: dict[tuple[int, ...], _State] = {}
        self._remembered = 0
        self._first = self._state((), begin=True)

    def _follow(self, state: _State, character: str) -> _State:
        """The state behind a character that has not come in this state before."""
        if self._remembered == MOST_REMEMBERED:
            self._forget()
        self._remembered += 1
        steps = ((at, self._code[at][1]) for at in state.waiting)
        threads = tuple(at + 1 for at, takes in steps if takes is not None and takes(character))
        if threads not in self._states:
            self._states[threads] = self._state(threads, begin=False)
        state.behind[character] = self._states[threads]
        return self._states[threads]

    def _state(self, threads: tuple[int, ...], begin: bool) -> _State:
        """A state; the pattern may also begin here."""
        waiting, ends = self._reached([*threads, 0], begin, False)
        return _State(waiting, ends, self._reached([*threads, 0], begin, True)[1])

    def _reached(self, threads: list[int], begin: bool, end: bool) -> tuple[list[int], bool]:
        """Where the threads wait for the next character, and whether one has come to the end of the program."""
        seen = bytearray(len(self._code) + 1)
        waiting: list[int] = []
        while threads:
            at = threads.pop()
            if seen[at]:
                continue
            seen[at] = 1
            if at == len(self._code):
                continue
            what, _, distances = self._code[at]
            if what is _Do.TAKE:
                waiting.append(at)
            elif what is _Do.FORK or (begin if what is _Do.BEGIN else end):
                threads += [at + distance for distance in distances]
        return waiting, bool(seen[-1])


class _Reader:
    """Reads a pattern from left to right and writes its program."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def whole(self) -> _Code:
        code = self._either()
        if self.at < len(self.text):
            raise BadPattern(self.text)
        return code

    def _next(self) -> str:
        if self.at == len(self.text):
            raise BadPattern(self.text)
        self.at += 1
        return self.text[self.at - 1]

    def _here(self, characters: str) -> bool:
        return self.at < len(self.text) and self.text[self.at] in characters

    def _either(self) -> _Code:
        code = self._sequence()
        while self._here("|"):
            self.at += 1
            other = self._sequence()
            code = [_fork(1, len(code) + 2), *code, _fork(len(other) + 1), *other]
        return code

    def _sequence(self) -> _Code:
        code: _Code = []
        while self.at < len(self.text) and not self._here("|)"):
            code += self._repeated()
        return code

    def _repeated(self) -> _Code:
        code = self._one()
        while self._here("*+?"):
            sign = self._next()
            if sign == "+":
                code = [*code, _fork(-len(code), 1)]
            else:
                again = [_fork(-len(code) - 1)] if sign == "*" else []
                code = [_fork(1, len(code) + len(again) + 1), *code, *again]
            if len(code) > 1000:
                raise BadPattern(self.text)
        return code

    def _one(self) -> _Code:
        character = self._next()
        if character in "*+?":
            raise BadPattern(self.text)
        if character == "(":
            return self._group()
        if character == "[":
            return [_take(self._class())]
        if character in _SPECIAL:
            return _SPECIAL[character]
        return [_take((self._next() if character == "\\" else character).__eq__)]

    def _group(self) -> _Code:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadPattern(self.text)
        code = self._either()
        if self._next() != ")":
            raise BadPattern(self.text)
        self.depth -= 1
        return code

    def _class(self) -> _Set:
        negated = self._here("^")
        self.at += negated
        ranges = [self._range()]
        while not self._here("]"):
            ranges.append(self._range())
        self.at += 1
        return lambda character: negated != any(low <= character <= high for low, high in ranges)

    def _range(self) -> tuple[str, str]:
        low = high = self._next()
        if self._here("-") and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            high = self._next()
        if high < low:
            raise BadPattern(self.text)
        return low, high


def _take(characters: _Set) -> _Step:
    return _Do.TAKE, characters, (1,)


def _fork(*distances: int) -> _Step:
    return _Do.FORK, None, distances


_SPECIAL: dict[str, _Code] = {
    ".": [_take(lambda character: True)],
    "^": [(_Do.BEGIN, None, (1,))],
    "$": [(_Do.END, None, (1,))],
    "_": [_fork(1, 2, 3), (_Do.BEGIN, None, (3,)), (_Do.END, None, (2,)), _take(DELIMITERS.__contains__)],
}
