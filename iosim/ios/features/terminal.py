"""`terminal …`, `show terminal`, `show history`: the settings of a session."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.history import DEFAULT_SIZE
from iosim.ios.registry import handler
from iosim.ios.session import Session


@handler("terminal_monitor")
def terminal_monitor(session: Session, statement: Statement) -> str | None:
    """`terminal monitor`: log lines on this terminal; the console has them anyway."""
    if session.is_console and not statement.no:
        return "% Console already monitors\n"
    session.monitor = not statement.no
    return None


@handler("terminal_length")
def terminal_length(session: Session, statement: Statement) -> None:
    """`terminal length 0`"""
    session.length = session.size[0] if statement.no else statement.get("length")


@handler("terminal_width")
def terminal_width(session: Session, statement: Statement) -> None:
    """`terminal width 512`"""
    session.width = session.size[1] if statement.no else statement.get("width")


@handler("terminal_history")
def terminal_history(session: Session, statement: Statement) -> None:
    """`terminal history [size 50]`; `terminal no history` keeps nothing, `terminal no history size` as usual."""
    size = statement.get("size")
    if statement.no and statement.get("what") is None:
        size = 0
    session.histories.resize(DEFAULT_SIZE if size is None else size)


@handler("show_history")
def show_history(session: Session, statement: Statement) -> str:
    """`show history`: the lines of the modes like the present one."""
    return "".join(f"  {line}\n" for line in session.history)


@handler("show_terminal")
def show_terminal(session: Session, statement: Statement) -> str:
    """`show terminal`, the lines that say something here."""
    size = session.histories.size
    history = f"enabled, history size is {size}" if size else "disabled"
    return (
        'Line 0, Location: "", Type: ""\n'
        f"Length: {session.length} lines, Width: {session.width} columns\n"
        f"Editing is enabled.\nHistory is {history}.\n"
    )
