"""The IKEv1 engine of a router: told by the configuration, fed by UDP 500, paced by the simulator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from iosim.grammar.values import format_address
from iosim.ike.v1 import (
    Approach,
    Datagram,
    Engine,
    Keepalive,
    Key,
    NoPki,
    Pki,
    Policy,
    QuickModePolicy,
    QuickModeRequest,
)
from iosim.ike.v1.admission import Admission
from iosim.ike.v1.engine import PORT
from iosim.ike.v1.events import (
    AggressiveModeDisabled,
    BadMessage,
    Event,
    ModeFailure,
    NoKeyPair,
    NoSa,
    NotAuthenticated,
    NotOffered,
    Phase1Keys,
    SaDenied,
)
from iosim.ike.v1.nat import KEEPALIVE
from iosim.ike.v1.nat import PORT as NAT_PORT
from iosim.ios.features.isakmp import keys, peers, profiles
from iosim.ios.features.isakmp.config import DEFAULT_POLICIES, Isakmp
from iosim.ios.features.isakmp.identity import IsakmpIdentity
from iosim.ios.features.isakmp.liveness import Liveness
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec.model import Proxy
from iosim.ipsec.udp import NON_ESP_MARKER
from iosim.sim.clock import SECOND, Timer
from iosim.wire.isakmp import ExchangeType, Identification, IdType

MESSAGE_INTERVAL = SECOND
"""Each kind of message is logged at most so often, for anybody can cause one by any datagram."""


class IpsecPolicies(Protocol):
    """What the key exchange asks of IPsec."""

    def policy_for(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> QuickModePolicy | None:
        """What to accept for these proxies from a peer of this ISAKMP profile; None when they are not protected.

        `port` is the peer's where a translator may have others at its address.
        """

    @property
    def nat_transparency(self) -> bool:
        """Whether ESP may go through UDP."""

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""

    def has_sas(self, local: int, remote: int) -> bool:
        """Whether IPsec SAs with a peer are up."""

    @property
    def attached(self) -> bool:
        """Whether there is a crypto map on an interface: only then does ISAKMP run."""


class _NoPolicies:
    """A router without IPsec."""

    attached = False
    nat_transparency = True

    def policy_for(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> None:
        return None

    def spi_in_use(self, spi: int) -> bool:
        return False

    def has_sas(self, local: int, remote: int) -> bool:
        return False


@feature
class IsakmpFeature(Feature):
    """One router's ISAKMP. It is the engine's `Ikev1Config`; `listeners` hear its events."""

    order = 60

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.ipsec: IpsecPolicies = _NoPolicies()
        self.pki: Pki = NoPki()
        self.listeners: list[Callable[[Event], None]] = [self._report]
        self.engine = Engine(self, router.random_bytes("ike"))
        self._timer: Timer | None = None
        self._on = False
        self._said: dict[type[Event], int] = {}
        for port in (PORT, NAT_PORT):
            router.stack.udp.bind(port, self._receive)

    # What the engine asks

    @property
    def enabled(self) -> bool:
        """ISAKMP runs when it is not switched off and a crypto map is on an interface."""
        return self.router.config[Isakmp].enabled and self.ipsec.attached

    @property
    def aggressive_mode(self) -> bool:
        """Whether aggressive mode may be used."""
        return not self.router.config[IsakmpIdentity].no_aggressive_mode

    @property
    def nat_transparency(self) -> bool:
        """Whether ESP may go through UDP."""
        return self.ipsec.nat_transparency

    @property
    def nat_keepalive(self) -> int:
        """Seconds between NAT keepalives."""
        return self.router.config[IsakmpIdentity].nat_keepalive or 0

    @property
    def admission(self) -> Admission:
        """How many phase-1 SAs there may be."""
        return self.router.config[Liveness].admission

    @property
    def invalid_spi_recovery(self) -> bool:
        """Whether phase 1 is begun to tell a peer that its IPsec SA is unknown here."""
        return self.router.config[Liveness].invalid_spi_recovery

    def phase_1_needed(self, local: int, remote: int) -> bool:
        """Phase 1 is renewed while there are IPsec SAs."""
        return self.ipsec.has_sas(local, remote)

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        """How to watch a peer: as its profile says, else as all are."""
        settings = profiles.settings(self.router, profile)
        if settings is not None and settings.keepalive is not None:
            return Keepalive(settings.keepalive.seconds, settings.keepalive.retry)
        return self.router.config[Liveness].watching

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        """How to begin with a peer: as `crypto isakmp peer` says, else as the profile says, else in main mode."""
        policies, tunnel = self.policies(remote), peers.tunnel(self.router, local, remote)
        if tunnel is not None:
            return Approach(policies, tunnel.key, True, tunnel.identity)
        settings = profiles.settings(self.router, profile)
        key = keys.key_of_address(self.router, local, remote, self.keyrings(profile) or None)
        return Approach(policies, key, settings is not None and settings.aggressive)

    def policies(self, remote: int) -> tuple[Policy, ...]:
        """The configured policies or, without any, those that IOS brings along."""
        return self.router.config[Isakmp].suites() or DEFAULT_POLICIES

    def key_of_address(self, local: int, remote: int) -> Key | None:
        """The key for a peer."""
        return keys.key_of_address(self.router, local, remote)

    def key_of_identity(self, local: int, remote: int, identity: Identification, profile: str | None) -> Key | None:
        """The key for the name or the address that a peer gives, else for the address that it comes from."""
        names = self.keyrings(profile) or None
        if identity.kind != IdType.IPV4_ADDR:
            named = keys.key_of_name(self.router, local, identity.data.decode("latin-1"), names)
            return named or keys.key_of_address(self.router, local, remote, names)
        if len(identity.data) != 4:
            return None
        return keys.key_of_address(self.router, local, int.from_bytes(identity.data, "big"), names)

    def keyrings(self, profile: str | None) -> tuple[str, ...]:
        """The key rings of a profile."""
        return profiles.keyrings(self.router, profile)

    def identity(self, local: int, remote: int, profile: str | None) -> Identification:
        """Who we are for peers of a profile."""
        return profiles.own_identity(self.router, local, profile)

    def profile(self, local: int, remote: int, identity: Identification, wanted: str | None) -> str | None:
        """The profile that a peer's identity matches; of a wanted one, whether it does."""
        return profiles.profile_of(self.router, local, identity, wanted)

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> QuickModePolicy | None:
        """What to accept for these proxies."""
        return self.ipsec.policy_for(local, remote, local_proxy, remote_proxy, profile, port)

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""
        return self.ipsec.spi_in_use(spi)

    # What the router does

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
        if self.enabled is not self._on:
            self._on = self.enabled
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

    def _report(self, event: Event) -> None:
        """Log what deserves a system message, and the keys for whoever reads the capture."""
        if isinstance(event, Phase1Keys):
            if self.router.keylog is not None:
                self.router.keylog.ikev1(event.initiator_cookie, event.key)
            return
        describe = _MESSAGES.get(type(event))
        last = self._said.get(type(event))
        if describe is not None and (last is None or self.router.sim.now >= last + MESSAGE_INTERVAL):
            self._said[type(event)] = self.router.sim.now
            self.router.syslog.message(*describe(event))


