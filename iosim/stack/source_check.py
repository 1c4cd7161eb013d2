"""Unicast reverse path forwarding (RFC 3704): whether packets come from where answers to them would go."""

from __future__ import annotations

from struct import unpack_from

from iosim.stack.acl import AccessList
from iosim.stack.fib import Fib
from iosim.stack.interface import Interface
from iosim.wire import WireError
from iosim.wire.ipv4 import five_tuple


class ReversePath:
    """The check of one interface. A `strict` one wants the way back to lead out of the same interface, a loose one
    any way back. The default route counts with `allow_default`; what `acl` permits passes in any case.
    """

    def __init__(self, fib: Fib, strict: bool, allow_default: bool, acl: AccessList | None = None) -> None:
        self.strict, self.allow_default, self.acl = strict, allow_default, acl
        self.drops = 0
        self.suppressed = 0
        self._fib = fib

    def permits(self, packet: bytes, interface: Interface) -> bool:
        """Whether the packet may go on; counts those that may not. One from 0.0.0.0 to everybody (DHCP) may."""
        source, destination = unpack_from("!II", packet, 12)
        if self._has_way_back(source, interface) or (source == 0 and destination == 0xFFFFFFFF):
            return True
        if self.acl is not None and self._is_excepted(packet):
            self.suppressed += 1
            return True
        self.drops += 1
        return False

    def _has_way_back(self, source: int, interface: Interface) -> bool:
        mask, hops = self._fib.match(source)
        if not mask and not self.allow_default:
            return False
        return any(hop.interface is interface or (not self.strict and hop.interface.port is not None) for hop in hops)

    def _is_excepted(self, packet: bytes) -> bool:
        assert self.acl is not None
        try:
            entry = self.acl.lookup(*five_tuple(packet))
        except WireError:
            return False
        return entry is not None and entry.permit
