"""How packets leave a node: its own are routed, and all that is routed passes IPsec, the filter and the MTU, and finds
its neighbour.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from struct import Struct

from iosim.sim.clock import Simulator
from iosim.stack.arp import ArpCache
from iosim.stack.fib import Fib, Hop
from iosim.stack.filter import permits
from iosim.stack.fragment import fragment
from iosim.stack.holders import Holders
from iosim.stack.hooks import Framing, PolicyHook
from iosim.stack.icmp import IcmpEngine
from iosim.stack.interface import Interface
from iosim.stack.mss import clamp
from iosim.stack.traffic import Fate, PacketWatcher, Traffic
from iosim.stack.trail import MAXIMUM_TRAILS, SHORTEST, Generation, Trail, Trails, fields_by_protocol, record
from iosim.wire import icmp as wire
from iosim.wire.ethernet import BROADCAST, MINIMUM_LENGTH, TYPE_IPV4
from iosim.wire.ethernet import HEADER as ETHERNET_HEADER
from iosim.wire.ipv4 import DONT_FRAGMENT, header

LIMITED_BROADCAST = 0xFFFFFFFF
ROUTING_FIELDS = Struct("!6xHBB2xII")
"""Flags and offset, TTL, protocol and addresses of a packet."""
_ADDRESSES = Struct("!II")


class Departure:
    """The part of a stack that sends: interfaces, routes, neighbours, and what is counted there.

    `fib` is filled by the routing table; `policy` routes packets of our own. `on_packet`, when set, is told what
    becomes of each packet. Packets of known flows take a short way (see trail.py), if that is not switched off: whoever
    changes what decides about packets, and is neither a route nor a setting of an interface, calls `generation.begin`.
    """

    arp: ArpCache
    icmp: IcmpEngine

    def __init__(self, sim: Simulator, name: str) -> None:
        self.sim = sim
        self.name = name
        self.interfaces: dict[str, Interface] = {}
        self.drops: Counter[str] = Counter()
        self.traffic = Traffic()
        self.generation = Generation()
        self.fib = Fib(self.generation.begin)
        self.policy: PolicyHook | None = None
        self.short_way = True
        self._on_packet: PacketWatcher | None = None
        self._departures: tuple[Trails, ...] = ({}, {}, {})
        self._sources: dict[int, int | None] = {}
        self.generation.watchers.append(self._sources.clear)
        self._local = Holders()
        self._broadcasts = Holders(LIMITED_BROADCAST)
        self._identification = sim.random(name, "ipv4").getrandbits(16)

    @property
    def on_packet(self) -> PacketWatcher | None:
        """Who is told of each packet; then none takes the short way."""
        return self._on_packet

    @on_packet.setter
    def on_packet(self, watcher: PacketWatcher | None) -> None:
        self._on_packet = watcher
        self.generation.begin()

    def _record(self, packet: bytes, trails: Trails) -> Trail | None:
        """A trail for the flow of a packet, if there can be one."""
        return record(packet, self.generation, trails) if self.short_way and self._on_packet is None else None

    def _deliver(self, packet: bytes, interface: Interface, fragment_field: int, protocol: int) -> None:
        """Hand a packet for this node to its protocol, which is the work of forwarding.py."""
        raise NotImplementedError

    def build(
        self,
        source: int,
        destination: int,
        protocol: int,
        payload: bytes,
        ttl: int = 255,
        tos: int = 0,
        dont_fragment: bool = False,
    ) -> bytes:
        """A packet of our own, with the next identification; raises WireError when it would be too long."""
        flags = dont_fragment * DONT_FRAGMENT
        identification = self.next_identification()
        return header(source, destination, protocol, len(payload), ttl, tos, identification, flags) + payload

    def next_identification(self) -> int:
        """The identification of the next packet of our own."""
        self._identification = self._identification + 1 & 0xFFFF
        return self._identification

    def send(self, packet: bytes, crypto: bool = True, sealed: bool = False) -> bool:
        """Route a packet of our own and send it; False when there is no route. Without `crypto`, IPsec is not asked.

        What IPsec has `sealed` it is not asked about either, and unlike our own it has to pass the outbound filter.
        """
        self.traffic.generated += 1
        trails = self._departures[2 if sealed else crypto]
        known = trails.get(fields_by_protocol[packet[9]](packet)) if len(packet) >= SHORTEST else None
        if known is not None and self.sim.now < known.until and len(packet) <= known.mtu:
            if known.lines or known.policed is not None:
                known.count(len(packet))
                if known.change is not None:
                    packet = known.change(packet)
            if known.leaves is None:
                known.go(packet)
            else:
                self.transmit(known.leaves, known.head + packet, len(packet))
            return True
        source, destination = _ADDRESSES.unpack_from(packet, 12)
        owner = self._local.get(destination)
        if owner is not None:
            fragment_field, _, protocol, _, _ = ROUTING_FIELDS.unpack_from(packet)
            self.sim.call_later(0, partial(self._deliver, packet, owner, fragment_field, protocol))
            return True
        trail = None
        if destination == LIMITED_BROADCAST:
            hops = [Hop(each) for each in self.interfaces.values() if each.line_up and each.is_broadcast]
        else:
            trail = self._record(packet, trails)
            hop = None
            if self.policy is not None:
                packet, hop = self.policy.route(packet, None, trail)
            if hop is None:
                hop = self.fib.way(destination, source)
            hops = [] if hop is None else [hop]
        for hop in hops:
            self._output(packet, hop, destination, None, crypto and not sealed, trail, sealed)
        if not hops:
            self.drop("no route")
            if self.on_packet is not None:
                self.on_packet("unroutable", packet, None, None, None)
        return bool(hops)

    def source_for(self, destination: int) -> int | None:
        """The address a packet to `destination` is sent from: that of the interface it leaves; None without a route."""
        if destination not in self._sources:
            if len(self._sources) >= MAXIMUM_TRAILS:
                self._sources.clear()
            self._sources[destination] = self._find_source(destination)
        return self._sources[destination]

    def _find_source(self, destination: int) -> int | None:
        if destination in self._local:
            return destination
        if destination == LIMITED_BROADCAST:
            return next((each.address for each in self.interfaces.values() if each.line_up and each.addresses), None)
        hop = self.fib.lookup(destination)
        return None if hop is None else hop.interface.address

    def has_address(self, address: int) -> bool:
        """Whether this is an address of an interface that is up."""
        return address in self._local

    def is_broadcast(self, address: int) -> bool:
        """Whether this is the limited broadcast or the broadcast address of a connected subnet."""
        return address in self._broadcasts

    def _output(
        self,
        packet: bytes,
        hop: Hop,
        destination: int,
        arrived: Interface | None,
        crypto: bool,
        trail: Trail | None = None,
        filtered: bool = False,
    ) -> None:
        """Let a routed packet leave; `arrived` is None for one of our own: it is `filtered` only if that is said."""
        interface = hop.interface
        if interface.per_packet:
            trail = None
        if arrived is not None and (arrived.mss or interface.mss):
            mss = min(each.mss for each in (arrived, interface) if each.mss)
            packet = clamp(packet, mss)
            if trail is not None:
                trail.alter(partial(clamp, limit=mss))
        if interface.nat is not None and arrived is not None and arrived is not interface:
            trail = None
            translated = interface.nat.leave(packet)
            if translated is None:
                self.drop("no translation")
                return
            packet = translated
        if crypto and interface.crypto is not None:
            passed = interface.crypto.outbound(packet, interface, trail)
            if passed is None:
                return
            packet = passed
        if (
            (filtered or arrived is not None)
            and interface.acl_out is not None
            and not permits(interface, "out", packet, arrived or interface, trail)
        ):
            self.drop("outbound filter")
            if self.on_packet is not None:
                self.on_packet("access denied", packet, arrived, interface, hop.next_hop)
            if arrived is not None:
                self.icmp.unreachable(packet, wire.PROHIBITED, arrived)
        elif interface.port is None:
            self.drop("no such host")
            if arrived is not None and interface.unreachables:
                self.icmp.unreachable(packet, wire.HOST, arrived)
        elif len(packet) <= interface.mtu:
            if self.on_packet is not None:
                fate: Fate = "sending" if arrived is None else "forward"
                self.on_packet(fate, packet, arrived, interface, hop.next_hop)
            self._send_to(packet, destination if hop.next_hop is None else hop.next_hop, interface, trail)
        elif packet[6] & 0x40:
            self.too_long(packet, interface.mtu, arrived)
        else:
            for piece in self.cut(packet, interface.mtu):
                if self.on_packet is not None:
                    self.on_packet("fragment", piece, arrived, interface, hop.next_hop)
                self._send_to(piece, destination if hop.next_hop is None else hop.next_hop, interface)

    def cut(self, packet: bytes, mtu: int) -> list[bytes]:
        """The fragments of a packet, each of at most `mtu` bytes."""
        pieces = fragment(packet, mtu)
        self.traffic.fragmented += 1
        self.traffic.fragments += len(pieces)
        return pieces

    def too_long(self, packet: bytes, mtu: int, arrived: Interface | None = None) -> None:
        """Drop a packet that may not be cut, and tell its source which length would do (RFC 1191 section 4).

        Where it is not known by which interface it came, that is where it would go back.
        """
        self.drop("fragmentation needed")
        if packet[6] & 0x40:
            if arrived is None:
                hop = self.fib.lookup(_ADDRESSES.unpack_from(packet, 12)[0])
                arrived = None if hop is None else hop.interface
            self.icmp.unreachable(packet, wire.FRAGMENTATION_NEEDED, arrived, mtu)

    def _send_to(self, packet: bytes, neighbour: int, interface: Interface, trail: Trail | None = None) -> None:
        """Send a packet to a neighbour, which ARP may have to find first."""
        if interface.framing is not None:
            send = partial(self._send_framed, interface, interface.framing)
            if trail is not None:
                trail.end(send, mtu=interface.mtu)
            send(packet)
            return
        head = self.arp.header(neighbour, interface)
        if head is not None:
            if trail is not None:
                trail.leave(interface, head, self.arp.good_until(neighbour))
            self.transmit(interface, head + packet, len(packet))
        elif neighbour in self._broadcasts:
            self.traffic.broadcasts_out += 1
            frame = ETHERNET_HEADER.pack(BROADCAST, interface.mac, TYPE_IPV4) + packet
            self.transmit(interface, frame, len(packet))
        else:
            self.arp.resolve(packet, neighbour, interface)

    def _send_framed(self, interface: Interface, framing: Framing, packet: bytes) -> None:
        """Send a packet to the one neighbour that there is."""
        frame = framing.frame(packet)
        if frame is None:
            self.drop("encapsulation failed")
        else:
            self.transmit(interface, frame, len(packet))

    def transmit(self, interface: Interface, frame: bytes, length: int = 0) -> bool:
        """Put a frame on the wire, one of Ethernet padded to the minimum length; False when it could not be sent.

        `length` is that of the IPv4 packet in it, 0 when it holds none.
        """
        if len(frame) < MINIMUM_LENGTH and interface.framing is None:
            frame = frame.ljust(MINIMUM_LENGTH, b"\0")
        if interface.port is None or not interface.port.transmit(frame):
            interface.counters.output_drops += 1
            self.drop("not sent")
            return False
        counters = interface.counters
        counters.packets_out += 1
        counters.bytes_out += len(frame)
        if length:
            counters.ip_out += 1
            counters.ip_bytes_out += length
        interface.last_output = self.sim.now
        return True

    def drop(self, reason: str, count: int = 1) -> None:
        """Count dropped packets."""
        self.drops[reason] += count
