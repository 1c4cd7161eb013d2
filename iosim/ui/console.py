"""`iosim run`: the consoles of a lab's nodes on the user's terminal, in real time.

The terminal is in raw mode: each node's `Tty` gets the characters that are typed at it and gives those that its screen
shows. An asyncio task lets simulated time follow the clock on the wall.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import os
import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from iosim.ios.terminal import Terminal
from iosim.ios.tty import Tty
from iosim.lab.build import Network
from iosim.ui.lab import read_lab, running, start
from iosim.ui.pace import WallClock
from iosim.ui.status import EXIT_OK, UsageError

TICK = 0.02
"""Seconds between two looks at the clock."""
SCROLLBACK = 2000
"""Pieces of output that a node which is not shown keeps."""
READ_SIZE = 65536
ROWS, COLUMNS = 24, 80
"""The size of a router's console, unless the terminal is smaller."""
SWITCH = "\x1d"
BRACKETED_PASTE = "\x1b[?2004{}"

HELP = """\
Ctrl-]                     another node, by number or name; q leaves
Ctrl-C or Ctrl-Shift-6     break off a command; in configuration modes Ctrl-C and Ctrl-Z return to the EXEC
? and Tab                  help, completion; arrows, Ctrl-A, Ctrl-E, Ctrl-W, ... edit as on a router"""


def run_lab(options: argparse.Namespace) -> int:
    """The `run` command."""
    lab = read_lab(options.lab)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("run needs a terminal; exec runs commands without one")
    names = lab.consoles()
    first = options.node or (names[0] if names else "")
    if first not in names:
        raise UsageError(lab.no_console(first))
    with running(lab, options) as network:
        start(network)
        with raw_terminal():
            asyncio.run(Consoles(network, options.speed, sys.stdin.fileno(), _print).run(first))
    return EXIT_OK


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def raw_terminal() -> Iterator[None]:
    """The user's terminal, every key as it is pressed, and pastes in brackets. Raises UsageError where it cannot be."""
    try:
        import termios
        import tty
    except ImportError:
        raise UsageError("run needs a terminal of a Unix system") from None
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    _print(BRACKETED_PASTE.format("h"))
    try:
        yield
    finally:
        _print(BRACKETED_PASTE.format("l"))
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


class Screen:
    """What one node shows; while it is not the one shown, its output waits."""

    def __init__(self, terminal: Terminal, write: Callable[[str], None]) -> None:
        self.shown = False
        self._write = write
        self._waiting: deque[str] = deque(maxlen=SCROLLBACK)
        columns, rows = shutil.get_terminal_size((COLUMNS, ROWS))
        terminal.size = min(rows, ROWS), min(columns, COLUMNS)
        terminal.cold = True
        terminal.reset()
        self.tty = Tty(terminal, self._receive)

    def show(self) -> None:
        """Turn to this screen."""
        self.shown = True
        waiting = "".join(self._waiting)
        self._waiting.clear()
        if waiting:
            self._write("\r\n" + waiting)
        if not (waiting and self.tty.at_prompt):
            self.tty.redraw()

    def _receive(self, text: str) -> None:
        if self.shown:
            self._write(text)
        else:
            self._waiting.append(text)


class Consoles:
    """All consoles of a network, one of them shown. `keyboard` is a file descriptor, `write` shows characters."""

    def __init__(self, network: Network, speed: float, keyboard: int, write: Callable[[str], None]) -> None:
        self._network = network
        self._speed = speed
        self._keyboard = keyboard
        self._write = write
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._names = network.lab.consoles()
        self._screens: dict[str, Screen] = {}
        self._shown: Screen | None = None
        self._asked_at = ""
        self._answer = ""
        self._left = asyncio.Event()

    async def run(self, first: str) -> None:
        """Serve the user until they leave."""
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(self._names, start=1))
        self._write(f"{self._network.lab.name}: {numbered}\n{HELP}\n".replace("\n", "\r\n"))
        self._turn_to(first)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._keyboard, self._read)
        pace = asyncio.create_task(self._pace())
        leave = asyncio.create_task(self._left.wait())
        try:
            await asyncio.wait((pace, leave), return_when=asyncio.FIRST_COMPLETED)
            if pace.done():
                pace.result()
        finally:
            loop.remove_reader(self._keyboard)
            pace.cancel()
            leave.cancel()
            self._write("\r\n")

    def _read(self) -> None:
        """Characters have been typed."""
        try:
            data = os.read(self._keyboard, READ_SIZE)
        except OSError:
            data = b""
        if not data:
            self._left.set()
        typed = self._decoder.decode(data)
        while typed:
            if self._shown is not None:
                here, switch, typed = typed.partition(SWITCH)
                self._shown.tty.type(here)
                if switch:
                    self._ask_for_node()
            else:
                self._choose(typed[0])
                typed = typed[1:]

    def _ask_for_node(self) -> None:
        assert self._shown is not None
        self._shown.shown, self._shown = False, None
        self._ask()

    def _ask(self) -> None:
        choices = " ".join(f"{number}={name}" for number, name in enumerate(self._names, start=1))
        self._answer = ""
        self._write(f"\r\n[{choices} q=leave] node: ")

    def _choose(self, key: str) -> None:
        """A key of the answer to the question which node to turn to."""
        if key in "\r\n":
            self._chosen(self._answer.strip())
        elif key in "\x03\x04" + SWITCH:
            self._chosen("")
        elif key in "\b\x7f":
            self._write("\b \b" * bool(self._answer))
            self._answer = self._answer[:-1]
        elif key.isprintable():
            self._write(key)
            self._answer += key

    def _chosen(self, answer: str) -> None:
        """Turn to another node, stay, leave, or ask again."""
        name = self._named(answer)
        if answer in ("q", "quit"):
            self._left.set()
        elif answer and name is None:
            self._ask()
        else:
            self._turn_to(name or self._asked_at)

    def _turn_to(self, name: str) -> None:
        """Show the console of a node. What it printed before somebody first looked is in its `show logging`."""
        if name not in self._screens:
            self._screens[name] = Screen(self._network.console(name), self._write)
        self._asked_at = name
        self._shown = self._screens[name]
        self._shown.show()

    def _named(self, answer: str) -> str | None:
        """The node that a number or a name, in any case, stands for."""
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(self._names):
            return self._names[int(answer) - 1]
        return next((name for name in self._names if name.lower() == answer.lower()), None)

    async def _pace(self) -> None:
        """Let simulated time pass as the clock on the wall says, times the speed."""
        clock = WallClock(self._network, self._speed)
        for bridge in self._network.bridges:
            asyncio.get_running_loop().add_reader(bridge, clock.advance)
        while True:
            await asyncio.sleep(TICK)
            clock.advance()
            for screen in self._screens.values():
                screen.tty.update()
