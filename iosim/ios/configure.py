"""Configuration line by line, as it is typed, pasted or loaded: one mechanism for all three."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iosim.grammar import CliError, Statement
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.ios.config import WORKING, Config, standing_of
from iosim.ios.delimited import OpenText, has_text, visible

if TYPE_CHECKING:
    from iosim.ios.router import Router

OUTER = "outer"
"""What the grammar calls a line that belongs to the mode around, where this one would read something else into it."""


class Configurator:
    """Somebody configuring a router: the stack of modes that they are in. An empty stack means that they have left.

    `guard(mode, line)` raises CliError for a line that is not for them.
    """

    def __init__(self, router: Router, guard: Callable[[str, str], None] = lambda mode, line: None) -> None:
        self.router = router
        self._guard = guard
        self.stack: list[Config] = [router.config]
        self.changed = False
        self.open_text: OpenText | None = None

    @property
    def mode(self) -> str:
        """The mode of the next line: a start rule of the grammar."""
        return self.stack[-1].mode

    def parse(self, line: str) -> Statement | None:
        """The statement that a line is or ends; None when it begins or goes on with a text over several lines.

        Raises CliError.
        """
        if self.open_text is not None:
            self.open_text.add(line)
        else:
            statement = self._recognise(visible(line))
            if not has_text(statement):
                return statement
            self.open_text = OpenText(statement)
        if not self.open_text.ended:
            return None
        whole, self.open_text = self.open_text.statement, None
        return whole

    def standing(self, statement: Statement) -> str:
        """Whether a statement would work here, or be kept only: by the modes that it stands in, then by its name."""
        if statement.command == "end":
            return WORKING
        kept = (config.standing for config in self.stack if config.standing != WORKING)
        return next(kept, standing_of(statement.command))

    def _recognise(self, line: str) -> Statement:
        """The statement of a line: in the present mode or, failing that, in one around it, which leaves the inner ones.

        Raises CliError: what the present mode says to the line.
        """
        refusal: CliError | None = None
        for depth in range(len(self.stack), 0, -1):
            mode = self.stack[depth - 1].mode
            try:
                self._guard(mode, line)
                statement = parse(ios_grammar(), mode, line)
            except CliError as error:
                refusal = refusal or error
                continue
            if statement.command == OUTER:
                continue
            del self.stack[depth:]
            return statement
        assert refusal is not None
        raise refusal

    def apply(self, statement: Statement) -> Config:
        """Take a statement and follow it into or out of a mode; returns the configuration it was applied to.

        Raises Rejected.
        """
        config = self.stack[-1]
        if statement.command == "exit":
            self.stack.pop()
        elif statement.command == "end":
            self.stack.clear()
        else:
            opened = self.router.apply(config, statement)
            self.changed = True
            if opened is not None:
                self.stack[len(self.stack) - opened.in_place :] = [opened]
        return config
