"""`tcp …` at a host: connections for trying, and what came of them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.numbers import TCP_PORTS
from iosim.grammar.values import format_address
from iosim.ios.host import HostTerminal
from iosim.ios.registry import handler
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.sim.task import Task

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection
    from iosim.stack.tcp.stream import Stream

PATIENCE = 600 * SECOND
"""How long a connection is given to close."""
_PATTERN = bytes(range(256)) * 256
_ENDINGS = {
    "refused": "connection refused",
    "reset": "connection reset by peer",
    "timeout": "connection timed out",
    "unreachable": "no route to host",
    "limit": "too many connections",
}


@dataclass(slots=True)
class Taken:
    """What has come to a port."""

    connections: int = 0
    bytes: int = 0


@handler("host_tcp_connect")
def host_tcp_connect(terminal: HostTerminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`tcp connect A.B.C.D PORT`: see whether somebody answers."""
    return _send(terminal, statement.get("address"), _number(statement), 0)


@handler("host_tcp_send")
def host_tcp_send(terminal: HostTerminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`tcp send A.B.C.D PORT BYTES`: send, wait until all has arrived, close."""
    return _send(terminal, statement.get("address"), _number(statement), statement.get("bytes"))


def _number(statement: Statement) -> int:
    port: int | str = statement.get("port")
    return TCP_PORTS[port] if isinstance(port, str) else port


async def _send(terminal: HostTerminal, address: int, port: int, count: int) -> None:
    from iosim.stack.tcp.stream import Stream

    connection = terminal.stack.tcp.connect(address, port)
    stream, begun = Stream(connection), terminal.sim.now
    try:
        if not await stream.opened():
            raise Rejected(f"{_place(address, port)}: {_ENDINGS.get(str(connection.ending), str(connection.ending))}")
        opened = terminal.sim.now
        mss = f"MSS {connection.own_mss} (ours {connection.advertised}, theirs {connection.peer_mss})"
        terminal.write(f"Connected to {_place(address, port)} in {(opened - begun) / MILLISECOND:g} ms, {mss}\n")
        if count:
            arrived = await _pour(stream, count)
            terminal.write(_sent(connection, count if arrived else connection.sender.acknowledged, opened))
        stream.close()
        if await stream.closed(terminal.sim, PATIENCE) and connection.ending in (None, "closed"):
            terminal.write("Closed\n")
        else:
            terminal.write(f"{_ENDINGS.get(str(connection.ending), 'not closed by peer')}\n")
    finally:
        if connection.ending is None and not connection.sender.done:
            connection.abort()


async def _pour(stream: Stream, count: int) -> bool:
    """Send so many bytes; whether they have arrived."""
    while count:
        piece = _PATTERN[: min(count, len(_PATTERN))]
        if not await stream.write(piece):
            return False
        count -= len(piece)
    return await stream.drained()


def _sent(connection: Connection, count: int, begun: int) -> str:
    """What became of it."""
    seconds = (connection.now - begun) / SECOND
    segments = connection.sent_with_data - connection.resent
    return (
        f"{count} bytes in {seconds:.3f} s: {segments} segments of at most {connection.sender.mss} bytes, "
        f"{connection.resent} sent again ({connection.fast_resent} fast)\n"
    )


@handler("host_tcp_listen")
def host_tcp_listen(terminal: HostTerminal, statement: Statement) -> str:
    """`tcp listen PORT`: take connections, and count what they bring."""
    port, tcp, taken = _number(statement), terminal.stack.tcp, Taken()
    if port in tcp.listeners:
        raise Rejected(f"port {port} is taken")

    def accept(connection: Connection) -> None:
        from iosim.stack.tcp.stream import Stream

        taken.connections += 1
        Task(terminal.sim, _take(Stream(connection), taken))

    tcp.listen(port, accept)
    terminal.ports[port] = taken
    return f"Listening on port {port}\n"


async def _take(stream: Stream, taken: Taken) -> None:
    while data := await stream.read():
        taken.bytes += len(data)
    stream.close()


@handler("host_tcp_close")
def host_tcp_close(terminal: HostTerminal, statement: Statement) -> str:
    """`tcp close PORT`: take no more connections."""
    port = _number(statement)
    if terminal.ports.pop(port, None) is None:
        raise Rejected(f"nobody listens on port {port}")
    terminal.stack.tcp.unlisten(port)
    return ""


@handler("host_tcp_show")
def host_tcp_show(terminal: HostTerminal, statement: Statement) -> str:
    """`tcp show`: who listens, and the connections."""
    text = ""
    for port, taken in terminal.ports.items():
        text += f"port {port} listens: {taken.connections} connections, {taken.bytes} bytes received\n"
    for connection in terminal.stack.tcp.connections.values():
        local, local_port, remote, port = connection.key
        text += (
            f"{_place(local, local_port)} to {_place(remote, port)} {connection.state.value}: MSS "
            f"{connection.sender.mss}, {connection.receiver.total} bytes received, {connection.sent_bytes} sent, "
            f"{connection.resent} segments sent again\n"
        )
    return text or "No connections\n"


def _place(address: int, port: int) -> str:
    return f"{format_address(address)}:{port}"
