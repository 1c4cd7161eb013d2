"""`show logging`, `clear logging`."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Statement
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.syslog import SEVERITIES, Outlet, Syslog


@handler("show_logging")
def show_logging(session: Session, statement: Statement) -> str:
    """`show logging`: where messages go and how many went there, then the buffer."""
    syslog = session.router.syslog
    return _TEMPLATE.format(
        on="enabled" if syslog.on else "disabled",
        console=_state(syslog.console, 21),
        monitor=_state(syslog.monitor, 21),
        buffer=_buffer(syslog),
        trap=_trap(syslog.trap),
        capacity=syslog.capacity,
        lines="".join(line + "\n" for line in syslog.lines),
    )


def _state(outlet: Outlet, indent: int) -> str:
    if outlet.level is None:
        return "disabled"
    return f"level {SEVERITIES[outlet.level]}, {outlet.logged} messages logged, {_details(indent)}"


def _details(indent: int) -> str:
    return f"xml disabled,\n{' ' * indent}filtering disabled"


def _buffer(syslog: Syslog) -> str:
    return f"disabled, {_details(20)}" if syslog.buffer.level is None else _state(syslog.buffer, 20)


def _trap(outlet: Outlet) -> str:
    if outlet.level is None:
        return "disabled"
    return f"level {SEVERITIES[outlet.level]}, {outlet.logged} message lines logged"


_TEMPLATE = """\
Syslog logging: {on} (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, xml disabled, \
filtering disabled)

No Active Message Discriminator.



No Inactive Message Discriminator.


    Console logging: {console}
    Monitor logging: {monitor}
    Buffer logging:  {buffer}
    Exception Logging: size (8192 bytes)
    Count and timestamp logging messages: disabled
    Persistent logging: disabled

No active filter modules.

    Trap logging: {trap}

Log Buffer ({capacity} bytes):

{lines}"""
"""Nothing is ever dropped or rate-limited here. The size for exceptions is that of the usual router."""


@handler("clear_logging")
def clear_logging(session: Session, statement: Statement) -> Any:
    """`clear logging`"""
    return _confirm_clear(session)


async def _confirm_clear(session: Session) -> None:
    if (await session.ask("Clear logging buffer [confirm]")).strip().lower() in ("", "y", "yes"):
        session.router.syslog.clear()
