"""Which route maps route: `ip policy route-map` at interfaces, `ip local policy route-map` for packets of our own."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.registry import answer, part
from iosim.ios.session import Session


@part("config_if")
@dataclass(slots=True)
class InterfacePolicy:
    """The route map that routes what arrives at an interface."""

    route_map: str | None = bound(Value("if_ip_policy", order=49.6, type="route_map"))


@part("config")
@dataclass(slots=True)
class LocalPolicy:
    """The route map that routes packets of our own."""

    route_map: str | None = bound(Value("ip_local_policy", order=509, type="route_map"))


@answer("route_map_set")
def _warn(session: Session, config: Config, statement: Statement) -> str | None:
    """An interface with many neighbours does not say to whom a packet is to go."""
    interfaces = session.router.stack.interfaces
    names = statement.all("interface") if not statement.no else []
    if any(name in interfaces and interfaces[name].is_broadcast for name in names):
        return "%Warning:Use P2P interface for routemap setinterface clause\n"
    return None
