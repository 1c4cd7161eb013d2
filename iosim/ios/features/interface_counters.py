"""The counters of interfaces over time: average rates, and clearing."""

from __future__ import annotations

from dataclasses import field
from math import exp
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.derive import Derived
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.interface import Counters, Interface

LOAD_INTERVAL = 300
"""In seconds, unless `load-interval` says otherwise."""


@dataclass(slots=True)
class Average:
    """The exponentially weighted rate of something that is counted, per second.

    It is worked out when somebody looks: what came since the last look is taken as spread evenly up to the moment when
    the last of it came, and nothing came after that.
    """

    rate: float = 0.0

    def add(self, count: int, busy: int, idle: int, interval: int = LOAD_INTERVAL) -> None:
        """`count` came within `busy` µs, and then nothing for `idle` µs; averages are taken over `interval` seconds."""
        span = interval * SECOND
        weight = exp(-busy / span)
        spread = (1 - weight) / busy if busy else 1 / span
        self.rate = (self.rate * weight + count * SECOND * spread) * exp(-idle / span)


@dataclass(slots=True)
class Flow:
    """One direction of an interface: averages of bytes and packets, and the counters as they were seen last."""

    octets: Average = field(default_factory=Average)
    packets: Average = field(default_factory=Average)
    seen: tuple[int, int] = (0, 0)

    def update(self, counters: tuple[int, int], since: int, now: int, last: int | None, interval: int) -> None:
        """`counters` are (bytes, packets) now; `last` is when the last packet came."""
        busy = max(0, (last if last is not None else since) - since)
        for average, count, seen in zip((self.octets, self.packets), counters, self.seen, strict=True):
            average.add(count - seen, busy, now - since - busy, interval)
        self.seen = counters

    @property
    def bits_per_second(self) -> int:
        """The average rate in bit/s."""
        return round(self.octets.rate * 8)

    @property
    def packets_per_second(self) -> int:
        """The average rate in packets per second."""
        return round(self.packets.rate)


@dataclass(slots=True)
class Meter:
    """What is known of one interface beside its counters. Times are µs."""

    looked: int
    interval: int = LOAD_INTERVAL
    cleared: int | None = None
    input: Flow = field(default_factory=Flow)
    output: Flow = field(default_factory=Flow)

    def look(self, interface: Interface, now: int) -> None:
        """Bring the averages up to now."""
        counters, interval = interface.counters, self.interval
        self.input.update((counters.bytes_in, counters.packets_in), self.looked, now, interface.last_input, interval)
        self.output.update(
            (counters.bytes_out, counters.packets_out), self.looked, now, interface.last_output, interval
        )
        self.looked = now


@feature
class InterfaceMeters(Feature):
    """The meters of a router's interfaces."""

    order = 12

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._meters: dict[str, Meter] = {}
        self._intervals = Derived(self.derivation, lambda config: config[InterfaceSettings].load_interval)

    def reconcile(self) -> None:
        interfaces = self.router.stack.interfaces
        intervals = self._intervals.each(self.router.config[Interfaces].interfaces)
        for name in self._intervals.changed:
            if name not in interfaces:
                self._meters.pop(name, None)
                continue
            if name not in self._meters:
                self._meters[name] = Meter(self.router.sim.now)
            interval = intervals[name] or LOAD_INTERVAL
            if self._meters[name].interval != interval:
                self.read(interfaces[name]).interval = interval

    def read(self, interface: Interface) -> Meter:
        """The meter of an interface, with its averages as they are now."""
        meter = self._meters[interface.name]
        meter.look(interface, self.router.sim.now)
        return meter

    def clear(self, interface: Interface) -> None:
        """Count from 0; the averages go on."""
        meter = self.read(interface)
        interface.counters = Counters()
        meter.input.seen = meter.output.seen = (0, 0)
        meter.cleared = self.router.sim.now


@handler("clear_counters")
def clear_counters(session: Session, statement: Statement) -> Any:
    """`clear counters [X]`"""
    return _clear(session, statement.get("interface"))


async def _clear(session: Session, name: str | None) -> None:
    where = "on all interfaces" if name is None else "on this interface"
    answer = await session.ask(f'Clear "show interface" counters {where} [confirm]')
    if answer.strip().lower() not in ("", "y", "yes"):
        return
    router = session.router
    for interface in router.stack.interfaces.values():
        if name in (None, interface.name):
            router[InterfaceMeters].clear(interface)
    which = "all interfaces" if name is None else f"interface {name}"
    router.syslog.message("CLEAR-5-COUNTERS", f"Clear counter on {which} by console")
