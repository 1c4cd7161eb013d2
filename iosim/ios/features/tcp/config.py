"""`ip tcp …` and the services that go with TCP."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.clock import clock_text
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature, Router
from iosim.sim.clock import SECOND
from iosim.sim.task import Task
from iosim.stack.tcp.options import TcpOptions

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection
    from iosim.stack.tcp.stream import Stream

INTERNETWORK_CONTROL = 6 << 5
"""The precedence of what a router says for itself."""
LARGEST_WINDOW = 65535
"""Without window scaling, which is not simulated."""
USUAL_AGE = 10


@dataclass(frozen=True, slots=True)
class PathMtu:
    """`ip tcp path-mtu-discovery [age-timer {MINUTES | infinite}]`"""

    age: int | str | None = None

    @property
    def limit(self) -> int | None:
        """The age in µs, None for no end."""
        return None if isinstance(self.age, str) else (self.age or USUAL_AGE) * 60 * SECOND


@part("config")
@dataclass(slots=True)
class TcpSettings:
    """What a router says about TCP."""

    keepalives_in: bool = bound(Flag("service_keepalives_in", order=12))
    keepalives_out: bool = bound(Flag("service_keepalives_out", order=12))
    nagle: bool = bound(Flag("service_nagle", order=12))
    small_servers: bool = bound(Flag("service_small_servers", order=12))
    mss: int | None = bound(Value("ip_tcp_mss", order=230, type="size"))
    path_mtu: PathMtu | None = bound(Value("ip_tcp_path_mtu_discovery", order=230, type=PathMtu))
    synwait: int = bound(Value("ip_tcp_synwait_time", order=230, type="seconds", default=30))
    window: int = bound(Value("ip_tcp_window_size", order=230, type="size", default=4128))

    @property
    def options(self) -> TcpOptions:
        """What that is for the stack; keepalives are those of connections that are opened."""
        return TcpOptions(
            window=min(self.window, LARGEST_WINDOW),
            mss=self.mss,
            path_mtu_discovery=self.path_mtu is not None,
            path_mtu_age=None if self.path_mtu is None else self.path_mtu.limit,
            synwait=self.synwait * SECOND,
            tos=INTERNETWORK_CONTROL,
            nagle=self.nagle,
            keepalive=self.keepalives_out,
        )


@feature
class TcpFeature(Feature):
    """Lets the stack's TCP follow the configuration."""

    order = 30

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._serving = False

    def reconcile(self) -> None:
        settings, tcp = self.router.config[TcpSettings], self.router.stack.tcp
        tcp.options = settings.options
        tcp.accepting = replace(tcp.options, keepalive=settings.keepalives_in)
        if settings.small_servers != self._serving:
            self._serving = settings.small_servers
            for port, serve in _SMALL_SERVERS.items():
                if self._serving:
                    tcp.listen(port, self._server(serve))
                else:
                    tcp.unlisten(port)

    def _server(self, serve: SmallServer) -> Callable[[Connection], None]:
        def accept(connection: Connection) -> None:
            from iosim.stack.tcp.stream import Stream

            Task(self.router.sim, serve(self.router, Stream(connection)))

        return accept

    def stop(self) -> None:
        self.router.stack.tcp.stop()


async def _echo(router: Router, stream: Stream) -> None:
    """RFC 862."""
    while data := await stream.read():
        await stream.write(data)
    stream.close()


async def _discard(router: Router, stream: Stream) -> None:
    """RFC 863."""
    while await stream.read():
        pass
    stream.close()


async def _daytime(router: Router, stream: Stream) -> None:
    """RFC 867."""
    await stream.write(f"{clock_text(router.clock_now())}\r\n".encode())
    stream.close()
    while await stream.read():
        pass


async def _chargen(router: Router, stream: Stream) -> None:
    """RFC 864: 72 characters a line, each line beginning one further on, until nobody takes them any more."""
    characters = bytes(range(32, 127)) * 2
    line = 0
    while await stream.write(characters[line : line + 72] + b"\r\n"):
        stream.connection.read()
        if stream.connection.at_end:
            break
        line = (line + 1) % 95
    stream.close()


SmallServer = Callable[[Router, "Stream"], Coroutine[Any, Any, None]]
_SMALL_SERVERS = {7: _echo, 9: _discard, 13: _daytime, 19: _chargen}
