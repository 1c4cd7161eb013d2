"""The IKEv1 engine of a router: told by the configuration, fed by UDP 500, paced by the simulator."""

from __future__ import annotations

from collections.abc import Callable

from iosim.ike.v1 import Datagram, Engine, QuickModeRequest
from iosim.ike.v1.events import Event
from iosim.ike.v1.initiation import PORT
from iosim.ike.v1.nat import KEEPALIVE
from iosim.ike.v1.nat import PORT as NAT_PORT
from iosim.ios.features.isakmp.answers import Answers
from iosim.ios.features.isakmp.messages import Reporter
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec.udp import NON_ESP_MARKER
from iosim.sim.clock import SECOND, Timer


@feature
class IsakmpFeature(Feature):
    """One router's ISAKMP: `config` answers what its engine asks, `listeners` hear what happens."""

    order = 60

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.config = Answers(router)
        self.listeners: list[Callable[[Event], None]] = [Reporter(router).hear]
        self.engine = Engine(self.config, router.random_bytes("ike"))
        self._timer: Timer | None = None
        self._on = False
        for port in (PORT, NAT_PORT):
            router.stack.udp.bind(port, self._receive)

    def request(self, request: QuickModeRequest) -> None:
        """A pair of IPsec SAs is wanted."""
        self.engine.request(request, self.router.sim.now)
        self.flush()

    def probe(self, local: int, remote: int, port: int | None) -> None:
        """There is something to send to a peer of which nothing came for long."""
        self.engine.probe(local, remote, self.router.sim.now, port)
        self.flush()

    def report_invalid_spi(self, local: int, remote: int, protocol: int, spi: int) -> None:
        """A peer sends under an SPI that is not there."""
        self.engine.report_invalid_spi(local, remote, protocol, spi, self.router.sim.now)
        self.flush()

    def patience(self, local: int, remote: int, port: int | None) -> int | float:
        """After how much silence (µs) what is sent to a peer is a reason to ask whether it is there."""
        sa = self.engine.usable_sa(local, remote, port)
        settings = sa.watch.settings if sa else None
        return settings.seconds * SECOND if settings and not settings.periodic else float("inf")

    def flush(self) -> None:
        """Send what the engine has to send, hand out its events, and set its timer. Call it after every engine call."""
        engine, udp = self.engine, self.router.stack.udp
        while True:
            datagrams = engine.datagrams_to_send()
            for datagram in datagrams:
                udp.send(
                    _marked(datagram),
                    datagram.remote,
                    datagram.remote_port,
                    datagram.local_port,
                    source=datagram.local,
                    crypto=False,
                )
            event = engine.next_event()
            if event is not None:
                for listener in self.listeners:
                    listener(event)
            elif not datagrams:
                break
        self._set_timer()

    def follow(self) -> None:
        """Log whether ISAKMP runs, when that has changed; when it stops, its SAs end."""
        if self.config.enabled is not self._on:
            self._on = self.config.enabled
            self.router.syslog.message("CRYPTO-6-ISAKMP_ON_OFF", f"ISAKMP is {'ON' if self._on else 'OFF'}")
            if not self._on:
                self.engine.delete_isakmp(self.router.sim.now)
        self.flush()

    def stop(self) -> None:
        for port in (PORT, NAT_PORT):
            self.router.stack.udp.unbind(port)
        if self._timer is not None:
            self._timer.cancel()

    def _receive(self, data: bytes, source: int, source_port: int, destination: int, destination_port: int) -> None:
        if self.router.stack.is_broadcast(destination):
            self.router.stack.drop("ISAKMP to a broadcast")  # an answer would have that address as its source
            return
        if destination_port == NAT_PORT:
            if not data.startswith(NON_ESP_MARKER):
                return  # a NAT keepalive: it has served its purpose on the way; ESP has been taken before
            data = data[len(NON_ESP_MARKER) :]
        self.engine.receive_datagram(data, destination, source, destination_port, source_port, self.router.sim.now)
        self.flush()

    def _set_timer(self) -> None:
        wanted = self.engine.get_timer()
        timer = self._timer
        if timer is not None and timer.active:
            if timer.time == wanted:
                return
            timer.cancel()
        self._timer = None if wanted is None else self.router.sim.call_at(wanted, self._due)

    def _due(self) -> None:
        self.engine.handle_timer(self.router.sim.now)
        self.flush()


def _marked(datagram: Datagram) -> bytes:
    """What goes into UDP: at port 4500, four octets of zero tell an ISAKMP message from ESP (RFC 3948 section 2.2)."""
    if datagram.local_port != NAT_PORT or datagram.data == KEEPALIVE:
        return datagram.data
    return NON_ESP_MARKER + datagram.data