def _marked(datagram: Datagram) -> bytes:
    """What goes into UDP: at port 4500, four octets of zero tell an ISAKMP message from ESP (RFC 3948 section 2.2)."""
    if datagram.local_port != NAT_PORT or datagram.data == KEEPALIVE:
        return datagram.data
    return NON_ESP_MARKER + datagram.data


def _mode_failure(event: ModeFailure) -> tuple[str, str]:
    mode = _MODES.get(event.exchange, "Informational")
    text = f"Processing of {mode} mode failed with peer at {format_address(event.remote)} "
    return "CRYPTO-6-IKMP_MODE_FAILURE", text


_MODES: dict[int, str] = {
    ExchangeType.MAIN_MODE: "Main",
    ExchangeType.AGGRESSIVE: "Aggressive",
    ExchangeType.QUICK_MODE: "Quick",
}
_MESSAGES: dict[type, Callable[..., tuple[str, str]]] = {
    BadMessage: lambda event: (
        "CRYPTO-4-IKMP_BAD_MESSAGE",
        f"IKE message from {format_address(event.remote)} failed its sanity check or is malformed",
    ),
    NoSa: lambda event: (
        "CRYPTO-4-IKMP_NO_SA",
        f"IKE message from {format_address(event.remote)} has no SA and is not an initialization offer",
    ),
    NoKeyPair: lambda event: ("CRYPTO-3-IKMP_QUERY_KEY", "Querying key pair failed."),
    NotAuthenticated: lambda event: (
        "CRYPTO-6-IKMP_SA_NOT_AUTH",
        f"Cannot accept Quick Mode exchange from {format_address(event.remote)} if SA is not authenticated!",
    ),
    NotOffered: lambda event: (
        "CRYPTO-6-IKMP_SA_NOT_OFFERED",
        f"Remote peer {format_address(event.remote)} responded with attribute not offered or changed",
    ),
    ModeFailure: _mode_failure,
    SaDenied: lambda event: (
        "CRYPTO-4-IKE_DENY_SA_REQ",
        f"IKE denied an {'INCOMING' if event.incoming else 'OUTGOING'} SA request from "
        f"{format_address(event.remote if event.incoming else event.local)} to "
        f"{format_address(event.local if event.incoming else event.remote)} due to {event.limit.value}",
    ),
    AggressiveModeDisabled: lambda event: (
        "CRYPTO-5-IKMP_AG_MODE_DISABLED",
        "Unable to initiate or respond to Aggressive Mode while disabled",
    ),
}
