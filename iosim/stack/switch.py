"""A learning Ethernet switch (IEEE 802.1D section 7, without spanning tree)."""

from __future__ import annotations

from functools import partial

from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Port

AGE = 300 * SECOND
MAXIMUM_ADDRESSES = 8192
_RESERVED = bytes.fromhex("0180c20000")
"""Group addresses that begin so and end below 10 stay on their link (IEEE 802.1D section 7.12.6); LLDP has one."""


class Switch:
    """Frames go to the port where their destination was last seen, and to all others when it is not known."""

    def __init__(self, sim: Simulator, name: str) -> None:
        self.name = name
        self.ports: list[Port] = []
        self._sim = sim
        self._seen: dict[bytes, tuple[Port, int]] = {}

    def add_port(self, port: Port) -> None:
        """Take a port into use."""
        self.ports.append(port)
        port.receiver = partial(self._receive, port)
        port.enable(True)

    def addresses(self) -> list[tuple[bytes, Port]]:
        """The MAC addresses that are known now, and their ports."""
        return [(mac, port) for mac, (port, time) in self._seen.items() if self._sim.now - time < AGE]

    def _receive(self, port: Port, frame: bytes) -> None:
        if len(frame) < 14 or (frame[:5] == _RESERVED and frame[5] < 16):
            return
        self._learn(frame[6:12], port)
        known = None if frame[0] & 1 else self._seen.get(frame[:6])
        if known is not None and known[0].up and self._sim.now - known[1] < AGE:
            if known[0] is not port:
                known[0].transmit(frame)
            return
        for other in self.ports:
            if other is not port:
                other.transmit(frame)

    def _learn(self, mac: bytes, port: Port) -> None:
        if mac[0] & 1:
            return
        if mac not in self._seen and len(self._seen) >= MAXIMUM_ADDRESSES:
            del self._seen[next(iter(self._seen))]
        self._seen[mac] = port, self._sim.now
