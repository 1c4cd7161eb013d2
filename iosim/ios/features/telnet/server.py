"""The virtual terminal lines: who dials in at port 23 finds a free line there, if one takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.features.telnet.client import TELNET
from iosim.ios.features.telnet.config import network_of, permits
from iosim.ios.features.who import all_lines, wanted_line
from iosim.ios.line import Line
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature
from iosim.ios.session import Session
from iosim.stack.tcp.options import Key

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection


@feature
class VtyServer(Feature):
    """Answers at port 23 while a vty takes Telnet."""

    order = 92

    def reconcile(self) -> None:
        tcp = self.router.stack.tcp
        wanted = any(network_of(self.router, line).allows("input") for line in self._lines())
        if wanted and TELNET not in tcp.listeners:
            tcp.listen(TELNET, self._accept, self._admits)
        elif not wanted:
            tcp.unlisten(TELNET)

    def stop(self) -> None:
        for session in [each for each in self.router.sessions if each.hang_up is not None]:
            if session.hang_up is not None:
                session.hang_up()

    def _lines(self) -> list[Line]:
        return [line for line in all_lines(self.router) if line.kind == "vty"]

    def _free_line(self) -> Line | None:
        """The first vty that nobody uses and that takes Telnet."""
        used = {session.line.absolute for session in self.router.sessions}
        free = (line for line in self._lines() if line.absolute not in used)
        return next((line for line in free if network_of(self.router, line).allows("input")), None)

    def _admits(self, key: Key) -> bool:
        """Whether a line is free and its access class permits; anybody else is refused."""
        line = self._free_line()
        return line is not None and permits(self.router, line, "in", key)

    def _accept(self, connection: Connection) -> None:
        line = self._free_line()
        if line is None:
            connection.abort()
            return
        named = Line(line.kind, line.number, format_address(connection.key[2]))
        from iosim.ios.vty import Visit  # loads the wire of a terminal, which most labs do without

        Visit(self.router, named, connection)


@handler("clear_line")
def clear_line(session: Session, statement: Statement) -> Any:
    """`clear line NUMBER`, `clear line vty NUMBER`"""
    wanted = wanted_line(statement)
    if wanted not in {line.absolute for line in all_lines(session.router)}:
        raise Rejected("% Invalid line number")
    return _clear_line(session, wanted)


async def _clear_line(session: Session, absolute: int | None) -> None:
    answer = await session.ask("[confirm]")
    if answer.strip().lower().startswith("n"):
        return
    session.write(" [OK]\n")
    for each in list(session.router.sessions):
        if each.line.absolute == absolute and each is not session:
            each.leave()
