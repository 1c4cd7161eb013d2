"""`iosim exec`: runs lines at nodes in simulated time and prints what a terminal would show."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from iosim.data import dataclass
from iosim.ios.terminal import Terminal
from iosim.lab import units
from iosim.lab.build import Network
from iosim.lab.topology import Lab
from iosim.ui.lab import read_lab, running, start
from iosim.ui.status import EXIT_OK, UsageError


@dataclass(frozen=True, slots=True)
class Step:
    """A line typed at a node, or (without a node) µs that pass."""

    node: str | None
    line: str = ""
    pause: int = 0


def exec_lab(options: argparse.Namespace) -> int:
    """The `exec` command."""
    lab = read_lab(options.lab)
    steps = read_script(options.script, lab)
    if not steps:
        raise UsageError("exec needs a line to run: -c 'NODE: COMMAND' or -f FILE")
    with running(lab, options) as network:
        start(network)
        Transcript(network).play(steps)
    return EXIT_OK


def read_script(lines: Sequence[str], lab: Lab) -> list[Step]:
    """What to do; a blank line and a `#` comment do nothing. Raises UsageError before anything has run."""
    return [_step(line.strip(), lab) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _step(line: str, lab: Lab) -> Step:
    name, colon, command = line.partition(":")
    words = line.split()
    if not colon and words[0] == "sleep":
        try:
            return Step(None, pause=units.duration(" ".join(words[1:])))
        except ValueError as error:
            raise UsageError(f'"{line}": {error}') from None
    if not colon:
        raise UsageError(f'"{line}" should be "NODE: COMMAND" or "sleep 30s"; nodes are {", ".join(lab.consoles())}')
    if name.strip() not in lab.consoles():
        raise UsageError(lab.no_console(name.strip()))
    return Step(name.strip(), command.strip())


class Screen:
    """What one node's terminal shows. Text that comes while another node is typed at waits until this one is used."""

    def __init__(self, session: Terminal) -> None:
        self.session = session
        self.shown = False
        self._waiting: list[str] = []
        self._at_line_start = True
        session.output = self._receive
        session.begin()

    def show(self, shown: bool) -> None:
        """Turn to this screen, or away from it."""
        self.shown = shown
        if shown:
            waiting, self._waiting = self._waiting, []
            for text in waiting:
                self._print(text)

    def type(self, line: str) -> None:
        """Type a line as the terminal echoes it behind the prompt: no password, nothing that another host echoes."""
        if self.session.remote is not None:
            return
        self.end_line()
        self._print(f"{self.session.prompt}{'' if self.session.secret else line}\n")

    def end_line(self) -> None:
        """Begin a new line, unless the output did."""
        if not self._at_line_start:
            self._print("\n")

    def _receive(self, text: str) -> None:
        if self.shown:
            self._print(text)
        else:
            self._waiting.append(text)

    def _print(self, text: str) -> None:
        if text:
            sys.stdout.write(text)
            self._at_line_start = text.endswith("\n")


class Transcript:
    """Plays steps at a network and prints to standard output."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._current: Screen | None = None

    def play(self, steps: Sequence[Step]) -> None:
        """Do all steps, then show what the terminals that were used still have to show."""
        names = dict.fromkeys(step.node for step in steps if step.node is not None)
        screens = {name: Screen(self._network.console(name)) for name in names}
        for step in steps:
            if step.node is None:
                self._network.run(until=self._network.sim.now + step.pause)
            else:
                self._turn_to(screens[step.node])
                self._type(screens[step.node], step.line)
            sys.stdout.flush()
        for screen in screens.values():
            self._turn_to(screen)
            if screen.session.asking:
                screen.type("")
            screen.end_line()

    def _turn_to(self, screen: Screen) -> None:
        if screen is self._current:
            return
        if self._current is not None:
            self._current.end_line()
            self._current.show(False)
        self._current = screen
        screen.show(True)

    def _type(self, screen: Screen, line: str) -> None:
        """Type a line and wait for its command; `?` at its end asks for help and runs nothing."""
        screen.type(line)
        session = screen.session
        if line.endswith("?") and not session.asking:
            session.output(session.help(line[:-1]))
            return
        session.submit(" " if session.paging and line == "space" else line)
        self._network.finish(session)
