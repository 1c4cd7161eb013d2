"""IPsec on one router: crypto maps on its interfaces, and SAs that come and go. Packets are the affair of packets.py.

The owner derives `Attachment`s from the configuration and hands all of them over with `reconcile` after each change;
the key exchange answers the `Acquire` and `Rekey` events with `install` or `acquire_failed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain, count

from iosim.ipsec.attachment import Attachment, InterfaceHook, TunnelHook
from iosim.ipsec.events import (
    Acquire,
    Cause,
    Event,
    KeysMissing,
    Rekey,
    SaCreated,
    SaPrepared,
    SasDeleted,
)
from iosim.ipsec.flow import Counters, Flow, InstalledPair
from iosim.ipsec.model import Proxy, SaPair
from iosim.ipsec.packets import PacketPath
from iosim.ipsec.path_mtu import PathMtuDiscovery
from iosim.ipsec.policy import Flows, bind
from iosim.ipsec.sa import SendError
from iosim.ipsec.sad import Sad
from iosim.ipsec.selectors import FiveTuple
from iosim.sim.clock import Simulator
from iosim.stack.stack import Stack
from iosim.wire.ipv4 import five_tuple

FIRST_DYNAMIC = 65536
"""The sequence number that the first flow of a dynamic entry has."""
Ends = tuple[int, int, Proxy, Proxy]
"""Our address, the peer's, and the proxies."""
MOST_PAIRS = 100
"""SA pairs of one flow: a peer may negotiate one after the other, and each lives for its whole lifetime."""


