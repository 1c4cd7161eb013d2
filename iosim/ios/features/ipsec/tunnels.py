"""Keeps protected tunnels supplied with SAs, and lets the line protocol of those of IPsec alone follow theirs.

Tunnels ask for SAs without waiting for traffic, and again some time after a negotiation has failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from iosim.ike.v1 import events as ike
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.profiles import ProfileSettings
from iosim.ios.features.ipsec.protection import Protection, profile_of
from iosim.ios.features.ipsec.wanted import Wanted
from iosim.ios.features.tunnel.engine import TunnelFeature
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec.attachment import TunnelHook
from iosim.ipsec.events import Cause, Event, SaCreated, SasDeleted
from iosim.ipsec.flow import Flow
from iosim.sim.clock import SECOND, Timer
from iosim.stack.encapsulation import BARE
from iosim.stack.tunnel import Fault, Tunnel

RETRY = 30 * SECOND
"""From a failed negotiation to the next one."""
SPREAD = SECOND
"""Within which time tunnels begin to ask once they may: both ends of one seldom do so at once."""
COURTESY = SECOND
"""How long the peer that has deleted its SAs may make new ones itself."""

Place = tuple[int, int, int]
"""Where a tunnel was protected: between two addresses, for a protocol."""


@feature
class ProtectedTunnels(Feature):
    """The protected tunnels of one router."""

    order = 71

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.tunnels = router[TunnelFeature].tunnels
        self.tunnels.watchers.append(self._reviewed)
        self.tunnels.obstacles.append(self._obstacle)
        self._ipsec = router[IpsecFeature]
        self._ipsec.listeners.append(self._hear)
        self._ipsec.isakmp.listeners.append(self._key_exchange)
        self._places: dict[str, Place] = {}
        self._hooks: dict[str, TunnelHook] = {}
        self._of: dict[Flow, list[Tunnel]] = {}
        self._waiting: dict[Flow, Timer] = {}
        self._delay = router.sim.random(router.name, "tunnels").randrange

    def stop(self) -> None:
        self._wait_for(())

    def reconcile(self) -> None:
        found = self.router[IpsecFeature].protected.tunnels
        self._places = _places(found)
        self._of = {}
        before, self._hooks = self._hooks, {}
        for name, hook in self.router[IpsecFeature].ipsec.hooks.items():
            if isinstance(hook, TunnelHook) and isinstance(hook.tunnel, Tunnel):
                self._hooks[name] = hook
                self._of.setdefault(hook.flow, []).append(hook.tunnel)
                hook.tunnel.room = hook.flow.plaintext_mtu if _is_bare(hook.tunnel) else int
        self._wait_for(self._of)
        for name, tunnel in found.items():
            if name not in before or before[name] is not self._hooks.get(name):
                self.tunnels.review_one(tunnel)
        self._ask_for_all()

    def _wait_for(self, flows: Iterable[Flow]) -> None:
        """Try again for these flows only."""
        kept = dict.fromkeys(flows)
        for flow in [flow for flow in self._waiting if flow not in kept]:
            self._waiting.pop(flow).cancel()

    # Line protocols

    def _reviewed(self) -> None:
        """Ends and routes of tunnels may have changed: protect them between those that they have now."""
        if _places(self._ipsec.protected.tunnels) != self._places:
            self._ipsec.derive()
            self.derive()
        else:
            self._ask_for_all()

    def _obstacle(self, tunnel: Tunnel) -> Fault | None:
        """A tunnel of IPsec alone is up while it has SAs; no other one sends what it cannot protect."""
        hook = self._ipsec.ipsec.hooks.get(tunnel.interface.name)
        if hook is None:
            wanted = _is_bare(tunnel) or tunnel.interface.name in self._places
        else:
            wanted = _is_bare(tunnel) and isinstance(hook, TunnelHook) and not hook.flow.pairs
        return Fault.PROTECTION if wanted else None

    # Negotiations

    def _ask_for_all(self) -> None:
        for flow in self._of:
            if self._lacks(flow):
                self._ask_later(flow, self._delay(SPREAD))

    def _lacks(self, flow: Flow) -> bool:
        """Whether a flow is without SAs, and one of its tunnels may begin and could be up."""
        if flow.pairs or flow.negotiating or not self.router.running:
            return False
        return any(map(self._may_begin, self._of.get(flow, ())))

    def _may_begin(self, tunnel: Tunnel) -> bool:
        config = self.router.config[Interfaces].interfaces.get(tunnel.interface.name)
        if config is None:
            return False  # it is being taken away
        said = config[Protection].protection
        profile = None if said is None else profile_of(self.router.config, said.profile)
        passive = profile is None or profile[ProfileSettings].responder_only or not config[Protection].initiate
        return not passive and tunnel.fault in (None, Fault.PROTECTION)

    def _ask_later(self, flow: Flow, delay: int) -> None:
        if flow in self._of and flow not in self._waiting:
            self._waiting[flow] = self.router.sim.call_later(delay, partial(self._ask_again, flow))

    def _ask_again(self, flow: Flow) -> None:
        del self._waiting[flow]
        if self._lacks(flow):
            self._ipsec.ipsec.seek(flow)

    def _key_exchange(self, event: ike.Event) -> None:
        if isinstance(event, ike.RequestFailed) and isinstance(event.request.policy, Wanted):
            self._ask_later(event.request.policy.flow, RETRY)

    def _hear(self, event: Event) -> None:
        if isinstance(event, SaCreated):
            self._follow(event.installed.flow)
        elif isinstance(event, SasDeleted):
            for flow in dict.fromkeys(installed.flow for installed in event.removed):
                self._follow(flow)
                if not flow.pairs:
                    self._ask_later(flow, COURTESY if event.cause is Cause.PEER else 0)

    def _follow(self, flow: Flow) -> None:
        for tunnel in self._of.get(flow, ()):
            self.tunnels.review_one(tunnel)


def _is_bare(tunnel: Tunnel) -> bool:
    return tunnel.shape is not None and tunnel.shape.protocol == BARE


def _places(tunnels: dict[str, Tunnel]) -> dict[str, Place]:
    """Where each tunnel can be protected at present."""
    return {
        name: (tunnel.ends.local, tunnel.ends.remote, tunnel.ends.shape.protocol)
        for name, tunnel in tunnels.items()
        if tunnel.ends is not None and tunnel.interface.admin_up
    }
