"""A connection from a terminal to another host: it has the keyboard, until Ctrl-^ x leads back or it ends."""

from __future__ import annotations

from iosim.ios.terminal import Terminal
from iosim.sim.clock import SECOND, Simulator, Timer
from iosim.sim.task import Signal
from iosim.stack.tcp.connection import Connection
from iosim.wire.telnet import ECHO, SUPPRESS_GO_AHEAD, Telnet, encode

ESCAPE = "\x1e"
QUIET = 5 * SECOND
"""How long a host says nothing until a terminal without keys takes it to be done; the dots of a ping come faster."""
NOTICE = 5
"""The severity of the news that a connection has ended."""
UNSHOWN = 20_000
"""Characters that wait for the terminal to come back; then the other side has to wait."""


class Call:
    """One connection of a terminal. `host` is what it was called, `number` its place among them."""

    def __init__(self, terminal: Terminal, connection: Connection, host: str) -> None:
        self.terminal = terminal
        self.connection = connection
        self.host = host
        self.number = next(n for n in range(1, 100) if all(call.number != n for call in terminal.calls))
        self.last = terminal.sim.now
        self.received = 0
        self._telnet = Telnet((SUPPRESS_GO_AHEAD,), (ECHO, SUPPRESS_GO_AHEAD))
        self._unshown = ""
        self._escaped = False
        self._turn: Signal[bool] = Signal()
        self._quiet = _Quiet(terminal.sim)
        connection.on_change = self._look

    @property
    def closed(self) -> str:
        """What is said when the other side ends the connection."""
        return f"[Connection to {self.host} closed by foreign host]"

    @property
    def busy(self) -> bool:
        """Whether the other side has said something only just, or may be about to."""
        return self._quiet.waits and self.connection.ending is None

    async def converse(self) -> bool:
        """Give the keyboard to the other host; True when it has ended the connection."""
        self._turn = Signal()
        self.terminal.remote = self
        self._quiet.wait()
        self._look()
        try:
            return await self._turn
        finally:
            self.terminal.remote = None

    def close(self) -> None:
        """End the connection from this side."""
        self.connection.on_change = self._discard
        self.connection.close()
        self._discard()

    def _discard(self) -> None:
        self.connection.read()

    def type(self, characters: str) -> str:
        """Send characters; behind the escape sequence they are for the terminal again, and returned."""
        for at, character in enumerate(characters):
            if self._escaped:
                self._escaped = False
                if character in "xX":
                    self._turn.set(False)
                    return characters[at + 1 :]
                self._send(character)
            elif character == ESCAPE:
                self._escaped = True
            else:
                self._send(character)
        return ""

    def _send(self, character: str) -> None:
        text = "\r\n" if character == "\r" else character
        if (False, ECHO) not in self._telnet.on:
            self._show("\n" if character == "\r" else character)
        self._write(encode(text))
        self.last = self.terminal.sim.now
        self._quiet.wait()

    def _write(self, data: bytes) -> None:
        if data and not self.connection.sender.ending and self.connection.ending is None:
            self.connection.write(data)

    def _look(self) -> None:
        """The connection has changed: show what has come, and see whether it goes on."""
        if len(self._unshown) < UNSHOWN:
            data = self.connection.read()
            self.received += len(data)
            text = self._telnet.feed(data)
            self._write(self._telnet.take_output())
            self._show(text.replace("\r\n", "\n"))
        if self.connection.at_end or self.connection.ending is not None:
            self._turn.set(True)
            self._quiet.end()
            if self.terminal.remote is not self and self in self.terminal.calls and not self._unshown:
                self.terminal.calls.remove(self)
                self.close()
                self.terminal.notify(f"{self.closed}\n", NOTICE)

    def _show(self, text: str) -> None:
        text, self._unshown = self._unshown + text, ""
        if self.terminal.remote is not self:
            self._unshown = text
        elif text:
            self._quiet.wait()
            self.terminal.write(text)


class _Quiet:
    """Whether less than QUIET has passed since the last `wait`."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self._timer: Timer | None = None

    @property
    def waits(self) -> bool:
        return self._timer is not None

    def wait(self) -> None:
        self.end()
        self._timer = self._sim.call_later(QUIET, self.end)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
