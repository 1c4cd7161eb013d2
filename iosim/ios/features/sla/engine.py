"""The operations of a router, as its configuration has them."""

from __future__ import annotations

from collections.abc import Callable

from iosim.ios.config import Config
from iosim.ios.features.sla.config import Operations, ProbeSettings, SlaSettings
from iosim.ios.features.sla.connect import connect
from iosim.ios.features.sla.jitter import jitter
from iosim.ios.features.sla.operation import MILLISECOND, Keep, Operation, Outcome, Probe, Run, address_of, source_of
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router

ECHO, JITTER, CONNECT = "icmp-echo", "udp-jitter", "tcp-connect"
SIZES = {ECHO: 28, JITTER: 32, CONNECT: 28}
"""Bytes that operations send when nothing is said."""
PACKETS, INTERVAL = 10, 20
"""What `udp-jitter` sends, and every how many ms."""
ICMP_HEADERS = 28
"""Bytes of an IPv4 and an ICMP header."""


def configured(number: int, config: Config) -> tuple[Probe, ProbeSettings] | None:
    """The operation that an entry has, and its settings; None: it has none that works."""
    operations = config[Operations]
    for kind, entries in (
        (ECHO, operations.echo),
        (JITTER, operations.jitter),
        (CONNECT, operations.connect),
    ):
        for said in entries.values():
            settings = said[ProbeSettings]
            source = said.get("source") if said.get("interface") is None else said.get("interface")
            probe = Probe(
                number,
                kind,
                said.get("host"),
                source,
                said.get("port") or 0,
                settings.frequency,
                settings.timeout,
                settings.threshold,
                SIZES[kind] if settings.size is None else settings.size,
                settings.tos,
                said.get("packets") or PACKETS,
                said.get("interval") or INTERVAL,
                kept(settings),
            )
            return probe, settings
    return None


def kept(settings: ProbeSettings) -> Keep:
    """What of an operation's results is kept."""
    said = {each.what: each.filter if each.what == "filter" else each.count for each in settings.history.values()}
    lives, buckets = said.get("lives-kept"), said.get("buckets-kept")
    return Keep(int(lives or 0), int(buckets or Keep().buckets), str(said.get("filter") or "none"))


async def echo(router: Router, probe: Probe) -> Outcome:
    """Send an echo and wait for what comes of it; whoever answers otherwise than by a reply, has not answered."""
    target, source = address_of(router, probe.host), source_of(router, probe.source)
    if target is None or (source is None and probe.source is not None):
        return Outcome("No connection")
    result = await router.stack.ping_once(
        target,
        source,
        size=probe.size + ICMP_HEADERS,
        timeout=probe.timeout * MILLISECOND,
        tos=probe.tos,
        ident=probe.number & 0xFFFF,
    )
    if result.kind != "reply":
        return Outcome("Timeout")
    return Outcome("OK", max(1, round(result.rtt / MILLISECOND)))


RUNS: dict[str, Run] = {ECHO: echo, JITTER: jitter, CONNECT: connect}
"""How an operation of each kind runs."""


@feature
class Sla(Feature):
    """The scheduled operations by their numbers. `watchers` are told the number of each that has run, or is gone.

    `tracers` are told of an operation before it runs and afterwards, and whether it has run.
    """

    order = 60

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.operations: dict[int, Operation] = {}
        self.changed_at = router.sim.now
        self._seen: list[object] = []
        self.watchers: list[Callable[[int], None]] = []
        self.tracers: list[Callable[[Operation, bool], None]] = []

    def reconcile(self) -> None:
        if not self.router.running:
            return
        settings = self.router.config[SlaSettings]
        self._notice(settings)
        wanted = {}
        for schedule in settings.schedules.values():
            config = settings.operations.get(schedule.number)
            said = configured(schedule.number, config) if config is not None else None
            if said is not None and said[0].kind in RUNS:
                wanted[schedule.number] = said[0], schedule
        for number, operation in list(self.operations.items()):
            if wanted.get(number) != (operation.probe, operation.schedule):
                self.operations.pop(number).stop()
                self._tell(operation)
        for number, (probe, schedule) in wanted.items():
            if number not in self.operations:
                self.operations[number] = Operation(
                    self.router, probe, schedule, RUNS[probe.kind], self._ran, self._starts
                )

    def _notice(self, settings: SlaSettings) -> None:
        """Remember when the configuration has changed last."""
        seen = [*(configured(n, config) for n, config in settings.operations.items()), *settings.schedules.values()]
        probes = [each[0] if isinstance(each, tuple) else each for each in seen]
        if probes != self._seen:
            self._seen, self.changed_at = list(probes), self.router.sim.now

    def _starts(self, operation: Operation) -> None:
        for tracer in self.tracers:
            tracer(operation, False)

    def _ran(self, operation: Operation) -> None:
        for tracer in self.tracers:
            tracer(operation, True)
        self._tell(operation)

    def _tell(self, operation: Operation) -> None:
        for watcher in self.watchers:
            watcher(operation.probe.number)

    def stop(self) -> None:
        for operation in self.operations.values():
            operation.stop()
        self.operations = {}
