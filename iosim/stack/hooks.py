"""What can be put into an interface: plug and framing, translation, protection, policy, and what looks at packets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from iosim.stack.fib import Hop
    from iosim.stack.interface import Interface
    from iosim.stack.trail import Trail


class NatHook(Protocol):
    """Where address translation is hooked into an outside interface."""

    def leave(self, packet: bytes) -> bytes | None:
        """The packet as it leaves; None: it cannot be translated."""

    def arrive(self, packet: bytes) -> bytes:
        """The packet as it goes on inside."""


class CryptoHook(Protocol):
    """What IPsec does on an interface that has it. Packets are whole IPv4 packets."""

    def outbound(self, packet: bytes, interface: Interface, trail: Trail | None = None) -> bytes | None:
        """A packet is about to leave: the packet that leaves, or None when it was taken or dropped.

        What decides besides the fields of the packet spoils the trail; a taken flow's ends in the tunnel.
        """

    def inbound(self, packet: bytes, interface: Interface) -> bool:
        """A packet has arrived: whether it may go on, which its five-tuple decides."""


class PolicyHook(Protocol):
    """Where `ip policy` is hooked in (see policy.py)."""

    def route(self, packet: bytes, arrived: Interface | None, trail: Trail | None) -> tuple[bytes, Hop | None]:
        """A packet that is to be forwarded as it goes on, and its way; None: as the table says."""


class Plug(Protocol):
    """Where frames leave and arrive: the end of a cable (see `sim.link.Port`), of a VLAN on a trunk, or of a tunnel."""

    up: bool
    receiver: Callable[[bytes], None] | None
    on_carrier: Callable[[bool], None] | None

    def enable(self, enabled: bool) -> None:
        """Switch this end on or off."""

    def transmit(self, frame: bytes) -> bool:
        """Send a frame; False when it could not be sent."""


class Framing(Protocol):
    """How packets travel on a link to a single neighbour, which needs no ARP. `alive` is the line protocol's state.

    `peer` is the neighbour's address, if it is known from the line protocol.
    """

    peer: int | None

    @property
    def alive(self) -> bool: ...

    def frame(self, packet: bytes) -> bytes | None:
        """The frame that carries a packet; None when it cannot be sent now."""

    def packet(self, frame: bytes) -> bytes | None:
        """The packet in a frame; None when it holds none, and was for the line protocol or for nobody."""

    def carrier(self, up: bool) -> None:
        """The carrier has come or gone."""


class Unconnected:
    """The framing of a link that leads nowhere yet: its line protocol is down."""

    alive = False
    peer: int | None = None

    def frame(self, packet: bytes) -> bytes:
        """Never asked: no packet is routed out of an interface that is down."""
        return packet

    def packet(self, frame: bytes) -> None:
        """No frame arrives."""

    def carrier(self, up: bool) -> None:
        """There is nothing to speak with."""


class Trunk(Protocol):
    """The VLANs of an interface with sub-interfaces (see vlan.py)."""

    def takes(self, frame: bytes, ethertype: int) -> bool:
        """Whether an arrived frame belongs to a sub-interface, which then has it."""

    def sense(self) -> None:
        """The carrier of the interface has changed."""


class FragmentHook(Protocol):
    """What `ip virtual-reassembly` does with fragments that are on their way through a node."""

    def pass_on(self, packet: bytes) -> list[bytes]:
        """A fragment has come: the fragments that go on now."""


class SourceCheck(Protocol):
    """What `ip verify unicast source` asks of the source of a packet that has arrived."""

    def permits(self, packet: bytes, interface: Interface) -> bool:
        """Whether the packet may go on."""
