"""UDP: ports and who listens on them."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING

from iosim.stack.interface import Interface
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.error import ChecksumError
from iosim.wire.ipv4 import UDP
from iosim.wire.udp import HEADER_LENGTH, datagram, read

if TYPE_CHECKING:
    from iosim.stack.stack import Stack

_ADDRESSES = Struct("!II")

Handler = Callable[[bytes, int, int, int, int], None]
"""Called with (data, source, source port, destination, destination port)."""

Encapsulation = Callable[[bytes, Interface], bool]
"""Called with a whole packet and the interface on which it arrived; says whether it has taken the packet."""


class UdpPorts:
    """The UDP of one node."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._handlers: dict[int, Handler] = {}
        self._encapsulations: dict[int, Encapsulation] = {}
        stack.protocols[UDP] = self._receive

    @property
    def ports(self) -> list[int]:
        """The ports that somebody listens on, in order."""
        return sorted(self._handlers)

    def bind(self, port: int, handler: Handler) -> None:
        """Listen on a port; raises ValueError when it is taken."""
        if port in self._handlers:
            raise ValueError(f"UDP port {port} is taken")
        self._handlers[port] = handler

    def intercept(self, port: int, encapsulation: Encapsulation) -> None:
        """Let an encapsulation see what comes to a port before the one that listens there."""
        self._encapsulations[port] = encapsulation

    def unbind(self, port: int) -> None:
        """Listen no more; nothing happens when nobody listened."""
        self._handlers.pop(port, None)

    def send(
        self,
        data: bytes,
        destination: int,
        destination_port: int,
        source_port: int,
        source: int | None = None,
        *,
        ttl: int = 255,
        tos: int = 0,
        dont_fragment: bool = False,
        crypto: bool = True,
    ) -> bool:
        """Send a datagram; without `source` from the address of the interface it leaves. False without a route.

        Without `crypto` it passes by IPsec, as the key exchange does.
        """
        if source is None:
            source = self._stack.source_for(destination)
        if source is None:
            self._stack.drop("no route")
            return False
        self._stack.traffic.udp_out += 1
        payload = datagram(source_port, destination_port, data, source, destination)
        return self._stack.send(self._stack.build(source, destination, UDP, payload, ttl, tos, dont_fragment), crypto)

    def _receive(self, packet: bytes, interface: Interface) -> None:
        source, destination = _ADDRESSES.unpack_from(packet, 12)
        start = (packet[0] & 15) << 2
        self._stack.traffic.udp_in += 1
        try:
            source_port, destination_port, data = read(packet, source, destination, start)
        except ChecksumError:
            self._stack.drop("bad UDP checksum")
            return
        except WireError:
            self._stack.drop("bad UDP")
            return
        encapsulation = self._encapsulations.get(destination_port)
        if encapsulation is not None:
            whole = packet[: start + HEADER_LENGTH + len(data)]  # not what stands behind the datagram
            if encapsulation(whole, interface):
                return
        handler = self._handlers.get(destination_port)
        if handler is None:
            self._stack.drop("UDP port closed")
            self._stack.icmp.unreachable(packet, wire.PORT, interface)
            return
        handler(data, source, source_port, destination, destination_port)
