"""Keeps the tunnels of the stack as they are configured."""

from __future__ import annotations

from dataclasses import replace

from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.interfaces.config import Cloned, Keepalive
from iosim.ios.features.ip_interface import IpSettings
from iosim.ios.features.kept import KeptLines
from iosim.ios.features.tunnel.config import PathMtu, TunnelSettings
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.encapsulation import BARE, Shape
from iosim.stack.tunnel import Tunnel
from iosim.stack.tunnel_keepalive import RETRIES, TunnelKeepalive
from iosim.stack.tunnel_path_mtu import MINIMUM, TunnelPathMtu
from iosim.stack.tunnels import Tunnels
from iosim.wire.address import parse_address
from iosim.wire.gre import IPIP, PROTOCOL


@feature
class TunnelFeature(Feature):
    """The tunnels of a router. Others (protection of tunnels) find one with `tunnel` and may change how it delivers."""

    order = 22

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.tunnels = Tunnels(router.stack, self._recursion)
        self.keepalives: dict[Tunnel, TunnelKeepalive] = {}
        self._known: dict[str, Tunnel] = {}
        self._followed = Derived(self.derivation, self._follow)

    def tunnel(self, name: str) -> Tunnel | None:
        """The tunnel of an interface."""
        return self._known.get(name)

    def all(self) -> list[Tunnel]:
        """All tunnels."""
        return list(self._known.values())

    def settle(self) -> None:
        self.tunnels.settle()

    def stop(self) -> None:
        self.tunnels.stop()
        for keepalive in self.keepalives.values():
            keepalive.stop()

    def reconcile(self) -> None:
        interfaces = self.router.stack.interfaces
        before, self._known = self._known, {}
        for name, interface in interfaces.items():
            if isinstance(interface.framing, Tunnel):
                self._known[name] = interface.framing
        for name, tunnel in before.items():
            if self._known.get(name) is not tunnel:
                self._follow_keepalive(tunnel, None)
                self._follow_path(tunnel, None)
                self.tunnels.remove(tunnel)
        for name, tunnel in self._known.items():
            if before.get(name) is not tunnel:
                self.tunnels.add(tunnel)
        config = self.router.config[Interfaces].interfaces
        self._followed.each({name: config[name] for name in self._known})
        self.tunnels.review_some([self._known[name] for name in self._followed.changed if name in self._known])

    def _follow(self, config: Config) -> None:
        settings, tunnel = config[TunnelSettings], self._known[str(config.get("interface"))]
        tunnel.source = None if settings.source is None else settings.source.value
        tunnel.destination = None if settings.destination is None else parse_address(settings.destination)
        tunnel.ip_mtu = config[IpSettings].mtu
        tunnel.shape = shape_of(config)
        tunnel.told_by_sa = bool(config[Cloned].template)
        gre = tunnel.shape is not None and tunnel.shape.protocol == PROTOCOL
        self._follow_keepalive(tunnel, config[InterfaceSettings].keepalive if gre else None)
        self._follow_path(tunnel, settings.path_mtu)

    def _follow_keepalive(self, tunnel: Tunnel, wanted: Keepalive | None) -> None:
        """Send keepalives as configured; those that are sent already go on."""
        known, seconds = self.keepalives.get(tunnel), None if wanted is None else wanted.seconds
        retries = RETRIES if wanted is None else wanted.retries
        if known is not None and (known.period, known.retries) != (seconds, retries):
            self.keepalives.pop(tunnel).stop()
            known = None
        if known is None and seconds:
            review = self.tunnels.review_one
            self.keepalives[tunnel] = TunnelKeepalive(self.router.stack, tunnel, review, seconds, retries or RETRIES)

    def _follow_path(self, tunnel: Tunnel, wanted: PathMtu | None) -> None:
        """Listen to what is said of the path, or no longer; what is known stays known."""
        known = tunnel.path
        age, minimum = (0, 0) if wanted is None else (wanted.age, wanted.min_mtu or MINIMUM)
        if known is not None and (known.age, known.minimum) != (age, minimum):
            known.stop()
            tunnel.path = known = None
        if known is None and wanted is not None:
            tunnel.path = TunnelPathMtu(self.router.sim, age, minimum, tunnel.fit)

    def _recursion(self, tunnel: Tunnel) -> None:
        """Say that a tunnel swallows itself, as CEF finds it first; on a router the second line takes some seconds."""
        name = tunnel.interface.name
        if self.router.stack.short_way:
            loop = f"Midchain parent maintenance for IP midchain out of {name} - looped chain attempting to stack"
            self.router.syslog.message("ADJ-5-PARENT", loop)
        self.router.syslog.message("TUN-5-RECURDOWN", f"{name} temporarily disabled due to recursive routing")


def shape_of(config: Config) -> Shape | None:
    """How the packets of a tunnel look; None for a mode that is only kept."""
    if "planned_tunnel_mode" in config[KeptLines].said:
        return None
    settings = config[TunnelSettings]
    shape = Shape(ttl=settings.ttl, tos=settings.tos, copy_df=settings.path_mtu is not None)
    if settings.mode.transport == "ipsec":
        return Shape(BARE)
    if settings.mode.transport == "ipip":
        return replace(shape, protocol=IPIP)
    return replace(shape, key=settings.key, checksum=settings.checksum, sequencing=settings.sequencing)
