"""ICMP of a node: the echo responder, the errors it sends and the errors it receives (RFC 1122, RFC 1812)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iosim.sim.clock import MILLISECOND
from iosim.stack.interface import Interface
from iosim.stack.traffic import IcmpWatcher
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.address import netmask
from iosim.wire.error import ChecksumError
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import HEADER, ICMP, OFFSET_MASK

if TYPE_CHECKING:
    from iosim.stack.stack import Stack

UNREACHABLE_INTERVAL = 500 * MILLISECOND
"""IOS sends one unreachable in this time; "fragmentation needed" is counted apart (ip icmp rate-limit unreachable)."""

ErrorListener = Callable[[Icmp, int], None]
EchoListener = Callable[[Icmp, int, int], None]


class IcmpEngine:
    """The ICMP of one node.

    `on_error` are called with each received error and its sender, `on_reply` with each echo reply, its sender and its
    TTL. `watcher`, when set, is told of each message.
    """

    def __init__(self, stack: Stack) -> None:
        self.unreachable_interval = UNREACHABLE_INTERVAL
        self.on_error: list[ErrorListener] = []
        self.on_reply: list[EchoListener] = []
        self.watcher: IcmpWatcher | None = None
        self._stack = stack
        self._next_unreachable = {True: 0, False: 0}
        stack.protocols[ICMP] = self._receive

    def unreachable(self, packet: bytes, code: int, arrived: Interface | None, mtu: int = 0) -> None:
        """Tell a packet's source that it went nowhere. `arrived` is None for a packet of our own."""
        now, kind = self._stack.sim.now, code == wire.FRAGMENTATION_NEEDED
        if not self._may_report(packet) or (arrived is not None and not arrived.unreachables):
            return
        if now < self._next_unreachable[kind]:
            self._stack.drop("ICMP rate limit")
            return
        self._next_unreachable[kind] = now + self.unreachable_interval
        self._report(Icmp(wire.UNREACHABLE, code, mtu), packet, arrived)

    def time_exceeded(self, packet: bytes, code: int, arrived: Interface | None) -> None:
        """Tell a packet's source that its TTL or the time for its fragments ran out."""
        if self._may_report(packet):
            self._report(Icmp(wire.TIME_EXCEEDED, code), packet, arrived)

    def redirect(self, packet: bytes, gateway: int, arrived: Interface) -> None:
        """Tell a neighbour of another one that is nearer to its destination (RFC 1812 section 5.2.7.2)."""
        *_, source, _ = HEADER.unpack_from(packet)
        if self._may_report(packet) and arrived.shares_subnet(source, gateway):
            self._report(Icmp(wire.REDIRECT, wire.REDIRECT_HOST, gateway), packet, arrived)

    def _report(self, message: Icmp, packet: bytes, arrived: Interface | None) -> None:
        message.data = wire.quote(packet)
        *_, destination, _ = HEADER.unpack_from(packet)
        source = arrived.address if arrived is not None else None
        if source is None:
            source = self._stack.source_for(destination)
        if source is not None:
            self.note_sent(message, source, destination)
            self._stack.send(self._stack.build(source, destination, ICMP, message.pack()))

    def note_sent(self, message: Icmp, source: int, destination: int, tos: int = 0) -> None:
        """Count a message that is sent, here or by a prober."""
        self._stack.traffic.icmp_out[message.type, message.code] += 1
        if self.watcher is not None:
            self.watcher(True, message, source, destination, tos)

    def _receive(self, packet: bytes, interface: Interface) -> None:
        _, tos, _, _, _, ttl, _, _, source, destination = HEADER.unpack_from(packet)
        try:
            message = Icmp.unpack(packet[(packet[0] & 15) << 2 :])
        except ChecksumError:
            self._stack.drop("bad ICMP checksum")
            return
        except WireError:
            self._stack.drop("bad ICMP")
            return
        self._stack.traffic.icmp_in[message.type, message.code] += 1
        if self.watcher is not None:
            self.watcher(False, message, source, destination, tos)
        if message.type == wire.ECHO:
            self._answer(message, source, destination, tos, interface)
        elif message.type == wire.ECHO_REPLY:
            for reply_listener in self.on_reply:
                reply_listener(message, source, ttl)
        elif message.type == wire.MASK_REQUEST and interface.mask_reply:
            self._answer_mask(message, source, interface)
        elif message.type in wire.ERRORS:
            for error_listener in self.on_error:
                error_listener(message, source)
        else:
            self._stack.drop("ICMP of no use")

    def _answer(self, message: Icmp, source: int, destination: int, tos: int, interface: Interface) -> None:
        own = interface.address if self._stack.is_broadcast(destination) else destination
        if own is None:
            return
        message.type = wire.ECHO_REPLY
        self.note_sent(message, own, source, tos)
        self._stack.send(self._stack.build(own, source, ICMP, message.pack(), tos=tos))

    def _answer_mask(self, message: Icmp, source: int, interface: Interface) -> None:
        """Tell the mask of the subnet (RFC 950 appendix I)."""
        if interface.address is not None and interface.prefix_length is not None:
            message.type = wire.MASK_REPLY
            message.data = netmask(interface.prefix_length).to_bytes(4, "big")
            self.note_sent(message, interface.address, source)
            self._stack.send(self._stack.build(interface.address, source, ICMP, message.pack()))

    def _may_report(self, packet: bytes) -> bool:
        """Whether RFC 1812 section 4.3.2.7 allows an error about a packet."""
        _, _, _, _, fragment, _, protocol, _, source, destination = HEADER.unpack_from(packet)
        if fragment & OFFSET_MASK or source == 0 or source >> 28 >= 14 or source >> 24 == 127:
            return False
        if destination >> 28 >= 14 or self._stack.is_broadcast(destination):
            return False
        start = (packet[0] & 15) << 2
        return protocol != ICMP or (len(packet) > start and packet[start] not in wire.ERRORS)
