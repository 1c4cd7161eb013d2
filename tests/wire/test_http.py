"""HTTP messages: what is written is read, in whatever pieces it comes; Python's own parser agrees; and any bytes."""

from __future__ import annotations

import itertools
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.http import BODY_LIMIT, HEAD_LIMIT, REQUEST_LINE, STATUS_LINE, Reader, Request, Response

TOKEN = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("content-length", "transfer-encoding")
)
HEADERS = st.dictionaries(TOKEN, st.from_regex(r"([!-~]([ -~]{0,20}[!-~])?)?", fullmatch=True), max_size=4)
TARGET = st.from_regex(r"/[!-~]{0,40}", fullmatch=True)
BODY = st.binary(max_size=300)
REQUESTS = st.builds(Request, st.sampled_from(["GET", "POST", "HEAD"]), TARGET, HEADERS, BODY, st.integers(0, 1))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in itertools.pairwise(at)]


def bare(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


@given(st.lists(REQUESTS, min_size=1, max_size=3), st.lists(st.integers(0, 2000)))
def test_requests_are_read_in_any_pieces(requests: list[Request], cuts: list[int]) -> None:
    reader, read = Reader(REQUEST_LINE), []
    for piece in pieces(b"".join(request.pack() for request in requests), cuts):
        reader.feed(piece)
        while (request := reader.request()) is not None:
            read.append(Request(request.method, request.target, bare(request.headers), request.body, request.minor))
    assert read == requests
    assert reader.held == 0


@given(st.integers(100, 599), st.text("abc ", max_size=9).map(str.strip), HEADERS, BODY, st.booleans())
def test_answers_are_read_by_their_length_and_to_the_end(
    status: int, reason: str, headers: dict[str, str], body: bytes, tells: bool
) -> None:
    length = {"Content-Length": str(len(body))} if tells else {}
    data = Response(status, reason, {**headers, **length}, body).pack()
    reader = Reader(STATUS_LINE)
    reader.feed(data)
    answer = reader.response(ended=False)
    assert (answer is not None) is tells
    answer = answer or reader.response(ended=True)
    assert answer is not None
    assert (answer.status, answer.reason, bare(answer.headers), answer.body) == (status, reason, headers, body)


@given(st.binary(max_size=200), st.sampled_from([b"", b"GET / HTTP/1.0\r\n", b"HTTP/1.1 200 OK\r\n", b"\r\n\n"]))
def test_any_bytes_are_a_message_or_a_wire_error(data: bytes, before: bytes) -> None:
    for start in (REQUEST_LINE, STATUS_LINE):
        reader = Reader(start)
        try:
            reader.feed(before + data)
            if start is REQUEST_LINE:
                reader.request()
            else:
                reader.response(ended=True)
        except WireError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"get / HTTP/1.0\r\n",
        b"GET / HTTP/2.0\r\n",
        b"GET /a b HTTP/1.0\r\n",
        b"GET / HTTP/1.0\r\nno colon\r\n",
        b"GET / HTTP/1.0\r\nname : value\r\n",
        b"GET / HTTP/1.0\r\n folded: value\r\n",
        b"POST / HTTP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.0\r\nContent-Length: 1, 1\r\n\r\n",
        b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1),
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"x" * (HEAD_LIMIT + 1),
        b"GET / HTTP/1.0\r\n" + b"a: b\r\n" * (HEAD_LIMIT // 6),
        b"\r\n" * HEAD_LIMIT,
        b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n" + bytes(BODY_LIMIT + 1),
    ],
)
def test_what_cannot_become_a_request_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(WireError):
        Reader(REQUEST_LINE).feed(data)


def test_an_answer_that_is_cut_off_is_none() -> None:
    for data in (b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678"):
        reader = Reader(STATUS_LINE)
        reader.feed(data)
        with pytest.raises(WireError):
            reader.response(ended=True)


def test_a_good_request_is_read_before_a_bad_one() -> None:
    reader = Reader(REQUEST_LINE)
    reader.feed(b"GET /a HTTP/1.0\r\n\r\nnonsense\r\n")
    assert reader.request() == Request("GET", "/a")
    with pytest.raises(WireError):
        reader.request()


def test_a_length_is_not_looked_at_before_its_head_is_whole() -> None:
    reader = Reader(REQUEST_LINE)
    reader.feed(b"POST / HTTP/1.0\r\nContent-Length: some\r\n")
    assert reader.request() is None
    with pytest.raises(WireError):
        reader.feed(b"\r\n")


def test_lines_may_end_as_people_end_them() -> None:
    reader = Reader(REQUEST_LINE)
    reader.feed(b"\nGET / HTTP/1.0\nHost: a\r\0\n\n")
    assert reader.request() == Request("GET", "/", {"host": "a"})


@pytest.mark.parametrize(
    ("minor", "said", "lasts"), [(0, "", False), (0, "Keep-Alive", True), (1, "", True), (1, "close", False)]
)
def test_connections_last_as_their_version_says(minor: int, said: str, lasts: bool) -> None:
    assert Request("GET", "/", {"connection": said} if said else {}, minor=minor).lasts is lasts


# Python's own parsers


class _Socket:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: Any) -> BytesIO:
        return BytesIO(self._data)


class _Parser(BaseHTTPRequestHandler):
    def __init__(self, data: bytes) -> None:
        self.rfile, self.wfile = BytesIO(data), BytesIO()
        self.raw_requestline = self.rfile.readline()
        self.parsed = self.parse_request()


@given(st.integers(200, 599), HEADERS, BODY)
def test_python_reads_our_answers(status: int, headers: dict[str, str], body: bytes) -> None:
    data = Response(status, "Reason", {**headers, "Content-Length": str(len(body))}, body).pack()
    theirs = HTTPResponse(_Socket(data))  # type: ignore[arg-type]
    theirs.begin()
    assert theirs.status == status
    assert all(theirs.headers[name] == value for name, value in headers.items())
    assert theirs.read() == (b"" if status in (204, 304) else body)


@given(REQUESTS)
def test_python_reads_our_requests(request: Request) -> None:
    theirs = _Parser(request.pack())
    assert theirs.parsed
    assert theirs.command == request.method
    assert theirs.path.lstrip("/") == request.target.lstrip("/")
    assert theirs.rfile.read() == request.body
