"""The HTTP server of a router: pages of other features by their paths, and no other ones.

Whatever else is asked for needs a name and a password, and is then not found. A connection ends when it has brought as
many requests as it may, has been idle, or has lived long enough; so a slow peer holds nothing for ever.
"""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.ios.features.access_lists.connections import lets_pass
from iosim.ios.features.enable import Guards
from iosim.ios.features.http.config import HttpSettings
from iosim.ios.features.passwords import matches
from iosim.ios.features.users import Users
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ios.session import HIGHEST
from iosim.sim.clock import SECOND
from iosim.sim.task import Task
from iosim.stack.tcp.options import Key
from iosim.stack.tcp.states import TIMEWAIT
from iosim.wire.error import WireError

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection
    from iosim.wire.http import Reader, Request, Response

    Page = Callable[[Request], Response]
HISTORY = 20
"""Connections that are remembered."""
LINGER = 60 * SECOND
"""For the other side to close when it has been answered."""
REASONS = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


@dataclass(frozen=True, slots=True)
class Past:
    """A connection that is over."""

    key: Key
    received: int
    sent: int
    ended: datetime


@feature
class HttpServer(Feature):
    """Answers at the port while `ip http server` is on."""

    order = 63

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.pages: dict[str, Page] = {}
        self.visits: list[Visit] = []
        """Those that are not at their end, in the order in which they came."""
        self.history: deque[Past] = deque(maxlen=HISTORY)
        self.accepted = 0
        self.port: int | None = None

    @property
    def settings(self) -> HttpSettings:
        """What is configured."""
        return self.router.config[HttpSettings]

    def reconcile(self) -> None:
        wanted = self.settings.port if self.settings.enabled else None
        if wanted == self.port:
            return
        tcp = self.router.stack.tcp
        if self.port is not None:
            tcp.unlisten(self.port)
        self.port = wanted
        if wanted is not None:
            tcp.listen(wanted, self._accept, self._admits)

    def stop(self) -> None:
        for visit in list(self.visits):
            visit.task.cancel()

    def _admits(self, key: Key) -> bool:
        """Whether there is room, and the access class permits; anybody else is refused."""
        name = self.settings.access_class
        return self._has_room() and (name is None or lets_pass(self.router, name, "in", key))

    def _has_room(self) -> bool:
        return sum(not visit.over for visit in self.visits) < self.settings.most

    def _accept(self, connection: Connection) -> None:
        if not self._has_room():
            connection.abort()
            return
        self.accepted += 1
        Visit(self, connection)

    def left(self, visit: Visit) -> None:
        """A connection is over."""
        self.visits.remove(visit)
        self.history.append(Past(visit.connection.key, *visit.counts, self.router.clock_now()))

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        page = self.pages.get(request.path)
        if page is not None:
            return page(request)
        return self.refusal(404 if _is_authorized(self.router, request) else 401)

    def refusal(self, status: int) -> Response:
        """An answer that says no more than its status."""
        asking = {"WWW-Authenticate": f'Basic realm="level_{HIGHEST}_access"'} if status == 401 else {}
        return self.response(status, f"{status} {REASONS[status]}\r\n\r\n".encode(), **asking)

    def response(self, status: int, body: bytes, **headers: str) -> Response:
        """An answer, with the headers that all have."""
        from iosim.wire.http import Response

        common = {"Date": f"{self.router.clock_now():%a, %d %b %Y %H:%M:%S} GMT", "Server": "cisco-IOS"}
        return Response(status, REASONS.get(status, "OK"), {**common, "Accept-Ranges": "none", **headers}, body)


def _is_authorized(router: Router, request: Request) -> bool:
    """Whether a request has a good name and password, or just the password of privileged EXEC."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(text, validate=True).decode("latin-1").partition(":")
    except (binascii.Error, ValueError):
        return False
    if kind.lower() != "basic" or not text:
        return False
    if router.config[HttpSettings].method == "local":
        return router.config[Users].accepts(name, password)
    guard, _ = router.config[Guards].of(HIGHEST)
    return guard is not None and matches(password, guard)


class Visit:
    """One connection to the server; it is `over` when the other side has all, and need only close."""

    def __init__(self, server: HttpServer, connection: Connection) -> None:
        from iosim.stack.tcp.stream import Stream

        self.server, self.connection = server, connection
        self.sim = server.router.sim
        self._stream = Stream(connection)
        timeouts = server.settings.timeouts
        self._idle, self._requests = timeouts.idle * SECOND, timeouts.requests
        self._life = self.sim.call_later(timeouts.life * SECOND, connection.abort)
        self._silence = self.sim.call_later(self._idle, connection.abort)
        self.over = False
        server.visits.append(self)
        self.task = Task(self.sim, self._serve())

    @property
    def counts(self) -> tuple[int, int]:
        """Bytes that have come and gone."""
        return self.connection.receiver.total, self.connection.sent_bytes

    async def _serve(self) -> None:
        try:
            await self._converse()
            self._stream.close()
            await self._stream.drained()
            self.over = True
            await self._let_finish()
        finally:
            self._life.cancel()
            self._silence.cancel()
            self.server.left(self)

    async def _let_finish(self) -> None:
        """Pass over what the other side still sends, so that it comes to read the answer, but not for long."""
        self._life.cancel()
        self._life = self.sim.call_later(LINGER, self.connection.abort)
        while self.connection.ending is None and self.connection.state != TIMEWAIT:
            self.connection.read()
            await self._stream.changed()

    async def _converse(self) -> None:
        """Answer requests until there are to be no more."""
        from iosim.wire.http import REQUEST_LINE, Reader

        reader = Reader(REQUEST_LINE)
        for left in reversed(range(self._requests)):
            try:
                request = await self._request(reader)
            except WireError:
                await self._say(self.server.refusal(400), last=True)
                return
            if request is None:
                return
            last = left == 0 or not request.lasts
            if not await self._say(self.server.answer(request), last) or last:
                return

    async def _request(self, reader: Reader) -> Request | None:
        """The next request; None at the end. Raises WireError."""
        while (request := reader.request()) is None:
            data = await self._stream.read()
            if not data:
                return None
            self._silence.cancel()
            self._silence = self.sim.call_later(self._idle, self.connection.abort)
            reader.feed(data)
        return request

    async def _say(self, response: Response, last: bool) -> bool:
        """Send an answer; the last one ends with the connection."""
        known = response.headers
        first = {name: known[name] for name in ("Date", "Server")} | ({"Connection": "close"} if last else {})
        length = {} if last and "Content-Type" not in known else {"Content-Length": str(len(response.body))}
        response.headers = first | length | known
        return await self._stream.write(response.pack())
