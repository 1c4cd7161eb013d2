"""Loads a whole configuration text, and says which lines the router refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iosim.grammar import CliError, Invalid
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.ios.configure import Configurator

if TYPE_CHECKING:
    from iosim.ios.router import Router

_HEADERS = ("Building configuration...", "Current configuration :", "Using ", "Last configuration change")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken: its number from 1, its text, and what the router says to it."""

    line: int
    text: str
    message: str


def load_text(router: Router, text: str) -> list[Refusal]:
    """Apply all lines of a configuration text; engines follow when the caller reconciles."""
    configurator = Configurator(router)
    refusals = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if not line.strip() or line.lstrip().startswith("!") or line.startswith(_HEADERS):
            continue
        if not configurator.stack:
            configurator = Configurator(router)
        try:
            statement = configurator.parse(line)
            if not statement.do:
                configurator.apply(statement)
        except CliError as error:
            if not _is_exec(line):
                refusals.append(Refusal(number, line.strip(), _message(line, error)))
    return refusals


def _message(line: str, error: CliError) -> str:
    """The refusal under the line as a router shows it, without the line's indentation."""
    if isinstance(error, Invalid):
        error = Invalid(max(0, error.column - (len(line) - len(line.lstrip()))))
    return error.message().rstrip("\n")


def _is_exec(line: str) -> bool:
    """Whether a line is an exec command pasted along with the configuration, such as `configure terminal`."""
    try:
        parse(ios_grammar(), "privileged", line)
    except CliError:
        return False
    return True
