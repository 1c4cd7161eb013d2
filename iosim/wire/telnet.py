"""Telnet (RFC 854, RFC 855): what stands between the characters of a session, and which options the two ends agree on.

`Telnet` is one end. It raises nothing: any bytes mean something, if only nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

SE, NOP, BREAK, INTERRUPT, SB, WILL, WONT, DO, DONT, IAC = 240, 241, 243, 244, 250, 251, 252, 253, 254, 255
ECHO, SUPPRESS_GO_AHEAD, TERMINAL_TYPE, WINDOW_SIZE = 1, 3, 24, 31
"""Options: RFC 857, RFC 858, RFC 1091, RFC 1073."""

LONGEST_SUBNEGOTIATION = 64
_KEYS = {BREAK: "\x1e", INTERRUPT: "\x03"}
"""Commands that stand for a key."""


class Telnet:
    """One end of a session. `ours` are the options that this end is ready to have, `theirs` those that the other may.

    `on` holds what is agreed on, as (True for ours, option). `output` collects what is to be sent for the negotiation,
    `window` is the size (columns, rows) that the other end last told.
    """

    def __init__(self, ours: Iterable[int], theirs: Iterable[int]) -> None:
        self.ours, self.theirs = frozenset(ours), frozenset(theirs)
        self.on: set[tuple[bool, int]] = set()
        self.output = bytearray()
        self.window: tuple[int, int] | None = None
        self._asked: set[tuple[bool, int]] = set()
        self._command = 0
        self._sub: bytearray | None = None
        self._after_return = False

    def ask(self) -> None:
        """Ask for all options."""
        for ours, options in ((True, self.ours), (False, self.theirs)):
            for option in sorted(options):
                self._asked.add((ours, option))
                self._say(WILL if ours else DO, option)

    def feed(self, data: bytes) -> str:
        """The characters among bytes that have arrived, each byte being one."""
        return "".join(map(self._take, data))

    def _take(self, byte: int) -> str:
        if self._command == IAC:
            return self._take_command(byte)
        if self._command:
            command, self._command = self._command, 0
            self._negotiate(command, byte)
        elif byte == IAC:
            self._command = IAC
        elif self._sub is not None:
            self._keep(byte)
        else:
            after_return, self._after_return = self._after_return, byte == 13
            return "" if after_return and byte == 0 else chr(byte)
        return ""

    def _take_command(self, byte: int) -> str:
        """The byte behind an IAC."""
        self._command = byte if WILL <= byte <= DONT else 0
        if byte == IAC:
            if self._sub is None:
                return chr(byte)
            self._keep(byte)
        elif byte == SB:
            self._sub = bytearray()
        elif byte == SE and self._sub is not None:
            sub, self._sub = self._sub, None
            if len(sub) == 5 and sub[0] == WINDOW_SIZE:
                self.window = sub[1] << 8 | sub[2], sub[3] << 8 | sub[4]
        return _KEYS.get(byte, "")

    def _keep(self, byte: int) -> None:
        if self._sub is not None and len(self._sub) < LONGEST_SUBNEGOTIATION:
            self._sub.append(byte)

    def _negotiate(self, command: int, option: int) -> None:
        """Agree or refuse; what was agreed on already, or was asked for by us, gets no answer (RFC 1143)."""
        ours = command in (DO, DONT)
        key = ours, option
        yes, no = (WILL, WONT) if ours else (DO, DONT)
        if command in (WILL, DO):
            if option not in (self.ours if ours else self.theirs):
                self._say(no, option)
            elif key not in self.on:
                self.on.add(key)
                if key not in self._asked:
                    self._say(yes, option)
        elif key in self.on:
            self.on.discard(key)
            self._say(no, option)
        self._asked.discard(key)

    def _say(self, command: int, option: int) -> None:
        self.output += bytes((IAC, command, option))

    def take_output(self) -> bytes:
        """What is to be sent for the negotiation."""
        data = bytes(self.output)
        self.output.clear()
        return data


def encode(text: str) -> bytes:
    """Characters as they travel."""
    data = text.encode("latin-1", "replace")
    return data.replace(b"\xff", b"\xff\xff")
