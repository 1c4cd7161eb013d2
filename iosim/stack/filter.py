"""The filters of interfaces: whether an access list lets a packet pass."""

from __future__ import annotations

from iosim.stack.interface import Interface
from iosim.stack.trail import Trail
from iosim.wire.ipv4 import five_tuple


def permits(interface: Interface, direction: str, packet: bytes, arrived: Interface, trail: Trail | None) -> bool:
    """Whether the filter of an interface lets a packet pass; counts the match.

    A list without lines permits everything, as on IOS.
    """
    acl = interface.acl_in if direction == "in" else interface.acl_out
    if acl is None:
        return True
    entry = acl.lookup(*five_tuple(packet), packet)
    if trail is not None:
        if acl.conditional or (entry is not None and entry.log is not None):
            trail.spoil()
        elif entry is not None:
            trail.lines += (entry,)
            trail.filtered += ((interface.filtered, (direction, entry)),)
    if entry is None:
        return not acl.entries
    entry.matches += 1
    interface.filtered[direction, entry] += 1
    if entry.log is not None and acl.on_log is not None:
        acl.on_log(acl, entry, packet, arrived)
    return entry.permit
