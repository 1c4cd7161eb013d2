"""`debug ip sla trace [N]`: the runs of operations, in the words of captures; that of an answer is from memory."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.sla.engine import CONNECT, ECHO, JITTER, Sla
from iosim.ios.features.sla.operation import Operation, address_of, source_of
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router

DEBUG = "debug_ip_sla_trace"
_KINDS = {ECHO: "icmpecho", JITTER: "udpjitter", CONNECT: "tcpconnect"}


def _options(statement: Statement) -> str:
    number = statement.get("number")
    return "" if number is None else f" for entry {number}"


debug_switch(DEBUG, Switch("IP SLAs", "IP SLAs TRACE debugging", _options))


@feature
class SlaDebug(Feature):
    """Watches operations while somebody wants to see them."""

    order = 86

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        tracers, on = self.router[Sla].tracers, DEBUG in self.router[Debugging].on
        if on and self._trace not in tracers:
            tracers.append(self._trace)
        elif not on and self._trace in tracers:
            tracers.remove(self._trace)

    def _trace(self, operation: Operation, has_run: bool) -> None:
        number = self.router[Debugging].on[DEBUG].get("number")
        if number in (None, operation.probe.number):
            for part, text in self._results(operation) if has_run else self._starts(operation):
                self.router.syslog.debug(f"IPSLA-{part}_TRACE:OPER:{operation.probe.number} {text}")

    def _starts(self, operation: Operation) -> list[tuple[str, str]]:
        target, source = self._ends(operation)
        lines = [
            ("INFRA", "slaSchedulerEventWakeup"),
            ("INFRA", "Starting an operation"),
            ("OPER", f"source IP:{source}"),
        ]
        kind = _KINDS[operation.probe.kind]
        lines.append(("OPER", f"Starting {kind} operation - destAddr={target}, sAddr={source}"))
        return [*lines, ("OPER", f"Sending ID: {operation.probe.number & 0xFFFF}")] if kind == "icmpecho" else lines

    def _results(self, operation: Operation) -> list[tuple[str, str]]:
        last, (target, source) = operation.last, self._ends(operation)
        if last.rtt is not None:
            said = f"RTT={last.rtt} {last.code}"
        else:
            said = f"{last.code} - destAddr={target}, sAddr={source}"
        return [("OPER", said), ("INFRA", "Updating result")]

    def _ends(self, operation: Operation) -> tuple[str, str]:
        """Where an operation sends to, and from where."""
        probe, stack = operation.probe, self.router.stack
        target = address_of(self.router, probe.host) or 0
        source = stack.source_for(target) if probe.source is None else source_of(self.router, probe.source)
        return format_address(target), format_address(source or 0)
