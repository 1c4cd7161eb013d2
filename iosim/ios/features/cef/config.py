"""`ip cef` and `ip load-sharing`: packets of known flows take a short way, and ways of equal cost are shared.

Without CEF, each packet is looked at in full (process switching), and packets take turns among ways of equal cost.
"""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.routes import RoutingSettings
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature, Router

PER_DESTINATION, PER_PACKET = "per-destination", "per-packet"
NOT_RUNNING = "%IPv4 CEF not running\n"


@part("config")
@dataclass(slots=True)
class Cef:
    """Whether CEF runs."""

    enabled: bool = bound(Flag("ip_cef", order=125, default=True, shown=True))


@part("config_if")
@dataclass(slots=True)
class LoadSharing:
    """How the packets that leave by an interface share it with others; all of equal cost have to say so."""

    mode: str = bound(Value("if_load_sharing", order=40, type="mode", default=PER_DESTINATION))


@feature
class Switching(Feature):
    """Tells the stack how to switch."""

    order = 16

    def reconcile(self) -> None:
        stack = self.router.stack
        stack.short_way = self.router.config[Cef].enabled
        stack.fib.turns = not stack.short_way
        for name, config in self.router.config[Interfaces].interfaces.items():
            if name in stack.interfaces:
                stack.interfaces[name].per_packet = config[LoadSharing].mode == PER_PACKET


def is_running(router: Router) -> bool:
    """Whether packets that pass through are switched by CEF."""
    return router.config[RoutingSettings].routing and router.config[Cef].enabled
