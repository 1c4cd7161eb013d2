"""LLDP: its configuration, and the engine that follows it."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar.names import short_name
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.features.discovery.common import DiscoveryFeature, able_interfaces, one_address, system_name
from iosim.ios.features.interfaces import Interfaces, mac_address
from iosim.ios.hardware import SOFTWARE
from iosim.ios.registry import feature, part
from iosim.sim.clock import SECOND
from iosim.stack.discovery import Heard
from iosim.stack.interface import Interface
from iosim.wire import WireError
from iosim.wire.lldp import BRIDGE, GROUP, ROUTER, Lldp


@part("config")
@dataclass(slots=True)
class LldpSettings:
    """`lldp …`: off from the start."""

    timer: int = bound(Value("lldp_timer", order=227, type="seconds", default=30))
    holdtime: int = bound(Value("lldp_holdtime", order=227, type="seconds", default=120))
    run: bool = bound(Flag("lldp_run", order=227))


@part("config_if")
@dataclass(slots=True)
class LldpOnInterface:
    """`lldp transmit` and `lldp receive`: on from the start."""

    transmit: bool = bound(Flag("if_lldp_transmit", order=79.4, default=True))
    receive: bool = bound(Flag("if_lldp_receive", order=79.4, default=True))


@feature
class LldpFeature(DiscoveryFeature[Lldp]):
    """The LLDP of a router."""

    name, group = "lldp", GROUP

    def reconcile(self) -> None:
        settings, config = self.router.config[LldpSettings], self.router.config[Interfaces].interfaces
        names = able_interfaces(self.router, serial=False) if settings.run else []
        transmit = tuple(name for name in names if config[name][LldpOnInterface].transmit)
        receive = tuple(name for name in names if config[name][LldpOnInterface].receive)
        self.engine.configure(transmit, receive, settings.timer * SECOND)

    def compose(self, interface: Interface) -> bytes:
        router = self.router
        message = Lldp(
            router.config[LldpSettings].holdtime,
            mac_address(router.name, "chassis"),
            short_name(interface.name),
            interface.name,
            system_name(router),
            SOFTWARE,
            (BRIDGE | ROUTER, ROUTER),
            next(iter(one_address(interface)), None),
        )
        self.counts["output"] += 1
        return message.frame(interface.mac)

    def read(self, interface: Interface, frame: bytes) -> Heard[Lldp] | None:
        self.counts["input"] += 1
        try:
            message = Lldp.from_frame(frame)
        except WireError:
            self.counts["discarded"] += 1
            return None
        return Heard((message.chassis, message.port), message.ttl * SECOND, message)
