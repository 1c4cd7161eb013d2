"""An IP SLA operation at work: when it runs, what it sends, and what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from iosim.data import dataclass
from iosim.grammar.values import parse_address
from iosim.ios.features.names import lookup
from iosim.ios.features.sla.config import DEFAULT_LIFE, Schedule, SlaSettings
from iosim.ios.router import Router
from iosim.sim.clock import SECOND, Timer
from iosim.sim.task import Task

Code = Literal["Unknown", "OK", "Over threshold", "Timeout", "No connection"]
SENSES: dict[Code, int] = {"Unknown": 0, "OK": 1, "Over threshold": 3, "Timeout": 4, "No connection": 6}
"""The numbers of the codes (rttMonHistoryCollectionSense of CISCO-RTTMON-MIB)."""
MILLISECOND = 1000
DAY = 86400 * SECOND
FOREVER = "forever"


@dataclass(frozen=True, slots=True)
class Keep:
    """What of the results is kept: of so many `lives`, the last `buckets` each that `filter` lets pass."""

    lives: int = 0
    buckets: int = 15
    filter: str = "none"

    def takes(self, outcome: Outcome) -> bool:
        """Whether a result is kept."""
        if not self.lives or self.filter == "none":
            return False
        failed = outcome.rtt is None
        over = outcome.code == "Over threshold"
        return {"all": True, "failures": failed, "overThreshold": over}[self.filter]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run: a code, how many ms it took if somebody answered (`rtt`), and each of several packets."""

    code: Code
    rtt: int | None = None
    rtts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What an operation sends. `host` is a word, `source` an address of ours or an interface. `frequency` is in
    seconds, `size` in bytes, other times in ms; an operation of several packets sends them in an `interval`. `keep` is
    what its history is of.
    """

    number: int
    kind: str
    host: str
    source: int | str | None
    port: int
    frequency: int
    timeout: int
    threshold: int
    size: int
    tos: int
    packets: int = 1
    interval: int = 0
    keep: Keep = Keep()


Run = Callable[[Router, Probe], Coroutine[Any, Any, Outcome]]


class Operation:
    """An operation with its schedule. `state` is "pending", "active" or "inactive"; times are simulated µs.

    `history` has (life, number of the run, its start, what came of it). `on_start` is called before each run and
    `on_result` after it. A run that lasts longer than the time to the next one lets that pass by.
    """

    def __init__(
        self,
        router: Router,
        probe: Probe,
        schedule: Schedule,
        run: Run,
        on_result: Callable[[Operation], None],
        on_start: Callable[[Operation], None] = lambda operation: None,
    ) -> None:
        self.router, self.probe, self.schedule = router, probe, schedule
        self.state = "pending"
        self.last: Outcome = Outcome("Unknown")
        self.started: int | None = None
        self.ends: int | None = None
        self.successes = self.failures = 0
        self.over = False
        self.history: deque[tuple[int, int, int, Outcome]] = deque(maxlen=probe.keep.lives * probe.keep.buckets)
        self._life = self._runs = 0
        self._run, self._on_result, self._on_start = run, on_result, on_start
        self._timers: list[Timer] = []
        self._task: Task | None = None
        delay = self._delay()
        self.begins = None if delay is None else router.sim.now + delay
        if delay is not None:
            self._timers.append(router.sim.call_later(delay, self._begin))

    def _delay(self) -> int | None:
        """How long to wait for the start; None: for ever."""
        schedule = self.schedule
        if schedule.start == "now":
            return 0
        if schedule.start == "after":
            return _seconds(schedule.after or "") * SECOND
        if schedule.start in (None, "pending"):
            return None
        now, _ = self.router.zone.local(self.router.clock_now())
        passed = (now.hour * 3600 + now.minute * 60 + now.second) * SECOND + now.microsecond
        return (_seconds(str(schedule.start)) * SECOND - passed) % DAY

    @property
    def life(self) -> int | None:
        """Seconds that it runs; None: for ever."""
        life = self.schedule.life
        return None if life == FOREVER else DEFAULT_LIFE if life is None else int(life)

    def _begin(self) -> None:
        self.state = "active"
        self._life, self._runs = self._life + 1, 0
        sim = self.router.sim
        if self.life is not None:
            self.ends = sim.now + self.life * SECOND
            self._timers.append(sim.call_later(self.life * SECOND, self._end))
        self._tick()

    def _end(self) -> None:
        self.stop()
        self.state = "inactive"
        if self.schedule.recurring:
            self.begins = self.router.sim.now - (self.life or 0) * SECOND + DAY
            self._timers.append(self.router.sim.call_later(max(0, self.begins - self.router.sim.now), self._begin))
        elif self.schedule.ageout:
            self._timers.append(self.router.sim.call_later(self.schedule.ageout * SECOND, self._age))

    def _age(self) -> None:
        """It has been inactive for long enough: IOS takes such an entry out of the configuration."""
        settings = self.router.config[SlaSettings]
        settings.operations.pop(self.probe.number, None)
        settings.schedules.pop((self.probe.number,), None)
        self.router.reconcile()

    def _tick(self) -> None:
        sim = self.router.sim
        self._timers = [timer for timer in self._timers if timer.active]
        self._timers.append(sim.call_later(self.probe.frequency * SECOND, self._tick))
        if self._task is None or self._task.done:
            self.started = sim.now
            self._on_start(self)
            self._task = Task(sim, self._once())

    async def _once(self) -> None:
        outcome = await self._run(self.router, self.probe)
        if outcome.rtt is not None and outcome.rtt > self.probe.threshold:
            outcome = Outcome("Over threshold", outcome.rtt, outcome.rtts)
        self.last = outcome
        self._runs += 1
        if self.probe.keep.takes(outcome):
            self.history.append((self._life, self._runs, self.started or 0, outcome))
        self.over = outcome.code == "Over threshold"
        self.successes += outcome.rtt is not None
        self.failures += outcome.rtt is None
        self._on_result(self)

    def stop(self) -> None:
        """Run no more."""
        for timer in self._timers:
            timer.cancel()
        self._timers = []
        if self._task is not None:
            self._task.cancel()


def _seconds(clock: str) -> int:
    """The seconds of `hh:mm:ss` or `hh:mm`; 0 of what is none."""
    parts = [int(part) if part.isdecimal() else 0 for part in clock.split(":")]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def address_of(router: Router, host: str) -> int | None:
    """The address that a host's name or address means."""
    address = parse_address(host)
    if address is not None:
        return address
    entry = lookup(router.config, host)
    return entry.address[0] if entry is not None and entry.address else None


def source_of(router: Router, source: int | str | None) -> int | None:
    """The address that a source means, if it is one of an interface that is up."""
    for interface in router.stack.interfaces.values():
        if interface.line_up and (interface.name == source or (isinstance(source, int) and interface.owns(source))):
            return source if isinstance(source, int) else interface.address
    return None
