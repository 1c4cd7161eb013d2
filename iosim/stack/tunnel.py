"""A tunnel interface: where its packets are wrapped and unwrapped, and what its line protocol depends on.

A `Tunnel` is both the port and the framing of its interface (see interface.py): a frame of it is an outer packet, a
packet of the router's own that is routed like any other. `Tunnels` (tunnels.py) brings received ones back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto

from iosim.stack.encapsulation import Encapsulation, Shape
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.stack.tunnel_path_mtu import TunnelPathMtu
from iosim.wire import WireError
from iosim.wire.gre import PROTOCOL, TYPE_IPV4
from iosim.wire.ipv4 import HEADER_LENGTH, decrement_ttl, five_tuple

DEFAULT_MTU = 1500
"""Of the way of outer packets, while there is none."""

_VERSION = 0x45
"""The first byte of a header without options."""


class Fault(Enum):
    """Why the line protocol of a tunnel is down, in the order in which it is looked for."""

    MODE = auto()
    NO_SOURCE = auto()
    NO_DESTINATION = auto()
    SOURCE_DOWN = auto()
    NO_ADDRESS = auto()
    TAKEN = auto()
    RECURSION = auto()
    NO_ROUTE = auto()
    KEEPALIVE = auto()
    PROTECTION = auto()


Watcher = Callable[["Tunnel", bool, bytes, bytes | None], None]
"""Called with a tunnel, whether it sends, the outer packet, and the one within."""


class Tunnel:
    """One tunnel. `source` is an address or the name of an interface, `shape` None for what is not simulated.

    `ip_mtu` is what is configured as the interface's, which is else what its packets may have on their way.
    `ends` has the outer addresses and the shape, while there are both. `deliver` takes outer packets; `obstacles` are
    asked last for reasons against an up line protocol. `fault` is the reason that was found. `receiver` takes a
    received outer packet, if `guard` has nothing against it; `others` do if it holds something else than IPv4, by
    Ethernet type. `link_mtu` is that of the link by which outer packets leave, and `room` what protection leaves of it
    to them. `watcher`, when set, is told of each outer packet and of what is in it, None for something else. Others may
    have the same ends when what arrives is `told_by_sa`.
    """

    peer: int | None = None
    up = True

    def __init__(self, stack: Stack) -> None:
        self.receiver: Callable[[bytes], None] | None = None
        self.on_carrier: Callable[[bool], None] | None = None
        self.interface: Interface
        self.source: int | str | None = None
        self.destination: int | None = None
        self.shape: Shape | None = Shape()
        self.ip_mtu: int | None = None
        self.ends: Encapsulation | None = None
        self.fault: Fault | None = Fault.NO_SOURCE
        self.obstacles: list[Callable[[], Fault | None]] = []
        self.deliver: Callable[[bytes], bool] = stack.send
        self.guard: Callable[[bytes, Interface], bool] | None = None
        self.room: Callable[[int], int] = int
        self.others: dict[int, Callable[[bytes], None]] = {}
        self.watcher: Watcher | None = None
        self.path: TunnelPathMtu | None = None
        self.link_mtu = DEFAULT_MTU
        self.looped = False
        self.told_by_sa = False
        self._stack = stack
        self._sending = False

    def make(self, name: str, admin_up: bool) -> Interface:
        """The interface of the tunnel."""
        self.interface = Interface(name, port=self, framing=self, admin_up=admin_up)
        return self.interface

    @property
    def alive(self) -> bool:
        """The state of the line protocol."""
        return self.fault is None

    def enable(self, enabled: bool) -> None:
        """`shutdown` is seen by the interface."""

    def carrier(self, up: bool) -> None:
        """The line protocol does not depend on it alone."""

    def local(self) -> int | None:
        """The address that outer packets come from, if it can be used now."""
        if isinstance(self.source, str):
            interface = self._stack.interfaces.get(self.source)
            return None if interface is None or not interface.line_up else interface.address
        return self.source

    def locate(self) -> None:
        """Find the outer addresses; sequence numbers go on as long as these are the same."""
        local, remote, shape = self.local(), self.destination, self.shape
        if local is None or remote is None or shape is None:
            self.ends = None
        elif self.ends is None or (self.ends.local, self.ends.remote, self.ends.shape) != (local, remote, shape):
            self.ends = Encapsulation(shape, local, remote)

    @property
    def path_mtu(self) -> int:
        """What outer packets may have, as far as it is known."""
        return min(self.link_mtu, self.path.mtu) if self.path is not None and self.path.mtu else self.link_mtu

    @property
    def overhead(self) -> int:
        """The bytes that are added to each packet."""
        return (Shape() if self.shape is None else self.shape).overhead

    def fit(self) -> None:
        """Let the interface have what the path leaves."""
        interface = self.interface
        interface.frame_mtu = self.room(self.path_mtu) - self.overhead
        if interface.mtu != (self.ip_mtu or interface.frame_mtu):
            interface.mtu = self.ip_mtu or interface.frame_mtu

    def frame(self, packet: bytes) -> bytes | None:
        """The outer packet around a packet; None if it cannot be."""
        ends = self.ends
        if ends is not None and ends.bare and self.watcher is None:
            return packet
        try:
            frame = None if ends is None else ends.wrap(packet, self._stack.next_identification())
        except WireError:
            return None
        if self.watcher is not None and frame is not None:
            self.watcher(self, True, frame, packet)
        return frame

    def packet(self, frame: bytes) -> bytes | None:
        """The packet in an outer packet; what is none is counted, or taken by somebody else."""
        ends = self.ends
        if ends is not None and ends.bare and self.watcher is None:
            return frame
        if (
            ends is not None
            and self.fault is None
            and self.watcher is None
            and ends.plain
            and frame[HEADER_LENGTH : ends.length] == ends.head != b""
            and frame[0] == _VERSION
        ):
            return frame[ends.length :]
        counters = self.interface.counters
        try:
            kind, packet = (TYPE_IPV4, None) if ends is None else ends.unwrap(frame)
        except WireError:
            counters.input_errors += 1
            return None
        if self.watcher is not None:
            self.watcher(self, False, frame, packet if kind == TYPE_IPV4 else None)
        if kind in self.others:
            self.others[kind](frame)
            return None
        if kind != TYPE_IPV4:
            counters.unknown_protocol += 1
            return None
        if self.fault is Fault.KEEPALIVE and packet is not None:
            self._return(packet)
        return packet

    def _return(self, packet: bytes) -> None:
        """Let the other end's keepalive go back although the line is down: it would not come up again at either end."""
        if self.ends is None or len(packet) < HEADER_LENGTH or packet[8] < 2:
            return
        if five_tuple(packet)[:3] == (self.ends.local, self.ends.remote, PROTOCOL):
            self._stack.send(decrement_ttl(packet))

    def transmit(self, frame: bytes) -> bool:
        """Send an outer packet. One that is routed into the tunnel that it comes from is dropped here."""
        if self._sending:
            self.looped = True
            self._stack.generation.begin()
            return False
        self._sending = True
        try:
            return self.deliver(frame)
        finally:
            self._sending = False

    def review(self, fault: Fault | None, common: Iterable[Callable[[Tunnel], Fault | None]]) -> None:
        """The line protocol is down for this reason, or none from here on; what is left to ask are the obstacles, its
        own and those that all tunnels have in common."""
        reasons = (*(own() for own in self.obstacles), *(other(self) for other in common))
        self.fault = fault or next((reason for reason in reasons if reason is not None), None)
        self.interface.sense()
