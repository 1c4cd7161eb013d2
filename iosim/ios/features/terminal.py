"""`terminal …`, `show terminal`, `show history`: the settings of a session."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.clock import hms
from iosim.ios.features.telnet.config import network_of
from iosim.ios.history import DEFAULT_SIZE
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.clock import SECOND


@handler("terminal_monitor")
def terminal_monitor(session: Session, statement: Statement) -> str | None:
    """`terminal monitor`: log lines on this terminal; the console has them anyway."""
    if session.is_console and not statement.no:
        return "% Console already monitors\n"
    session.monitor = not (statement.no or statement.default)
    return None


@handler("terminal_length")
def terminal_length(session: Session, statement: Statement) -> None:
    """`terminal length 0`"""
    session.length = session.size[0] if statement.no or statement.default else statement.get("length")


@handler("terminal_width")
def terminal_width(session: Session, statement: Statement) -> None:
    """`terminal width 512`"""
    session.width = session.size[1] if statement.no or statement.default else statement.get("width")


@handler("terminal_editing")
def terminal_editing(session: Session, statement: Statement) -> None:
    """`terminal no editing`: no editing keys but those that delete."""
    session.editing = not statement.no


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
    """`show terminal`: the settings of this session; what has no use in a simulation is as on a new router."""
    size, limit = session.histories.size, session.idle.limit
    return _TERMINAL.format(
        line=session.line.absolute,
        length=session.length,
        width=session.width,
        capabilities="Receives Logging Output" if session.monitor else "none",
        active=hms((session.sim.now - session.since) // SECOND),
        timeout="never" if limit is None else hms(limit // SECOND),
        editing="enabled" if session.editing else "disabled",
        inputs="none" if session.is_console else network_of(session.router, session.line).words("input"),
        outputs=network_of(session.router, session.line).words("output"),
        history=f"enabled, history size is {size}" if size else "disabled",
    )


_TERMINAL = """\
Line {line}, Location: "", Type: ""
Length: {length} lines, Width: {width} columns
Baud rate (TX/RX) is 9600/9600, no parity, 1 stopbits, 8 databits
Status: PSI Enabled, Ready, Active, Automore On
Capabilities: {capabilities}
Modem state: Ready
Special Chars: Escape  Hold  Stop  Start  Disconnect  Activation
                ^^x    none   -     -       none
Timeouts:      Idle EXEC    Idle Session   Modem Answer  Session   Dispatch
               {timeout:13}never                        none     not set
                            Idle Session Disconnect Warning
                              never
                            Login-sequence User Response
                             00:00:30
                            Autoselect Initial Wait
                              not set
Modem type is unknown.
Session limit is not set.
Time since activation: {active}
Editing is {editing}.
History is {history}.
DNS resolution in show commands is enabled
Full user help is disabled
Allowed input transports are {inputs}.
Allowed output transports are {outputs}.
Preferred transport is telnet.
Shell: disabled
Shell trace: off
No output characters are padded
No special data dispatching characters
"""
