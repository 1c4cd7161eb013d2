"""A session at a router: executes lines in the mode that it is in, as a terminal line of IOS does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from iosim.grammar import CliError, Statement
from iosim.grammar.assist import Allows, help_lines
from iosim.grammar.grammar import ios_grammar
from iosim.ios import registry
from iosim.ios.configure import Configurator
from iosim.ios.exec_line import read_exec
from iosim.ios.idle import IdleTimer
from iosim.ios.line import CONSOLE, Line
from iosim.ios.places import FLASH_ROOT
from iosim.ios.record import note_change
from iosim.ios.terminal import Terminal

if TYPE_CHECKING:
    from iosim.ios.config import Config
    from iosim.ios.router import Router
    from iosim.stack.tcp.connection import Connection

PROMPT_NAME_LENGTH = 20


HIGHEST = 15
"""The privilege level of those who may do everything."""


class Session(Terminal):
    """A session on a terminal line of a router.

    It is `open` while somebody works in its EXEC, at a privilege `level`, as `user` (None where nobody asked for a
    name). `was_cold` says that it has begun at a line that waited for somebody,
    `since` when that was. `dialled_in` is the connection of somebody at a vty, and `hang_up` ends it.
    """

    def __init__(self, router: Router, line: Line = CONSOLE) -> None:
        self.router = router
        self.line = line
        self.open = True
        self.level = HIGHEST
        self.user: str | None = None
        self.was_cold = False
        self.since = router.sim.now
        self.monitor = False
        self.configurator: Configurator | None = None
        self.directory = FLASH_ROOT
        self.hang_up: Callable[[], None] | None = None
        self.dialled_in: Connection | None = None
        self.idle = IdleTimer(router.sim, lambda: self.busy or self.remote is not None, self.leave)
        self.adopted: dict[str, Any] = {}
        super().__init__(router.sim, router.stack)

    def reset(self) -> None:
        from iosim.ios.features.lines import adopt

        super().reset()
        adopt(self, anew=True)

    def restart(self) -> None:
        """The router has booted anew: the session begins again."""
        self.stack = self.router.stack
        self.begin()

    def begin(self) -> None:
        from iosim.ios.features.login import begin

        begin(self)

    def leave(self) -> None:
        from iosim.ios.features.login import close

        close(self)

    def shut(self) -> None:
        """Nobody works here any more: forget who did, and what they did."""
        self.open, self.level, self.user = False, 1, None
        self.configurator, self.monitor = None, False
        for call in self.calls:
            call.close()
        self.calls.clear()
        self.idle.set(None)

    def halt(self) -> None:
        """Break off what runs or asks, be it a login."""
        super().interrupt()

    def submit(self, line: str) -> None:
        super().submit(line)
        self.idle.touch()

    def _next(self) -> None:
        super()._next()
        self.idle.touch()

    @property
    def is_console(self) -> bool:
        """Whether this is the console."""
        return self.line.kind == "console"

    @property
    def privileged(self) -> bool:
        """Whether all of privileged EXEC is open."""
        return self.level == HIGHEST

    @property
    def origin(self) -> str:
        """Who works here and where, in log messages: `console`, `admin on console`."""
        return self.line.origin if self.user is None else f"{self.user} on {self.line.origin}"

    @property
    def mode(self) -> str:
        if self.configurator is not None:
            return self.configurator.mode
        return "privileged" if self.privileged or self._has_more else "user"

    @property
    def _has_more(self) -> bool:
        """Whether the levels of commands are changed, so that a level below the highest may have some of its own."""
        from iosim.ios.features.privilege import Privileges

        return bool(self.router.config[Privileges].levels)

    @property
    def allows(self) -> Allows | None:
        from iosim.ios.features.privilege import allowance

        return None if self.privileged or not self._has_more else allowance(self, self.mode)

    def guard(self, mode: str, line: str) -> None:
        """Raises Invalid for a line that is a command of a higher level."""
        from iosim.ios.features.privilege import guard

        if not self.privileged and (self._has_more or self.configurator is not None):
            guard(self, mode, line)

    @property
    def history_kind(self) -> str:
        return "exec" if self.configurator is None else "config"

    @property
    def command_prompt(self) -> str:
        if self._in_text:
            return ""
        name = self.router.hostname[:PROMPT_NAME_LENGTH]
        if self.configurator is not None:
            return f"{name}({_mode_words(self.configurator.stack[-1])})#"
        return f"{name}{'#' if self.level > 1 else '>'}"

    def execute(self, line: str) -> None:
        """Execute a line; what is wrong with it is shown as IOS shows it."""
        if not self.router.running:
            return
        indent = len(self.command_prompt)
        if not self._in_text:
            self.remember(line)
            text = line.strip()
            if self.calls and self.configurator is None and (not text or text.isdecimal()):
                line = f"resume {text}"  # an empty line leads back to the last connection, a number to that one
            elif not text or text.startswith("!"):
                return
            line = self._expanded(line)
        try:
            if self.configurator is not None:
                self._configure(self.configurator, line)
            else:
                self.run(read_exec(self, line))
        except CliError as error:
            self.write(error.message(indent))

    def _expanded(self, line: str) -> str:
        from iosim.ios.features.alias import expanded

        return expanded(self, line)

    def help(self, line: str) -> str:
        line = self._expanded(line)
        text = super().help(line)
        if self.configurator is not None and text.startswith("% Unrecognized") and self.mode != "config":
            return help_lines(ios_grammar(), "config", line)
        return text

    @property
    def _in_text(self) -> bool:
        """Whether the next line belongs to a text, such as that of a banner."""
        return self.configurator is not None and self.configurator.open_text is not None

    @property
    def asking(self) -> bool:
        return self._in_text or super().asking

    def interrupt(self) -> None:
        if not self.open:  # who breaks off a login is not in
            self.submit("")
            return
        super().interrupt()
        if self.configurator is not None:
            self.configurator.open_text = None

    def _configure(self, configurator: Configurator, line: str) -> None:
        begun = self._in_text
        statement = configurator.parse(line)
        if statement is None:
            if configurator.open_text is not None and not begun:
                self.write(configurator.open_text.invitation)
            return
        if statement.do:
            self.run(statement)
            return
        config = configurator.apply(statement)
        answer = registry.answers.get(statement.command)
        for each in config.members or (config,):
            text = answer(self, each, statement) if answer is not None else None
            if text:
                self.write(text)
        self.router.follow()
        self.router.settle()
        if not configurator.stack:
            self.leave_configuration()

    def synchronous(self, severity: int) -> bool:
        from iosim.ios.features.logging import is_synchronous

        return is_synchronous(self, severity)

    def end(self) -> None:
        if self.configurator is not None:
            self.leave_configuration()

    def filtered(self, modifier: Statement | None, text: str) -> str:
        if modifier is not None and modifier.command in _INTO_FILES:
            from iosim.ios.features.files.redirect import redirect

            return redirect(self, modifier, text)
        return super().filtered(modifier, text)

    def enter_configuration(self) -> None:
        """`configure terminal`."""
        self.configurator = Configurator(self.router, self.guard)

    def leave_configuration(self) -> None:
        """`end`, Ctrl-Z, or `exit` from the last mode."""
        self.configurator = None
        note_change(self.router, self.user)
        self.router.syslog.message("SYS-5-CONFIG_I", f"Configured from console by {self.origin}")


_INTO_FILES = ("filter_redirect", "filter_append", "filter_tee")


def _mode_words(config: Config) -> str:
    """What a prompt calls a mode: that of sub-interfaces has words of its own."""
    words = ios_grammar().prompts[config.mode]
    return words.replace("-if", "-subif") if "." in str(config.get("interface")) else words
