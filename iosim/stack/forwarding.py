"""What becomes of a packet that has arrived at a node: the inbound filter and the IPsec check, then delivery to a
protocol, or the route by which it leaves.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from iosim.sim.clock import Simulator
from iosim.stack.departure import ROUTING_FIELDS, Departure
from iosim.stack.fib import Hop
from iosim.stack.filter import permits
from iosim.stack.fragment import Reassembler
from iosim.stack.interface import Interface
from iosim.stack.trail import SHORTEST, Trail, Trails, fields_by_protocol
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.checksum import number_of
from iosim.wire.error import ChecksumError
from iosim.wire.ipv4 import HEADER_LENGTH, MORE_FRAGMENTS, OFFSET_MASK, check, decrement_ttl

_NO_SOURCES = (0, 127)
"""First octets of addresses that no packet on a wire comes from (RFC 1812 section 5.3.7)."""
_FRAGMENT_BITS = MORE_FRAGMENTS | OFFSET_MASK


class ProtocolHandler(Protocol):
    """Called with a whole packet for this node and the interface on which it arrived."""

    def __call__(self, packet: bytes, interface: Interface) -> None: ...


class Forwarding(Departure):
    """The part of a stack that decides about packets. A host is a stack with `forwarding` off.

    `protocols` maps IP protocol numbers to handlers.
    """

    def __init__(self, sim: Simulator, name: str, forwarding: bool = True) -> None:
        super().__init__(sim, name)
        self.forwarding = forwarding
        self.protocols: dict[int, ProtocolHandler] = {}
        self._reassembler = Reassembler(sim, self._reassembly_expired, self.drop)

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
        if interface.acl_in is not None and not permits(interface, "in", packet, interface, trail):
            interface.counters.input_drops += 1
            self.drop("inbound filter")
            if self.on_packet is not None:
                self.on_packet("access denied", packet, interface, None, None)
            self.icmp.unreachable(packet, wire.PROHIBITED, interface)
            return
        pieces = self._collected(packet, interface)
        if pieces is None:
            self._admit(packet, interface, trail)
        for piece in pieces or ():
            self._admit(piece, interface, None)

    def _collected(self, packet: bytes, interface: Interface) -> list[bytes] | None:
        """Which fragments go on now that this one has come, where virtual reassembly waits for all of a packet.

        None for whatever does not wait: what is whole, and what is for us, which is reassembled in earnest.
        """
        if interface.reassembly is None:
            return None
        fragment_field, _, _, _, destination = ROUTING_FIELDS.unpack_from(packet)
        if not fragment_field & _FRAGMENT_BITS or destination in self._local:
            return None
        return interface.reassembly.pass_on(packet)

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
        pieces = self._collected(packet, interface)
        if pieces is None:
            self._route(packet, interface, None if trails is None else self._record(packet, trails))
        for piece in pieces or ():
            self._route(piece, interface, None)

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
        if length > trail.mtu or number_of(packet[:HEADER_LENGTH]) % 0xFFFF:
            return 0
        if packet[8] <= 1 and not trail.here:
            return 0
        if trail.lines or trail.policed is not None:
            trail.count(length)
        if trail.change is not None:
            packet = trail.change(packet)
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
        fragment_field, ttl, protocol, source, destination = ROUTING_FIELDS.unpack_from(packet)
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
            hop = None
            if interface.policy is not None:
                packet, hop = interface.policy.route(packet, interface, trail)
            if hop is None:
                hop = self.fib.way(destination, source)
            if hop is None:
                self.drop("no route")
                if self.on_packet is not None:
                    self.on_packet("unroutable", packet, interface, None, None)
                self.icmp.unreachable(packet, wire.HOST, interface)
            else:
                if hop.interface is interface and interface.redirects and interface.is_broadcast:
                    trail = None
                    self.icmp.redirect(packet, destination if hop.next_hop is None else hop.next_hop, interface)
                pieces = [decrement_ttl(packet)]
                if hop.interface.reassembly_out is not None and fragment_field & _FRAGMENT_BITS:
                    pieces = hop.interface.reassembly_out.pass_on(pieces[0])
                self.traffic.forwarded += len(pieces)
                for piece in pieces:
                    self._output(piece, hop, destination, interface, True, trail)

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
