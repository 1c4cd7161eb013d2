"""The tunnels of a node: received packets find theirs here, and line protocols follow interfaces and routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import Struct

from iosim.sim.clock import MILLISECOND, SECOND, Timer
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.stack.tunnel import Fault, Tunnel
from iosim.wire import icmp
from iosim.wire.gre import IPIP, PROTOCOL, TYPE_IPV4
from iosim.wire.icmp import FRAGMENTATION_NEEDED, UNREACHABLE, Icmp
from iosim.wire.ipv4 import HEADER_LENGTH

SETTLING = 100 * MILLISECOND
"""How long after a change of routes or interfaces line protocols follow it, so that many changes are one."""
RECURSION_HOLD = 60 * SECOND
"""How long a tunnel is disabled whose destination is routed through itself, as the logs of routers have it."""
DEEPEST = 8
"""Tunnels within tunnels that a packet may enter."""

_ENDS = Struct("!9xBxxII")
_KEY_BIT, _CHECKSUM_BIT = 0x20, 0x80
_VERSION = 0x45
_SIMPLE = Struct("!IIHH")
"""What most packets of GRE have behind the checksum of their headers, which are without options: ends, flags, type."""

Ends = tuple[int, int, int, int | None]
"""Protocol, our address, the other end's, and the key that tell received packets' tunnels apart."""


class Tunnels:
    """All tunnels of a stack. `on_recursion` is told of a tunnel whose destination is routed through itself, `on_stray`
    (when set) of each received packet that no tunnel is for. `watchers` are called when ends and states of tunnels may
    have changed; `obstacles` are asked for reasons against an up line protocol of each tunnel, a new one's among them.
    """

    def __init__(self, stack: Stack, on_recursion: Callable[[Tunnel], None]) -> None:
        self._stack = stack
        self._on_recursion = on_recursion
        self._tunnels: list[Tunnel] = []
        self._by_ends: dict[Ends, Tunnel] = {}
        self._by_bytes: dict[bytes, Tunnel] = {}
        self.watchers: list[Callable[[], None]] = []
        self.obstacles: list[Callable[[Tunnel], Fault | None]] = []
        self._held: dict[Tunnel, Timer] = {}
        self._soon: Timer | None = None
        self._unwrapping = False
        self.on_stray: Callable[[bytes], None] | None = None
        stack.icmp.on_error.append(self._advised)

    def add(self, tunnel: Tunnel) -> None:
        """Take a tunnel into account."""
        if not self._tunnels:
            self._stack.generation.watchers.append(self._changed)
            self._stack.protocols.update({PROTOCOL: self._receive, IPIP: self._receive})
        self._tunnels.append(tunnel)

    def remove(self, tunnel: Tunnel) -> None:
        """Forget a tunnel."""
        self._tunnels.remove(tunnel)
        self._strike_out({tunnel: None})
        self._release(tunnel)
        if not self._tunnels:
            self.stop()
            del self._stack.protocols[PROTOCOL], self._stack.protocols[IPIP]

    def stop(self) -> None:
        """Do nothing any more."""
        if self._changed in self._stack.generation.watchers:
            self._stack.generation.watchers.remove(self._changed)
        for timer in (self._soon, *self._held.values()):
            if timer is not None:
                timer.cancel()
        self._soon = None

    # Line protocols

    def _changed(self) -> None:
        if self._soon is None:
            self._soon = self._stack.sim.call_later(SETTLING, self.review)

    def settle(self) -> None:
        """Follow changes that have been made now."""
        if self._soon is not None:
            self.review()

    def review(self) -> None:
        """Work out the state of all tunnels."""
        if self._soon is not None:
            self._soon.cancel()
        self._soon = None
        self._by_ends, self._by_bytes = {}, {}
        self._review(self._tunnels)

    def review_some(self, tunnels: list[Tunnel]) -> None:
        """Work out the state of those that have changed, at once; what others make of it is seen soon."""
        if tunnels:
            self._strike_out(dict.fromkeys(tunnels))
            self._review(tunnels)
            self._changed()

    def _strike_out(self, tunnels: dict[Tunnel, None]) -> None:
        """Let received packets find these no more."""
        self._by_ends = {ends: each for ends, each in self._by_ends.items() if each not in tunnels}
        self._by_bytes = {ends: each for ends, each in self._by_bytes.items() if each not in tunnels}

    def _review(self, tunnels: list[Tunnel]) -> None:
        for tunnel in tunnels:
            tunnel.locate()
            if tunnel.ends is not None and not tunnel.told_by_sa:
                ends = tunnel.ends
                self._by_ends.setdefault((ends.shape.protocol, ends.local, ends.remote, ends.shape.key), tunnel)
                if ends.shape.protocol == PROTOCOL and ends.shape.key is None:
                    self._by_bytes.setdefault(_SIMPLE.pack(ends.remote, ends.local, 0, TYPE_IPV4), tunnel)
        for tunnel in tunnels:
            self.review_one(tunnel)
        for watcher in self.watchers:
            watcher()

    def review_one(self, tunnel: Tunnel) -> None:
        """Work out the state of a tunnel whose ends are the same."""
        fault = self._fault(tunnel)
        tunnel.fit()
        tunnel.review(fault, self.obstacles)

    def _fault(self, tunnel: Tunnel) -> Fault | None:
        ends = tunnel.ends
        if tunnel.shape is None:
            return Fault.MODE
        if tunnel.source is None:
            return Fault.NO_SOURCE
        if tunnel.destination is None:
            return Fault.NO_DESTINATION
        if ends is None:
            return Fault.SOURCE_DOWN
        if not self._stack.has_address(ends.local):
            return Fault.NO_ADDRESS
        place = ends.shape.protocol, ends.local, ends.remote, ends.shape.key
        if not tunnel.told_by_sa and self._by_ends.get(place) is not tunnel:
            return Fault.TAKEN
        return self._fault_of_route(tunnel, ends.local, ends.remote)

    def _fault_of_route(self, tunnel: Tunnel, local: int, remote: int) -> Fault | None:
        """What is wrong with the way of outer packets; the tunnel learns the MTU of its first link."""
        if tunnel in self._held:
            return Fault.RECURSION
        hop = self._stack.fib.lookup(remote, local)
        if local == remote or tunnel.looped or (hop is not None and self._returns(tunnel, hop.interface)):
            self._hold(tunnel)
            return Fault.RECURSION
        if hop is None or (hop.interface.port is None and not self._stack.has_address(remote)):
            return Fault.NO_ROUTE
        tunnel.link_mtu = hop.interface.mtu
        return None

    def _returns(self, tunnel: Tunnel, way: Interface | None) -> bool:
        """Whether packets that leave by an interface come back into the tunnel, or enter too many others."""
        for _ in range(DEEPEST):
            if way is None or not isinstance(way.framing, Tunnel):
                return False
            ends = way.framing.ends
            if way.framing is tunnel or ends is None:
                return way.framing is tunnel
            hop = self._stack.fib.lookup(ends.remote, ends.local)
            way = None if hop is None else hop.interface
        return True

    def _hold(self, tunnel: Tunnel) -> None:
        """Disable a tunnel for a while."""
        self._on_recursion(tunnel)
        self._held[tunnel] = self._stack.sim.call_later(RECURSION_HOLD, partial(self._try_again, tunnel))

    def _release(self, tunnel: Tunnel) -> None:
        tunnel.looped = False
        timer = self._held.pop(tunnel, None)
        if timer is not None:
            timer.cancel()

    def _try_again(self, tunnel: Tunnel) -> None:
        self._release(tunnel)
        self.review_one(tunnel)

    # Packets

    def _advised(self, message: Icmp, sender: int) -> None:
        """A router on the way says that an outer packet is too long."""
        quote = message.data
        if (message.type, message.code) != (UNREACHABLE, FRAGMENTATION_NEEDED) or len(quote) < HEADER_LENGTH:
            return
        protocol, local, remote = _ENDS.unpack_from(quote)
        tunnel = self._by_ends.get((protocol, local, remote, None if protocol == IPIP else _key(quote)))
        if tunnel is not None and tunnel.path is not None:
            tunnel.path.learn(message.mtu, tunnel.path_mtu)

    def _receive(self, packet: bytes, interface: Interface) -> None:
        """An outer packet has arrived for us: its tunnel takes it. Of tunnels in tunnels, one layer in an event."""
        if self._unwrapping:
            self._stack.sim.call_later(0, partial(self._receive, packet, interface))
            return
        tunnel = self._by_bytes.get(packet[12:24])
        if tunnel is None or packet[0] != _VERSION:
            protocol, remote, local = _ENDS.unpack_from(packet)
            tunnel = self._by_ends.get((protocol, local, remote, None if protocol == IPIP else _key(packet)))
        if tunnel is None or tunnel.receiver is None:
            self._stack.drop("no such tunnel")
            if self.on_stray is not None:
                self.on_stray(packet)
            self._stack.icmp.unreachable(packet, icmp.PROTOCOL, interface)
            return
        if tunnel.guard is not None and not tunnel.guard(packet, interface):
            self._stack.drop("IPsec policy")
            return
        self._unwrapping = True
        try:
            tunnel.receiver(packet)
        finally:
            self._unwrapping = False


def _key(packet: bytes) -> int | None:
    """The key in a GRE header; None where there is none, or nothing at all."""
    start = (packet[0] & 15) << 2
    flags = packet[start : start + 1]
    if not flags or not flags[0] & _KEY_BIT:
        return None
    at = start + 4 + 4 * bool(flags[0] & _CHECKSUM_BIT)
    return int.from_bytes(packet[at : at + 4], "big")
