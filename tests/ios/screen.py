"""What a screen shows: printable characters, backspaces, bells and ends of lines are all that a Tty sends."""

from __future__ import annotations

from iosim.ios.tty import Tty
from tests.ios.network import Network


class Screen:
    """A console with somebody at it. `bells` counts what they hear."""

    def __init__(self, network: Network, name: str = "R1", length: int = 24, width: int = 80) -> None:
        self.network = network
        self.terminal = network.console(name)
        self.terminal.size = (length, width)
        self.terminal.reset()
        self.lines = [""]
        self.column = 0
        self.bells = 0
        self.tty = Tty(self.terminal, self._draw)

    def _draw(self, characters: str) -> None:
        for character in characters:
            if character == "\n":
                self.lines.append("")
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                self.column = max(0, self.column - 1)
            elif character == "\a":
                self.bells += 1
            else:
                assert character.isprintable() or character == "\t"
                line = self.lines[-1].ljust(self.column)
                self.lines[-1] = line[: self.column] + character + line[self.column + 1 :]
                self.column += 1

    def type(self, *characters: str, wait: float = 0) -> Screen:
        """Type at it, each text as one piece, and let a time pass."""
        for text in characters:
            self.tty.type(text)
        if wait:
            self.network.wait(wait)
            self.tty.update()
        return self

    @property
    def row(self) -> str:
        """The line that the cursor is in, up to its last character."""
        return self.lines[-1].rstrip()

    @property
    def marked(self) -> str:
        """That line with the place of the cursor marked."""
        line = self.lines[-1].ljust(self.column)
        return (line[: self.column] + "_" + line[self.column :]).rstrip()

    def tail(self, count: int) -> list[str]:
        """The last lines."""
        return [line.rstrip() for line in self.lines[-count:]]
