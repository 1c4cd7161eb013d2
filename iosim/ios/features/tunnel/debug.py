"""`debug tunnel` and `debug tunnel keepalive`."""

from __future__ import annotations

from functools import partial

from iosim.grammar.values import format_address
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.tunnel.engine import TunnelFeature
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.tunnel import Tunnel
from iosim.wire.gre import IPIP
from iosim.wire.ipv4 import HEADER_LENGTH, five_tuple

PACKETS, KEEPALIVES = "debug_tunnel", "debug_tunnel_keepalive"
debug_switch(PACKETS, Switch("Tunnel", "Tunnel Interface debugging"))
debug_switch(KEEPALIVES, Switch("Tunnel", "Tunnel keepalive debugging"))


@feature
class TunnelDebug(Feature):
    """Watches the tunnels while somebody wants to see them."""

    order = 84

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[Debugging].watchers.append(self.derive)

    def reconcile(self) -> None:
        on, tunnels = self.router[Debugging].on, self.router[TunnelFeature]
        for tunnel in tunnels.all():
            tunnel.watcher = self._packet if PACKETS in on else None
        for tunnel, keepalive in tunnels.keepalives.items():
            keepalive.watcher = partial(self._keepalive, tunnel) if KEEPALIVES in on else None
        tunnels.tunnels.on_stray = self._stray if PACKETS in on else None

    def _packet(self, tunnel: Tunnel, sent: bool, outer: bytes, inner: bytes | None) -> None:
        name, say = tunnel.interface.name, self.router.syslog.debug
        kind = _kind(outer)
        if sent:
            say(f"{name}: {kind}/IP encapsulated {_way(outer)} (linktype=7, len={len(outer)})")
            return
        say(f"{name}: {kind}/IP to decaps {_way(outer)} (len={len(outer)} ttl={outer[8]})")
        if inner is not None and len(inner) >= HEADER_LENGTH:
            say(f"{name}: {kind} decapsulated IP {_way(inner)} (len={len(inner)}, ttl={inner[8]})")

    def _keepalive(self, tunnel: Tunnel, packet: bytes, counter: int | None) -> None:
        what = "sending keepalive" if counter is not None else "keepalive received"
        then = f"counter={counter}" if counter is not None else "resetting counter"
        text = f"{what}, {_way(packet)} (len={len(packet)} ttl={packet[8]}), {then}"
        self.router.syslog.debug(f"{tunnel.interface.name}: {text}")

    def _stray(self, packet: bytes) -> None:
        """A packet for which there is no tunnel; these words are not Cisco's."""
        where = f"{_way(packet)} (len={len(packet)} ttl={packet[8]})"
        self.router.syslog.debug(
            f"Tunnel: {_kind(packet)}/IP to decaps {where}, no tunnel with these ends and this key"
        )


def _kind(packet: bytes) -> str:
    return "IP" if packet[9] == IPIP else "GRE"


def _way(packet: bytes) -> str:
    source, destination, *_ = five_tuple(packet)
    return f"{format_address(source)}->{format_address(destination)}"
