"""Two routers of a chain with a tunnel between them."""

from __future__ import annotations

from iosim.stack.encapsulation import Shape
from iosim.stack.tunnel import Tunnel
from iosim.stack.tunnels import Tunnels
from iosim.wire.address import parse_address
from iosim.wire.gre import IPIP
from tests.stack.network import Network, chain

R1, R2 = parse_address("10.0.0.1"), parse_address("10.0.0.2")


SHAPES = [
    Shape(),
    Shape(key=1),
    Shape(checksum=True),
    Shape(sequencing=True),
    Shape(key=1, checksum=True, sequencing=True),
    Shape(IPIP),
]
PLAIN = SHAPES[0]


def tunnelled(shape: Shape = PLAIN) -> tuple[Network, dict[str, Tunnel], list[Tunnel]]:
    """R1 and R2 of the chain with a tunnel between them, 172.16.0.1 and 172.16.0.2, and those told to be recursive."""
    network, tunnels, recursive = chain(), {}, []
    for name, local, remote, address in (("R1", R1, R2, "172.16.0.1"), ("R2", R2, R1, "172.16.0.2")):
        stack = network[name]
        tunnel = tunnels[name] = Tunnel(stack)
        tunnel.source, tunnel.destination, tunnel.shape = local, remote, shape
        interface = tunnel.make("Tunnel0", admin_up=True)
        interface.set_addresses([(parse_address(address), 30)])
        stack.add_interface(interface)
        every = Tunnels(stack, recursive.append)
        every.add(tunnel)
        every.review()
    return network, tunnels, recursive
