"""The IPv4 stack of one node, host or router: what happens to a packet from its arrival to its departure.

Arrival: frame, header check, inbound filter, IPsec check; then delivery to a protocol handler, or forwarding: TTL,
route. Departure: IPsec, outbound filter, fragmentation, ARP, frame. Packets are `bytes` all the way; what is dropped
is counted in `drops` by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from struct import Struct
from typing import Protocol

from iosim.sim.clock import Simulator
from iosim.stack.arp import ArpCache
from iosim.stack.fib import Fib, Hop
from iosim.stack.fragment import Reassembler, fragment
from iosim.stack.holders import Holders
from iosim.stack.icmp import IcmpEngine
from iosim.stack.interface import Framing, Interface, PolicyHook
from iosim.stack.mss import clamp
from iosim.stack.probe import Prober
from iosim.stack.tcp.ports import TcpPorts
from iosim.stack.traffic import Fate, PacketWatcher, Traffic
from iosim.stack.trail import SHORTEST, Generation, Trail, Trails, fields_by_protocol, record
from iosim.stack.udp import UdpPorts
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.error import ChecksumError
from iosim.wire.ethernet import (
    BROADCAST,
    MINIMUM_LENGTH,
    TYPE_ARP,
    TYPE_IPV4,
)
from iosim.wire.ethernet import HEADER as ETHERNET_HEADER
from iosim.wire.ethernet import (
    HEADER_LENGTH as ETHERNET_HEADER_LENGTH,
)
from iosim.wire.ipv4 import (
    DONT_FRAGMENT,
    HEADER_LENGTH,
    MORE_FRAGMENTS,
    OFFSET_MASK,
    check,
    decrement_ttl,
    five_tuple,
    header,
)


class ProtocolHandler(Protocol):
    """Called with a whole packet for this node and the interface on which it arrived."""

    def __call__(self, packet: bytes, interface: Interface) -> None: ...


GroupHandler = Callable[[Interface, bytes], bool]
"""Called with a frame to a group address and the interface on which it arrived; False when it is not taken."""

LIMITED_BROADCAST = 0xFFFFFFFF
_NO_SOURCES = (0, 127)
"""First octets of addresses that no packet on a wire comes from (RFC 1812 section 5.3.7)."""
_IPV4 = TYPE_IPV4.to_bytes(2, "big")
_ROUTING_FIELDS = Struct("!6xHBB2xII")
_ADDRESSES = Struct("!II")
_TYPE = Struct("!H")
_FRAGMENT_BITS = MORE_FRAGMENTS | OFFSET_MASK


class Stack:
    """The stack of one node. A host is a stack with `forwarding` off.

    `fib` is filled by the routing table; `protocols` maps IP protocol numbers to handlers (ICMP and UDP are there from
    the start), `groups` the MAC addresses of groups; `watchers` are called with an interface whenever its state or its
    addresses have changed, and when it is added or removed. `policy` routes packets of our own. `on_packet`, when set,
    is told what becomes of each packet. Packets of known flows take a short way (see trail.py): whoever changes what
    decides about packets, and is neither a route nor a setting of an interface, calls `generation.begin`.
    """

    def __init__(self, sim: Simulator, name: str, forwarding: bool = True) -> None:
        self.sim = sim
        self.name = name
        self.forwarding = forwarding
        self.interfaces: dict[str, Interface] = {}
        self.watchers: list[Callable[[Interface], None]] = []
        self.protocols: dict[int, ProtocolHandler] = {}
        self.groups: dict[bytes, GroupHandler] = {}
        self.drops: Counter[str] = Counter()
        self.traffic = Traffic()
        self.generation = Generation()
        self.fib = Fib(self.generation.begin)
        self.arp = ArpCache(self)
        self.icmp = IcmpEngine(self)
        self.udp = UdpPorts(self)
        self.tcp = TcpPorts(self)
        prober = Prober(self)
        self.ping_once = prober.ping_once
        self.trace_once = prober.trace_once
        self.policy: PolicyHook | None = None
        self._on_packet: PacketWatcher | None = None
        self._departures: tuple[Trails, Trails] = ({}, {})
        self._local = Holders()
        self._broadcasts = Holders(LIMITED_BROADCAST)
        self._identification = sim.random(name, "ipv4").getrandbits(16)
        self._reassembler = Reassembler(sim, self._reassembly_expired, self.drop)

    @property
    def on_packet(self) -> PacketWatcher | None:
        """Who is told of each packet; then none takes the short way."""
        return self._on_packet

    @on_packet.setter
    def on_packet(self, watcher: PacketWatcher | None) -> None:
        self._on_packet = watcher
        self.generation.begin()

    # Interfaces

    def add_interface(self, interface: Interface) -> None:
        """Take an interface into use; raises ValueError when there is one of this name."""
        if interface.name in self.interfaces:
            raise ValueError(f"{self.name} already has {interface.name}")
        self.interfaces[interface.name] = interface
        interface.sim = self.sim
        interface.on_change = self._interface_changed
        interface.on_decision = self.generation.begin
        if interface.port is not None:
            interface.port.receiver = partial(self.receive, interface)
        self._interface_changed(interface)

    def remove_interface(self, name: str) -> None:
        """Take an interface away, `no interface Loopback0`."""
        interface = self.interfaces.pop(name)
        interface.on_change = None
        if interface.port is not None:
            interface.port.receiver = None
        self._interface_changed(interface)

    def _interface_changed(self, interface: Interface) -> None:
        """Take its addresses into account or out of it, forget or greet the neighbours, and tell whoever watches."""
        self.generation.begin()
        up = interface.line_up and self.interfaces.get(interface.name) is interface
        self._local.follow(interface, [address for address, _ in interface.addresses] if up else ())
        self._broadcasts.follow(interface, interface.broadcasts() if up else ())
        if not up:
            self.arp.clear(interface)
        elif interface.is_broadcast:
            self.arp.announce(interface)
        if interface.trunk is not None:
            interface.trunk.sense()
        for watcher in self.watchers:
            watcher(interface)

    # Arrival

    def receive(self, interface: Interface, frame: bytes) -> None:
        """A frame arrives on an interface; any bytes are taken, and dropped if they are none of ours."""
        if not interface.carrier:
            return
        counters = interface.counters
        counters.packets_in += 1
        counters.bytes_in += len(frame)
        interface.last_input = self.sim.now
        packet: bytes | None
        if interface.framing is not None:
            packet = interface.framing.packet(frame)
            if packet is None or not interface.line_up:
                return
        elif (
            frame[:6] == interface.mac
            and frame[12:14] == _IPV4
            and len(frame) <= interface.frame_mtu + ETHERNET_HEADER_LENGTH
            and interface.trunk is None
        ):
            packet = frame[ETHERNET_HEADER_LENGTH:]
        else:
            interface.last_frame = frame
            self._receive_other(interface, frame)
            return
        length = self.follow(packet, interface.trails)
        if length:
            self.traffic.received += 1
            counters.ip_in += 1
            counters.ip_bytes_in += length
        else:
            interface.last_frame = frame
            self._receive_packet(packet, interface)

    def _receive_other(self, interface: Interface, frame: bytes) -> None:
        """Any Ethernet frame that is not an IPv4 packet to this interface for certain."""
        counters = interface.counters
        if len(frame) < ETHERNET_HEADER_LENGTH:
            counters.runts += 1
            counters.input_errors += 1
            self.drop("runt")
            return
        if frame[:6] != interface.mac:
            if not frame[0] & 1:
                self.drop("frame for another")
                return
            counters.broadcasts_in += 1
            group = self.groups.get(frame[:6])
            if group is not None and group(interface, frame):
                return
            if self._is_unicast_packet(frame):
                self.drop("unicast packet in a broadcast frame")
                return
        (ethertype,) = _TYPE.unpack_from(frame, 12)
        if interface.trunk is not None and interface.trunk.takes(frame, ethertype):
            return
        if len(frame) > interface.frame_mtu + ETHERNET_HEADER_LENGTH:
            counters.giants += 1
            counters.input_errors += 1
            self.drop("giant")
        elif ethertype == TYPE_IPV4:
            self._receive_packet(frame[ETHERNET_HEADER_LENGTH:], interface)
        elif ethertype == TYPE_ARP:
            self.arp.receive(frame[ETHERNET_HEADER_LENGTH:], interface)
        else:
            counters.unknown_protocol += 1
            self.drop("unknown ethertype")

    def _is_unicast_packet(self, frame: bytes) -> bool:
        """Whether a broadcast frame holds a packet for a single node, which is not taken (RFC 1122 section 3.3.6)."""
        if len(frame) < ETHERNET_HEADER_LENGTH + HEADER_LENGTH or frame[12:14] != _IPV4:
            return False
        _, destination = _ADDRESSES.unpack_from(frame, ETHERNET_HEADER_LENGTH + 12)
        return destination >> 28 != 14 and destination not in self._broadcasts

    def _receive_packet(self, packet: bytes, interface: Interface) -> None:
        """A packet arrives in the clear: check its header and ask the inbound filter and IPsec."""
        self.traffic.received += 1
        try:
            _, total = check(packet)
        except WireError as error:
            self.traffic.bad_headers += 1
            self.traffic.bad_checksums += isinstance(error, ChecksumError)
            interface.counters.input_errors += 1
            self.drop("bad IPv4 header")
            return
        if total != len(packet):
            packet = packet[:total]
        interface.counters.ip_in += 1
        interface.counters.ip_bytes_in += total
        trail = self._record(packet, interface.trails)
        if interface.source_check is not None:
            trail = None
            if not interface.source_check.permits(packet, interface):
                self.drop("unverified source")
                return
        if interface.acl_in is not None and not _permits(interface, "in", packet, interface, trail):
            interface.counters.input_drops += 1
            self.drop("inbound filter")
            if self.on_packet is not None:
                self.on_packet("access denied", packet, interface, None, None)
            self.icmp.unreachable(packet, wire.PROHIBITED, interface)
            return
        fragment_field, _, _, _, destination = _ROUTING_FIELDS.unpack_from(packet)
        if interface.reassembly is None or not fragment_field & _FRAGMENT_BITS or destination in self._local:
            self._admit(packet, interface, trail)
        else:
            for piece in interface.reassembly.pass_on(packet):
                self._admit(piece, interface, None)

    def _admit(self, packet: bytes, interface: Interface, trail: Trail | None) -> None:
        """The filter has let a packet in: ask IPsec and the translator."""
        if interface.crypto is not None and not interface.crypto.inbound(packet, interface):
            self.drop("IPsec policy")
            return
        if interface.nat is not None:
            packet, trail = interface.nat.arrive(packet), None
        self._route(packet, interface, trail)

    def receive_decrypted(self, packet: bytes, interface: Interface, trails: Trails | None = None) -> None:
        """A packet comes out of a tunnel that ends on `interface`: no filter and no IPsec check is asked again.

        `trails` are those of the SA that it comes from.
        """
        try:
            _, total = check(packet)
        except WireError:
            self.drop("bad IPv4 header")
            return
        packet = packet[:total]
        self._route(packet, interface, None if trails is None else self._record(packet, trails))

    def _record(self, packet: bytes, trails: Trails) -> Trail | None:
        """A trail for the flow of a packet, if there can be one."""
        return record(packet, self.generation, trails) if self._on_packet is None else None

    def follow(self, packet: bytes, trails: Trails) -> int:
        """Take an arrived packet along the trail of its flow, and count all that it meets; its length, 0 without one.

        The header is checked here as well: everything in it that is not among the fields.
        """
        size = len(packet)
        if size < SHORTEST:
            return 0
        trail = trails.get(fields_by_protocol[packet[9]](packet))
        if trail is None or self.sim.now >= trail.until:
            return 0
        length = packet[2] << 8 | packet[3]
        if length != size:
            if not SHORTEST <= length < size:
                return 0
            packet = packet[:length]
        if length > trail.mtu or int.from_bytes(packet[:HEADER_LENGTH], "big") % 0xFFFF:
            return 0
        if packet[8] <= 1 and not trail.here:
            return 0
        if trail.lines or trail.policed is not None:
            trail.count(length)
        if trail.mss:
            packet = clamp(packet, trail.mss)
        if trail.here:
            self.traffic.local += 1
            trail.go(packet)
            return length
        self.traffic.forwarded += 1
        packet = decrement_ttl(packet, trail.head)
        if trail.leaves is None:
            trail.go(packet)
        else:
            self.transmit(trail.leaves, packet, length)
        return length

    def _route(self, packet: bytes, interface: Interface, trail: Trail | None) -> None:
        """Deliver a sound packet or forward it."""
        fragment_field, ttl, protocol, source, destination = _ROUTING_FIELDS.unpack_from(packet)
        if source >> 28 >= 14 or source >> 24 in _NO_SOURCES or source in self._broadcasts:
            self.drop("impossible source")
        elif destination in self._local or destination in self._broadcasts:
            if source in self._local:  # forwarded it would be, as in a routing loop
                self.drop("impossible source")
            else:
                broadcast = destination in self._broadcasts
                self.traffic.broadcasts_in += broadcast
                if self.on_packet is not None:
                    self.on_packet("rcvd broadcast" if broadcast else "rcvd", packet, interface, None, None)
                self._spread(packet, interface, destination, ttl)
                self._deliver(packet, interface, fragment_field, protocol, None if broadcast else trail)
        elif not self.forwarding or destination >> 28 >= 14 or destination >> 24 in (0, 127):
            self.drop("not for us")
        elif ttl <= 1:
            self.drop("TTL expired")
            self.icmp.time_exceeded(packet, wire.TTL_EXCEEDED, interface)
        else:
            hop = None if interface.policy is None else interface.policy.route(packet, interface, trail)
            if hop is None:
                hop = self.fib.lookup(destination, source)
            if hop is None:
                self.drop("no route")
                if self.on_packet is not None:
                    self.on_packet("unroutable", packet, interface, None, None)
                self.icmp.unreachable(packet, wire.HOST, interface)
            else:
                self.traffic.forwarded += 1
                if hop.interface is interface and interface.redirects and interface.is_broadcast:
                    trail = None
                    self.icmp.redirect(packet, destination if hop.next_hop is None else hop.next_hop, interface)
                self._output(decrement_ttl(packet), hop, destination, interface, True, trail)

    def _spread(self, packet: bytes, arrived: Interface, destination: int, ttl: int) -> None:
        """Pass a directed broadcast on to the subnet that it is for, where that is allowed (RFC 2644)."""
        target = self._broadcasts.get(destination)
        if target is not None and target is not arrived and target.directed_broadcast and self.forwarding and ttl > 1:
            self._output(decrement_ttl(packet), Hop(target), destination, arrived, True)

    def _deliver(
        self, packet: bytes, interface: Interface, fragment_field: int, protocol: int, trail: Trail | None = None
    ) -> None:
        """Hand a packet for this node to its protocol, whole."""
        self.traffic.local += 1
        if fragment_field & _FRAGMENT_BITS:
            whole = self._reassembler.add(packet)
            if whole is None:
                return
            self.traffic.reassembled += 1
            packet = whole
        handler = self.protocols.get(protocol)
        if handler is None:
            self.drop("unknown protocol")
            self.icmp.unreachable(packet, wire.PROTOCOL, interface)
            return
        if trail is not None:
            trail.end(partial(handler, interface=interface), here=True)
        handler(packet, interface)

    def _reassembly_expired(self, first: bytes) -> None:
        self.icmp.time_exceeded(first, wire.REASSEMBLY_EXCEEDED, None)

    # Departure

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

    def send(self, packet: bytes, crypto: bool = True) -> bool:
        """Route a packet of our own and send it; False when there is no route. Without `crypto`, IPsec is not asked."""
        self.traffic.generated += 1
        trails = self._departures[crypto]
        known = trails.get(fields_by_protocol[packet[9]](packet)) if len(packet) >= SHORTEST else None
        if known is not None and self.sim.now < known.until and len(packet) <= known.mtu:
            if known.lines or known.policed is not None:
                known.count(len(packet))
            if known.leaves is None:
                known.go(packet)
            else:
                self.transmit(known.leaves, known.head + packet, len(packet))
            return True
        source, destination = _ADDRESSES.unpack_from(packet, 12)
        owner = self._local.get(destination)
        if owner is not None:
            fragment_field, _, protocol, _, _ = _ROUTING_FIELDS.unpack_from(packet)
            self.sim.call_later(0, partial(self._deliver, packet, owner, fragment_field, protocol))
            return True
        trail = None
        if destination == LIMITED_BROADCAST:
            hops = [Hop(each) for each in self.interfaces.values() if each.line_up and each.is_broadcast]
        else:
            trail = self._record(packet, trails)
            hop = None if self.policy is None else self.policy.route(packet, None, trail)
            if hop is None:
                hop = self.fib.lookup(destination, source)
            hops = [] if hop is None else [hop]
        for hop in hops:
            self._output(packet, hop, destination, None, crypto, trail)
        if not hops:
            self.drop("no route")
            if self.on_packet is not None:
                self.on_packet("unroutable", packet, None, None, None)
        return bool(hops)

    def source_for(self, destination: int) -> int | None:
        """The address a packet to `destination` is sent from: that of the interface it leaves; None without a route."""
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
    ) -> None:
        """Let a routed packet leave; `arrived` is None for one of our own, which the outbound filter lets pass."""
        interface = hop.interface
        if arrived is not None and (arrived.mss or interface.mss):
            mss = min(each.mss for each in (arrived, interface) if each.mss)
            packet = clamp(packet, mss)
            if trail is not None:
                trail.mss = mss
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
            arrived is not None
            and interface.acl_out is not None
            and not _permits(interface, "out", packet, arrived, trail)
        ):
            self.drop("outbound filter")
            if self.on_packet is not None:
                self.on_packet("access denied", packet, arrived, interface, hop.next_hop)
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


def _permits(interface: Interface, direction: str, packet: bytes, arrived: Interface, trail: Trail | None) -> bool:
    """Whether the filter of an interface lets a packet pass; counts the match.

    A list without lines permits everything, as on IOS.
    """
    acl = interface.acl_in if direction == "in" else interface.acl_out
    if acl is None:
        return True
    entry = acl.lookup(*five_tuple(packet), packet)
    if trail is not None:
        if acl.conditional or (entry is not None and entry.log is not None):
            trail.spoil()
        elif entry is not None:
            trail.lines += (entry,)
            trail.filtered += ((interface.filtered, (direction, entry)),)
    if entry is None:
        return not acl.entries
    entry.matches += 1
    interface.filtered[direction, entry] += 1
    if entry.log is not None and acl.on_log is not None:
        acl.on_log(acl, entry, packet, arrived)
    return entry.permit
