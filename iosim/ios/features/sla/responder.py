"""`ip sla responder`: opens ports for the operations of others and sends back what comes there.

`show ip sla responder` is from memory of IOS 15.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.bindings import Flag, bound
from iosim.ios.features.sla.moment import milliseconds, moment
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import MILLISECOND, Timer
from iosim.wire import WireError
from iosim.wire.sla import CONTROL_PORT, Control, Measurement

MAXIMUM_PORTS = 64
"""So many ports are open at a time; who asks for one more is not answered."""
RECENT = 5


@part("config")
@dataclass(slots=True)
class ResponderSettings:
    """Whether this router answers."""

    responder: bool = bound(Flag("ip_sla_responder", order=551))


@feature
class Responder(Feature):
    """The responder. `ports` are those that are open, with the ends of their times."""

    order = 61

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.enabled = False
        self.ports: dict[int, Timer] = {}
        self.received = self.errors = 0
        self.sources: dict[int, int] = {}

    def reconcile(self) -> None:
        wanted = self.router.config[ResponderSettings].responder
        if wanted is not self.enabled:
            self.enabled = wanted
            if wanted:
                self.router.stack.udp.bind(CONTROL_PORT, self._control)
            else:
                self.stop()

    def stop(self) -> None:
        self.router.stack.udp.unbind(CONTROL_PORT)
        for port in list(self.ports):
            self._close(port)
        self.enabled = False

    def _control(self, data: bytes, source: int, source_port: int, destination: int, port: int) -> None:
        try:
            asked = Control.unpack(data)
        except WireError:
            self.errors += 1
            return
        self.received += 1
        self.sources.pop(source, None)
        self.sources[source] = self.router.sim.now
        if len(self.sources) > RECENT:
            del self.sources[next(iter(self.sources))]
        if self._open(asked.port, asked.duration):
            self._send(asked.pack(answer=True), source, source_port, port, destination)
        else:
            self.errors += 1

    def _open(self, port: int, duration: int) -> bool:
        """Listen on a port for some ms, or longer than until now; False when that cannot be."""
        udp, known = self.router.stack.udp, self.ports.get(port)
        if known is not None:
            known.cancel()
        elif len(self.ports) >= MAXIMUM_PORTS or port in udp.ports:
            return False
        else:
            udp.bind(port, self._measurement)
        self.ports[port] = self.router.sim.call_later(duration * MILLISECOND, partial(self._close, port))
        return True

    def _close(self, port: int) -> None:
        self.ports.pop(port).cancel()
        self.router.stack.udp.unbind(port)

    def _measurement(self, data: bytes, source: int, source_port: int, destination: int, port: int) -> None:
        try:
            packet = Measurement.unpack(data)
        except WireError:
            self.errors += 1
            return
        answer = replace(packet, received=milliseconds(self.router), received_sequence=packet.sequence)
        self._send(answer.pack(), source, source_port, port, destination)

    def _send(self, data: bytes, source: int, source_port: int, port: int, own: int) -> None:
        self.router.stack.udp.send(data, source, source_port, port, own)


@handler("show_ip_sla_responder")
def show_ip_sla_responder(session: Session, statement: Statement) -> str:
    """`show ip sla responder`"""
    responder = session.router[Responder]
    text = f"        General IP SLA Responder on Control port {CONTROL_PORT}\n"
    if not responder.enabled:
        return text + "General IP SLA Responder is: Disabled\n"
    text += "General IP SLA Responder is: Enabled\n"
    text += f"Number of control message received: {responder.received} Number of errors: {responder.errors}\n"
    text += "Recent sources:\n"
    for source, time in reversed(responder.sources.items()):
        text += f"        {format_address(source)} [{moment(session.router, time)}]\n"
    return text + "Recent error sources:\n"
