"""Connected and local routes: what the interfaces of a node offer to its routing table."""

from __future__ import annotations

from iosim.routing.rib import Rib
from iosim.routing.table import Route
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.wire.address import netmask

CLIENT = "connected"


def connect(stack: Stack) -> Rib:
    """A routing table for a stack, which from now on follows the stack's interfaces."""
    rib = Rib(stack.fib, stack.interfaces, lambda: stack.sim.now, lambda function: stack.sim.call_later(0, function))
    offered: dict[str, list[Route]] = {}

    def follow(interface: Interface) -> None:
        name = interface.name
        for route in offered.pop(name, ()):
            rib.withdraw(CLIENT, route)
        if name in stack.interfaces:
            offered[name] = routes(interface)
            for route in offered[name]:
                rib.add(CLIENT, route)
        rib.interface_changed(interface)

    stack.watchers.append(follow)
    for interface in stack.interfaces.values():
        follow(interface)
    return rib


def routes(interface: Interface) -> list[Route]:
    """A connected route for each subnet of an interface, and a local one for each address in it; none while it is down.

    A subnet of one address has no local route beside the connected one, as on IOS. A neighbour whose address PPP has
    told has a route of its own.
    """
    if not interface.line_up:
        return []
    offered = []
    for address, length in interface.addresses:
        offered.append(Route(address & netmask(length), length, "C", 0, interface=interface.name))
        if length < 32:
            offered.append(Route(address, 32, "L", 0, interface=interface.name))
    peer = interface.framing.peer if interface.framing is not None else None
    if peer is not None and not interface.owns(peer):
        offered.append(Route(peer, 32, "C", 0, interface=interface.name))
    return offered
