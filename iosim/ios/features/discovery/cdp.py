"""CDP: its configuration, and the engine that follows it."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.discovery.common import DiscoveryFeature, able_interfaces, one_address, system_name
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.interfaces.config import parent_name
from iosim.ios.hardware import MODEL, SOFTWARE
from iosim.ios.registry import feature, part
from iosim.sim.clock import SECOND
from iosim.stack.discovery import Heard
from iosim.stack.hdlc import Hdlc
from iosim.stack.interface import Interface
from iosim.wire import WireError
from iosim.wire.cdp import GROUP, PROTOCOL, ROUTER, Cdp
from iosim.wire.error import ChecksumError

DEBUG = "debug_cdp_packets"
debug_switch(DEBUG, Switch("CDP protocol", "CDP packet info debugging"))


@part("config")
@dataclass(slots=True)
class CdpSettings:
    """`cdp …`: on from the start."""

    source: str | None = bound(Value("cdp_source", order=225, type="interface"))
    timer: int = bound(Value("cdp_timer", order=225, type="seconds", default=60))
    holdtime: int = bound(Value("cdp_holdtime", order=225, type="seconds", default=180))
    run: bool = bound(Flag("cdp_run", order=226, default=True))


@part("config_if")
@dataclass(slots=True)
class CdpOnInterface:
    """`cdp enable`: on from the start."""

    enabled: bool = bound(Flag("if_cdp_enable", order=79.3, default=True))


@feature
class CdpFeature(DiscoveryFeature[Cdp]):
    """The CDP of a router."""

    name, group = "cdp", GROUP

    def reconcile(self) -> None:
        settings = self.router.config[CdpSettings]
        names = self.interfaces() if settings.run else ()
        for interface in self.router.stack.interfaces.values():
            if isinstance(interface.framing, Hdlc):
                interface.framing.others[PROTOCOL] = self.engine.receive
        self.engine.configure(names, names, settings.timer * SECOND)

    def interfaces(self) -> tuple[str, ...]:
        """The interfaces where CDP is enabled, whether or not it runs at all."""
        config = self.router.config[Interfaces].interfaces
        return tuple(name for name in able_interfaces(self.router, serial=True) if config[name][CdpOnInterface].enabled)

    def compose(self, interface: Interface) -> bytes:
        router = self.router
        settings = router.config[CdpSettings]
        source = router.stack.interfaces.get(settings.source) if settings.source else None
        duplex = router.config[Interfaces].interfaces[interface.name][InterfaceSettings].duplex
        addresses = one_address(source or interface)
        message = Cdp(
            settings.holdtime,
            system_name(router),
            addresses,
            interface.name,
            ROUTER,
            SOFTWARE.rstrip("\n"),
            f"Cisco {MODEL}",
            native_vlan=None if interface.trunk is None else self._native_vlan(interface.name),
            full_duplex=duplex != "half",
            management=addresses,
        )
        self.counts["output"] += 1
        self._tell(f"CDP-PA: version 2 packet sent out on {interface.name}")
        return message.frame(interface.mac) if interface.framing is None else message.hdlc_frame()

    def _native_vlan(self, name: str) -> int | None:
        """The VLAN whose frames have no tag, where a sub-interface says so."""
        config = self.router.config[Interfaces].interfaces
        tags = [config[other][InterfaceSettings].tag for other in config if parent_name(other) == name]
        return next((tag.vlan for tag in tags if tag is not None and tag.native), None)

    def read(self, interface: Interface, frame: bytes) -> Heard[Cdp] | None:
        self.counts["input"] += 1
        try:
            message = Cdp.from_frame(frame)
        except ChecksumError:
            self.counts["checksum"] += 1
            return None
        except WireError:
            self.counts["syntax"] += 1
            return None
        self.counts[f"input version {message.version}"] += 1
        self._tell(f"CDP-PA: Packet received from {message.device} on interface {interface.name}")
        return Heard((message.device, message.port), message.holdtime * SECOND, message)

    def _tell(self, text: str) -> None:
        if DEBUG in self.router[Debugging].on:
            self.router.syslog.debug(text)
