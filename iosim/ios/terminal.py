"""A terminal at a node: lines in, text out, commands that take time, dialogues."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from iosim.grammar import CliError, Statement
from iosim.grammar.assist import Allows, complete, help_lines
from iosim.grammar.grammar import ios_grammar
from iosim.ios import registry
from iosim.ios.filters import apply_filter
from iosim.ios.history import History
from iosim.ios.pager import Pager, keys_of
from iosim.sim.clock import Simulator
from iosim.sim.task import Signal, Task
from iosim.stack.stack import Stack

ESCAPE_SEQUENCE = "\x1ex"
"""Ctrl-^ x, which leads back from another host; as a line it is written `^^x`, the way IOS shows it."""


class Remote(Protocol):
    """What has the keyboard while a terminal is connected to another host."""

    @property
    def busy(self) -> bool:
        """Whether it has said something only just, or may be about to."""

    def type(self, characters: str) -> str:
        """Take characters; those that are left when they lead back to this terminal."""


class Terminal:
    """The part of a session that every kind of node has: lines in, text out, commands that take time, dialogues.

    `output` receives text with newlines, and log lines that arrive unasked too, unless `notice` is there for them.
    `prompt` is what is to be shown now. `size` is the length and width that a session begins with; a length of 0 (the
    terminal of a script, which presses no keys) never pauses. What is typed while `secret` is true (a password) is not
    to be shown nor kept. `cold` says that it shall begin as a cold console does, where that demands a login. Without
    `editing` no keys edit but those that delete, and there is no way back to lines of the history. What is typed goes
    to `remote` while that is there; `calls` are all connections to other hosts.
    """

    def __init__(self, sim: Simulator, stack: Stack) -> None:
        self.sim = sim
        self.stack = stack
        self.output: Callable[[str], None] = lambda text: None
        self.notice: Callable[[str, bool], None] | None = None
        self.size = (0, 80)
        self.remote: Remote | None = None
        self.calls: list[Any] = []
        self.reset()
        self.secret = self.cold = False
        self._pager: Pager | None = None
        self._task: Task | None = None
        self._question: str | None = None
        self._answer: Signal[str] = Signal()
        self._pending: deque[str] = deque()

    def reset(self) -> None:
        """Begin a session with the settings of the terminal, and without history."""
        self.length, self.width = self.size
        self.histories = History()
        self.editing = True

    @property
    def history_kind(self) -> str:
        """Which history the present mode has."""
        return "exec"

    @property
    def history(self) -> deque[str]:
        """The lines entered in modes like the present one."""
        return self.histories.of(self.history_kind)

    @property
    def prompt(self) -> str:
        """The prompt, the question of a dialogue, ` --More-- `, or nothing while a command or another host has it."""
        if self.remote is not None:
            return ""
        if self._pager is not None:
            return self._pager.prompt
        if self._question is not None:
            return self._question
        return "" if self.busy else self.command_prompt

    @property
    def mode(self) -> str:
        """The mode of the next line: a start rule of the grammar."""
        raise NotImplementedError

    @property
    def allows(self) -> Allows | None:
        """Which commands of the mode are there for who works here; None: all."""
        return None

    @property
    def command_prompt(self) -> str:
        """The prompt for a command in the present mode."""
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether a command runs and does not wait for an answer."""
        if self.remote is not None:
            return self.remote.busy
        return self._task is not None and not self._task.done and self._question is None

    @property
    def asking(self) -> bool:
        """Whether something waits for an answer or a key (then `?` and Tab are characters like others)."""
        return self._question is not None or self.paging

    @property
    def paging(self) -> bool:
        """Whether output waits at ` --More-- ` for keys."""
        return self._pager is not None

    def press(self, key: str) -> None:
        """A key at ` --More-- `."""
        assert self._pager is not None
        self._page_on(self._pager.press(key))

    def show_rest(self) -> None:
        """Show all that waits at ` --More-- `."""
        if self._pager is not None:
            self._page_on(self._pager.rest())

    def page(self, text: str) -> None:
        """Show a text, as much of it at a time as the terminal is long."""
        if text and self.length:
            self._pager = Pager(text, self.length, self.width)
            self._page_on(self._pager.page())
        else:
            self.write(text)

    def _page_on(self, text: str) -> None:
        if self._pager is not None and self._pager.done:
            self._pager = None
        self.write(text)

    def submit(self, line: str) -> None:
        """Enter a line: a command, the answer to a question, or type-ahead while a command runs.

        At ` --More-- ` a line may be its keys (see `keys_of`); any other ends the output and is entered then.
        """
        if self.remote is not None:
            self.remote.type(ESCAPE_SEQUENCE if line == "^^x" else line + "\r")
            return
        if self._pager is not None:
            keys = keys_of(line)
            for key in keys or "q":
                self.press(key)
            if keys:
                return
        if self._question is not None:
            self._question = None
            self.secret = False
            self._answer.set(line)
        elif self.busy:
            self._pending.append(line)
        else:
            with self.sim.containing():
                self.execute(line)

    def execute(self, line: str) -> None:
        """Execute one command line."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Break off what runs (Ctrl-Shift-6): the command ends, type-ahead is forgotten."""
        self._pending.clear()
        self._question = self._pager = None
        self.secret = False
        if self._task is not None and not self._task.done:
            self._task.cancel()

    def write(self, text: str) -> None:
        """Show text."""
        self.output(text)

    def notify(self, text: str, severity: int) -> None:
        """Show a line that nobody asked for, a message of a severity from 0 to 7."""
        if self.notice is not None:
            self.notice(text, self.synchronous(severity))
        else:
            self.output(text)

    def synchronous(self, severity: int) -> bool:
        """Whether what is being typed is shown again below such a message (`logging synchronous`)."""
        return False

    async def ask(self, question: str, secret: bool = False) -> str:
        """Show a question and wait for the line that answers it; a `secret` answer is not to be seen."""
        self._answer = Signal()
        self._question, self.secret = question, secret
        return await self._answer

    def help(self, line: str) -> str:
        """What `?` prints behind `line`."""
        return help_lines(ios_grammar(), self.mode, line, self.width or 80, self.allows)

    def complete(self, line: str) -> str:
        """The line behind Tab."""
        return complete(ios_grammar(), self.mode, line, self.allows)

    def begin(self) -> None:
        """Somebody sits down at the terminal: show what it says first."""

    def leave(self) -> None:
        """`exit` from the last mode: the session begins again."""
        self.reset()
        self.begin()

    def end(self) -> None:
        """Ctrl-Z and Ctrl-C at the prompt: leave the modes of configuration."""

    def remember(self, line: str) -> None:
        """Add a line to the history."""
        self.histories.add(self.history_kind, line)

    def run(self, statement: Statement) -> None:
        """Call the handler of an exec command; what it returns is shown, and what takes time becomes a task."""
        result = registry.handlers[statement.command](self, statement)
        if isinstance(result, str):
            self.page(self.filtered(statement.filter, result))
        elif result is not None:
            self.start(result)

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Begin what takes time, or asks."""
        self._task = None
        self._task = Task(self.sim, self._guarded(coroutine), self._next)

    def filtered(self, modifier: Statement | None, text: str) -> str:
        """What an output modifier leaves of a text. Raises Rejected."""
        return apply_filter(modifier, text)

    async def _guarded(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """A command that takes time, with its refusals shown."""
        try:
            await coroutine
        except CliError as error:
            self.write(error.message())

    def _next(self) -> None:
        """A command has ended: go on with what was typed meanwhile."""
        self._question, self.secret = None, False
        if self._task is None:
            return  # it took no time: whoever started it goes on
        while self._pending and not self.busy:
            self.submit(self._pending.popleft())
