"""Sub-interfaces: VLANs on a trunk (IEEE 802.1Q), which all go through one interface."""

from __future__ import annotations

from collections.abc import Callable

from iosim.stack.interface import Interface
from iosim.wire.vlan import TYPE_VLAN, tag, untag, vlan_of

UNTAGGED = 0
Transmit = Callable[[Interface, bytes], bool]


class VlanPort:
    """Where a sub-interface is plugged in. Its carrier is that of the main interface."""

    def __init__(self, trunk: VlanTrunk) -> None:
        self.trunk = trunk
        self.up = trunk.interface.carrier
        self.vlan: int | None = None
        self.native = False
        self.receiver: Callable[[bytes], None] | None = None
        self.on_carrier: Callable[[bool], None] | None = None

    def enable(self, enabled: bool) -> None:
        """The main interface does not feel that a sub-interface is shut down."""

    def transmit(self, frame: bytes) -> bool:
        """Send a frame through the main interface, which counts it too; False when it could not be sent."""
        if self.vlan is None or not self.up:
            return False
        return self.trunk.transmit(self.trunk.interface, frame if self.native else tag(frame, self.vlan))

    def set_vlan(self, vlan: int | None, native: bool = False) -> None:
        """Belong to a VLAN; the frames of the native one have no tag."""
        self.trunk.ports = {key: port for key, port in self.trunk.ports.items() if port is not self}
        self.vlan, self.native = vlan, native
        if vlan is not None:
            self.trunk.ports[vlan] = self
        if native:
            self.trunk.ports[UNTAGGED] = self

    def sense(self, up: bool) -> None:
        """The carrier of the main interface is this."""
        if up is not self.up:
            self.up = up
            if self.on_carrier is not None:
                self.on_carrier(up)


class VlanTrunk:
    """The VLANs of one interface: `ports` by VLAN, with the native one also as UNTAGGED."""

    def __init__(self, interface: Interface, transmit: Transmit) -> None:
        self.interface = interface
        self.transmit = transmit
        self.ports: dict[int, VlanPort] = {}
        self._plugged: list[VlanPort] = []

    def plug(self) -> VlanPort:
        """A new port for a sub-interface."""
        port = VlanPort(self)
        self._plugged.append(port)
        return port

    def unplug(self, port: VlanPort) -> None:
        """The sub-interface has gone."""
        port.set_vlan(None)
        self._plugged.remove(port)

    def takes(self, frame: bytes, ethertype: int) -> bool:
        """Hand a frame to the sub-interface of its VLAN. Untagged ones belong to the main interface without a native
        VLAN, tagged ones of an unknown VLAN to nobody."""
        vlan = vlan_of(frame) if ethertype == TYPE_VLAN else UNTAGGED
        port = None if vlan is None else self.ports.get(vlan)
        if port is None or port.receiver is None:
            return False
        port.receiver(untag(frame) if vlan or ethertype == TYPE_VLAN else frame)
        return True

    def sense(self) -> None:
        """Tell all sub-interfaces of the carrier."""
        for port in list(self._plugged):
            port.sense(self.interface.carrier)


def parent_of(interface: Interface) -> Interface | None:
    """The main interface of a sub-interface, None for any other."""
    return interface.port.trunk.interface if isinstance(interface.port, VlanPort) else None
