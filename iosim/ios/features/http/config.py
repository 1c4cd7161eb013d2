"""`ip http …`: the server, its port and its bounds, and where requests of the router go out."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.config import Config
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.wire.http import PORT

FIRST_OTHER_PORT = 1025


@dataclass(frozen=True, slots=True)
class TimeoutPolicy:
    """`ip http timeout-policy idle 180 life 180 requests 1`: seconds, and how many requests a connection may bring."""

    idle: int = 180
    life: int = 180
    requests: int = 1


@part("config")
@dataclass(slots=True)
class HttpSettings:
    """What a router says about its HTTP server, and about its own requests (`source`)."""

    enabled: bool = bound(Flag("ip_http_server", order=530, shown=False))
    port: int = bound(Value("ip_http_port", order=530.1, type="port", default=PORT))
    access_class: str | None = bound(Value("ip_http_access_class", order=530.2, type="acl"))
    method: str = bound(Value("ip_http_authentication", order=530.5, type="method", default="enable"))
    source: str | None = bound(Value("ip_http_client_source", order=532, type="interface"))
    most: int = bound(Value("ip_http_max_connections", order=532, type="limit", default=5))
    timeouts: TimeoutPolicy = bound(
        Value("ip_http_timeout_policy", order=532, type=TimeoutPolicy, default=TimeoutPolicy())
    )


@check("ip_http_port")
def _check_port(router: Router, config: Config, statement: Statement) -> None:
    port = statement.get("port")
    if port is not None and port != PORT and port < FIRST_OTHER_PORT:
        raise Rejected(f"% Invalid port number, use {PORT} or a number above {FIRST_OTHER_PORT - 1}")
