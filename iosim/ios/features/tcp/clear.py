"""`clear tcp …`: connections are broken off."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from iosim.grammar import Rejected, Statement
from iosim.ios.features.tcp.show import find, line_of
from iosim.ios.features.who import wanted_line
from iosim.ios.registry import handler
from iosim.ios.session import Session

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection


@handler("clear_tcp_statistics")
def clear_tcp_statistics(session: Session, statement: Statement) -> Coroutine[Any, Any, None]:
    """`clear tcp statistics`"""
    return _clear_statistics(session)


async def _clear_statistics(session: Session) -> None:
    if await _confirmed(session):
        session.stack.tcp.counts.clear()


@handler("clear_tcp_tcb", "clear_tcp_local", "clear_tcp_line")
def clear_tcp(session: Session, statement: Statement) -> Coroutine[Any, Any, None]:
    """`clear tcp tcb ADDRESS`, `clear tcp local … remote …`, `clear tcp line …`"""
    return _clear(session, _chosen(session, statement))


async def _clear(session: Session, connections: list[Connection]) -> None:
    if await _confirmed(session):
        session.write(" [OK]\n")
        for connection in connections:
            connection.abort()


async def _confirmed(session: Session) -> bool:
    return not (await session.ask("[confirm]")).strip().lower().startswith("n")


def _chosen(session: Session, statement: Statement) -> list[Connection]:
    if statement.command == "clear_tcp_tcb":
        return [find(session, statement.get("tcb"))]
    connections = session.stack.tcp.connections
    if statement.command == "clear_tcp_line":
        line = wanted_line(statement)
        owners = [(each, line_of(session, each)) for each in connections.values()]
        return [each for each, owner in owners if owner is not None and owner.line.absolute == line]
    key = tuple(statement.get(name) for name in ("local", "local_port", "remote", "remote_port"))
    found = [connection for known, connection in connections.items() if known == key]
    if not found:
        raise Rejected("% No such connection")
    return found
