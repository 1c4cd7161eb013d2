"""Keeps the stack's interfaces as they are configured."""

from __future__ import annotations

import hashlib
from bisect import insort

from iosim.grammar.names import interface_order, interface_type
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.arp import mac_bytes
from iosim.ios.features.interfaces.config import (
    HDLC,
    CarrierDelay,
    Interfaces,
    InterfaceSettings,
    Keepalive,
    is_tunnel,
    parent_name,
)
from iosim.ios.features.interfaces.messages import LinkMessages
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.sim.link import Port
from iosim.stack.hdlc import Hdlc
from iosim.stack.hooks import Plug, Unconnected
from iosim.stack.interface import Interface
from iosim.stack.ppp import Ppp
from iosim.stack.tunnel import Tunnel
from iosim.stack.vlan import VlanPort, VlanTrunk

NULL = "Null0"


@feature
class InterfaceFeature(Feature):
    """Makes, changes and removes the stack's interfaces, and lets the log tell of their states."""

    order = 10
    shapes_stack = True

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.messages = LinkMessages(router)
        self._order: list[str] = []
        self._followed = Derived(self.derivation, self._follow)
        router.stack.watchers.append(self.messages.follow)

    def stop(self) -> None:
        self.messages.stop()

    def reconcile(self) -> None:
        config, stack = self.router.config[Interfaces].interfaces, self.router.stack
        for name in (*self.router.hardware, NULL):
            if name not in config:
                config[name] = Config("config_if", {"interface": [name]})
                config[name][InterfaceSettings].shutdown = name != NULL
        for name in [name for name in stack.interfaces if name not in config]:
            self._remove(name)
        self._order = [name for name in self._order if name in config]
        known = dict.fromkeys(self._order)
        for name in [name for name in config if name not in known]:
            insort(self._order, name, key=interface_order)
        lenders = self._followed.each({name: config[name] for name in self._order})
        for name, lender in lenders.items():
            if lender is not None or name in self._followed.changed:
                stack.interfaces[name].set_lender(None if lender is None else stack.interfaces.get(lender))

    def _remove(self, name: str) -> None:
        interface = self.router.stack.interfaces[name]
        if isinstance(interface.port, VlanPort):
            interface.port.trunk.unplug(interface.port)
        self.messages.end(name)
        interface.set_admin(False)
        interface.set_framing(None)
        self.router.stack.remove_interface(name)

    def _follow(self, config: Config) -> str | None:
        """Let an interface follow its configuration; returns the name of that from which it borrows its address."""
        name = str(config.get("interface"))
        settings = config[InterfaceSettings]
        interface = self.router.stack.interfaces.get(name) or self._make(name, config)
        interface.mac = self._mac(name, settings)
        if not isinstance(interface.framing, Tunnel):  # its MTU is what is left of another one's
            interface.frame_mtu = settings.mtu
        interface.arp_timeout = settings.arp_timeout * SECOND
        interface.carrier_delay = _delay(settings.carrier_delay)
        if isinstance(interface.port, VlanPort):
            tag = settings.tag
            interface.port.set_vlan(tag.vlan if tag else None, tag is not None and tag.native)
        self._frame(interface, config)
        interface.set_addresses(settings.prefixes)
        interface.set_admin(not settings.shutdown)
        return settings.unnumbered

    def _make(self, name: str, config: Config) -> Interface:
        admin_up = not config[InterfaceSettings].shutdown
        if is_tunnel(name):
            interface = Tunnel(self.router.stack).make(name, admin_up)
        else:
            template = config.get("type") == "tunnel"
            plug, framing = (None, Unconnected()) if template else (self._plug(name), None)
            interface = Interface(name, port=plug, admin_up=admin_up, framing=framing)
        self.messages.begin(interface)
        self.router.stack.add_interface(interface)
        return interface

    def _plug(self, name: str) -> Plug | None:
        """Where an interface is plugged in; what leads nowhere (a VLAN without ports, …) has an end without a cable.

        Loopbacks and Null0 have none; a dialer pretends to be up ("spoofing").
        """
        stack, kind, parent = self.router.stack, interface_type(name), parent_name(name)
        if kind.name in ("Loopback", "Null", "Dialer"):
            return None
        main = stack.interfaces.get(parent) if parent is not None else None
        if main is None or interface_type(main.name).serial:
            return self.router.ports.get(name) or Port(name, serial=kind.serial)
        if not isinstance(main.trunk, VlanTrunk):
            main.trunk = VlanTrunk(main, stack.transmit)
        return main.trunk.plug()

    def _mac(self, name: str, settings: InterfaceSettings) -> bytes:
        """The address that is configured, or the one burnt in; a sub-interface has that of its main interface."""
        parent = parent_name(name)
        main = self.router.config[Interfaces].interfaces.get(parent) if parent is not None else None
        if settings.mac_address is not None:
            return mac_bytes(settings.mac_address)
        if parent is not None and main is not None:
            return self._mac(parent, main[InterfaceSettings])
        return mac_address(self.router.name, name)

    def _frame(self, interface: Interface, config: Config) -> None:
        """Frame packets on a serial link as configured; with an encapsulation that is only kept the line is down."""
        if not interface_type(interface.name).serial or parent_name(interface.name) is not None:
            return
        kind = FRAMINGS.get(encapsulation_of(config))
        keepalive = config[InterfaceSettings].keepalive or Keepalive()
        if kind is None:
            if not isinstance(interface.framing, Unconnected):
                interface.set_framing(Unconnected())
            return
        framing = kind(self.router.sim, interface, self.router.stack.transmit)
        if keepalive.seconds is not None:
            framing.period = keepalive.seconds
        framing.retries = keepalive.retries or framing.retries
        known = interface.framing
        if not isinstance(known, kind) or (known.period, known.retries) != (framing.period, framing.retries):
            interface.set_framing(framing)


FRAMINGS: dict[str, type[Hdlc | Ppp]] = {"hdlc": Hdlc, "ppp": Ppp}


def encapsulation_of(config: Config) -> str:
    """The encapsulation of a serial interface."""
    if "planned_if_encapsulation" in config[KeptLines].said:
        return "frame-relay"
    return config[InterfaceSettings].framing or HDLC


def _delay(delay: CarrierDelay | None) -> int:
    """In µs; without a configured delay a change counts at once, where IOS would wait two seconds."""
    if delay is None:
        return 0
    return delay.delay * (MILLISECOND if delay.msec else SECOND)


def mac_address(node: str, interface: str) -> bytes:
    """A locally administered MAC address, the same in every run."""
    return b"\x02" + hashlib.sha256(f"{node}\0{interface}".encode()).digest()[:5]
