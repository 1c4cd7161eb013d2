"""HTTP messages (RFC 9112) as small devices exchange them: a body has a Content-Length, or an answer's goes to the end.

What a stranger sends is bounded: `HEAD_LIMIT` bytes of lines, `BODY_LIMIT` bytes behind them. Lines may end in a bare
line feed, as people type them over Telnet.
"""

from __future__ import annotations

import re
from dataclasses import field

from iosim.data import dataclass
from iosim.wire.error import WireError

PORT = 80
HEAD_LIMIT, BODY_LIMIT = 16384, 32768
REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (\S+) HTTP/1\.([01])\Z")
STATUS_LINE = re.compile(r"HTTP/1\.[01] (\d{3})(?: (.*))?\Z")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*\Z")
_LENGTH = re.compile(r"[0-9]{1,9}\Z")


@dataclass(slots=True)
class Request:
    """A request; names of headers that were read are in lower case."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    minor: int = 0

    @property
    def path(self) -> str:
        """What is asked for, without the query."""
        return self.target.partition("?")[0]

    @property
    def lasts(self) -> bool:
        """Whether the connection may be used for another one (RFC 9112 section 9.3)."""
        said = self.headers.get("connection", "").lower()
        return said != "close" if self.minor else said == "keep-alive"

    def pack(self) -> bytes:
        """The bytes; a body brings its length along."""
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        return _pack(f"{self.method} {self.target} HTTP/1.{self.minor}", {**self.headers, **length}, self.body)


@dataclass(slots=True)
class Response:
    """An answer; names of headers that were read are in lower case."""

    status: int
    reason: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def pack(self) -> bytes:
        """The bytes."""
        return _pack(f"HTTP/1.1 {self.status} {self.reason}", self.headers, self.body)


def _pack(start: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


class Reader:
    """Takes bytes as they come, and gives each message when it is whole.

    Raises WireError for what cannot become one, as early as that is seen. `held` is how many bytes wait here.
    """

    def __init__(self, start: re.Pattern[str]) -> None:
        self._start = start
        self._rest = bytearray()
        self._begin()

    def _begin(self) -> None:
        self._first: re.Match[str] | None = None
        self._headers: dict[str, str] = {}
        self._size = 0
        self._length: int | None = None
        self._complete = False

    @property
    def held(self) -> int:
        """How many bytes of a message that is not whole are kept."""
        return len(self._rest) + self._size

    def feed(self, data: bytes) -> None:
        """More bytes have come."""
        self._rest += data
        self._advance()

    def _advance(self) -> None:
        """Take the lines that are there."""
        while not self._complete and (end := self._rest.find(b"\n")) >= 0:
            line = self._rest[:end].decode("latin-1").rstrip("\r\0")
            del self._rest[: end + 1]
            self._size += end + 1
            self._take(line)
        if (self._size if self._complete else self.held) > HEAD_LIMIT:
            raise WireError("HTTP: the head is too long")
        if self._complete and len(self._rest) > BODY_LIMIT:
            raise WireError("HTTP: the body is too long")

    def _take(self, line: str) -> None:
        if self._first is None:
            if line:  # empty lines before a message are passed over (RFC 9112 section 2.2)
                self._first = self._start.match(line)
                if self._first is None:
                    raise WireError("HTTP: no message begins so")
        elif line:
            found = _HEADER.match(line)
            if found is None:
                raise WireError("HTTP: not a header")
            self._headers[found[1].lower()] = found[2]
        else:
            self._complete = True
            self._check_length()

    def _check_length(self) -> None:
        if "transfer-encoding" in self._headers:
            raise WireError("HTTP: a transfer coding")
        length = self._headers.get("content-length")
        if length is not None and (not _LENGTH.match(length) or int(length) > BODY_LIMIT):
            raise WireError("HTTP: a length that is none, or too long")
        self._length = None if length is None else int(length)

    def request(self) -> Request | None:
        """The request that is whole, if one is; the next one may follow it. Raises WireError."""
        self._advance()
        if self._first is None or not self._complete or len(self._rest) < (self._length or 0):
            return None
        method, target, minor = self._first.groups()
        request = Request(method, target, self._headers, self._body(self._length or 0), int(minor))
        self._begin()
        return request

    def response(self, ended: bool) -> Response | None:
        """The answer that is whole, if one is; `ended`: nothing more comes. Raises WireError when it was cut off."""
        short = not ended if self._length is None else len(self._rest) < self._length
        if self._first is None or not self._complete or short:
            if ended:
                raise WireError("HTTP: cut off")
            return None
        body = self._body(len(self._rest) if self._length is None else self._length)
        return Response(int(self._first[1]), self._first[2] or "", self._headers, body)

    def _body(self, length: int) -> bytes:
        body = bytes(self._rest[:length])
        del self._rest[:length]
        return body
