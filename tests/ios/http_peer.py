"""A peer of a router's HTTP server that sends what it likes, in whatever pieces and as slowly as it likes."""

from __future__ import annotations

from iosim.sim.clock import SECOND
from iosim.wire.address import parse_address
from iosim.wire.http import PORT

from .network import Network, pair

R2 = "10.0.0.2"
SERVER = "ip http server\nenable secret geheim\nusername admin secret wort\n"


def served(extra: str = "") -> Network:
    """PC1 - R1 - R2, with an HTTP server at R2."""
    return pair(second=SERVER + extra)


class Peer:
    """One connection from R1, or from another node."""

    def __init__(self, network: Network, node: str = "R1", port: int = PORT, address: str = R2) -> None:
        self.network = network
        self.connection = network.nodes[node].stack.tcp.connect(parse_address(address), port)
        self.heard = b""
        self.wait(0.1)

    def wait(self, seconds: float) -> None:
        """Let time pass, and read."""
        end = self.network.sim.now + round(seconds * SECOND)
        while self.network.sim.now < end:
            self.network.sim.run(until=min(end, self.network.sim.now + SECOND // 20))
            self.heard += self.connection.read()

    def send(self, data: bytes) -> None:
        """Send, as far as there is space, and wait a moment."""
        while data and self.open:
            data = data[self.connection.write(data) :]
            self.wait(0.05)
        self.wait(0.1)

    @property
    def open(self) -> bool:
        """Whether the server has not hung up."""
        return self.connection.ending is None and not self.connection.at_end


def ask(network: Network, request: bytes, node: str = "R1", port: int = PORT) -> bytes:
    """What is answered to the bytes of a request."""
    peer = Peer(network, node, port)
    if peer.open:
        peer.send(request)
    peer.connection.close()
    peer.wait(0.5)
    return peer.heard
