"""A tunnel interface: where its packets are wrapped and unwrapped, and what its line protocol depends on.

A `Tunnel` is both the port and the framing of its interface (see interface.py): a frame of it is an outer packet, a
packet of the router's own that is routed like any other. `Tunnels` (tunnels.py) brings received ones back.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from iosim.stack.encapsulation import Encapsulation, Shape
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.wire import WireError


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


class Tunnel:
    """One tunnel. `source` is an address or the name of an interface, `shape` None for what is not simulated.

    `ip_mtu` is what is configured as the interface's, which is else what its packets may have on their way.
    `ends` has the outer addresses and the shape, while there are both. `deliver` takes outer packets; `obstacles` are
    asked last for reasons against an up line protocol. `fault` is the reason that was found. `receiver` takes a
    received outer packet, if `guard` has nothing against it. `link_mtu` is that of the link by which outer packets
    leave, and `room` what protection leaves of it to them.
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
        self.link_mtu = 1500
        self.room: Callable[[int], int] = int
        self.looped = False
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

    def fit(self, mtu: int) -> None:
        """Outer packets leave by a link of this MTU."""
        interface = self.interface
        self.link_mtu = mtu
        interface.frame_mtu = self.room(mtu) - (Shape() if self.shape is None else self.shape).overhead
        if interface.mtu != (self.ip_mtu or interface.frame_mtu):
            interface.mtu = self.ip_mtu or interface.frame_mtu

    def frame(self, packet: bytes) -> bytes | None:
        """The outer packet around a packet; None if it cannot be."""
        try:
            return None if self.ends is None else self.ends.wrap(packet, self._stack.next_identification())
        except WireError:
            return None

    def packet(self, frame: bytes) -> bytes | None:
        """The packet in an outer packet; what is none is counted."""
        try:
            return None if self.ends is None else self.ends.unwrap(frame)
        except WireError:
            self.interface.counters.input_errors += 1
            return None

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

    def review(self, fault: Fault | None) -> None:
        """The line protocol is down for this reason, or none from here on; what is left to ask are the obstacles."""
        reasons = (obstacle() for obstacle in self.obstacles)
        self.fault = fault or next((reason for reason in reasons if reason is not None), None)
        self.interface.sense()
