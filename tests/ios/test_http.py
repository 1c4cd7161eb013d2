"""`ip http server`: what it answers, what it shows, and what a slow or hostile peer may hold."""

from __future__ import annotations

import base64
import random
import tracemalloc

import pytest

from iosim.ios.features.http.server import HISTORY, HttpServer
from iosim.wire.http import BODY_LIMIT, HEAD_LIMIT

from .http_peer import Peer, ask, served
from .network import pair

GET = b"GET / HTTP/1.0\r\n\r\n"


def login(text: str) -> bytes:
    return b"GET / HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n" % base64.b64encode(text.encode())


def status(answer: bytes) -> str:
    return answer.partition(b"\r\n")[0].decode()


def test_a_student_types_a_request_over_telnet() -> None:
    made = served()
    for node in ("R1", "PC1"):
        printed = made.type(node, "telnet 10.0.0.2 80", "GET / HTTP/1.0", "")
        assert "10.0.0.2, 80 ... Open\n" in printed
        answer = printed.replace("\r", "")[printed.index("HTTP/1.1") :]
        lines = answer.splitlines()
        assert lines[0] == "HTTP/1.1 401 Unauthorized"
        assert lines[1].startswith("Date: Fri, 01 Mar 2002 00:00:")
        assert lines[2:5] == ["Server: cisco-IOS", "Connection: close", "Accept-Ranges: none"]
        assert lines[5:8] == ['WWW-Authenticate: Basic realm="level_15_access"', "", "401 Unauthorized"]
        assert "[Connection to 10.0.0.2 closed by foreign host]" in printed


def test_what_is_no_request_is_told_so_at_its_first_line() -> None:
    made = served()
    printed = made.type("R1", "telnet 10.0.0.2 80", "hello")
    assert "HTTP/1.1 400 Bad Request" in printed
    assert "closed by foreign host" in printed


@pytest.mark.parametrize(
    ("method", "good", "bad"),
    [
        ("", ["x:geheim", ":geheim"], ["admin:wort", "x:falsch", ""]),
        ("local", ["admin:wort"], ["admin:geheim", "x:wort"]),
    ],
)
def test_whoever_knows_the_password_learns_that_there_is_no_page(method: str, good: list[str], bad: list[str]) -> None:
    made = served(f"ip http authentication {method}\n" if method else "")
    for text in good:
        assert status(ask(made, login(text))) == "HTTP/1.1 404 Not Found"
    for text in bad:
        assert status(ask(made, login(text))) == "HTTP/1.1 401 Unauthorized"
    assert status(ask(made, b"GET / HTTP/1.0\r\nAuthorization: Basic ???\r\n\r\n")) == "HTTP/1.1 401 Unauthorized"


def test_the_server_is_off_unless_it_is_configured() -> None:
    made = pair()
    assert "% Connection refused by remote host" in made.type("R1", "telnet 10.0.0.2 80")
    assert "no ip http server" in made.running("R2")
    assert "HTTP server status: Disabled\nHTTP server port: 80\n" in made.type("R2", "show ip http server status")
    made.configure("R2", "ip http server", "ip http port 8080")
    assert "% Connection refused" in made.type("R1", "telnet 10.0.0.2 80")
    assert status(ask(made, GET, port=8080)) == "HTTP/1.1 401 Unauthorized"
    shown = made.type("R2", "show ip http server status")
    assert "HTTP server status: Enabled\nHTTP server port: 8080\n" in shown
    assert [line for line in made.running("R2") if "ip http" in line][:2] == ["ip http server", "ip http port 8080"]
    assert "% Invalid port" in made.configure("R2", "ip http port 23")
    made.configure("R2", "no ip http port", "no ip http server")
    assert "% Connection refused" in made.type("R1", "telnet 10.0.0.2 8080")


def test_an_access_class_says_who_may_come() -> None:
    made = served("access-list 10 permit host 10.0.0.1\nip http access-class 10\n")
    assert status(ask(made, GET)) == "HTTP/1.1 401 Unauthorized"
    assert "% Connection refused by remote host" in made.type("PC1", "telnet 10.0.0.2 80")
    assert "(1 match)" in made.type("R2", "show access-lists 10")
    assert "HTTP server access class: 10\n" in made.type("R2", "show ip http server status")
    made.configure("R2", "no ip http access-class")
    assert "Open" in made.type("PC1", "telnet 10.0.0.2 80")


def test_authentication_by_others_is_kept_in_its_place() -> None:
    made = served()
    for line, shown in (("aaa", "aaa"), ("local", "local"), ("tacacs", "tacacs"), ("enable", None)):
        made.configure("R2", f"ip http authentication {line}")
        said = [each.split()[-1] for each in made.running("R2") if each.startswith("ip http authentication")]
        assert said == ([shown] if shown else [])


def test_who_sends_far_too_much_gets_the_answer_all_the_same() -> None:
    made = served()
    sent = made.type("PC1", "tcp send 10.0.0.2 80 200000")
    assert "200000 bytes in" in sent
    assert "Closed" in sent
    assert made["R2"][HttpServer].visits == []


def test_views_show_what_happened() -> None:
    made = served()
    ask(made, GET)
    peer = Peer(made)
    peer.send(b"GET")
    connection = made.type("R2", "show ip http server connection")
    port = peer.connection.key[1]
    assert connection.splitlines()[2:] == [f"10.0.0.2:80  10.0.0.1:{port}  3  0"]
    statistics = made.type("R2", "show ip http server statistics")
    assert statistics == "HTTP server statistics:\nAccepted connections total: 2\n"
    (row,) = made.type("R2", "show ip http server history").splitlines()[2:]
    assert row.split()[2:] == ["18", "194", row.split()[4], "01/03"]
    everything = made.type("R2", "show ip http server all")
    for heading in ("HTTP server status", "current connections:", "statistics:", "history:"):
        assert heading in everything
    assert "HTTP CORE" in made.type("R2", "show control-plane host open-ports")
    for _ in range(HISTORY + 2):
        ask(made, GET)
    assert len(made.type("R2", "show ip http server history").splitlines()) == HISTORY + 2


