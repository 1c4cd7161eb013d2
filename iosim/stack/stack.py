"""The IPv4 stack of one node, host or router: what happens to a packet from its arrival to its departure.

It is one object in three rooms: interfaces and the frames that arrive at them are here, what is decided about packets
is in forwarding.py, and how they leave is in departure.py. Packets are `bytes` all the way; what is dropped is counted
in `drops` by reason.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import Struct

from iosim.sim.clock import Simulator
from iosim.stack.arp import ArpCache
from iosim.stack.forwarding import Forwarding
from iosim.stack.icmp import IcmpEngine
from iosim.stack.interface import Interface
from iosim.stack.probe import Prober
from iosim.stack.tcp.ports import TcpPorts
from iosim.stack.udp import UdpPorts
from iosim.wire.ethernet import HEADER_LENGTH as ETHERNET_HEADER_LENGTH
from iosim.wire.ethernet import TYPE_ARP, TYPE_IPV4
from iosim.wire.ipv4 import HEADER_LENGTH

GroupHandler = Callable[[Interface, bytes], bool]
"""Called with a frame to a group address and the interface on which it arrived; False when it is not taken."""

_IPV4 = TYPE_IPV4.to_bytes(2, "big")
_ADDRESSES = Struct("!II")
_TYPE = Struct("!H")


class Stack(Forwarding):
    """The stack of one node. The handlers of ICMP, UDP and TCP are among its `protocols` from the start.

    `groups` maps the MAC addresses of groups to handlers; `watchers` are called with an interface whenever its state or
    its addresses have changed, and when it is added or removed.
    """

    def __init__(self, sim: Simulator, name: str, forwarding: bool = True) -> None:
        super().__init__(sim, name, forwarding)
        self.watchers: list[Callable[[Interface], None]] = []
        self.groups: dict[bytes, GroupHandler] = {}
        self.arp = ArpCache(self)
        self.icmp = IcmpEngine(self)
        self.udp = UdpPorts(self)
        self.tcp = TcpPorts(self)
        prober = Prober(self)
        self.ping_once = prober.ping_once
        self.trace_once = prober.trace_once

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

    # Frames

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
