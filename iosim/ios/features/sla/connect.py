"""The operation `tcp-connect … control disable`: how long it takes to open a connection to a port.

With control messages, which ask a responder for the port first, the operation is only kept.
"""

from __future__ import annotations

from dataclasses import replace

from iosim.ios.features.sla.operation import MILLISECOND, Outcome, Probe, address_of, source_of
from iosim.ios.router import Router
from iosim.sim.task import Signal, wait_for
from iosim.stack.tcp.states import CLOSED, OPENING


async def connect(router: Router, probe: Probe) -> Outcome:
    """Open a connection and close it again."""
    target, source = address_of(router, probe.host), source_of(router, probe.source)
    if target is None or (source is None and probe.source is not None):
        return Outcome("No connection")
    tcp, begun = router.stack.tcp, router.sim.now
    connection = tcp.connect(target, probe.port, source, replace(tcp.options, tos=probe.tos))
    settled: Signal[bool] = Signal()

    def look() -> None:
        if connection.ending is not None or connection.state not in (CLOSED, *OPENING):
            settled.set(connection.ending is None)

    connection.on_change = look
    look()
    opened: bool | None = await wait_for(router.sim, settled, probe.timeout * MILLISECOND)
    if opened:
        connection.close()
        return Outcome("OK", max(1, round((router.sim.now - begun) / MILLISECOND)))
    if connection.ending is None:
        connection.abort()
    return Outcome("No connection" if opened is False else "Timeout")
