"""The keys of the interactive console that are not line editing: `?`, Tab, breaking off, leaving a mode or a node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from iosim.ios.terminal import Terminal


class Key(Enum):
    """What ended a line."""

    ENTER = auto()
    END = auto()
    BREAK = auto()
    SWITCH = auto()


@dataclass(frozen=True, slots=True)
class Typed:
    """A line and the key that ended it."""

    key: Key
    text: str


def key_bindings(session: Terminal, show: Callable[[str], None]) -> KeyBindings:
    """The bindings for a session; `show` prints text above the prompt."""
    bindings = KeyBindings()

    @bindings.add("?")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if session.busy or session.asking:
            buffer.insert_text("?")
        else:
            line = buffer.document.text_before_cursor
            show(f"{session.prompt}{line}?\n{session.help(line)}")

    @bindings.add("tab")
    def _(event: KeyPressEvent) -> None:
        if not (session.busy or session.asking):
            complete(event.current_buffer, session)

    @bindings.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.delete()

    @bindings.add("c-c")
    def _(event: KeyPressEvent) -> None:
        finish(event, Key.BREAK, "^C")

    @bindings.add("c-^")
    def _(event: KeyPressEvent) -> None:
        if session.busy or session.asking:
            finish(event, Key.BREAK, "")

    @bindings.add("c-z")
    def _(event: KeyPressEvent) -> None:
        finish(event, Key.END, "^Z")

    @bindings.add("c-]", eager=True)  # Emacs has a longer sequence that begins with it
    def _(event: KeyPressEvent) -> None:
        finish(event, Key.SWITCH, "")

    return bindings


def complete(buffer: Buffer, session: Terminal) -> None:
    """Complete the word before the cursor."""
    document = buffer.document
    line = session.complete(document.text_before_cursor)
    buffer.document = Document(line + document.text_after_cursor, len(line))


def finish(event: KeyPressEvent, key: Key, shown: str) -> None:
    """End the line with a key; `shown` is what a terminal shows of the key."""
    buffer = event.current_buffer
    text = buffer.text
    buffer.cursor_position = len(text)
    buffer.insert_text(shown)
    event.app.exit(result=Typed(key, text))
