"""Two nodes with TCP on a cable, for the tests of TCP: transfers, and segments by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from iosim.sim.clock import SECOND
from iosim.sim.link import Link
from iosim.sim.task import Task
from iosim.stack.tcp.connection import Connection
from iosim.stack.tcp.options import TcpOptions
from iosim.stack.tcp.stream import Stream
from iosim.wire import WireError
from iosim.wire.address import parse_address
from iosim.wire.ipv4 import TCP, Ipv4
from iosim.wire.tcp import ACK, SYN, Segment
from tests.stack.network import Network

A, B = parse_address("10.0.0.1"), parse_address("10.0.0.2")
PORT = 80


@dataclass
class Transfer:
    """A byte stream each way, and how it went."""

    there: bytes
    back: bytes
    arrived_there: bytearray = field(default_factory=bytearray)
    arrived_back: bytearray = field(default_factory=bytearray)
    ends: list[Connection] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return self.arrived_there == self.there and self.arrived_back == self.back

    @property
    def partial(self) -> bool:
        """Whether what arrived is the beginning of what was sent: nothing wrong, missing or doubled in between."""
        return self.there.startswith(self.arrived_there) and self.back.startswith(self.arrived_back)


class TcpPair:
    """Nodes A and B on one cable."""

    def __init__(self, seed: int = 1, options: TcpOptions | None = None, **conditions: Any) -> None:
        self.net = Network(seed)
        self.sim = self.net.sim
        self.a = self.net.node("A", False, Eth0="10.0.0.1/24")
        self.b = self.net.node("B", False, Eth0="10.0.0.2/24")
        self.link: Link = self.net.cable("A Eth0", "B Eth0", **conditions)
        for node in (self.a, self.b):
            node.tcp.options = node.tcp.accepting = options or TcpOptions()
        self.seen: list[tuple[bool, Segment]] = []
        self.net.port("A", "Eth0").taps.append(self._see)
        self.run(1)

    def _see(self, outbound: bool, frame: bytes) -> None:
        if frame[12:14] == b"\x08\0" and frame[23] == TCP:
            try:
                packet = Ipv4.unpack(frame[14:])
                self.seen.append((outbound, Segment.unpack(packet.payload, packet.source, packet.destination)))
            except WireError:  # damaged on the way
                return

    def run(self, seconds: float) -> None:
        self.sim.run(until=self.sim.now + round(seconds * SECOND))

    def transfer(self, there: bytes, back: bytes = b"", patience: int = 3000) -> Transfer:
        """Send a stream each way at the same time and close from both sides."""
        result = Transfer(there, back)
        tasks: list[Task] = []

        def serve(connection: Connection, data: bytes, arrived: bytearray) -> None:
            stream = Stream(connection)
            result.ends.append(connection)
            tasks.append(Task(self.sim, _exchange(stream, data, arrived)))

        self.b.tcp.listen(PORT, lambda connection: serve(connection, back, result.arrived_there))
        serve(self.a.tcp.connect(B, PORT), there, result.arrived_back)
        self.sim.run(
            until=self.sim.now + patience * SECOND, stop=lambda: len(tasks) > 1 and all(task.done for task in tasks)
        )
        self.b.tcp.unlisten(PORT)
        return result

    def established(self, **options: Any) -> tuple[Connection, Connection]:
        """A connection, both ends of it."""
        accepted: list[Connection] = []
        if options:
            self.b.tcp.accepting = replace(self.b.tcp.accepting, **options)
        self.b.tcp.listen(PORT, accepted.append)
        opened = self.a.tcp.connect(B, PORT)
        self.run(0.5)
        self.seen.clear()
        return opened, accepted[0]

    def inject(self, segment: Segment, source: int = A, destination: int = B) -> None:
        """A segment arrives at B (or, with the addresses turned round, at A) from nobody."""
        node = self.b if destination == B else self.a
        interface = node.interfaces["Eth0"]
        packet = Ipv4(source, destination, TCP, segment.pack(source, destination)).pack()
        node.receive(interface, interface.mac + bytes(6) + b"\x08\0" + packet)

    def from_a(self, connection: Connection, flags: int = ACK, ahead: int = 0, **fields: Any) -> Segment:
        """A segment as A would send it on a connection, `ahead` of where it stands."""
        sender, receiver, (_, port, _, peer) = connection.sender, connection.receiver, connection.key
        sequence = sender.next + ahead & 0xFFFFFFFF
        return replace(Segment(port, peer, sequence, receiver.next, flags, 4128), **fields)

    def syn(self, port: int, sequence: int = 1000) -> Segment:
        return Segment(port, PORT, sequence, 0, SYN, 4128, 1460)


async def _exchange(stream: Stream, data: bytes, arrived: bytearray) -> None:
    """Send all, close, and read until the end; what is sent waits for nobody who reads."""
    if not await stream.opened():
        return
    connection = stream.connection
    while connection.ending is None:
        if data:
            data = data[connection.write(data) :]
        if not data:
            stream.close()
        arrived += connection.read()
        if connection.at_end and not data and connection.sender.done:
            break
        await stream.changed()
