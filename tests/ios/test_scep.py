"""Enrollment over HTTP: how it is asked for, what goes wrong on the way, and what strangers send to the server."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from iosim.crypto import scep
from iosim.crypto.rsa import generate
from iosim.crypto.scep import Kind, Message, Requester
from iosim.crypto.x509 import Certificate, Terms, issue, make_name, make_request
from iosim.ios.features.pki import responder
from iosim.ios.features.pki.config import CA, Pki
from iosim.ios.features.pki.issuing import MOST_PENDING

from .http_peer import Peer
from .network import Network
from .test_pki import AUTHENTICATE, ENROLL, logged, network

FAILED = "% Error in receiving Certificate Authority certificate: status = FAIL, cert length = 0\n"
NOT_SENT = "%PKI-3-SOCKETSEND: Failed to send out message to CA server."
PAGE = b"/cgi-bin/pkiclient.exe"


def url(made: Network, text: str) -> None:
    made.configure("R1", "crypto pki trustpoint CORP", f"enrollment url {text}")


def enroll(made: Network) -> str:
    """Authenticate and enroll at R1, and wait a moment: what is in the log."""
    made.configure("R1", *AUTHENTICATE, *ENROLL)
    made.wait(2)
    return logged(made, "R1")


# The way there


def test_what_is_asked_is_what_ios_asks() -> None:
    made = network()
    made.type("R1", "debug crypto pki transactions")
    made.configure("R1", "logging buffered 100000")
    said = enroll(made)
    ask_for = "CRYPTO_PKI: Sending HTTP message: GET /cgi-bin/pkiclient.exe?operation={}&message=CORP HTTP/1.0\n"
    agent = "User-Agent: Mozilla/4.0 (compatible; MSIE 5.0; Cisco PKI)\nHost: 10.9.0.2\n"
    for operation in ("GetCACert", "GetCACaps"):
        assert ask_for.format(operation) + agent in said
    assert "POST /cgi-bin/pkiclient.exe?operation=PKIOperation HTTP/1.0\n" in said
    assert "Content-Type: application/x-pki-message\n" in said
    assert "CRYPTO_PKI: status = 100: certificate is granted" in said
    assert "%PKI-6-CERTRET" in said


def test_a_server_that_can_little_is_asked_by_get(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responder, "CAPABILITIES", ("Renewal",))
    made = network()
    made.type("R1", "debug crypto pki transactions")
    made.configure("R1", "logging buffered 100000")
    said = enroll(made)
    assert "GET /cgi-bin/pkiclient.exe?operation=PKIOperation&message=MII" in said
    assert "%PKI-6-CERTRET" in said


@pytest.mark.parametrize("text", ["http://ca:8080", "http://10.9.0.2:8080/", "HTTP://ca:8080/cgi-bin/pkiclient.exe"])
def test_the_port_and_the_host_are_those_of_the_url(text: str) -> None:
    made = network()
    made.configure("CA", "ip http port 8080")
    made.configure("R1", "ip host ca 10.9.0.2")
    url(made, text)
    assert "%PKI-6-CERTRET" in enroll(made)


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ((), "10.9.0.1"),
        (("ip http client source-interface Loopback0",), "10.1.0.1"),
        (("crypto pki trustpoint CORP", "source interface Loopback0"), "10.1.0.1"),
        (
            (
                "ip http client source-interface GigabitEthernet0/0",
                "crypto pki trustpoint CORP",
                "source interface lo0",
            ),
            "10.1.0.1",
        ),
        (("ip http client source-interface GigabitEthernet0/0",), "10.0.0.1"),
    ],
)
def test_requests_go_out_with_the_address_that_is_wanted(lines: tuple[str, ...], source: str) -> None:
    made = network()
    made.configure("R1", *lines)
    assert "%PKI-6-CERTRET" in enroll(made)
    rows = made.type("CA", "show ip http server history").splitlines()[2:]
    assert [row.split()[1].partition(":")[0] for row in rows] == [source] * 3
    assert set(lines) - {"source interface lo0"} <= {line.strip() for line in made.running("R1")}


def test_a_waiting_request_is_asked_after_and_not_made_anew() -> None:
    made = network(grant="")
    enroll(made)
    made.wait(125)
    assert made.type("CA", "crypto pki server AUTHORITY info requests").count("pending") == 1
    made.type("CA", "crypto pki server AUTHORITY grant all")
    made.wait(61)
    assert "%PKI-6-CERTRET" in logged(made, "R1")


def test_the_same_seed_gives_the_same_messages() -> None:
    frames: list[list[bytes]] = []
    for _ in range(2):
        made, seen = network(), []
        port = made.links["R1:GigabitEthernet0/1", "CA:GigabitEthernet0/0"].a
        port.taps.append(lambda outbound, frame, seen=seen: seen.append(frame))
        assert "CERTRET" in enroll(made)
        frames.append(seen)
    assert frames[0] == frames[1]
    assert len(frames[0]) > 20


# What goes wrong


def test_a_server_without_http_says_so_and_is_not_there() -> None:
    made = network()
    made.configure("CA", "no ip http server")
    shown = made.type("CA", "show crypto pki server")
    assert "    Status: disabled, HTTP Server is disabled\n    State: check failed\n" in shown
    assert '    Server\'s configuration is locked  (enter "shut" to unlock it)\n' in shown
    assert "%PKI-6-CS_DISABLED: Certificate server now disabled." in logged(made, "CA")
    assert FAILED in made.configure("R1", "crypto pki authenticate CORP")
    assert NOT_SENT in logged(made, "R1")
    made.type("CA", "clear logging", "")
    made.configure("CA", "ip http server")
    assert "%PKI-6-CS_ENABLED: Certificate server now enabled." in logged(made, "CA")
    assert "    Status: enabled\n    State: enabled\n" in made.type("CA", "show crypto pki server")
    assert "%PKI-6-CERTRET" in enroll(made)


def test_starting_a_server_without_http_is_answered_so() -> None:
    made = network()
    made.configure("CA", "no ip http server")
    started = made.configure("CA", "crypto pki server SECOND", "no shutdown", "secret12", "secret12")
    assert "% HTTP Server is disabled. Cannot start the Certificate server\n" in started
    assert "Certificate Server enabled" not in started
    again = made.configure("CA", "crypto pki server SECOND", "shutdown", "no shutdown")
    assert "Cannot start the Certificate server" in again
    assert "CS_ENABLED" not in logged(made, "CA").partition("CS_DISABLED")[2]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("http://nowhere", 0),  # no name
        ("http://10.9.0.2:81", 1),  # refused
        ("http://10.9.0.77", 31),  # nobody is there
        ("http://10.77.0.1", 1),  # no route
        ("http://10.0.0.2:9", 61),  # takes the connection and says nothing (the discard service)
        ("http://10.0.0.2:7", 1),  # says what it was told (the echo service)
        ("http://10.0.0.2:13", 1),  # says something else (the daytime service)
        ("http://10.0.0.2:19", 1),  # says more and more (the character generator)
    ],
)
def test_whoever_is_no_server_is_told_of_in_time(text: str, seconds: int) -> None:
    made = network()
    made.configure("R2", "service tcp-small-servers")
    url(made, text)
    begun = made.sim.now
    assert FAILED in made.configure("R1", "crypto pki authenticate CORP")
    assert made.sim.now - begun <= seconds * 1_000_000
    assert logged(made, "R1").count(NOT_SENT) == 1
    made.wait(120)
    assert made["R1"].stack.tcp.connections == {}


def test_an_authority_that_is_gone_is_asked_again_until_patience_ends() -> None:
    made = network()
    made.configure("R1", *AUTHENTICATE)
    made.configure("CA", "interface GigabitEthernet0/0", "shutdown")
    made.configure("R1", *ENROLL)
    made.wait(95)
    assert logged(made, "R1").count(NOT_SENT) == 2
    made.configure("CA", "interface GigabitEthernet0/0", "no shutdown")
    made.wait(70)
    assert "%PKI-6-CERTRET" in logged(made, "R1")


@pytest.mark.parametrize(
    ("lines", "count", "minutes"),
    [
        ((), 10, 10),
        (("enrollment retry count 3", "enrollment retry period 5"), 3, 15),
        (("enrollment retry count 2",), 2, 2),
    ],
)
def test_patience_ends(lines: tuple[str, ...], count: int, minutes: int) -> None:
    made = network()
    made.configure("R1", "crypto pki trustpoint CORP", *lines)
    assert set(lines) <= {line.strip() for line in made.running("R1")}
    made.configure("R1", *AUTHENTICATE)
    made.configure("CA", "no ip http server")
    made.configure("R1", *ENROLL)
    made.wait(minutes * 60 - 1)
    assert "CERTFAIL" not in logged(made, "R1")
    made.wait(2)
    assert logged(made, "R1").count(NOT_SENT) == count
    assert logged(made, "R1").count("%PKI-6-CERTFAIL: Certificate enrollment failed.") == 1
    assert "CERTRET" not in logged(made, "R1")


def test_an_enrollment_outlives_its_trustpoint_by_nothing() -> None:
    made = network(grant="")
    enroll(made)
    made.configure("R1", "no crypto pki trustpoint CORP")
    made.type("CA", "crypto pki server AUTHORITY grant all")
    made.wait(700)
    assert "CERTRET" not in logged(made, "R1")
    assert not [line for line in made.running("R1") if "crypto pki" in line]


def test_an_answer_of_another_authority_is_not_believed() -> None:
    made = network()
    made.configure("R1", *AUTHENTICATE)
    made.configure("CA", "no crypto pki server AUTHORITY", "no crypto pki trustpoint AUTHORITY")
    made.configure("CA", "crypto key zeroize rsa AUTHORITY", "yes")
    made.configure("CA", "crypto pki server AUTHORITY", "grant auto", "no shutdown", "secret12", "secret12")
    made.configure("R1", *ENROLL)
    made.wait(5)
    assert "CERTRET" not in logged(made, "R1")
    made.wait(600)
    assert "%PKI-6-CERTFAIL: Certificate enrollment failed." in logged(made, "R1")
    assert NOT_SENT not in logged(made, "R1")


def test_a_server_that_is_shut_behind_its_port_is_no_failure_to_send() -> None:
    made = network()
    made.configure("CA", "crypto pki server AUTHORITY", "shutdown")
    assert FAILED in made.configure("R1", "crypto pki authenticate CORP")
    assert NOT_SENT not in logged(made, "R1")


# Strangers


def stranger(made: Network, name: str = "Stranger") -> Requester:
    """Somebody with a key who knows the authority."""
    chance = random.Random(name)
    key, subject = generate(1024, chance.randbytes), make_name(f"CN={name}")
    now = made["CA"].clock_now().replace(microsecond=0)
    own = issue(subject, key.private.public_key(), subject, key, Terms(1, now, now.replace(year=2030), "sha256"))
    der = made["CA"].config[Pki].chain("AUTHORITY").der(CA)
    assert der is not None
    return Requester(Certificate(own), key, Certificate(der), "sha256", "aes-128", chance.randbytes)


def post(made: Network, message: bytes) -> bytes:
    """The answer to a message by POST."""
    peer = Peer(made, address="10.9.0.2")
    head = b"POST %s?operation=PKIOperation HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % (PAGE, len(message))
    peer.send(head + message)
    peer.connection.close()
    peer.wait(0.3)
    return peer.heard


def answered(made: Network, who: Requester, asked: tuple[Message, bytes]) -> str:
    """What becomes of a message."""
    body = post(made, asked[1]).partition(b"\r\n\r\n")[2]
    return who.read(body, asked[0])[0].status


def csr(who: Requester, name: str = "Stranger") -> bytes:
    return make_request(make_name(f"CN={name}"), who.key, "sha256")


def test_a_request_must_be_signed_by_the_key_that_it_is_for() -> None:
    made = network()
    who, other = stranger(made), stranger(made, "Other")
    assert answered(made, who, who.request(Kind.REQUEST, csr(other))) == scep.Status.FAILURE
    assert answered(made, who, who.request(Kind.REQUEST, b"no request")) == scep.Status.FAILURE
    assert answered(made, who, who.request(Kind.REQUEST, csr(who))) == scep.Status.SUCCESS


def test_a_stranger_learns_nothing_about_the_requests_of_others() -> None:
    made = network(grant="")
    who, other = stranger(made), stranger(made, "Other")
    assert answered(made, who, who.poll(b"")) == scep.Status.FAILURE
    assert answered(made, who, who.request(Kind.REQUEST, csr(who))) == scep.Status.PENDING
    assert answered(made, who, who.poll(b"")) == scep.Status.PENDING
    message = Message(Kind.POLL, scep.transaction_of(who.key.public_der), bytes(16))
    sealed = scep.cms.envelope(b"", other.authority, "aes-128", other.random_bytes)
    forged = message, message.pack(sealed, other.certificate, other.key, "sha256")
    assert answered(made, other, forged) == scep.Status.FAILURE


def test_the_requests_that_wait_are_bounded() -> None:
    made = network(grant="")
    who = stranger(made)
    asked = [who.request(Kind.REQUEST, csr(who, f"N{number}")) for number in range(MOST_PENDING + 3)]
    statuses = [answered(made, who, each) for each in asked]
    assert statuses == [scep.Status.PENDING] * MOST_PENDING + [scep.Status.FAILURE] * 3
    assert made.type("CA", "crypto pki server AUTHORITY info requests").count("pending") == MOST_PENDING


def test_what_is_no_operation_is_not_found_and_what_is_no_message_is_bad() -> None:
    made = network()

    def status(request: bytes) -> str:
        peer = Peer(made, address="10.9.0.2")
        peer.send(request)
        return peer.heard.partition(b"\r\n")[0].decode()

    for query in (
        b"",
        b"?",
        b"?operation=",
        b"?operation=GetNextCACert&message=x",
        b"?message=x",
        b"?operation=x&operation=",
    ):
        assert status(b"GET %s%s HTTP/1.0\r\n\r\n" % (PAGE, query)) == "HTTP/1.1 404 Not Found"
    for message in (b"", b"x", b"%%%", b"MA==", quote("\u20ac").encode()):
        request = b"GET %s?operation=PKIOperation&message=%s HTTP/1.0\r\n\r\n" % (PAGE, message)
        assert status(request) == "HTTP/1.1 400 Bad Request"
    assert status(b"POST %s?operation=GetCACert HTTP/1.0\r\n\r\n" % PAGE) == "HTTP/1.1 404 Not Found"
    made.configure("CA", "crypto pki server AUTHORITY", "shutdown")
    assert status(b"GET %s?operation=GetCACert HTTP/1.0\r\n\r\n" % PAGE) == "HTTP/1.1 401 Unauthorized"


def test_damaged_messages_change_nothing() -> None:
    made, chance = network(), random.Random(5)
    who = stranger(made)
    _, good = who.request(Kind.REQUEST, csr(who))
    for _ in range(60):
        at, kind = chance.randrange(len(good)), chance.randrange(3)
        damaged = [good[:at], good[:at] + chance.randbytes(2) + good[at + 2 :], good + chance.randbytes(3)][kind]
        assert post(made, damaged).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 200 "))
    issued = made["CA"].private.servers.get("AUTHORITY")
    assert issued is None or set(issued.requests) <= {csr(who)}


def test_the_challenge_password_goes_with_the_request_and_only_in_the_envelope() -> None:
    made, seen = network(), []
    port = made.links["R1:GigabitEthernet0/1", "CA:GigabitEthernet0/0"].a
    port.taps.append(lambda outbound, frame: seen.append(frame))
    made.configure("R1", *AUTHENTICATE, "crypto pki enroll CORP", "hunter2hunter2", "hunter2hunter2", "yes")
    made.wait(2)
    assert "CERTRET" in logged(made, "R1")
    (request,) = made["CA"].private.servers["AUTHORITY"].requests.values()
    assert b"hunter2hunter2" in request.der
    assert not any(b"hunter2" in frame for frame in seen)
