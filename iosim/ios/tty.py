"""The wire of a terminal: characters that are typed come in, characters that the screen shows go out.

It echoes and edits lines, keeps what is typed ahead, puts log lines between, and shows help, all as IOS does and with
nothing but printable characters, backspaces, bells and ends of lines. A console and a vty use it alike; it knows no
clock and no sockets: `type` takes characters, `update` brings the screen up to date when time has passed.
"""

from __future__ import annotations

import string
from collections import deque
from collections.abc import Callable

from iosim.ios.editor import DELETIONS, EDITS, EditedLine
from iosim.ios.keys import ENTER, QUOTE, Keys
from iosim.ios.pager import MORE
from iosim.ios.terminal import Terminal
from iosim.ios.window import Window

BELL = "\a"
CONTROL_C, CONTROL_Z, ESCAPE, REDRAW, TAB = "\x03", "\x1a", "\x1e", "\x12", "\t"
OLDER, NEWER = "\x10", "\x0e"
BREAKS = (CONTROL_C, ESCAPE)
CONFIRM = "[confirm]"
_BEGINS_A_LINE = string.ascii_letters + string.digits + "!^"


class Tty:
    """A terminal's keyboard and screen; `send` gets the characters for the screen."""

    def __init__(self, terminal: Terminal, send: Callable[[str], None]) -> None:
        self.terminal = terminal
        self.line = EditedLine()
        self._send = send
        self._keys = Keys()
        self._waiting: deque[str] = deque()
        self._out: list[str] = []
        self._at_start = True
        self._prompt: str | None = None
        self._drawn_paging = False
        self._window = Window()
        self._recalled = 0
        self._escaped = False
        terminal.output, terminal.notice = self.show, self.interject
        terminal.begin()
        self.update()

    def type(self, characters: str) -> None:
        """Characters from the keyboard, as they arrive."""
        remote = self.terminal.remote
        self._waiting += self._keys.feed(characters if remote is None else remote.type(characters))
        self.update()

    def update(self) -> None:
        """Go on with the keys that wait as far as the terminal takes them, and show what there is to show."""
        while self.terminal.remote is None:
            if self.terminal.busy:
                if not self._broken_off():
                    break
            elif self._prompt != self.terminal.prompt:
                self._draw()
            elif self._waiting:
                with self.terminal.sim.containing():
                    self._press(self._waiting.popleft())
            else:
                break
        self.flush()

    def flush(self) -> None:
        """Show what the terminal has said."""
        text = "".join(self._out)
        self._out.clear()
        if text:
            self._send(text)

    def _broken_off(self) -> bool:
        """Break off what runs, if one of the keys for that was typed; what was typed before it is forgotten."""
        if not any(key in BREAKS for key in self._waiting):
            return False
        while (key := self._waiting.popleft()) not in BREAKS:
            pass
        self._escaped = key == ESCAPE
        self.terminal.interrupt()
        return True

    @property
    def at_prompt(self) -> bool:
        """Whether the cursor stands behind the prompt and the line, with nothing in between."""
        return self._prompt is not None and not self._at_start

    def redraw(self) -> None:
        """Show the prompt and the line anew, on a line of their own."""
        self._leave_line()
        self.update()

    def show(self, text: str) -> None:
        """Text of the terminal."""
        self._leave_line()
        self._put(text)

    def interject(self, text: str, synchronous: bool) -> None:
        """A line that nobody asked for; what was being typed is shown again below it when that is `synchronous`."""
        if synchronous or self._drawn_paging:
            self._leave_line()
        self._new_line()
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self._out.append(text.replace("\n", "\r\n"))
            self._at_start = text.endswith("\n")

    def _new_line(self) -> None:
        if not self._at_start:
            self._put("\n")

    def _leave_line(self) -> None:
        """Get off the prompt: ` --More-- ` is wiped away, any other line stays above."""
        if self._prompt is None:
            return
        if self._drawn_paging:
            width = len(self._prompt)
            self._out.append("\b" * width + " " * width + "\b" * width)
            self._at_start = True
        self._new_line()
        self._forget_line()

    def _forget_line(self) -> None:
        self._prompt = None
        self._drawn_paging = False
        self._window.clear()

    def _draw(self) -> None:
        """Show the prompt, and what has been typed behind it."""
        self._leave_line()
        self._new_line()
        self._prompt = self.terminal.prompt
        self._drawn_paging = self.terminal.paging
        self._put(self._prompt)
        self._window.begin(self.terminal.width, len(self._prompt.rpartition("\n")[2]))
        self._paint()

    def _paint(self) -> None:
        """Bring the line on the screen to what it is."""
        if not (self.terminal.secret or self.terminal.paging):
            self._put(self._window.paint(self.line.text, self.line.cursor))

    def _press(self, key: str) -> None:
        escaped, self._escaped = self._escaped, key == ESCAPE
        if escaped and key in "xX":
            return  # the second half of the escape sequence Ctrl-^ x
        if self.terminal.paging:
            self._page(key)
        elif self.terminal.prompt.endswith(CONFIRM) and (key == ENTER or key.isprintable()):
            self._end_line()
            self.terminal.submit("" if key == ENTER else key)
        elif key == ENTER:
            self.terminal.submit(self._take_line())
        elif key in _KEYS:
            _KEYS[key](self)
        else:
            self._edit(key)

    def _edit(self, key: str) -> None:
        """A key that only changes the line."""
        if key in (EDITS if self.terminal.editing else DELETIONS):
            self.line.press(key)
        elif key[0] == QUOTE and len(key) == 2:
            self.line.insert(key[1])
        elif len(key) == 1 and key.isprintable():
            self.line.insert(key + self._plain_keys())
        self._paint()

    def _plain_keys(self) -> str:
        """The plain characters that wait next: a paste goes into the line in one piece."""
        keys: list[str] = []
        while self._waiting and self._waiting[0].isprintable() and self._waiting[0] not in _KEYS:
            keys.append(self._waiting.popleft())
        return "".join(keys)

    def _page(self, key: str) -> None:
        """A key at ` --More-- `. A text that has come all at once is a paste, of which nothing shall be lost."""
        pasted = self._waiting or self._keys.pasting
        if pasted and self.terminal.prompt == MORE and key[-1] in _BEGINS_A_LINE:
            self._waiting.appendleft(key)
            self.terminal.show_rest()
        else:
            self.terminal.press(key)

    def _take_line(self, shown: str = "") -> str:
        """The line, now that it is finished; `shown` is what the key that did it looks like."""
        self.line.go(len(self.line.text))
        self._paint()
        self._end_line(shown)
        return self.line.take()

    def _end_line(self, shown: str = "") -> None:
        """The line on the screen is finished."""
        self._put(shown + "\n")
        self._forget_line()
        self._recalled = 0

    def _break(self) -> None:
        """Ctrl-C: forget the line, break off a dialogue, leave the modes of configuration."""
        asked = self.terminal.asking
        self._take_line("^C")
        self.terminal.interrupt()
        if not asked:
            self.terminal.end()

    def _escape(self) -> None:
        """Ctrl-^ breaks off a dialogue; at a prompt it means nothing."""
        if self.terminal.asking:
            self._take_line()
            self.terminal.interrupt()

    def _end(self) -> None:
        """Ctrl-Z: enter the line, then leave the modes of configuration."""
        self.terminal.submit(self._take_line("^Z"))
        self.terminal.end()

    def _help(self) -> None:
        if self.terminal.asking:
            self._edit("?")
            return
        before = self.line.before
        self._put(self._window.paint(before, len(before)))
        self._end_line("?")
        self.terminal.page(self.terminal.help(before) + "\n")

    def _complete(self) -> None:
        """Tab: the finished word, with the line on a new one; a bell when it is not clear."""
        if self.terminal.asking:
            return
        before = self.line.before
        completed = self.terminal.complete(before)
        if completed == before:
            self._out.append(BELL)
            return
        behind = self.line.behind
        self.line.set(completed + behind)
        self.line.go(len(completed))
        self._leave_line()

    def _recall(self, step: int) -> None:
        """Ctrl-P and Ctrl-N: an older or a newer line of the history; below the newest is an empty one."""
        history = self.terminal.history
        wanted = self._recalled + step
        if self.terminal.asking or not self.terminal.editing or not 0 <= wanted <= len(history):
            self._out.append(BELL)
            return
        self._recalled = wanted
        self.line.set(history[-wanted] if wanted else "")
        self._paint()


_KEYS: dict[str, Callable[[Tty], None]] = {
    CONTROL_C: Tty._break,
    CONTROL_Z: Tty._end,
    ESCAPE: Tty._escape,
    REDRAW: Tty._leave_line,
    TAB: Tty._complete,
    "?": Tty._help,
    OLDER: lambda tty: tty._recall(1),
    NEWER: lambda tty: tty._recall(-1),
}
"""The keys that do more than change the line."""
