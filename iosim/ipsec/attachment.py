"""Where IPsec meets the stack: crypto maps on interfaces and protected tunnels, with the hooks that packets pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from iosim.data import dataclass
from iosim.ipsec.flow import Flow
from iosim.ipsec.policy import BoundMap, CryptoMap
from iosim.ipsec.selectors import FiveTuple, reverse
from iosim.ipsec.size import SizePolicy
from iosim.stack.interface import Interface
from iosim.stack.trail import Trail
from iosim.wire.ipv4 import AH, ESP, UDP, UNKNOWN_PORT, five_tuple

IKE_PORTS: Final = (500, 4500, UNKNOWN_PORT)
"""Those of the key exchange; a later fragment of it shows none, and one of anything else never becomes whole."""
IPSEC_PROTOCOLS: Final = (ESP, AH)


class Guarded(Protocol):
    """A tunnel that can be protected. `deliver` takes its outer packets, `link_mtu` is that of the link they leave by.

    `guard` tells, if there is one, whether a received outer packet may come in.
    """

    deliver: Callable[[bytes], bool]
    guard: Callable[[bytes, Interface], bool] | None
    link_mtu: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A crypto map on an interface; `local` is the address that its tunnels start from, `size` what is done with
    packets that are too long.

    If the interface is that of a `tunnel`, its outer packets are what the map is for, all of them as its only flow.
    `arrive` takes those that come out of IPsec; the stack, if it is None.
    """

    interface: Interface
    crypto_map: CryptoMap
    local: int
    size: SizePolicy = SizePolicy()
    tunnel: Guarded | None = None
    arrive: Callable[[bytes], None] | None = None


class InterfaceHook:
    """What the stack asks about packets of one interface with a crypto map, before they leave and when they arrive."""

    __slots__ = ("_protect", "_refuse", "attachment", "bound", "size")

    def __init__(
        self,
        bound: BoundMap,
        protect: Callable[[Flow, SizePolicy, int, bytes], None],
        refuse: Callable[[Flow, FiveTuple, Interface], None],
        attachment: Attachment,
    ) -> None:
        self.bound = bound
        self.attachment = attachment
        self.size = attachment.size
        self._protect = protect
        self._refuse = refuse
        attachment.interface.crypto = self

    def release(self) -> None:
        """Let packets of the interface pass in the clear again."""
        self.attachment.interface.crypto = None

    def outbound(self, packet: bytes, interface: Interface, trail: Trail | None = None) -> bytes | None:
        """The packet itself when it leaves in the clear, None when IPsec has taken it (or dropped it)."""
        flow, lines = self.bound.select(five_tuple(packet))
        for line in lines:
            line.matches += 1
        if trail is not None:
            trail.lines += tuple(lines)
            if flow is not None:
                trail.end(partial(self._protect, flow, self.size, interface.mtu))
        if flow is None:
            return packet
        self._protect(flow, self.size, interface.mtu, packet)
        return None

    def inbound(self, packet: bytes, interface: Interface) -> bool:
        """Whether a packet that came in the clear may go on: not if the policy protects the way back."""
        selector = five_tuple(packet)
        if self._is_exempt(selector):
            return True
        flow, _ = self.bound.select(reverse(selector))
        if flow is None:
            return True
        self._refuse(flow, selector, interface)
        return False

    def _is_exempt(self, selector: FiveTuple) -> bool:
        """The key exchange and IPsec itself, to the router."""
        _, destination, protocol, _, destination_port = selector
        if destination != self.bound.local:
            return False
        return protocol in IPSEC_PROTOCOLS or (protocol == UDP and destination_port in IKE_PORTS)


class TunnelHook:
    """What a protected tunnel asks about outer packets, before they leave and when they have come."""

    __slots__ = ("_check", "_clear_way", "_protect", "attachment", "bound", "flow", "size", "tunnel")

    def __init__(
        self,
        bound: BoundMap,
        protect: Callable[[Flow, SizePolicy, int, bytes], None],
        check: Callable[[Flow, bytes, Interface], bool],
        attachment: Attachment,
        tunnel: Guarded,
    ) -> None:
        self.bound = bound
        self.attachment = attachment
        self.size = attachment.size
        (self.flow,) = bound.flows
        self.flow.arrive = attachment.arrive
        self.tunnel = tunnel
        self._protect = protect
        self._check = check
        self._clear_way = tunnel.deliver
        tunnel.deliver, tunnel.guard = self.deliver, self.guard

    def deliver(self, packet: bytes) -> bool:
        """Protect an outer packet; False when there is no SA for it."""
        self._protect(self.flow, self.size, self.tunnel.link_mtu, packet)
        return bool(self.flow.pairs)

    def guard(self, packet: bytes, interface: Interface) -> bool:
        """Whether an outer packet has come through an SA of the tunnel."""
        return self._check(self.flow, packet, interface)

    def release(self) -> None:
        """Let packets of the tunnel pass in the clear again."""
        self.tunnel.deliver, self.tunnel.guard = self._clear_way, None
