"""Reads a whole configuration text into a router, and says what becomes of each line.

It takes what people have: copies of terminals with prompts, `--More--` and headers, `configure terminal` and other
exec commands around and among the lines, lines without indentation, and files that are something else altogether.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.grammar import CliError, Invalid
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import MAX_LINE, parse
from iosim.ios.config import WORKING
from iosim.ios.configure import Configurator
from iosim.ios.kinds import file_kind, other_system
from iosim.ios.text import is_asking, is_header, shows_output, split_lines, without_remnants

if TYPE_CHECKING:
    from iosim.ios.router import Router

REFUSED = "refused"
EXEC, OUTPUT = "exec command", "output of an exec command"
_SHOWN_OF_LONG_LINE = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a line: its number from 1, its text, the mode it was read in and its standing.

    A refused line that is not indented counts as a global one. `standing` is "working", "planned", "inert" or "refused"
    (then `message` is what the router says), or empty for a line that is no configuration (a comment, a header, an
    exec command). `kind` says what a refused text is as a whole, and of a line without standing that it is no comment.
    """

    line: int
    text: str
    mode: str = ""
    standing: str = ""
    message: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken: its number from 1, its text, and what the router says to it."""

    line: int
    text: str
    message: str


def load_text(router: Router, text: str) -> list[Refusal]:
    """Apply all lines of a configuration text; engines follow when the caller reconciles."""
    return [Refusal(of.line, of.text, of.message) for of in read_text(router, text) if of.standing == REFUSED]


def read_text(router: Router, text: str) -> Iterator[Reading]:
    """Apply all lines of a configuration text, and tell of each that is not blank what became of it."""
    if (kind := file_kind(text)) is not None:
        yield Reading(1, "", "config", REFUSED, f"% This is {kind}, not a configuration.", kind)
        return
    reader = _Reader(router, split_lines(text))
    number = 0
    while number < len(reader.lines):
        readings = reader.take(number)
        yield from (reading for reading in readings if reading.text)
        number += len(readings)


class _Reader:
    """Takes lines into a router. Lines that are indented below a refused one are taken as global commands or not."""

    def __init__(self, router: Router, lines: list[str]) -> None:
        self.router = router
        self.lines = lines
        self.configurator = Configurator(router)
        self.refused_at: int | None = None  # the indentation of the refused line that the next ones may belong to
        self.system: str | None = None
        self.below_output = False  # the lines above are an exec command and what it printed

    def take(self, at: int) -> list[Reading]:
        """What became of the line at an index, and of those behind it that belong to its text."""
        line = self.lines[at]
        text = line.strip()
        if not text or text.startswith("!"):
            return [Reading(at + 1, text)]
        if len(line) > MAX_LINE:
            return [self._too_long(at)]
        try:
            return self._apply(at, line)
        except CliError as error:
            return self._second_try(at, line, error)
        except Exception as error:
            self.router.sim.failed(error)
            return [Reading(at + 1, text, self.configurator.mode, REFUSED, "% An error of this program, at this line.")]

    def _apply(self, at: int, line: str) -> list[Reading]:
        """Raises CliError."""
        configurator = self._place(line)
        statement, count = configurator.parse(line), 1
        while statement is None and at + count < len(self.lines):
            statement = configurator.parse(self.lines[at + count])
            count += 1
        if statement is None:
            return [self._endless(configurator, at)]
        mode, standing = configurator.mode, "" if statement.do else configurator.standing(statement)
        if not statement.do:
            configurator.apply(statement)
            if standing == WORKING:
                standing = configurator.standing(statement)  # what it has opened may be kept only
        self.configurator, self.refused_at, self.below_output = configurator, None, False
        return [Reading(at + 1 + n, self.lines[at + n].strip(), mode, standing) for n in range(count)]

    def _place(self, line: str) -> Configurator:
        """Where a line is to be read: where the last one has left off, unless it stands below a refused one."""
        if not self.configurator.stack or (self.refused_at is not None and _indent(line) > self.refused_at):
            return Configurator(self.router)
        return self.configurator

    def _second_try(self, at: int, line: str, error: CliError) -> list[Reading]:
        """A line that was refused may be part of a copy of a terminal."""
        rest = without_remnants(line)
        if not rest.strip() or is_header(rest):
            return [Reading(at + 1, line.strip())]
        if is_asking(rest) or _is_exec(rest):
            self.below_output = shows_output(rest)
            return [Reading(at + 1, line.strip(), kind=EXEC)]
        if self.below_output and rest == line:
            return [Reading(at + 1, line.strip(), kind=OUTPUT)]
        if rest != line:
            try:
                return self._apply(at, rest)
            except CliError as second:
                line, error = rest, second
        return [self._refused(at, line, error)]

    def _refused(self, at: int, line: str, error: CliError) -> Reading:
        mode = self._place(line).mode if _indent(line) else "config"
        if self.refused_at is None or _indent(line) <= self.refused_at:
            self.refused_at = _indent(line)
        message = _message(line, error)
        if self.system is None and (system := other_system(line)):
            self.system = system
            message += f"\n% This is a line of a configuration for {system}, not for IOS."
        return Reading(at + 1, line.strip(), mode, REFUSED, message)

    def _too_long(self, at: int) -> Reading:
        text = self.lines[at].strip()
        message = f"% Line is too long: {len(text)} characters, where {MAX_LINE} are possible."
        return Reading(at + 1, f"{text[:_SHOWN_OF_LONG_LINE]}...", self.configurator.mode, REFUSED, message)

    def _endless(self, configurator: Configurator, at: int) -> Reading:
        """A text whose end is missing is not taken; the lines below it are read as if it were not there."""
        assert configurator.open_text is not None
        message = f"% The text that begins here has no end: no '{configurator.open_text.mark}' follows."
        configurator.open_text = None
        return Reading(at + 1, self.lines[at].strip(), configurator.mode, REFUSED, message)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _message(line: str, error: CliError) -> str:
    """The refusal under the line as a router shows it, without the line's indentation."""
    if isinstance(error, Invalid):
        error = Invalid(max(0, error.column - _indent(line)))
    return error.message().rstrip("\n")


def _is_exec(line: str) -> bool:
    """Whether a line is an exec command pasted along with the configuration, such as `configure terminal`."""
    try:
        parse(ios_grammar(), "privileged", line)
    except CliError:
        return False
    return True