def test_a_connection_brings_as_many_requests_as_it_may() -> None:
    made = served("ip http timeout-policy idle 30 life 60 requests 3\n")
    answers = ask(made, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 5)
    assert answers.count(b"HTTP/1.1 401 ") == 3
    assert answers.count(b"Connection: close") == 1
    assert answers.count(b"Content-Length: 20") == 2
    assert ask(made, GET * 5).count(b"HTTP/1.1 401 ") == 1
    assert ask(made, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n" * 2).count(b"HTTP/1.1 401 ") == 1


# Slow and hostile peers


@pytest.mark.parametrize(("idle", "life", "lasts"), [(20, 600, 20), (600, 30, 30)])
def test_who_says_nothing_is_thrown_out(idle: int, life: int, lasts: int) -> None:
    made = served(f"ip http timeout-policy idle {idle} life {life} requests 1\n")
    peer = Peer(made)
    peer.wait(lasts - 2)
    assert peer.open
    peer.wait(4)
    assert not peer.open
    assert made["R2"][HttpServer].visits == []


def test_who_sends_a_byte_now_and_then_is_thrown_out_at_the_end_of_its_life() -> None:
    made = served("ip http timeout-policy idle 20 life 120 requests 1\n")
    peer, sent = Peer(made), 0
    while peer.open and sent < 100:
        peer.send(b"GET / HTTP/1.0\r\nX: "[sent : sent + 1] or b"y")
        peer.wait(9)
        sent += 1
    assert 10 <= sent <= 14
    assert made["R2"].stack.tcp.connections == {}


def test_who_does_not_read_is_thrown_out() -> None:
    made = served("ip http timeout-policy idle 600 life 60 requests 86400\n")
    peer = Peer(made)
    peer.connection.receiver.size = 100
    peer.connection.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
    made.wait(70)
    assert made["R2"][HttpServer].visits == []


def test_no_more_than_the_allowed_connections_at_a_time() -> None:
    made = served("ip http max-connections 3\nip http timeout-policy idle 30 life 30 requests 1\n")
    peers = [Peer(made) for _ in range(5)]
    assert [peer.open for peer in peers] == [True] * 3 + [False] * 2
    assert len(made["R2"][HttpServer].visits) == 3
    made.wait(31)
    assert status(ask(made, GET)) == "HTTP/1.1 401 Unauthorized"


def test_who_is_answered_and_does_not_hang_up_is_in_nobodys_way() -> None:
    made = served("ip http max-connections 2\n")
    peers = [Peer(made) for _ in range(2)]
    for peer in peers:
        peer.send(GET)
    assert status(ask(made, GET)) == "HTTP/1.1 401 Unauthorized"
    assert made.type("R2", "show ip http server connection").count("10.0.0.1:") == 0
    made.wait(120)
    assert made["R2"].stack.tcp.connections == {}


def test_too_much_is_refused_before_it_is_held() -> None:
    made = served()
    for data in (
        b"GET /" + b"x" * (2 * HEAD_LIMIT),
        b"GET / HTTP/1.0\r\n" + b"X: y\r\n" * HEAD_LIMIT,
        b"POST / HTTP/1.0\r\nContent-Length: 999999999\r\n\r\n" + bytes(BODY_LIMIT),
        b"POST / HTTP/1.0\r\nContent-Length: 4\r\n\r\n" + bytes(2 * BODY_LIMIT),
    ):
        assert status(ask(made, data)) in ("HTTP/1.1 400 Bad Request", "HTTP/1.1 401 Unauthorized")
    assert made["R2"][HttpServer].visits == []


@pytest.mark.usefixtures("traced")
def test_a_flood_of_requests_that_never_end_holds_little() -> None:
    made = served("ip http max-connections 16\nip http timeout-policy idle 600 life 86400 requests 1\n")
    before, most = tracemalloc.get_traced_memory()[0], 0
    for number in range(400):
        peer = Peer(made)
        if peer.open:
            peer.send(b"GET / HTTP/1.0\r\n" + b"X%d: y\r\n" % number * 1500)
        most = max(most, len(made["R2"].stack.tcp.connections))
    assert len(made["R2"][HttpServer].visits) == 16 == most
    assert tracemalloc.get_traced_memory()[0] - before < 3_000_000
    made.wait(601)
    assert made["R2"].stack.tcp.connections == {}


def test_any_bytes_are_answered_or_hung_up_on() -> None:
    made, chance = served("ip http timeout-policy idle 5 life 5 requests 3\n"), random.Random(1)
    parts = [
        b"GET ",
        b"POST ",
        b"/",
        b" HTTP/1.0",
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"Content-Length: ",
        b"9",
        b"\0",
        b"\xff",
    ]
    for _ in range(60):
        data = b"".join(chance.choice([*parts, chance.randbytes(chance.randrange(9))]) for _ in range(12))
        answer = ask(made, data)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    made.wait(6)
    assert made["R2"][HttpServer].visits == []
    assert status(ask(made, GET)) == "HTTP/1.1 401 Unauthorized"


def test_a_reload_ends_what_is_open() -> None:
    made = served()
    peer = Peer(made)
    peer.send(b"GET ")
    made.type("R2", "write memory", "reload", "")
    made.wait(100)
    assert made["R2"][HttpServer].visits == []
    assert status(ask(made, GET)) == "HTTP/1.1 401 Unauthorized"
