"""`logging …`, `service timestamps …`, `show logging`, `terminal monitor`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from iosim.grammar import Statement
from iosim.ios.clock import hms, stamp
from iosim.ios.config import Flag, Table, Value, bound, to_args
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature
from iosim.ios.session import Session
from iosim.sim.clock import SECOND

DEFAULT_SIZE = 8192


@dataclass(frozen=True, slots=True)
class Stamps:
    """`service timestamps debug datetime msec localtime show-timezone year`"""

    stream: str
    stamp: str | None = None
    msec: bool = False
    localtime: bool = False
    show_timezone: bool = False
    year: bool = False


STREAMS = ("debug", "log")


class StampTable(Table):
    """Time stamps are on from the start, so a stream without them is written too, as IOS writes it."""

    def lines(self, mode: str, value: dict[Any, Stamps]) -> Iterator[str]:
        for stream in STREAMS:
            if (stream,) in value:
                yield self.say(mode, to_args(Stamps, value[stream,]))
            else:
                yield f"no service timestamps {stream} uptime"


def _default_stamps() -> dict[Any, Stamps]:
    return {(stream,): Stamps(stream, "datetime", True) for stream in STREAMS}


@part("config")
@dataclass(slots=True)
class Logging:
    """Where messages go, and their time stamps."""

    timestamps: dict[Any, Stamps] = bound(
        StampTable("service_timestamps", order=13, key=("stream",), type=Stamps),
        factory=_default_stamps,
    )
    buffered: int | None = bound(Value("logging_buffered", order=41, type="size", default=DEFAULT_SIZE))
    console: bool = bound(Flag("logging_console", order=42, default=True))
    monitor: bool = bound(Flag("logging_monitor", order=43, default=True))


@feature
class LoggingFeature(Feature):
    """Brings the router's syslog to what the configuration says."""

    order = 1

    def reconcile(self) -> None:
        config, syslog = self.router.config[Logging], self.router.syslog
        syslog.console, syslog.monitor = config.console, config.monitor
        syslog.capacity = config.buffered or DEFAULT_SIZE
        for stream in syslog.stamps:
            syslog.stamps[stream] = partial(self._stamp, config.timestamps.get((stream,)))

    def _stamp(self, stamps: Stamps | None) -> str:
        router = self.router
        if stamps is None:
            return ""
        if stamps.stamp == "datetime":
            now, zone = router.clock_now(), "UTC"
            if stamps.localtime:
                now, zone = router.zone.local(now)
            time = stamp(now, bool(router.clock_offset), stamps.msec, stamps.year)
            return f"{time} {zone}: " if stamps.show_timezone else f"{time}: "
        return f"{hms((router.sim.now - router.booted_at) // SECOND)}: "


@handler("show_logging")
def show_logging(session: Session, statement: Statement) -> str:
    """`show logging`: counters, then the buffer."""
    syslog = session.router.syslog
    states = "\n".join(
        (
            f"    Console logging: {_state(syslog.console, syslog.logged['console'])}",
            f"    Monitor logging: {_state(syslog.monitor, syslog.logged['monitor'])}",
            f"    Buffer logging:  {_state(syslog.buffered, syslog.logged['buffer'])}",
        )
    )
    lines = "".join(line + "\n" for line in syslog.buffer)
    return _TEMPLATE.format(states=states, capacity=syslog.capacity, lines=lines)


def _state(enabled: bool, count: int) -> str:
    if not enabled:
        return "disabled"
    return f"level debugging, {count} messages logged, xml disabled,\n                     filtering disabled"


_TEMPLATE = """\
Syslog logging: enabled (0 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, xml disabled, \
filtering disabled)

No Active Message Discriminator.



No Inactive Message Discriminator.


{states}
    Exception Logging: size (8192 bytes)
    Count and timestamp logging messages: disabled
    Persistent logging: disabled

No active filter modules.

    Trap logging: level informational, 0 message lines logged

Log Buffer ({capacity} bytes):

{lines}"""


@handler("clear_logging")
def clear_logging(session: Session, statement: Statement) -> Any:
    """`clear logging`"""
    return _confirm_clear(session)


async def _confirm_clear(session: Session) -> None:
    if (await session.ask("Clear logging buffer [confirm]")).strip().lower() in ("", "y", "yes"):
        session.router.syslog.clear()


@handler("terminal_monitor")
def terminal_monitor(session: Session, statement: Statement) -> str | None:
    """`terminal monitor`: log lines on this terminal; the console has them anyway."""
    if session.is_console and not statement.no:
        return "% Console already monitors\n"
    session.monitor = not statement.no
    return None


@handler("terminal_length", "terminal_width")
def terminal_size(session: Session, statement: Statement) -> None:
    """`terminal length 0`, `terminal width 512`"""
    session.length = session.length if statement.get("length") is None else statement.get("length")
    session.width = session.width if statement.get("width") is None else statement.get("width")


@handler("show_terminal")
def show_terminal(session: Session, statement: Statement) -> str:
    """`show terminal`, its first lines."""
    return f'Line 0, Location: "", Type: ""\nLength: {session.length} lines, Width: {session.width} columns\n'
