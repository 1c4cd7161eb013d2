"""The commands of a session itself: modes, history, privilege."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.task import Signal


@handler("configure_terminal")
def configure_terminal(session: Session, statement: Statement) -> str:
    """`configure terminal`"""
    session.enter_configuration()
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


@handler("configure")
def configure(session: Session, statement: Statement) -> Any:
    """`configure`: asks from where."""
    return _ask_configure(session)


async def _ask_configure(session: Session) -> None:
    source = (await session.ask("Configuring from terminal, memory, or network [terminal]? ")).strip()
    if not "terminal".startswith(source.lower()):
        raise Rejected('?Must be "terminal", "memory" or "network"')
    session.enter_configuration()
    session.write("Enter configuration commands, one per line.  End with CNTL/Z.\n")


@handler("exit")
def leave(session: Any, statement: Statement) -> Any:
    """`exit` at a console: the session begins again. Who leaves connections of a router open is asked first."""
    if isinstance(session, Session) and session.calls:
        return _hang_up(session)
    session.leave()
    return ""


async def _hang_up(session: Session) -> None:
    """The words are from memory. The session leaves from outside of this task, which ends with it."""
    answer = (await session.ask(" (You have open connections) [confirm]")).strip().lower()
    if answer in ("", "y", "yes"):
        session.write("".join(f"Closing: {call.host} !\n" for call in session.calls))
        session.sim.call_later(0, session.leave)
        never: Signal[None] = Signal()
        await never
