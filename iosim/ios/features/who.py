"""Who is there: `show users`, `show line`, `show sessions` and what else goes by their names; `help`."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Rejected, Statement
from iosim.ios.clock import hms
from iosim.ios.features.lines import Lines
from iosim.ios.line import KINDS, Line
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND

_TYPES = {"console": "CTY", "aux": "AUX", "vty": "VTY"}


def all_lines(router: Router) -> Iterator[Line]:
    """The lines that a router has, by their numbers."""
    numbers = {kind: {0} if kind != "vty" else set[int]() for kind in KINDS}
    for kind, first, last in router.config[Lines].lines:
        numbers[kind].update(range(first, (first if last is None else last) + 1))
    yield from (Line(kind, number) for kind in KINDS for number in sorted(numbers[kind]))


def _session_on(router: Router, line: Line) -> Session | None:
    """Who works on a line, if anybody does."""
    on_line = (session for session in router.sessions if session.line.absolute == line.absolute and session.open)
    return next(on_line, None)


@handler("show_users")
def show_users(session: Session, statement: Statement) -> str:
    """`show users [all]`, `who`, `systat`"""
    rows = [
        _user_row(line, found, found is session)
        for line in all_lines(session.router)
        if (found := _session_on(session.router, line)) is not None or "all" in statement
    ]
    return _USERS + "".join(rows) + _INTERFACES


def _user_row(line: Line, session: Session | None, here: bool) -> str:
    user = host = place = ""
    idle = 0
    if session is not None:
        hosts = [call.host for call in session.calls] or ["idle"]
        user, host, place = session.user or "", hosts[0], session.line.peer
        idle = 0 if here else (session.sim.now - session.idle.last) // SECOND
    mark, label = "*" if here else " ", f"{line.short} {line.number}"
    return f"{mark}{line.absolute:3} {label:<9} {user:<10} {host:<20} {hms(idle)}   {place}".rstrip() + "\n"


_USERS = "    Line       User       Host(s)              Idle       Location\n"
_INTERFACES = "\n  Interface    User               Mode         Idle     Peer Address\n\n"


@handler("show_line")
def show_line(session: Session, statement: Statement) -> str:
    """`show line [number]`: what has happened on the lines."""
    lines = {line.absolute: line for line in all_lines(session.router)}
    wanted = wanted_line(statement)
    if wanted is None:
        return _LINES + "".join(_line_row(session, line) for line in lines.values())
    if wanted not in lines:
        raise Rejected("% Invalid line number")
    return _LINES + _line_row(session, lines[wanted])


def wanted_line(statement: Statement) -> int | None:
    """The absolute number of the line that is asked for."""
    kind = statement.get("kind")
    number: int | None = statement.get("number")
    return number if kind is None else Line(kind, statement.get("line_first")).absolute


def _line_row(session: Session, line: Line) -> str:
    """A line. Noise and overruns are those of serial hardware: a simulated line has none."""
    working = _session_on(session.router, line)
    speed = "9600/9600" if line.kind == "aux" else ""
    mark = " " if working is None else "*"
    uses = session.router.visits.get(line.absolute, 0)
    place = f"{mark}{line.absolute:5} {line.absolute:4} {_TYPES[line.kind]} {speed:>11}"
    return f"{place}  -    -      -    -    -{uses:6}      0    0/0      -\n"


_LINES = "   Tty Line Typ     Tx/Rx    A Modem  Roty AccO AccI  Uses  Noise Overruns  Int\n"


@handler("help")
def show_help(session: Session, statement: Statement) -> str:
    """`help`"""
    return _HELP


_HELP = """\
Help may be requested at any point in a command by entering
a question mark '?'.  If nothing matches, the help list will
be empty and you must backup until entering a '?' shows the
available options.
Two styles of help are provided:
1. Full help is available when you are ready to enter a
   command argument (e.g. 'show ?') and describes each possible
   argument.
2. Partial help is provided when an abbreviated argument is entered
   and you want to know what arguments match the input
   (e.g. 'show pr?'.)

"""
