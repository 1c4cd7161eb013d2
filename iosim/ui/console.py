"""`iosim run`: the consoles of a lab's nodes on the user's terminal, in real time.

One prompt of prompt_toolkit is always open. Complete lines of output are printed above it; what has no newline yet (the
`!!!` of a ping) stands in front of it. An asyncio task lets simulated time follow the clock on the wall.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import deque
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app_or_none, run_in_terminal
from prompt_toolkit.history import InMemoryHistory

from iosim.ios.terminal import Terminal
from iosim.lab.build import Network
from iosim.ui.keys import Key, Typed, key_bindings
from iosim.ui.lab import read_lab, running, start
from iosim.ui.pace import WallClock
from iosim.ui.status import EXIT_OK, UsageError

TICK = 0.02
"""Seconds between two looks at the clock."""
SCROLLBACK = 2000
"""Lines that a node which is not shown keeps."""

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
        asyncio.run(Consoles(network, options.speed).run(first))
    return EXIT_OK


class Screen:
    """What one node shows: lines waiting to be printed, and the beginning of a line that has not ended."""

    def __init__(self, session: Terminal) -> None:
        self.session = session
        self.unfinished = ""
        self.prompts: PromptSession[Typed] = PromptSession(
            history=InMemoryHistory(),
            message=lambda: self.unfinished + session.prompt,
            key_bindings=key_bindings(session, self.receive),
        )
        self._lines: deque[str] = deque(maxlen=SCROLLBACK)
        session.output = self.receive
        session.begin()

    def receive(self, text: str) -> None:
        """Text from the node."""
        *lines, self.unfinished = (self.unfinished + text).split("\n")
        self._lines.extend(lines)

    def take(self) -> str:
        """The lines to print now."""
        text = "".join(f"{line}\n" for line in self._lines)
        self._lines.clear()
        return text


class Consoles:
    """All consoles of a network, one of them shown."""

    def __init__(self, network: Network, speed: float) -> None:
        self._network = network
        self._speed = speed
        self._names = network.lab.consoles()
        self._screens = {name: Screen(network.console(name)) for name in self._names}
        self._shown = self._screens[self._names[0]]
        self._drawn = ""

    async def run(self, first: str) -> None:
        """Serve the user until they leave."""
        numbered = ", ".join(f"{number} {name}" for number, name in enumerate(self._names, start=1))
        print(f"{self._network.lab.name}: {numbered}\n{HELP}\n")
        self._shown = self._screens[first]
        pace = asyncio.create_task(self._pace())
        talk = asyncio.create_task(self._talk())
        try:
            done, _ = await asyncio.wait((pace, talk), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (pace, talk):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _talk(self) -> None:
        """Read lines and do what they ask for, until the user leaves."""
        while True:
            screen = self._shown
            typed = await screen.prompts.prompt_async()
            screen.unfinished = ""
            if isinstance(typed, str):
                typed = Typed(Key.ENTER, typed)
            if typed.key is Key.SWITCH:
                if not await self._switch():
                    return
            else:
                enter(screen.session, typed)
            await self._show()

    async def _switch(self) -> bool:
        """Ask for the node to turn to; False: the user leaves."""
        choices = " ".join(f"{number}={name}" for number, name in enumerate(self._names, start=1))
        prompts: PromptSession[str] = PromptSession(history=InMemoryHistory())
        while True:
            try:
                answer = (await prompts.prompt_async(f"[{choices} q=leave] node: ")).strip()
            except (KeyboardInterrupt, EOFError):
                return True
            if answer in ("q", "quit"):
                return False
            name = self._named(answer)
            if name is not None:
                self._shown = self._screens[name]
            if name is not None or not answer:
                return True

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
            await self._show()

    async def _show(self) -> None:
        """Print what the shown node has to say, and draw its prompt anew when that has changed."""
        screen = self._shown
        text = screen.take()
        if text:
            await run_in_terminal(lambda: print(text, end="", flush=True))
        line = screen.unfinished + screen.session.prompt
        app = get_app_or_none()
        if app is not None and line != self._drawn:
            self._drawn = line
            app.invalidate()


def enter(session: Terminal, typed: Typed) -> None:
    """Give a session what was typed and the key that ended it."""
    if typed.key is Key.BREAK:
        session.interrupt()
    else:
        session.submit(typed.text)
    if typed.key is not Key.ENTER and session.prompt.endswith(")#"):
        session.submit("end")
