"""A terminal at a node: lines in, text out, commands that take time, dialogues."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from iosim.grammar import CliError, Statement
from iosim.grammar.assist import complete, help_lines
from iosim.grammar.grammar import ios_grammar
from iosim.ios import registry
from iosim.ios.filters import apply_filter
from iosim.sim.clock import Simulator
from iosim.sim.task import Signal, Task
from iosim.stack.stack import Stack


class Terminal:
    """The part of a session that every kind of node has: lines in, text out, commands that take time, dialogues.

    `output` receives text with newlines, also log lines that arrive unasked. `prompt` is what is to be shown now.
    """

    def __init__(self, sim: Simulator, stack: Stack) -> None:
        self.sim = sim
        self.stack = stack
        self.output: Callable[[str], None] = lambda text: None
        self.history: deque[str] = deque(maxlen=20)
        self.length = 24
        self.width = 80
        self._task: Task | None = None
        self._question: str | None = None
        self._answer: Signal[str] = Signal()
        self._pending: deque[str] = deque()

    @property
    def prompt(self) -> str:
        """The prompt, the question of a dialogue, or nothing while a command runs."""
        if self._question is not None:
            return self._question
        return "" if self.busy else self.command_prompt

    @property
    def mode(self) -> str:
        """The mode of the next line: a start rule of the grammar."""
        raise NotImplementedError

    @property
    def command_prompt(self) -> str:
        """The prompt for a command in the present mode."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a command runs and does not wait for an answer."""
        return self._task is not None and not self._task.done and self._question is None

    @property
    def asking(self) -> bool:
        """Whether a dialogue waits for an answer (then `?` and Tab are characters like others)."""
        return self._question is not None

    def submit(self, line: str) -> None:
        """Enter a line: a command, the answer to a question, or type-ahead while a command runs."""
        if self._question is not None:
            self._question = None
            self._answer.set(line)
        elif self.busy:
            self._pending.append(line)
        else:
            self.execute(line)

    def execute(self, line: str) -> None:
        """Execute one command line."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Break off what runs (Ctrl-Shift-6): the command ends, type-ahead is forgotten."""
        self._pending.clear()
        self._question = None
        if self._task is not None and not self._task.done:
            self._task.cancel()

    def write(self, text: str) -> None:
        """Show text."""
        self.output(text)

    def notify(self, text: str) -> None:
        """Show a line that nobody asked for."""
        self.output(text)

    async def ask(self, question: str) -> str:
        """Show a question and wait for the line that answers it."""
        self._answer = Signal()
        self._question = question
        return await self._answer

    def help(self, line: str) -> str:
        """What `?` prints behind `line`."""
        return help_lines(ios_grammar(), self.mode, line, self.width or 80)

    def complete(self, line: str) -> str:
        """The line behind Tab."""
        return complete(ios_grammar(), self.mode, line)

    def begin(self) -> None:
        """Somebody sits down at the terminal: show what it says first."""

    def leave(self) -> None:
        """`exit` from the last mode: the session begins again."""
        self.begin()

    def remember(self, line: str) -> None:
        """Add a line to the history."""
        if line.strip() and (not self.history or self.history[-1] != line):
            self.history.append(line)

    def run(self, statement: Statement) -> None:
        """Call the handler of an exec command; what it returns is shown, and what takes time becomes a task."""
        result = registry.handlers[statement.command](self, statement)
        if isinstance(result, str):
            self.write(apply_filter(statement.filter, result))
        elif result is not None:
            self._task = Task(self.sim, self._guarded(result), self._next)

    async def _guarded(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """A command that takes time, with its refusals shown."""
        try:
            await coroutine
        except CliError as error:
            self.write(error.message())

    def _next(self) -> None:
        """A command has ended: go on with what was typed meanwhile."""
        self._question = None
        if self._pending:
            self._task = None
            self.execute(self._pending.popleft())
