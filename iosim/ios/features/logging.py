"""`logging …`, `service timestamps …`, `service sequence-numbers`: where messages go, and what stands before them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.arguments import to_args
from iosim.ios.bindings import Binding, Flag, Table, Value, bound
from iosim.ios.clock import hms, stamp
from iosim.ios.features.lines import Lines
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature
from iosim.ios.session import Session
from iosim.ios.syslog import BUFFER_SIZE, DEBUGGING, INFORMATIONAL, SEVERITIES
from iosim.sim.clock import SECOND


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
                stamps = value[stream,]
                yield self.say(mode, to_args(Stamps, replace(stamps, stamp=stamps.stamp or "uptime")))
            else:
                yield f"no service timestamps {stream} uptime"


def _default_stamps() -> dict[Any, Stamps]:
    return {(stream,): Stamps(stream, "datetime", True) for stream in STREAMS}


class Level(Binding):
    """The level of an outlet, 0 to 7, or None when it is shut; a line without a level says the usual one."""

    def __init__(self, command: str, order: int, default: int) -> None:
        super().__init__(command, order=order)
        self.default = default

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        said = self.default if statement.default else level_of(statement)
        setattr(part, name, None if statement.no else self.default if said is None else said)

    def lines(self, mode: str, value: int | None) -> Iterator[str]:
        if value is None:
            yield f"no {self.say(mode, {})}"
        elif value != self.default:
            yield self.say(mode, {"level": [SEVERITIES[value]]})


@dataclass(frozen=True, slots=True)
class Buffer:
    """The buffer in memory: its size in bytes, and its level or None when there is none."""

    size: int = BUFFER_SIZE
    level: int | None = DEBUGGING


class BufferBinding(Binding):
    """`logging buffered [SIZE] [LEVEL]`: what a line does not say stays."""

    default = Buffer()

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        buffer: Buffer = getattr(part, name)
        size, level = statement.get("size"), level_of(statement)
        if statement.no:
            buffer = Buffer(level=None)
        elif statement.default or (size is None and level is None):
            buffer = Buffer()
        else:
            kept = DEBUGGING if buffer.level is None else buffer.level
            buffer = Buffer(buffer.size if size is None else size, kept if level is None else level)
        setattr(part, name, buffer)

    def lines(self, mode: str, value: Buffer) -> Iterator[str]:
        if value.level is None:
            yield f"no {self.say(mode, {})}"
        elif value != Buffer():
            size = [value.size] if value.size != BUFFER_SIZE else []
            level = [SEVERITIES[value.level]] if value.level != DEBUGGING else []
            yield self.say(mode, {"size": size, "level": level})


def level_of(statement: Statement) -> int | None:
    """The level that a statement says by number or name."""
    said = statement.get("level")
    return SEVERITIES.index(said) if said in SEVERITIES else said


@part("config")
@dataclass(slots=True)
class Logging:
    """Where messages go, and what stands before them."""

    timestamps: dict[Any, Stamps] = bound(
        StampTable("service_timestamps", order=13, key=("stream",), type=Stamps),
        factory=_default_stamps,
    )
    numbered: bool = bound(Flag("service_sequence_numbers", order=15))
    on: bool = bound(Flag("logging_on", order=40, default=True))
    buffer: Buffer = bound(BufferBinding("logging_buffered", order=41))
    console: int | None = bound(Level("logging_console", order=42, default=DEBUGGING))
    monitor: int | None = bound(Level("logging_monitor", order=43, default=DEBUGGING))
    trap: int | None = bound(Level("logging_trap", order=553, default=INFORMATIONAL))


@dataclass(frozen=True, slots=True)
class Synchronous:
    """`logging synchronous [level SEVERITY|all] [limit MESSAGES]`. The limit is kept: no message has to wait here."""

    severity: int | str | None = None
    limit: int | None = None

    def holds(self, severity: int) -> bool:
        """Whether what is typed is shown again below such a message: the urgent ones, level 2 and below, are outside.

        Source: "Cisco IOS in a Nutshell", `logging synchronous`.
        """
        least = 2 if self.severity is None else self.severity
        return least == "all" or severity >= int(least)


@part("config_line")
@dataclass(slots=True)
class LineLogging:
    """What a terminal line says about messages."""

    synchronous: Synchronous | None = bound(Value("line_logging_synchronous", order=40, type=Synchronous))


def is_synchronous(session: Session, severity: int) -> bool:
    """Whether the line of a session shows what is typed again below such a message."""
    synchronous = session.router.config[Lines].of(session.line)[LineLogging].synchronous
    return synchronous is not None and synchronous.holds(severity)


@feature
class LoggingFeature(Feature):
    """Brings the router's syslog to what the configuration says."""

    order = 1

    def reconcile(self) -> None:
        config, syslog = self.router.config[Logging], self.router.syslog
        syslog.on, syslog.numbered = config.on, config.numbered
        syslog.console.level, syslog.monitor.level = config.console, config.monitor
        syslog.buffer.level, syslog.trap.level = config.buffer.level, config.trap
        syslog.resize(config.buffer.size)
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
