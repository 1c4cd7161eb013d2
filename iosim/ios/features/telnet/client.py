"""`telnet`, `show sessions`, `resume`, `disconnect`: connections of a router's lines, or of a host, to other hosts."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.features.telnet.config import TelnetSettings, network_of, permits
from iosim.ios.probing import target_of
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.sim.clock import SECOND

if TYPE_CHECKING:
    from iosim.ios.call import Call

TELNET = 23
BAD_HOST = "% Unknown command or computer name, or unable to find computer address"
_ENDINGS = {
    "refused": "% Connection refused by remote host",
    "reset": "% Connection refused by remote host",
    "timeout": "% Connection timed out; remote host not responding",
    "unreachable": "% Destination unreachable; gateway or host down",
    "limit": "% Unable to get TCB",
}
"""What is said of a connection that does not come about."""
NO_CONNECTIONS = "% No connections open\n"


@handler("telnet")
def telnet(terminal: Terminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`telnet HOST [PORT] [/source-interface INTERFACE]`"""
    host, port = statement.get("host"), statement.get("port")
    target = target_of(terminal, host, BAD_HOST)
    number = _port_number(port)
    source = _source(terminal, statement.get("source"))
    if isinstance(terminal, Session):
        _check_line(terminal, (source or 0, 0, target.address, number))
    return _call(terminal, target.name or host, target.address, number, source)


def _port_number(port: int | str | None) -> int:
    from iosim.grammar.numbers import TCP_PORTS

    return TELNET if port is None else TCP_PORTS[port] if isinstance(port, str) else port


def _check_line(session: Session, key: tuple[int, int, int, int]) -> None:
    """Raises Rejected where the line's `transport output` or `access-class … out` does not allow the call."""
    router = session.router
    if not network_of(router, session.line).allows("output"):
        raise Rejected("% telnet connections not permitted from this terminal")
    if not permits(router, session.line, "out", key):
        raise Rejected("% Connections to that host not permitted from this terminal")


def _source(terminal: Terminal, name: str | None) -> int | None:
    """The address of the source interface; one that has none, or is down, is passed over."""
    if name is None and isinstance(terminal, Session):
        name = terminal.router.config[TelnetSettings].source
    interface = terminal.stack.interfaces.get(name or "")
    return interface.address if interface is not None and interface.line_up else None


async def _call(terminal: Terminal, host: str, address: int, port: int, source: int | None) -> None:
    """Open the connection and hand over the keyboard."""
    from iosim.ios.call import Call
    from iosim.stack.tcp.stream import Stream

    shown = f"{host} ({format_address(address)})" if host != format_address(address) else host
    terminal.write(f"Trying {shown}{'' if port == TELNET else f', {port}'} ... ")
    connection = terminal.stack.tcp.connect(address, port, source)
    try:
        opened = await Stream(connection).opened()
    finally:
        if connection.sender.una == connection.sender.isn:
            connection.abort()
    if not opened:
        terminal.write(f"\n{_ENDINGS.get(str(connection.ending), _ENDINGS['timeout'])}\n\n")
        return
    terminal.write("Open\n")
    call = Call(terminal, connection, host)
    terminal.calls.append(call)
    await _converse(call)


async def _converse(call: Call) -> None:
    """Let the other host have the keyboard, until it hangs up or Ctrl-^ x is typed."""
    terminal = call.terminal
    kept = False
    try:
        ended = kept = await call.converse()
        kept = not ended
    finally:
        if not kept:
            terminal.calls.remove(call)
            call.close()
    if ended:
        terminal.write(f"\n{call.closed}\n")


def _chosen(terminal: Terminal, statement: Statement) -> Call:
    """The connection that is meant: the last one, unless a number is given. Raises Rejected."""
    number = statement.get("number")
    calls: list[Call] = [call for call in terminal.calls if number in (None, call.number)]
    if not calls:
        raise Rejected(NO_CONNECTIONS.rstrip() if not terminal.calls else "% Not an open connection")
    return max(calls, key=lambda call: call.last)


@handler("resume")
def resume(terminal: Terminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`resume [NUMBER]`, and an empty line"""
    call = _chosen(terminal, statement)
    terminal.write(f"[Resuming connection {call.number} to {call.host} ... ]\n")
    call.last = terminal.sim.now
    return _converse(call)


@handler("disconnect")
def disconnect(terminal: Terminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`disconnect [NUMBER]`"""
    return _disconnect(_chosen(terminal, statement))


async def _disconnect(call: Call) -> None:
    answer = await call.terminal.ask(f"Closing connection to {call.host} [confirm]")
    if not answer.strip().lower().startswith("n") and call in call.terminal.calls:
        call.terminal.calls.remove(call)
        call.close()


@handler("show_sessions")
def show_sessions(session: Session, statement: Statement) -> str:
    """`show sessions`, `where`"""
    if not session.calls:
        return NO_CONNECTIONS
    last = max(session.calls, key=lambda call: call.last)
    return _SESSIONS + "".join(_row(call, call is last) for call in session.calls)


def _row(call: Call, last: bool) -> str:
    address = format_address(call.connection.key[2])
    idle = (call.terminal.sim.now - call.last) // (60 * SECOND)
    unread = call.connection.receiver.unread
    return f"{'*' if last else ' '}{call.number:3} {call.host:<19} {address:<19} {unread:4} {idle:5} {call.host}\n"


_SESSIONS = "Conn Host                Address             Byte  Idle Conn Name\n"
