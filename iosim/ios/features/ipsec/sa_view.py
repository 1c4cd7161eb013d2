"""What `show crypto ipsec sa` is about: interfaces with crypto maps, their flows and the SAs of those."""

from __future__ import annotations

from collections.abc import Callable

from iosim.data import dataclass
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.transforms import shown_transform
from iosim.ios.router import Router
from iosim.ipsec.attachment import InterfaceHook, TunnelHook
from iosim.ipsec.flow import Counters, Flow, InstalledPair
from iosim.ipsec.model import Proxy
from iosim.ipsec.sa import InboundSa, OutboundSa
from iosim.stack.interface import Interface


@dataclass(frozen=True, slots=True)
class SaView:
    """One SA of ESP (50) or AH (51); `kilobytes` None: no limit of volume; `replay_window` None: no detection."""

    protocol: int
    spi: int
    transform: str
    mode: str
    connection: int
    map_name: str
    kilobytes: int | None
    seconds: int
    manual: bool
    iv_length: int
    replay_window: int | None


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow with its SAs, the oldest first."""

    local: int
    peer: int
    peer_port: int
    local_proxy: Proxy
    remote_proxy: Proxy
    counters: Counters
    plaintext_mtu: int
    path_mtu: int
    pfs_group: int | None
    inbound: tuple[SaView, ...]
    outbound: tuple[SaView, ...]
    current_spi: int
    flags: str


@dataclass(frozen=True, slots=True)
class InterfaceView:
    """An interface with a crypto map. Sealed packets leave by `way`, which a tunnel leaves to the routing table."""

    name: str
    map_name: str
    local: int
    mtu: int
    way: str
    flows: tuple[FlowView, ...]


def collect(router: Router, wanted: Callable[[str, Flow], bool] = lambda interface, flow: True) -> list[InterfaceView]:
    """The flows of all interfaces; of each interface those that are wanted."""
    views = []
    for name, hook in router[IpsecFeature].ipsec.hooks.items():
        bound, way = hook.bound, _way(router, name, hook)
        flows = tuple(_flow(flow, way.mtu, router.sim.now) for flow in bound.flows if wanted(name, flow))
        if flows:
            views.append(InterfaceView(name, bound.name, bound.local, way.mtu, way.name, flows))
    return views


def _way(router: Router, name: str, hook: InterfaceHook | TunnelHook) -> Interface:
    """The interface by which sealed packets leave; a tunnel itself as long as there is no route."""
    if isinstance(hook, TunnelHook):
        hop = router.stack.fib.lookup(hook.flow.peer, hook.flow.local)
        if hop is not None:
            return hop.interface
    return router.stack.interfaces[name]


def _flow(flow: Flow, mtu: int, now: int) -> FlowView:
    current = flow.current
    return FlowView(
        flow.local,
        flow.peer,
        flow.peer_port,
        flow.local_proxy,
        flow.remote_proxy,
        flow.counters,
        flow.plaintext_mtu(mtu),
        flow.path_mtu(mtu),
        current.pair.pfs_group if current else None,
        tuple(sa_view(pair, sa, pair.inbound_id, now) for pair in flow.pairs for sa in pair.inbound),
        tuple(sa_view(pair, sa, pair.outbound_id, now) for pair in flow.pairs for sa in pair.outbound),
        current.outbound[0].spi if current else 0,
        "" if flow.brought else "origin_is_acl,",
    )


def sa_view(installed: InstalledPair, sa: InboundSa | OutboundSa, connection: int, now: int) -> SaView:
    """An SA of a pair at `now` (µs)."""
    window = next(each.window for each in installed.inbound if each.protocol == sa.protocol)
    return SaView(
        sa.protocol,
        sa.spi,
        shown_transform(installed.pair.transform.part(sa.protocol)),
        installed.pair.transform.mode.capitalize() + (" UDP-Encaps" if installed.udp_ports else ""),
        connection,
        installed.flow.map_name,
        installed.remaining_kilobytes(sa),
        installed.remaining_seconds(now),
        installed.pair.manual,
        sa.iv_length,
        window.size if window else None,
    )
