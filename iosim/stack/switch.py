"""A learning Ethernet switch (IEEE 802.1D section 7, without spanning tree), with VLANs if it has any."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from iosim.data import dataclass
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Port
from iosim.wire.vlan import tag, untag, vlan_of

AGE = 300 * SECOND
MAXIMUM_ADDRESSES = 8192
_RESERVED = bytes.fromhex("0180c20000")
"""Group addresses that begin so and end below 10 stay on their link (IEEE 802.1D section 7.12.6); LLDP has one."""


class Membership(Protocol):
    """To which VLANs a port belongs."""

    def enter(self, frame: bytes) -> tuple[int, bytes] | None:
        """The VLAN of an arrived frame and the frame without a tag; None when it may not enter."""

    def leave(self, vlan: int, frame: bytes) -> bytes | None:
        """The frame of a VLAN as it leaves here; None when it may not."""


class Transparent:
    """A port of a switch without VLANs: tags pass through, as part of the frames."""

    def enter(self, frame: bytes) -> tuple[int, bytes] | None:
        return 0, frame

    def leave(self, vlan: int, frame: bytes) -> bytes | None:
        return frame


@dataclass(frozen=True, slots=True)
class Access:
    """A port in one VLAN; its frames have no tags."""

    vlan: int

    def enter(self, frame: bytes) -> tuple[int, bytes] | None:
        return (self.vlan, frame) if vlan_of(frame) is None else None

    def leave(self, vlan: int, frame: bytes) -> bytes | None:
        return frame if vlan == self.vlan else None


@dataclass(frozen=True, slots=True)
class Trunk:
    """A port in all VLANs; its frames have tags, but for those of the native VLAN."""

    native: int = 1

    def enter(self, frame: bytes) -> tuple[int, bytes] | None:
        vlan = vlan_of(frame)
        if vlan is None:
            return self.native, frame
        return vlan or self.native, untag(frame)

    def leave(self, vlan: int, frame: bytes) -> bytes | None:
        return frame if vlan == self.native else tag(frame, vlan)


class Switch:
    """Frames go to the port where their destination was last seen, and to all others when it is not known; all that
    within their VLAN. `members` says by the names of interfaces which belong where: without it, tags are nothing to
    the switch; with it, an interface that is not in it belongs to VLAN 1.
    """

    def __init__(self, sim: Simulator, name: str, members: Mapping[str, Membership] | None = None) -> None:
        self.name = name
        self.ports: list[Port] = []
        self._members = members
        self._membership: dict[Port, Membership] = {}
        self._sim = sim
        self._seen: dict[tuple[int, bytes], tuple[Port, int]] = {}

    def add_port(self, port: Port, interface: str = "") -> None:
        """Take a port into use."""
        default: Membership = Transparent() if self._members is None else Access(1)
        self._membership[port] = (self._members or {}).get(interface, default)
        self.ports.append(port)
        port.receiver = partial(self._receive, port)
        port.enable(True)

    def addresses(self) -> list[tuple[bytes, Port]]:
        """The MAC addresses that are known now, and their ports."""
        return [(mac, port) for (_, mac), (port, time) in self._seen.items() if self._sim.now - time < AGE]

    def _receive(self, port: Port, frame: bytes) -> None:
        if len(frame) < 14 or (frame[:5] == _RESERVED and frame[5] < 16):
            return
        entered = self._membership[port].enter(frame)
        if entered is None:
            return
        vlan, frame = entered
        self._learn((vlan, frame[6:12]), port)
        known = None if frame[0] & 1 else self._seen.get((vlan, frame[:6]))
        if known is not None and known[0].up and self._sim.now - known[1] < AGE:
            if known[0] is not port:
                self._send(known[0], vlan, frame)
            return
        for other in self.ports:
            if other is not port:
                self._send(other, vlan, frame)

    def _send(self, port: Port, vlan: int, frame: bytes) -> None:
        leaving = self._membership[port].leave(vlan, frame)
        if leaving is not None:
            port.transmit(leaving)

    def _learn(self, place: tuple[int, bytes], port: Port) -> None:
        if place[1][0] & 1:
            return
        if place not in self._seen and len(self._seen) >= MAXIMUM_ADDRESSES:
            del self._seen[next(iter(self._seen))]
        self._seen[place] = port, self._sim.now
