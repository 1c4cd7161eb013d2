"""Somebody at a vty: a connection with Telnet on it, the wire of a terminal, and a session."""

from __future__ import annotations

from collections.abc import Callable

from iosim.ios.line import Line
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ios.tty import Tty
from iosim.sim.clock import SECOND
from iosim.stack.tcp.connection import Connection
from iosim.wire.telnet import ECHO, SUPPRESS_GO_AHEAD, WINDOW_SIZE, Telnet, encode

ROWS, COLUMNS = 24, 80
LOGIN_TIME = 30 * SECOND
"""How long a login may take (`timeout login response`)."""
UNSENT = 1 << 20
"""Bytes that wait for somebody who does not read; then the line hangs up."""


class VtySession(Session):
    """A session on a vty; `wake` is called when there may be something to show. While `leaving` it asks no more."""

    def __init__(self, router: Router, line: Line) -> None:
        self.leaving = False
        self.wake: Callable[[], None] = lambda: None
        super().__init__(router, line)
        self.size = ROWS, COLUMNS
        self.reset()

    @property
    def prompt(self) -> str:
        return "" if self.leaving else super().prompt

    def write(self, text: str) -> None:
        super().write(text)
        self.wake()

    def notify(self, text: str, severity: int) -> None:
        super().notify(text, severity)
        self.wake()

    def _next(self) -> None:
        super()._next()
        self.wake()

    async def ask(self, question: str, secret: bool = False) -> str:
        self.wake()
        return await super().ask(question, secret)


class Visit:
    """Somebody who has dialled in: a connection, Telnet, a terminal's wire, a session."""

    def __init__(self, router: Router, line: Line, connection: Connection) -> None:
        self.router = router
        self.connection = connection
        self.session = VtySession(router, line)
        self._telnet = Telnet((ECHO, SUPPRESS_GO_AHEAD), (WINDOW_SIZE,))
        self._unsent = bytearray()
        self._woken = self._over = False
        self.session.hang_up, self.session.dialled_in = self.hang_up, connection
        router.sessions.append(self.session)
        connection.on_change = self._look
        self._telnet.ask()
        self._write(self._telnet.take_output())
        self._patience = router.sim.call_later(LOGIN_TIME, self._lose_patience)
        self.session.wake = self._wake
        self._tty = Tty(self.session, lambda text: self._write(encode(text)))

    def hang_up(self) -> None:
        """End the visit, when all that was said has been sent."""
        if not self.session.leaving:
            self.session.leaving = True
            self._patience.cancel()
            self.router.sim.call_later(0, self._end)  # later: it may be the session's own task that hangs up

    def _end(self) -> None:
        self._tty.flush()
        self._over = True
        self.session.halt()
        self.session.shut()
        self.router.sessions.remove(self.session)
        self._flush()

    def _lose_patience(self) -> None:
        if not self.session.open:
            question = self.session.prompt.strip() or "Login"
            self.session.write(f"\n% {question} timeout expired!\n")
            self.hang_up()

    def _wake(self) -> None:
        """Show what there is to show, soon."""
        if not self._woken and not self._over:
            self._woken = True
            self.router.sim.call_later(0, self._update)

    def _update(self) -> None:
        self._woken = False
        if not self._over:
            self._tty.update()

    def _look(self) -> None:
        """The connection has changed."""
        text = self._telnet.feed(self.connection.read())
        self._write(self._telnet.take_output())
        if self._telnet.window is not None:
            self._resize(*self._telnet.window)
        if text and not self.session.leaving:
            self._tty.type(text)
        self._flush()
        if (self.connection.at_end or self.connection.ending is not None) and not self.session.leaving:
            self.hang_up()

    def _resize(self, columns: int, rows: int) -> None:
        """Take the size of the window of whoever dialled in; what is configured for the line goes before it."""
        self._telnet.window = None
        self.session.size = rows or ROWS, columns or COLUMNS
        if self.session.open:
            from iosim.ios.features.lines import adopt

            adopt(self.session, anew=True)

    def _write(self, data: bytes) -> None:
        self._unsent += data
        if len(self._unsent) > UNSENT and self.connection.ending is None:
            self.connection.abort()
        self._flush()

    def _flush(self) -> None:
        """Send what there is space for; behind the last of it, hang up."""
        connection = self.connection
        if connection.ending is not None or connection.sender.ending:
            self._unsent.clear()
            return
        while self._unsent and (taken := connection.write(bytes(self._unsent[: connection.sender.space]))):
            del self._unsent[:taken]
        if self._over and not self._unsent:
            connection.close()
