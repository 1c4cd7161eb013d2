"""The TCP of one node: its ports, its connections, and what is answered to segments of none."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.stack.interface import Interface
from iosim.stack.tcp.options import DEFAULT_MSS, HEADERS, Key, TcpOptions, TcpWatcher
from iosim.stack.tcp.sequence import MASK, ahead
from iosim.stack.tcp.states import SYNRCVD, TIMEWAIT
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.error import ChecksumError
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import HEADER, HEADER_LENGTH, TCP, five_tuple
from iosim.wire.tcp import ACK, RST, SYN, Segment

if TYPE_CHECKING:
    from iosim.stack.stack import Stack
    from iosim.stack.tcp.connection import Connection
    from iosim.stack.tcp.machine import Machine

Accept = Callable[["Connection"], None]
"""Called with a connection to a port when it is established."""
Admit = Callable[[Key], bool]
"""Whether a connection is taken at all; another is refused."""

BACKLOG = 16
"""Connections of one port that are not established yet; one more ends the oldest."""
MAXIMUM_CONNECTIONS = 1024
FIRST_PORT, LAST_PORT = 11000, 65535
"""The ports of connections that are opened here."""
PLATEAUS = (32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68)
"""Sizes to try where a router does not say its own (RFC 1191 section 7)."""
_SEQUENCE_AT = 4


@dataclass(slots=True)
class Listener:
    """Who waits at a port."""

    accept: Accept
    admit: Admit
    number: int


class TcpPorts:
    """The TCP of one node. `options` are those of connections that are opened from now on, `accepting` of others."""

    def __init__(self, stack: Stack) -> None:
        self.sim = stack.sim
        self.options = self.accepting = TcpOptions()
        self.counts: Counter[str] = Counter()
        self.watcher: TcpWatcher | None = None
        self.listeners: dict[int, Listener] = {}
        self.connections: dict[Key, Connection] = {}
        self._stack = stack
        self._numbers = count()
        self._random = stack.sim.random(stack.name, "tcp", *((stack.sim.now,) if stack.sim.now else ()))
        self._secret = self._random.randbytes(16)
        stack.protocols[TCP] = self._receive
        stack.icmp.on_error.append(self._on_error)

    # Calls

    def listen(self, port: int, accept: Accept, admit: Admit = lambda key: True) -> None:
        """Take connections to a port; raises ValueError when somebody does already."""
        if port in self.listeners:
            raise ValueError(f"TCP port {port} is taken")
        self.listeners[port] = Listener(accept, admit, next(self._numbers))

    def unlisten(self, port: int) -> None:
        """Take no more; nothing happens when nobody listened."""
        self.listeners.pop(port, None)

    def connect(
        self, remote: int, port: int, source: int | None = None, options: TcpOptions | None = None
    ) -> Connection:
        """Open a connection. One that cannot begin has its `ending` at once."""
        local = self._stack.source_for(remote) if source is None else source
        key = (local or 0, self._free_port(local or 0, remote, port), remote, port)
        connection = self._make(key, options or self.options)
        if local is None or self._is_for_many(remote):
            connection.abort("unreachable")
        elif len(self.connections) > MAXIMUM_CONNECTIONS:
            connection.abort("limit")
        else:
            self.counts["initiated"] += 1
            connection.open()
        return connection

    def stop(self) -> None:
        """The node goes down: no timer runs on."""
        for connection in self.connections.values():
            connection.stop()
        self.connections.clear()
        self.listeners.clear()

    def _make(self, key: Key, options: TcpOptions) -> Connection:
        from iosim.stack.tcp.connection import Connection  # most runs make none

        connection = Connection(self, key, options, self._initial_sequence(key), self.mss_for(key[2], options))
        connection.number = next(self._numbers)
        self.connections[key] = connection
        if self.watcher is not None:
            self.watcher("created", connection, None)
        return connection

    def _free_port(self, local: int, remote: int, port: int) -> int:
        while (own := self._random.randint(FIRST_PORT, LAST_PORT), own in self.listeners)[1] or (
            (local, own, remote, port) in self.connections
        ):
            pass
        return own

    def _initial_sequence(self, key: Key) -> int:
        """A clock of 4 µs, beginning for each connection somewhere else (RFC 6528)."""
        digest = hashlib.sha256(self._secret + repr(key).encode()).digest()
        return (self.sim.now // 4 + int.from_bytes(digest[:4], "big")) & MASK

    def mss_for(self, remote: int, options: TcpOptions) -> int:
        """The largest segment that is taken from somebody (RFC 9293 section 3.7.1; 536 where IOS has it)."""
        if options.mss is not None:
            return options.mss
        hop = self._stack.fib.lookup(remote)
        if hop is None:
            return DEFAULT_MSS
        near = hop.next_hop is None or options.path_mtu_discovery
        return hop.interface.mtu - HEADERS if near else min(DEFAULT_MSS, hop.interface.mtu - HEADERS)

    # What connections need

    def transmit(self, connection: Machine, segment: Segment) -> bool:
        """Send a segment of a connection; False without a route."""
        local, _, remote, _ = connection.key
        options = connection.options
        return self._send(segment, local, remote, options.ttl, options.tos, not connection.fragmentable)

    def forget(self, connection: Machine) -> None:
        """A connection has ended."""
        if self.connections.get(connection.key) is connection:
            del self.connections[connection.key]
        if self.watcher is not None:
            self.watcher("destroyed", connection, None)

    def _send(self, segment: Segment, local: int, remote: int, ttl: int, tos: int, dont_fragment: bool = False) -> bool:
        self.counts["sent"] += 1
        data = segment.pack(local, remote)
        return self._stack.send(self._stack.build(local, remote, TCP, data, ttl, tos, dont_fragment))

    # Segments

    def _receive(self, packet: bytes, interface: Interface) -> None:
        *_, source, destination = HEADER.unpack_from(packet)
        self.counts["received"] += 1
        try:
            segment = Segment.unpack(packet[(packet[0] & 15) << 2 :], source, destination)
        except ChecksumError:
            self._drop("bad TCP checksum")
            return
        except WireError:
            self._drop("bad TCP")
            return
        if self._is_for_many(destination) or self._is_for_many(source):
            self._drop("TCP to many")
            return
        key = (destination, segment.destination_port, source, segment.source_port)
        connection = self.connections.get(key)
        if connection is not None and not self._begins_anew(connection, segment):
            connection.receive(segment)
        elif not (segment.flags & (RST | ACK)) and segment.flags & SYN:
            self._receive_syn(key, segment)
        else:
            self._refuse(key, segment)

    def _is_for_many(self, address: int) -> bool:
        return address >> 28 >= 14 or self._stack.is_broadcast(address)

    def _begins_anew(self, connection: Connection, segment: Segment) -> bool:
        """Whether a SYN follows upon a connection that has ended (RFC 9293 section 3.10.7.4, TIME-WAIT)."""
        if connection.state != TIMEWAIT or segment.flags & (SYN | ACK | RST) != SYN:
            return False
        if ahead(segment.sequence, connection.receiver.next) <= 0:
            return False
        connection.abort("closed")
        return True

    def _receive_syn(self, key: Key, segment: Segment) -> None:
        listener = self.listeners.get(key[1])
        if listener is None or not listener.admit(key) or key[:2] == key[2:]:
            self._refuse(key, segment)
            return
        self._bound_backlog(key[1])
        if len(self.connections) >= MAXIMUM_CONNECTIONS:
            self._drop("TCP connection limit")
            return
        connection = self._make(key, self.accepting)
        connection.on_change = lambda: self._opened(connection, listener)
        connection.accept(segment)

    def _bound_backlog(self, port: int) -> None:
        """Of connections to a port that are not established, the oldest gives way to one too many."""
        half_open = [
            each for each in self.connections.values() if each.passive and each.state == SYNRCVD and each.key[1] == port
        ]
        if len(half_open) >= BACKLOG:
            self._stack.drop("TCP backlog full")
            half_open[0].abort("limit")

    def _opened(self, connection: Connection, listener: Listener) -> None:
        """A connection to a port has come to be, or has ended before."""
        if connection.ending is None:
            self.counts["accepted"] += 1
            connection.on_change = lambda: None
            listener.accept(connection)
            connection.on_change()

    def _refuse(self, key: Key, segment: Segment) -> None:
        """A segment of no connection is answered by a reset (RFC 9293 section 3.10.7.1)."""
        self.counts["no port"] += 1
        self._stack.drop("TCP port closed")
        if segment.flags & RST:
            return
        local, local_port, remote, remote_port = key
        if segment.flags & ACK:
            answer = Segment(local_port, remote_port, segment.ack, 0, RST)
        else:
            behind = segment.sequence + segment.length & MASK
            answer = Segment(local_port, remote_port, 0, behind, RST | ACK)
        if self.watcher is not None:
            self.watcher("sending", None, answer)
        self.counts["control packets sent"] += 1
        self._send(answer, local, remote, self.options.ttl, self.options.tos)

    def _drop(self, reason: str) -> None:
        self.counts[reason] += 1
        self._stack.drop(reason)

    # Errors about what was sent

    def _on_error(self, message: Icmp, source: int) -> None:
        """An ICMP error quotes a segment: it counts when that segment is under way (RFC 5927)."""
        try:
            local, remote, protocol, local_port, remote_port = five_tuple(message.data)
        except WireError:
            return
        start = (message.data[0] & 15) << 2
        if protocol != TCP or message.type != wire.UNREACHABLE or len(message.data) < start + _SEQUENCE_AT + 4:
            return
        connection = self.connections.get((local, local_port, remote, remote_port))
        if connection is None:
            self._stack.drop("ICMP about no TCP connection")
            return
        sequence = int.from_bytes(message.data[start + _SEQUENCE_AT : start + _SEQUENCE_AT + 4], "big")
        if message.code == wire.FRAGMENTATION_NEEDED:
            believed = connection.narrow(sequence, message.mtu or _plateau(message.data))
        else:
            believed = connection.unreachable(sequence)
        if not believed:
            self._stack.drop("ICMP of no use to TCP")


def _plateau(quoted: bytes) -> int:
    """The next smaller usual size than that of a quoted packet."""
    total = max(int.from_bytes(quoted[2:4], "big"), HEADER_LENGTH)
    return next((size for size in PLATEAUS if size < total), PLATEAUS[-1])
