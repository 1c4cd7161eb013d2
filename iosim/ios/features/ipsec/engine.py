"""The IPsec of a router: its crypto maps derived from the configuration, its SAs from the key exchange."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from iosim.data import dataclass
from iosim.ike.v1 import QuickModeRequest
from iosim.ike.v1 import events as ike
from iosim.ios.features.ipsec.interface_maps import InterfaceMaps
from iosim.ios.features.ipsec.maps import (
    Transparency,
)
from iosim.ios.features.ipsec.protection import ProtectedInterfaces
from iosim.ios.features.ipsec.wanted import FlowPolicy, Wanted, accepted, policy_of, requested
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec import engine
from iosim.ipsec.attachment import Attachment
from iosim.ipsec.events import (
    Acquire,
    Cause,
    Event,
    InvalidSpi,
    Rekey,
    SaCreated,
    SasDeleted,
    Silence,
    StillWanted,
)
from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.model import Proxy
from iosim.sim.clock import SECOND, Timer
from iosim.wire.ipv4 import ESP

REQUEST_TIMER = 30 * SECOND


@dataclass(slots=True)
class Requests:
    """How many pairs of SAs peers and we have asked for."""

    incoming: int = 0
    outgoing: int = 0


class Templates(Protocol):
    """What makes interfaces for peers that no policy knows."""

    @property
    def there(self) -> bool:
        """Whether there are any templates."""

    def offer(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> Flow | None:
        """The flow that an interface for a peer of this ISAKMP profile would have, if there may be one."""

    def realize(self, flow: Flow) -> None:
        """If this is such a flow: there shall be its interface."""


@feature
class IpsecFeature(Feature):
    """One router's IPsec. It is what ISAKMP asks (`IpsecPolicies`); `listeners` hear the data plane's events."""

    order = 70

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.listeners: list[Callable[[Event], None]] = [self._handle]
        self.ipsec = engine.Ipsec(router.sim, router.stack, self._emit, router.random_bytes("ipsec"))
        self.isakmp = router[IsakmpFeature]
        self.isakmp.config.ipsec = self
        self.isakmp.listeners.append(self._key_exchange)
        self.requests = Requests()
        self.templates: Templates | None = None
        self._maps = InterfaceMaps(router, self.derivation)
        self.protected = ProtectedInterfaces(router, self.derivation)
        self._reminders: dict[Flow, Timer] = {}

    # Configuration

    def reconcile(self) -> None:
        self.ipsec.reconcile(self._attachments())
        self.isakmp.follow()

    def _attachments(self) -> list[Attachment]:
        """The crypto maps on interfaces that have an address, and those that tunnels have by themselves."""
        return [*self._maps.attachments(), *self.protected.attachments()]

    # What ISAKMP asks

    @property
    def nat_transparency(self) -> bool:
        """Whether ESP may go through UDP."""
        return self.router.config[Transparency].udp

    @property
    def attached(self) -> bool:
        """Whether there is a crypto map on an interface, a protected tunnel, or a template for some."""
        return bool(self.ipsec.hooks) or (self.templates is not None and self.templates.there)

    def policy_for(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> Wanted | None:
        """What to accept for these proxies from a peer of this ISAKMP profile."""

        def suits(policy: object) -> bool:
            return isinstance(policy, FlowPolicy) and policy.suits(profile)

        flow = self.ipsec.find_policy(local, remote, local_proxy, remote_proxy, suits, port or 0)
        if flow is None and self.templates is not None:
            flow = self.templates.offer(local, remote, local_proxy, remote_proxy, profile, port)
        return None if flow is None else accepted(flow, remote)

    def has_sas(self, local: int, remote: int) -> bool:
        """Whether IPsec SAs that were negotiated with a peer are up."""
        pairs = (entry.pair for entry in self.ipsec.sad.with_peer(remote))
        return any(pair.local == local and not pair.manual for pair in pairs)

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA has this SPI."""
        return self.ipsec.sad.at(spi) is not None

    # What the key exchange has done

    def _key_exchange(self, event: ike.Event) -> None:
        match event:
            case ike.InboundReady(pair, Wanted() as wanted):
                self.requests.incoming += 1
                if self.templates is not None:
                    self.templates.realize(wanted.flow)
                self.ipsec.prepare(pair, wanted.flow)
            case ike.InboundAbandoned(pair):
                self.ipsec.abandon(pair)
            case ike.QuickModeFinished(pair, Wanted() as wanted):
                if self.ipsec.install(pair, wanted.flow) is None:
                    port = None if pair.udp_ports is None else pair.udp_ports[1]
                    self._tell((pair.local, pair.remote, port), [(sa.protocol, sa.spi) for sa in pair.inbound])
            case ike.RequestFailed(request):
                if isinstance(request.policy, Wanted):
                    self.ipsec.acquire_failed(request.policy.flow)
            case ike.PeerDeletedIpsec(_, remote, spis):
                self.ipsec.delete_by_peer(remote, spis)
            case ike.PeerDead(local, remote, port):
                self.ipsec.peer_dead(local, remote, port)
            case ike.PeerRestarted(local, remote, before, port):
                self.ipsec.peer_restarted(local, remote, before, port)

    # What the data plane has done

    def _emit(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def _handle(self, event: Event) -> None:
        match event:
            case Acquire(flow) | Rekey(flow):
                self.requests.outgoing += 1
                self._request(flow)
                if isinstance(event, Acquire):
                    self._remind(flow, 1)
            case StillWanted(flow, 1):
                self._request(flow)
                self._remind(flow, 2)
            case SaCreated(installed):
                self._log_keys(installed)
                installed.patience = self.isakmp.patience(*_peer(installed))
            case SasDeleted(removed, cause):
                self._announce_deletion(removed, cause)
            case Silence(installed):
                self.isakmp.probe(*_peer(installed))
            case InvalidSpi(source, destination, protocol, spi):
                self.isakmp.report_invalid_spi(destination, source, protocol, spi)

    def _remind(self, flow: Flow, attempt: int) -> None:
        """Ask again if the same negotiation still runs after a while: that changes nothing but what is said of it."""
        earlier = self._reminders.pop(flow, None)
        if earlier is not None:
            earlier.cancel()
        self._reminders[flow] = self.router.sim.call_later(REQUEST_TIMER, partial(self._still_wanted, flow, attempt))

    def _still_wanted(self, flow: Flow, attempt: int) -> None:
        del self._reminders[flow]
        wanted = flow.negotiating and not flow.pairs and self.ipsec.flows.get(flow.key) is flow
        if wanted and self.router.running:
            self._emit(StillWanted(flow, attempt))

    def _request(self, flow: Flow) -> None:
        wanted = requested(flow)
        if not wanted.transforms:
            self.ipsec.acquire_failed(flow)
            return
        self.isakmp.request(
            QuickModeRequest(
                flow.local,
                flow.peer,
                flow.local_proxy,
                flow.remote_proxy,
                wanted.transforms,
                wanted.pfs_group,
                wanted.lifetime,
                wanted.lifesize,
                wanted,
                policy_of(flow).profile,
                flow.translated_port,
            )
        )

    def _log_keys(self, installed: InstalledPair) -> None:
        keylog, pair = self.router.keylog, installed.pair
        if keylog is None:
            return
        transform = pair.transform
        for source, destination, sas in (
            (pair.remote, pair.local, pair.inbound),
            (pair.local, pair.remote, pair.outbound),
        ):
            for keys in sas:
                if keys.protocol == ESP and transform.cipher is not None:
                    algorithms = transform.cipher, keys.cipher_key, transform.integrity, keys.integrity_key
                    keylog.esp(source, destination, keys.spi, *algorithms)

    def _announce_deletion(self, removed: tuple[InstalledPair, ...], cause: Cause) -> None:
        """Tell the peers of SAs that went for another reason than their own word."""
        if cause in (Cause.PEER, Cause.DEAD):
            return
        by_peer: dict[Peer, list[tuple[int, int]]] = {}
        for installed in removed:
            pair = installed.pair
            if pair.manual:
                continue
            by_peer.setdefault(_peer(installed), []).extend((sa.protocol, sa.spi) for sa in pair.inbound)
        for peer, spis in by_peer.items():
            self._tell(peer, spis)

    def _tell(self, peer: Peer, spis: list[tuple[int, int]]) -> None:
        local, remote, port = peer
        self.isakmp.engine.delete_ipsec(local, remote, spis, self.router.sim.now, port)
        self.isakmp.flush()


Peer = tuple[int, int, int | None]
"""Our address, the peer's, and its port where a translator is on the way."""


def _peer(installed: InstalledPair) -> Peer:
    return installed.pair.local, installed.pair.remote, installed.translated_port
