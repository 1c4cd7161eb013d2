"""Asking an HTTP server: one request, one connection, and a time by which it is answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.grammar.values import parse_address
from iosim.ios.features.http.config import HttpSettings
from iosim.ios.features.names import lookup
from iosim.ios.router import Router
from iosim.sim.clock import SECOND
from iosim.wire.error import WireError
from iosim.wire.http import PORT

if TYPE_CHECKING:
    from iosim.stack.tcp.stream import Stream
    from iosim.wire.http import Request, Response

PATIENCE = 60 * SECOND
"""For all of it."""
LINGER = 60 * SECOND
"""For the other side to close, too."""
_URL = re.compile(r"http://([^/:]+)(?::(\d{1,5}))?(/.*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: a host as it is written, its address, a port and a path (without the last slash)."""

    host: str
    address: int
    port: int
    path: str


def place_of(router: Router, url: str) -> Place | None:
    """Where a URL leads; None when it is none, or names an unknown host. The host may be a name of `ip host`."""
    found = _URL.match(url)
    if found is None:
        return None
    address = parse_address(found[1])
    if address is None:
        entry = lookup(router.config, found[1])
        address = entry.address[0] if entry is not None and entry.address else None
    port = int(found[2] or PORT)
    if address is None or not 0 < port < 65536:
        return None
    return Place(found[1], address, port, (found[3] or "").rstrip("/"))


async def fetch(router: Router, place: Place, request: Request, source: str | None = None) -> Response | None:
    """The answer to a request; None when nobody is there, it is refused, is not HTTP, or takes too long.

    `source` is the interface with whose address it goes out, if not that of `ip http client source-interface`.
    """
    from iosim.stack.tcp.stream import Stream

    interface = router.stack.interfaces.get(source or router.config[HttpSettings].source or "")
    address = interface.address if interface is not None and interface.line_up else None
    connection = router.stack.tcp.connect(place.address, place.port, address)
    limit = router.sim.call_later(PATIENCE, connection.abort)
    stream = Stream(connection)
    try:
        if not await stream.opened() or not await stream.write(request.pack()):
            return None
        return await _answer(stream)
    except WireError:
        return None
    finally:
        limit.cancel()
        stream.close()
        router.sim.call_later(LINGER, connection.abort)


async def _answer(stream: Stream) -> Response | None:
    """What is said. Raises WireError."""
    from iosim.wire.http import STATUS_LINE, Reader

    reader = Reader(STATUS_LINE)
    while True:
        data = await stream.read()
        reader.feed(data)
        answer = reader.response(ended=not data)
        if answer is not None:
            return answer
