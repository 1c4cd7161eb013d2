"""ARP: the cache, the questions and the answers (RFC 826; RFC 1027 for proxy ARP).

A packet whose next hop is not known yet waits for the answer, so that the first packet is not lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from math import inf
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.sim.clock import SECOND, Timer
from iosim.stack.interface import Interface
from iosim.stack.traffic import ArpWatcher
from iosim.wire import WireError
from iosim.wire.arp import REPLY, REQUEST, Arp
from iosim.wire.ethernet import BROADCAST, HEADER, TYPE_ARP, TYPE_IPV4, Ethernet

if TYPE_CHECKING:
    from iosim.stack.stack import Stack

RETRY = SECOND
MAXIMUM_REQUESTS = 3
INCOMPLETE_TIMEOUT = 60 * SECOND
MAXIMUM_ENTRIES = 4096
MAXIMUM_QUEUE = 16
"""Packets that wait for one neighbour: room for the fragments of one large packet."""
_NOBODY = bytes(6)


@dataclass(slots=True, eq=False)
class Entry:
    """A neighbour; `mac` is None while it is incomplete. `updated` is µs, `header` the Ethernet header towards it."""

    address: int
    interface: Interface
    updated: int
    mac: bytes | None = None
    header: bytes = b""
    requests: int = 0
    queue: list[bytes] = field(default_factory=list)
    timer: Timer | None = None


class ArpCache:
    """The neighbours of one node; `static` and `aliases` are those that were entered by hand.

    The node answers for its aliases itself. `on_duplicate` are told of messages from others with one of its addresses.
    An entry is asked for again at the age that its interface sets.
    `watcher`, when set, is told of each message.
    """

    def __init__(self, stack: Stack) -> None:
        self.static: dict[int, bytes] = {}
        self.aliases: dict[int, None] = {}
        self.on_duplicate: list[Callable[[Interface, Arp], None]] = []
        self.watcher: ArpWatcher | None = None
        self._stack = stack
        self._sim = stack.sim
        self._entries: dict[int, Entry] = {}

    def entries(self) -> Iterator[Entry]:
        """The entries that have not timed out, ordered by address."""
        for address in sorted(self._entries):
            entry = self._entries[address]
            if not self._is_old(entry):
                yield entry

    def _is_old(self, entry: Entry) -> bool:
        timeout = entry.interface.arp_timeout
        return bool(timeout) and self._sim.now - entry.updated >= timeout

    def clear(self, interface: Interface | None = None, address: int | None = None) -> None:
        """Forget all neighbours, or those on one interface, or one; packets that wait are dropped."""
        for entry in list(self._entries.values()):
            if interface in (None, entry.interface) and address in (None, entry.address):
                self._forget(entry)

    def header(self, address: int, interface: Interface) -> bytes | None:
        """The Ethernet header towards a neighbour, None when it is not known."""
        if address in self.static:
            return HEADER.pack(self.static[address], interface.mac, TYPE_IPV4)
        entry = self._entries.get(address)
        if entry is None or entry.interface is not interface or self._is_old(entry):
            return None
        return entry.header or None

    def good_until(self, address: int) -> int | float:
        """When (µs) the header towards a known neighbour has to be asked for anew."""
        entry = self._entries.get(address)
        if address in self.static or entry is None or not entry.interface.arp_timeout:
            return inf
        return entry.updated + entry.interface.arp_timeout

    def resolve(self, packet: bytes, address: int, interface: Interface) -> None:
        """Ask for a neighbour; the packet goes out when the answer comes."""
        entry = self._entries.get(address)
        if entry is None or entry.interface is not interface or entry.mac is not None:
            entry = self._create(address, interface)
        if len(entry.queue) >= MAXIMUM_QUEUE:
            self._stack.drop("ARP queue full")
            return
        entry.queue.append(packet)
        if entry.requests == 0:
            self._request(entry)

    def announce(self, interface: Interface) -> None:
        """Gratuitous ARP for the interface's addresses (RFC 5944 section 4.6), as IOS sends it: a broadcast reply."""
        for address, _ in interface.addresses:
            self._send(interface, BROADCAST, Arp(REPLY, interface.mac, address, BROADCAST, address))

    def receive(self, data: bytes, interface: Interface) -> None:
        """Take an ARP message that arrived on an interface."""
        interface.counters.arp_in += 1
        try:
            message = Arp.unpack(data)
        except WireError:
            interface.counters.input_errors += 1
            self._stack.drop("bad ARP")
            return
        self._stack.traffic.arp_in[message.operation] += 1
        if self.watcher is not None:
            self.watcher("rcvd", interface, message)
        if message.sender_mac[0] & 1:
            self._stack.drop("ARP from a group")
            return
        if interface.owns(message.sender_address):
            if message.sender_mac != interface.mac:
                self._stack.drop("ARP with our address")
                for listener in self.on_duplicate:
                    listener(interface, message)
            return
        if self._stack.is_broadcast(message.sender_address):
            self._stack.drop("ARP with a broadcast address")
            return
        for_us = interface.owns(message.target_address)
        self._learn(message, interface, create=for_us and interface.reaches(message.sender_address))
        if message.operation == REQUEST and (for_us or self._is_proxy_for(message, interface)):
            self._stack.traffic.arp_proxied += not for_us
            answer = Arp(REPLY, interface.mac, message.target_address, message.sender_mac, message.sender_address)
            self._send(interface, message.sender_mac, answer)

    def _is_proxy_for(self, message: Arp, interface: Interface) -> bool:
        """Whether to answer for an address that is reached through another interface, or that is an alias."""
        target = message.target_address
        if target in self.aliases:
            return interface.reaches(target)
        if not interface.proxy_arp or interface.reaches(target) or message.sender_address in (0, target):
            return False
        hop = self._stack.fib.lookup(target)
        return hop is not None and hop.interface is not interface

    def _learn(self, message: Arp, interface: Interface, create: bool) -> None:
        entry = self._entries.get(message.sender_address)
        if entry is None or entry.interface is not interface:
            if not create:
                return
            entry = self._create(message.sender_address, interface)
        header = HEADER.pack(message.sender_mac, interface.mac, TYPE_IPV4)
        if entry.header not in (b"", header):
            self._stack.generation.begin()
        entry.mac, entry.header = message.sender_mac, header
        entry.updated = self._sim.now
        entry.requests = 0
        self._stop(entry)
        queue, entry.queue = entry.queue, []
        for packet in queue:
            self._stack.transmit(interface, entry.header + packet, len(packet))

    def _create(self, address: int, interface: Interface) -> Entry:
        """A new incomplete entry in place of any old one; the oldest makes room when there are too many."""
        if address in self._entries:
            self._forget(self._entries[address])
        elif len(self._entries) >= MAXIMUM_ENTRIES:
            self._forget(next(iter(self._entries.values())))
        entry = self._entries[address] = Entry(address, interface, self._sim.now)
        return entry

    def _forget(self, entry: Entry) -> None:
        if entry.mac is not None:
            self._stack.generation.begin()
        self._stop(entry)
        self._fail(entry)
        del self._entries[entry.address]

    def _stop(self, entry: Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None

    def _fail(self, entry: Entry) -> None:
        """Drop what waits for the entry."""
        if entry.queue:
            if self._stack.on_packet is not None:
                for packet in entry.queue:
                    self._stack.on_packet("encapsulation failed", packet, None, entry.interface, None)
            self._stack.drop("no ARP answer", len(entry.queue))
            entry.queue.clear()

    def _request(self, entry: Entry) -> None:
        """Ask once more, or give up: the entry stays incomplete for a while, and the next packet asks anew."""
        if entry.requests == MAXIMUM_REQUESTS:
            self._fail(entry)
            entry.requests = 0
            entry.timer = self._sim.call_later(INCOMPLETE_TIMEOUT, lambda: self._forget(entry))
            return
        self._stop(entry)
        entry.requests += 1
        interface = entry.interface
        if self.watcher is not None and entry.requests == 1:
            self.watcher("incomplete", interface, Arp(REQUEST, interface.mac, 0, _NOBODY, entry.address))
        source = interface.address_towards(entry.address) or 0
        self._send(interface, BROADCAST, Arp(REQUEST, interface.mac, source, _NOBODY, entry.address))
        entry.timer = self._sim.call_later(RETRY, lambda: self._request(entry))

    def _send(self, interface: Interface, destination: bytes, message: Arp) -> None:
        self._stack.traffic.arp_out[message.operation] += 1
        interface.counters.arp_out += 1
        if self.watcher is not None:
            self.watcher("sent", interface, message)
        self._stack.transmit(interface, Ethernet(destination, interface.mac, TYPE_ARP, message.pack()).pack())
