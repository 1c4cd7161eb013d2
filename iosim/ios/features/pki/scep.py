"""How certificates are asked for over the network: the operations of SCEP (RFC 8894) in single datagrams.

SCEP goes over HTTP. Here each request and each answer of it is one UDP datagram at port 80 and no TCP connection, in
the form of HTTP/1.0: `GET /cgi-bin/pkiclient.exe?operation=GetCACert`, and `operation=PKIOperation` with the PKCS #10
request in base64, which a header `pkiStatus` answers (0 success, 2 failure, 3 pending, as in SCEP). The PKCS #7
envelopes around request and certificate, which keep a challenge password secret, are left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from iosim.data import dataclass
from iosim.grammar.values import parse_address
from iosim.ios.features.names import lookup
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.sim.clock import SECOND
from iosim.sim.task import Signal, wait_for

PORT = 80
FIRST_CLIENT_PORT, LAST_CLIENT_PORT = 49152, 65535
PATIENCE, TRIES = 5 * SECOND, 3
SUCCESS, FAILURE, PENDING = 0, 2, 3
GET_CA, ENROLL = "GetCACert", "PKIOperation"
_URL = re.compile(r"http://([^/:]+)(?::(\d{1,5}))?(/.*)?\Z", re.IGNORECASE)
_REQUEST = re.compile(rb"GET \S*\?operation=(\w+)&message=(\S*) HTTP/1\.[01]\r\n\r\n\Z")
_ANSWER = re.compile(rb"HTTP/1\.0 200 OK\r\npkiStatus: ([023])\r\n\r\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says: the `status`, and a certificate (DER) where there is one."""

    status: int
    body: bytes = b""

    def pack(self) -> bytes:
        """The datagram."""
        return b"HTTP/1.0 200 OK\r\npkiStatus: %d\r\n\r\n%s" % (self.status, self.body)


Service = Callable[[str, bytes], Answer]
"""Called with the operation and its message."""


@feature
class Scep(Feature):
    """One router's side of these datagrams: what it asks, and the `service` that answers where it is a server."""

    order = 64

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.service: Service | None = None
        self._next_port = FIRST_CLIENT_PORT

    def serve(self, service: Service | None) -> None:
        """Answer from now on, or no longer."""
        udp = self.router.stack.udp
        if (service is None) is not (self.service is None):
            if service is None:
                udp.unbind(PORT)
            else:
                udp.bind(PORT, self._receive)
        self.service = service

    def stop(self) -> None:
        self.serve(None)

    async def ask(self, url: str, operation: str, message: bytes) -> Answer | None:
        """Ask a server; None when the URL leads nowhere, or no answer comes in time."""
        where = self._place(url)
        if where is None:
            return None
        text = base64.b64encode(message).decode() if operation == ENROLL else message.decode()
        query = f"operation={operation}&message={quote(text, safe='')}"
        datagram = f"GET /cgi-bin/pkiclient.exe?{query} HTTP/1.0\r\n\r\n".encode()
        return await self._exchange(datagram, *where)

    async def _exchange(self, datagram: bytes, address: int, port: int) -> Answer | None:
        udp, own = self.router.stack.udp, self._next_port
        self._next_port = FIRST_CLIENT_PORT if own == LAST_CLIENT_PORT else own + 1
        heard: Signal[Answer] = Signal()

        def hear(data: bytes, source: int, source_port: int, destination: int, destination_port: int) -> None:
            found = _ANSWER.match(data)
            if (source, source_port) == (address, port) and found:
                heard.set(Answer(int(found[1]), found[2]))

        udp.bind(own, hear)
        try:
            for _ in range(TRIES):
                udp.send(datagram, address, port, own)
                answer = await wait_for(self.router.sim, heard, PATIENCE)
                if answer is not None:
                    return answer
            return None
        finally:
            udp.unbind(own)

    def _place(self, url: str) -> tuple[int, int] | None:
        """The address and port of a URL; the host may be a name of `ip host`."""
        found = _URL.match(url)
        if found is None:
            return None
        address = parse_address(found[1])
        if address is None:
            entry = lookup(self.router.config, found[1])
            address = entry.address[0] if entry is not None and entry.address else None
        port = int(found[2] or PORT)
        return (address, port) if address is not None and 0 < port < 65536 else None

    def _receive(self, data: bytes, source: int, source_port: int, destination: int, destination_port: int) -> None:
        found = _REQUEST.match(data)
        if found is None or self.service is None or self.router.stack.is_broadcast(destination):
            self.router.stack.drop("no SCEP request")
            return
        answer = self.service(found[1].decode(), _message(found[1].decode(), found[2].decode("ascii", "replace")))
        self.router.stack.udp.send(answer.pack(), source, source_port, PORT, source=destination)


def _message(operation: str, text: str) -> bytes:
    """The message of a request; empty when it is none."""
    message = unquote(text).encode()
    if operation != ENROLL:
        return message
    try:
        return base64.b64decode(message, validate=True)
    except (binascii.Error, ValueError):
        return b""