class Ipsec:
    """The IPsec of one router. `emit` is called with each event; `random_bytes` makes SPIs and IVs."""

    def __init__(
        self, sim: Simulator, stack: Stack, emit: Callable[[Event], None], random_bytes: Callable[[int], bytes]
    ) -> None:
        self.hooks: dict[str, InterfaceHook | TunnelHook] = {}
        self.flows: Flows = {}
        self._by_ends: dict[Ends, list[Flow]] = {}
        self._maps: dict[str, list[InterfaceHook]] = {}
        self.sad = Sad(sim, self._rekey, self._expire)
        self._entered: dict[Flow, None] = {}
        self._expected: dict[Flow, None] = {}
        self._stack = stack
        self._emit = emit
        self._random_bytes = random_bytes
        self._packets = PacketPath(sim, stack, self.sad, emit, self._acquire, self._expire)
        self.path_mtus = PathMtuDiscovery(sim, stack, self.sad)

    # Configuration

    def reconcile(self, attachments: Iterable[Attachment]) -> None:
        """Make these attachments, and no others, the policy.

        Those that are the same objects as before stay as they are. Flows that have not changed keep SAs and counters.
        """
        wanted = {each.interface.name: each for each in attachments}
        gone = {name: hook for name, hook in self.hooks.items() if hook.attachment is not wanted.get(name)}
        left: Flows = {flow.key: flow for flow in self._expected}
        for hook in gone.values():
            hook.bound.enter(left)
            hook.release()
        old, before, self.flows, self.hooks, self._maps = {**self.flows, **left}, self.hooks, {}, {}, {}
        come: Flows = {}
        for name, attachment in wanted.items():
            stays = name in before and name not in gone
            hook = before[name] if stays else self._attach(attachment, old, gone.get(name))
            self._put(hook)
            if not stays:
                hook.bound.enter(come)
        self._expected = {}
        lost = [flow for flow in left.values() if self.flows.get(flow.key) is not flow]
        for flow in lost:
            self._strike_out(flow)
        for flow in come.values():
            self._enter(flow)
        self._remove([installed for flow in lost for installed in flow.pairs], Cause.CONFIG)
        for flow in [flow for flow in self.flows.values() if flow.manual]:
            self._key_by_hand(flow)

    def expect(self, flow: Flow) -> None:
        """A flow that an attachment will have."""
        self._expected[flow] = None

    def _put(self, hook: InterfaceHook | TunnelHook) -> None:
        """Let a hook and its flows be found."""
        self.hooks[hook.attachment.interface.name] = hook
        hook.bound.enter(self.flows)
        if isinstance(hook, InterfaceHook):
            self._maps.setdefault(hook.bound.name, []).append(hook)

    def _attach(
        self, attachment: Attachment, old: Flows, before: InterfaceHook | TunnelHook | None
    ) -> InterfaceHook | TunnelHook:
        """Let packets of an interface, or of a tunnel, pass by a crypto map."""
        packets = self._packets
        bound = bind(attachment.crypto_map, attachment.local, old, None if before is None else before.bound)
        bound.enter(old)  # others of the same map and address share its flows
        if attachment.tunnel is not None:
            return TunnelHook(bound, packets.protect, packets.check_origin, attachment, attachment.tunnel)
        for flow in [flow for flow in old.values() if flow.brought]:
            if (flow.map_name, flow.local) == (bound.name, bound.local):
                bound.take(flow)
        return InterfaceHook(bound, packets.protect, packets.refuse_clear, attachment)

    def find_policy(
        self,
        local: int,
        remote: int,
        local_proxy: Proxy,
        remote_proxy: Proxy,
        suits: Callable[[object], bool] = lambda _: True,
        port: int = 0,
    ) -> Flow | None:
        """The flow that a peer's proposal is for: its proxies exactly, the peer in its list, a policy that suits.

        Without any, one that an entry would have for it: the proposal may be narrower than a line of its access list
        (Cisco IOS Security Configuration Guide, "Mirror Image Crypto Access Lists at Each IPsec Peer"). `install` makes
        that one known. Of several peers that a translator has at one address each has a `port`, 0 where there is none.
        """
        ends = local, remote, local_proxy, remote_proxy
        same = (flow for flow in self._by_ends.get(ends, ()) if flow.manual is None)
        known = (flow for flow in same if flow.port in (None, port))
        offers = (
            flow
            for hook in chain.from_iterable(self._maps.values())
            if hook.bound.local == local
            for flow in hook.bound.offer(remote, local_proxy, remote_proxy)
        )
        return next((flow for flow in chain(known, offers) if suits(flow.policy)), None)

    def _enter(self, flow: Flow) -> None:
        """Let a flow be found by its ends; hubs have thousands of them, and every quick mode asks for one."""
        if flow not in self._entered:
            self._entered[flow] = None
            for ends in _ends(flow):
                self._by_ends.setdefault(ends, []).append(flow)

    def _strike_out(self, flow: Flow) -> None:
        if flow in self._entered:
            del self._entered[flow]
            for ends in _ends(flow):
                self._by_ends[ends].remove(flow)
                if not self._by_ends[ends]:
                    del self._by_ends[ends]

    # Security associations

    def new_spi(self) -> int:
        """An SPI for an inbound SA to be negotiated: not reserved (RFC 4303 section 2.1) and not in use."""
        while True:
            spi = int.from_bytes(self._random_bytes(4), "big")
            if spi > 255 and self.sad.at(spi) is None:
                return spi

    def prepare(self, pair: SaPair, flow: Flow) -> None:
        """As responder: receive by a pair that the peer may already use, before it is known that it does."""
        if flow.brought or self.flows.get(flow.key) is flow:
            self._emit(SaPrepared(self.sad.add(pair, flow, self._random_bytes)))

    def abandon(self, pair: SaPair) -> None:
        """What was prepared is not to be."""
        installed = self.sad.find(pair.local, pair.inbound[0].spi)
        if installed is not None:
            self.sad.remove(installed)

    def install(self, pair: SaPair, flow: Flow) -> InstalledPair | None:
        """Put a negotiated pair to work; None if the configuration has dropped its flow since: tell the peer.

        Raises CryptoError when the keys do not fit the transform.
        """
        flow.negotiating = False
        if self.flows.get(flow.key) is not flow and not self._take(flow):
            self.abandon(pair)
            return None
        flow.peer = pair.remote
        if len(flow.pairs) >= MOST_PAIRS:
            self._remove(flow.pairs[:1], Cause.VOLUME)
        prepared = self.sad.find(pair.local, pair.inbound[0].spi)
        installed = prepared or self.sad.add(pair, flow, self._random_bytes)
        self.sad.enable(installed)
        self._emit(SaCreated(installed, prepared is not None))
        return installed

    def _key_by_hand(self, flow: Flow) -> None:
        """Install the SAs of manual keys, which are there as long as the configuration says so."""
        manual = flow.manual
        if manual is None or flow.pairs or manual.missing:
            return
        if any(self.sad.find(flow.local, keys.spi) for keys in manual.inbound):
            return
        ends = flow.local, flow.peer, flow.local_proxy, flow.remote_proxy
        transform = manual.transform if flow.is_between(flow.peer) else replace(manual.transform, mode="tunnel")
        keys = transform, manual.inbound, manual.outbound
        self.install(SaPair(*ends, *keys, lifetime=0, lifesize=0, pfs_group=None, initiator=True), flow)

    def _take(self, flow: Flow) -> bool:
        """Make a flow known that is a part of what an entry permits; False if it is none, or its entry has gone."""
        if not flow.brought:
            return False
        taken = [hook.bound.take(flow) for hook in self._bound(flow.map_name) if hook.bound.local == flow.local]
        if any(taken):
            if flow.template is not None:
                numbers = {known.sequence for known in self.flows.values()}
                flow.sequence = next(number for number in count(FIRST_DYNAMIC) if number not in numbers)
            self.flows[flow.key] = flow
            self._enter(flow)
            self._stack.generation.begin()
        return any(taken)

    def _drop(self, flow: Flow) -> None:
        """A flow that a peer has brought ends with its last SA."""
        if flow.brought and not flow.pairs and self.flows.get(flow.key) is flow:
            del self.flows[flow.key]
            self._strike_out(flow)
            self._stack.generation.begin()
            for hook in self._bound(flow.map_name):
                hook.bound.drop(flow)

    def _bound(self, map_name: str) -> list[InterfaceHook]:
        return self._maps.get(map_name, [])

    def acquire_failed(self, flow: Flow) -> None:
        """The negotiation came to nothing: the next packet asks again, and of the next peer."""
        flow.negotiating = False
        if not flow.pairs:
            flow.next_peer()
            whole = self._whole_of(flow)
            if whole is not None:
                whole.counters.take_over(flow.counters)
            self._drop(flow)

    def delete(self, spi: int, cause: Cause = Cause.CLEARED) -> bool:
        """Delete the pair of which an inbound SA has this SPI; returns whether there was one."""
        installed = self.sad.at(spi)
        if installed is None:
            return False
        self._remove([installed], cause)
        return True

    def delete_by_peer(self, remote: int, spis: Iterable[tuple[int, int]]) -> bool:
        """Delete the pairs that a peer names by the protocol and SPI of *its* inbound SAs, our outbound ones.

        It may name thousands; the pairs are gone through once.
        """
        named = frozenset(spis)
        found = [
            entry
            for entry in self.sad.with_peer(remote)
            if any((sa.protocol, sa.spi) in named for sa in entry.outbound)
        ]
        self._remove(found, Cause.PEER)
        return bool(found)

    def clear(self, matching: Callable[[InstalledPair], bool] = lambda _: True, cause: Cause = Cause.CLEARED) -> None:
        """Delete all pairs that match."""
        self._remove([installed for installed in self.sad if matching(installed)], cause)

    def peer_dead(self, local: int, remote: int, port: int | None = None) -> None:
        """A peer does not answer any more: delete its pairs, and turn their flows to another peer."""
        flows = [flow for flow in self.flows.values() if (flow.local, flow.peer) == (local, remote)]
        theirs = [flow for flow in flows if port is None or flow.translated_port in (None, port)]
        self._remove(self._pairs_with(local, remote, port), Cause.DEAD)
        for flow in theirs:
            flow.fail_over()

    def peer_restarted(self, local: int, remote: int, before: int, port: int | None = None) -> None:
        """A peer knows nothing of the pairs that are older than a time (µs): delete them."""
        pairs = self._pairs_with(local, remote, port)
        self._remove([each for each in pairs if each.installed_at < before], Cause.PEER)

    def _pairs_with(self, local: int, remote: int, port: int | None) -> list[InstalledPair]:
        """The pairs with a peer: with a port, with that one only of those that a translator has at its address."""
        pairs = [each for each in self.sad.with_peer(remote) if each.pair.local == local]
        return pairs if port is None else [each for each in pairs if each.translated_port in (None, port)]

    def clear_counters(self, matching: Callable[[Flow], bool] = lambda _: True) -> None:
        """Set the counters of all flows that match to zero."""
        for flow in filter(matching, self.flows.values()):
            flow.counters = Counters()

    def _rekey(self, installed: InstalledPair) -> None:
        """The soft end of a pair: its successor is wanted if it is the newest, and has been of use; none by hand."""
        flow = installed.flow
        if installed is flow.current and installed.used and not (flow.negotiating or flow.manual):
            flow.negotiating = True
            self._emit(Rekey(flow, installed))

    def _expire(self, installed: InstalledPair, cause: Cause) -> None:
        self._remove([installed], cause)
        flow = installed.flow
        if cause is Cause.IDLE and flow.upkeep.idle_to_default and not flow.pairs:
            flow.go_back()

    def _remove(self, pairs: list[InstalledPair], cause: Cause) -> None:
        removed = tuple(installed for installed in pairs if self.sad.remove(installed))
        for installed in removed:
            self._drop(installed.flow)
        if removed:
            self._emit(SasDeleted(removed, cause))
        for installed in removed:
            if self.flows.get(installed.flow.key) is installed.flow:
                self._key_by_hand(installed.flow)

    # Requests

    def _acquire(self, flow: Flow, packet: bytes) -> None:
        """Ask for the SAs that a packet has not found."""
        if flow.per_host:
            flow = self._between_hosts(flow, five_tuple(packet)) or flow
        flow.counters.send_failed(SendError.NO_SA)
        if flow.manual is not None:
            self._emit(KeysMissing(flow))
        elif not flow.per_host and (flow.brought or flow.template is None):
            self.seek(flow)

    def seek(self, flow: Flow) -> None:
        """Ask for SAs of a flow, unless that has been done already; tunnels want some before there is any packet."""
        if not flow.negotiating:
            flow.negotiating = True
            self._emit(Acquire(flow))

    def _between_hosts(self, flow: Flow, packet: FiveTuple) -> Flow | None:
        """The part of a flow for the two hosts of a packet, which selects their packets from now on."""
        parts = (hook.bound.between_hosts(flow, packet) for hook in self._bound(flow.map_name))
        return next((part for part in parts if part is not None and self._take(part)), None)

    def _whole_of(self, flow: Flow) -> Flow | None:
        """The flow of the line that such a part is within."""
        wholes = (hook.bound.whole_of(flow) for hook in self._bound(flow.map_name))
        return next((whole for whole in wholes if whole is not None), None)


def _ends(flow: Flow) -> list[Ends]:
    """What quick modes for a flow have in common, for each of its peers."""
    return [(flow.local, peer, flow.local_proxy, flow.remote_proxy) for peer in dict.fromkeys(flow.peers)]
