"""`ip sla N`, its operations and their settings, and `ip sla schedule N`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Section, Table, Value, bound
from iosim.ios.blocks import Block, natural
from iosim.ios.config import Config
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import check, part
from iosim.ios.router import Router

DEFAULT_FREQUENCY, DEFAULT_MILLISECONDS, DEFAULT_LIFE = 60, 5000, 3600
RUNNING = """\
Entry already running and cannot be modified
\tonly can delete (no) and start over
\t(check to see if the probe has finished exiting)"""
MISSING = "%Entry not configured"
PLANNED = tuple(
    f"planned_sla_{name}"
    for name in ("dns", "http", "icmp_jitter", "path_echo", "tcp_connect", "udp_echo", "udp_jitter", "operation")
)
"""The operations that are only kept."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`ip sla schedule 1 life forever start-time now`; `start` is a word or a time of day."""

    number: int
    ageout: int | None = None
    life: str | int | None = None
    recurring: bool = False
    start: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """`ip sla reaction-configuration 1 react rtt threshold-value 300 200 threshold-type consecutive 3 action-type
    trapOnly`; `count` has one number, or the two of `xofy`. Bounds are in ms."""

    number: int
    react: str
    upper: int | None = None
    lower: int | None = None
    type: str | None = None
    count: tuple[int, ...] = ()
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """`history lives-kept 1`, `history filter all`"""

    what: str
    count: int | None = None
    filter: str | None = None


class Entries(Section):
    """The operations. One that goes takes its schedule and its reactions with it; one that is there is entered where
    its settings are, as it cannot become another one."""

    def apply(self, part: SlaSettings, name: str, statement: Statement) -> Config | None:
        if statement.no or statement.default:
            number = statement.get("number")
            part.schedules.pop((number,), None)
            part.reactions = {key: said for key, said in part.reactions.items() if key[0] != number}
        entry = super().apply(part, name, statement)
        operation = next(_operations(entry), None) if entry is not None else None
        if operation is None:
            return entry
        operation.in_place = False
        return operation


class BehindOperations(Table):
    """Lines that stand behind the operations whose numbers they begin with."""

    def blocks(self, mode: str, value: dict[Any, Any]) -> Iterator[Block]:
        for key, line in zip(value, self.lines(mode, value), strict=True):
            yield Block((line,), self.order, rank=(natural(key[:1]),))


class Operation(Section):
    """What an entry does; it does one thing. Its settings are written no deeper than itself, as in captures."""

    def apply(self, part: Operations, name: str, statement: Statement) -> Config | None:
        opened = super().apply(part, name, statement)
        if opened is not None:
            opened.in_place = True
        return opened


@part("config")
@dataclass(slots=True)
class SlaSettings:
    """The operations by their numbers, and when they run."""

    operations: dict[int, Config] = bound(
        Entries("ip_sla", order=552, mode="config_ip_sla", key=("number",), sort=lambda key: natural([key]), apart=0)
    )
    schedules: dict[Any, Schedule] = bound(
        BehindOperations("ip_sla_schedule", order=552, key=("number",), type=Schedule), factory=dict
    )
    reactions: dict[Any, Reaction] = bound(
        BehindOperations("ip_sla_reaction", order=552, key=("number", "react"), type=Reaction), factory=dict
    )
    logging: bool = bound(Flag("ip_sla_logging", order=551))


@part("config_ip_sla")
@dataclass(slots=True)
class Operations:
    """The operation of an entry."""

    jitter: dict[str, Config] = bound(
        Operation("sla_udp_jitter", order=10, mode="config_ip_sla_jitter", key=("host",), apart=0, indent="")
    )
    echo: dict[str, Config] = bound(
        Operation("sla_icmp_echo", order=10, mode="config_ip_sla_echo", key=("host",), apart=0, indent="")
    )
    connect: dict[str, Config] = bound(
        Operation("sla_tcp_connect", order=10, mode="config_ip_sla_tcp", key=("host",), apart=0, indent="")
    )


@dataclass(slots=True)
class ProbeSettings:
    """What operations have in common: seconds, milliseconds and bytes."""

    frequency: int = bound(Value("sla_frequency", order=31, type="seconds", default=DEFAULT_FREQUENCY))
    history: dict[Any, Kept] = bound(Table("sla_history", order=21, key=("what",), type=Kept), factory=dict)
    owner: str | None = bound(Value("sla_owner", order=23, type="text"))
    size: int | None = bound(Value("sla_size", order=24, type="bytes"))
    tag: str | None = bound(Value("sla_tag", order=25, type="text"))
    threshold: int = bound(Value("sla_threshold", order=26, type="milliseconds", default=DEFAULT_MILLISECONDS))
    timeout: int = bound(Value("sla_timeout", order=27, type="milliseconds", default=DEFAULT_MILLISECONDS))
    tos: int = bound(Value("sla_tos", order=28, type="tos", default=0))


for _mode in ("config_ip_sla_echo", "config_ip_sla_jitter", "config_ip_sla_tcp", "config_ip_sla_probe"):
    part(_mode)(ProbeSettings)


@check("ip_sla")
def _check_running(router: Router, config: Config, statement: Statement) -> None:
    """What is scheduled can only be deleted."""
    negated = statement.no or statement.default
    if router.running and not negated and (statement.get("number"),) in config[SlaSettings].schedules:
        raise Rejected(RUNNING)


@check("sla_icmp_echo", "sla_udp_jitter", "sla_tcp_connect", *PLANNED)
def _check_alone(router: Router, config: Config, statement: Statement) -> None:
    """An entry does one thing: what is kept of another operation has to go first."""
    if statement.no or statement.default:
        return
    lines = config[KeptLines]
    kept = [command for command in PLANNED if lines.sections.get(command) or lines.said.get(command)]
    if statement.command.startswith("planned"):
        found = has_operation(config) or any(command != statement.command for command in kept)
    else:
        found = bool(kept)
    if found:
        raise Rejected(RUNNING)


@check("ip_sla_reaction")
def _check_reaction(router: Router, config: Config, statement: Statement) -> None:
    if statement.get("number") not in config[SlaSettings].operations:
        raise Rejected(MISSING)


@check("ip_sla_schedule")
def _check_schedule(router: Router, config: Config, statement: Statement) -> None:
    number = statement.get("number")
    if statement.no or statement.default:
        return
    operation = config[SlaSettings].operations.get(number)
    if operation is None or not (has_operation(operation) or operation[KeptLines].sections):
        raise Rejected(MISSING)
    times = [said for said in (statement.get("after"), statement.get("start")) if said is not None and ":" in said]
    if any(not _is_time(said) for said in times):
        raise Rejected(f"% Invalid time {times[0]}")
    if router.running and (number,) in config[SlaSettings].schedules:
        raise Rejected(RUNNING)


def _operations(entry: Config) -> Iterator[Config]:
    """What an entry does, if that works."""
    said = entry[Operations]
    for of_a_kind in (said.echo, said.jitter, said.connect):
        yield from of_a_kind.values()


def has_operation(entry: Config) -> bool:
    """Whether an entry says what it does, and that works."""
    return any(True for _ in _operations(entry))


def _is_time(text: str) -> bool:
    """Whether this is a time of day, or of so many hours, minutes and seconds."""
    parts = text.split(":")
    limits = (24, 60, 60)
    return len(parts) in (2, 3) and all(
        part.isdecimal() and int(part) < limit for part, limit in zip(parts, limits, strict=False)
    )
