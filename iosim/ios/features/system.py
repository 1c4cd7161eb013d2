"""The commands of a session itself: modes, history, privilege."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.registry import handler
from iosim.ios.session import Session


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
def leave(session: Any, statement: Statement) -> str:
    """`exit` at a console: the session begins again."""
    session.leave()
    return ""
