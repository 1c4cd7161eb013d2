"""`crypto pki server`: a router as a certificate authority, from which the others authenticate and enroll."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.ios.clock import clock_text
from iosim.ios.config import Config
from iosim.ios.features.pki.config import CA, KeyLabel, Pki, ServerSettings, Trustpoint
from iosim.ios.features.pki.enroll import pasted
from iosim.ios.features.pki.keys import generating, make
from iosim.ios.features.pki.scep import FAILURE, GET_CA, PENDING, SUCCESS, Answer, Scep
from iosim.ios.features.pki.trust import PkiFeature, read
from iosim.ios.private import Issued, PendingRequest
from iosim.ios.registry import answer, feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session

DEFAULT_BITS = 1024
DEFAULT_DAYS = {"ca-certificate": 3 * 365, "certificate": 365}
MOST_PENDING = 100
"""Requests that wait; what comes beyond that fails."""
MOST_KEPT = 1000
"""Requests that are remembered; beyond that the oldest of those that are answered goes."""


@feature
class CertificateServers(Feature):
    """The certificate servers of a router, of which one answers: the first that is enabled."""

    order = 66

    def reconcile(self) -> None:
        """Answer while a server is enabled; one that a startup configuration enables makes its certificate now."""
        router, config = self.router, self.router.config[Pki]
        if router.sim.now == router.booted_at:
            for name, server in config.servers.items():
                if not server[ServerSettings].shut and config.chain(name).der(CA) is None:
                    self._enable(name, server[ServerSettings])
        router[Scep].serve(self._answer if self.name is not None else None)

    def _enable(self, name: str, settings: ServerSettings) -> None:
        try:
            enable(self.router, name)
        except CryptoError:
            settings.shut = True  # as nobody is there to be told that its name or its key will not do

    @property
    def name(self) -> str | None:
        """The server that answers."""
        return next((name for name in self.router.config[Pki].servers if is_enabled(self.router, name)), None)

    def _answer(self, operation: str, message: bytes) -> Answer:
        name = self.name
        authority = self.router.config[Pki].chain(name).der(CA) if name is not None else None
        if name is None or authority is None:
            return Answer(FAILURE)
        if operation == GET_CA:
            return Answer(SUCCESS, authority)
        return self._enroll(name, message)

    def _enroll(self, name: str, message: bytes) -> Answer:
        try:
            known = take_request(self.router, name, message)
        except CryptoError:
            return Answer(FAILURE)
        if known is not None and known.answer is None:
            return Answer(PENDING)
        return Answer(SUCCESS, known.answer) if known is not None and known.answer else Answer(FAILURE)


def is_enabled(router: Router, name: str) -> bool:
    """Whether a server is not shut and has its certificate and key."""
    config = router.config[Pki]
    settings = config.servers[name][ServerSettings]
    return not settings.shut and config.chain(name).der(CA) is not None and name in router.private.key_pairs


def issued_by(router: Router, name: str) -> Issued:
    """What a server has issued."""
    return router.private.servers.setdefault(name, Issued())


def take_request(router: Router, name: str, der: bytes) -> PendingRequest | None:
    """A request, be it the first time or the repetition of one that waits; None when it is refused at once.

    Raises CryptoError when the octets are no request.
    """
    from iosim.crypto.x509 import Request

    issued, grant = issued_by(router, name), router.config[Pki].servers[name][ServerSettings].grant
    known = issued.requests.get(Request(der).der)
    if known is None and grant != "none" and len(pending(issued)) < MOST_PENDING:
        if len(issued.requests) >= MOST_KEPT:
            del issued.requests[next(old.der for old in issued.requests.values() if old.answer is not None)]
        issued.last_number += 1
        known = issued.requests[der] = PendingRequest(issued.last_number, der)
        if grant == "auto":
            known.answer = issue(router, name, known)
    return known


def pending(issued: Issued) -> list[PendingRequest]:
    """The requests that wait."""
    return [request for request in issued.requests.values() if request.answer is None]


def enable(router: Router, name: str) -> None:
    """Make the key pair of a server, where there is none of its name, and the certificate that it signs itself.

    Raises CryptoError when its name is no distinguished name, or its key too short.
    """
    from iosim.crypto import x509

    config, now = router.config[Pki], router.clock_now().replace(microsecond=0)
    settings = config.servers[name][ServerSettings]
    subject = x509.make_name(settings.issuer or f"cn={name}")
    pair = router.private.key_pairs.get(name) or make(router, name, DEFAULT_BITS)
    end = now + timedelta(minutes=settings.minutes("ca-certificate", DEFAULT_DAYS["ca-certificate"]))
    terms = x509.Terms(1, now, end, settings.hash, authority=True)
    der = x509.issue(subject, pair.key.private.public_key(), subject, pair.key, terms)
    trustpoint = config.trustpoints.setdefault(name, Config("ca_trustpoint", {"name": [name]}))
    trustpoint[Trustpoint].rsakeypair = KeyLabel(name)
    config.put(name, CA, "01", der)
    router.private.servers.pop(name, None)
    router.syslog.message("PKI-6-CS_ENABLED", "Certificate server now enabled.")


def issue(router: Router, name: str, request: PendingRequest) -> bytes:
    """The certificate (DER) for a request. It does not outlive that of the server."""
    from iosim.crypto import x509

    config, issued = router.config[Pki], issued_by(router, name)
    settings, authority = config.servers[name][ServerSettings], read(config.chain(name).der(CA))
    assert authority is not None
    asked, now = x509.Request(request.der), router.clock_now().replace(microsecond=0)
    end = now + timedelta(minutes=settings.minutes("certificate", DEFAULT_DAYS["certificate"]))
    terms = x509.Terms(issued.next_serial, now, min(end, authority.not_after.replace(tzinfo=None)), settings.hash)
    issued.next_serial += 1
    key = router.private.key_pairs[name].key
    return x509.issue(asked.name, asked.public, authority.name, key, terms, asked.alternative)


@answer("cs_shutdown")
def _switch(session: Session, config: Config, statement: Statement) -> str:
    """`no shutdown` the first time makes the key pair and asks for what protects it."""
    name, router = str(config.get("name")), session.router
    if config[ServerSettings].shut:
        router.syslog.message("PKI-6-CS_DISABLED", "Certificate server now disabled.")
        return ""
    if router.config[Pki].chain(name).der(CA) is not None:
        router.syslog.message("PKI-6-CS_ENABLED", "Certificate server now enabled.")
        return ""
    session.start(_enable(session, config, name))
    return ""


async def _enable(session: Session, config: Config, name: str) -> None:
    session.write(
        "%Some server settings cannot be changed after CA certificate generation.\n"
        "% Please enter a passphrase to protect the private key\n% or type Return to exit\n"
    )
    password = await session.ask("Password: ", secret=True)
    if not password:
        config[ServerSettings].shut = True
        return
    if len(password) < 7:
        config[ServerSettings].shut = True
        raise Rejected("% Password must be at least 7 characters.")
    if await session.ask("\nRe-enter password: ", secret=True) != password:
        config[ServerSettings].shut = True
        raise Rejected("% Passwords do not match.")
    router = session.router
    session.write("\n")
    if name not in router.private.key_pairs:
        session.write(generating(DEFAULT_BITS, exportable=False))
    try:
        enable(router, name)
    except CryptoError as problem:
        config[ServerSettings].shut = True
        raise Rejected(f"% Certificate server cannot be enabled: {problem}") from None
    session.write("\n% Certificate Server enabled.\n")
    router.reconcile()


# What an operator decides


def _known(session: Session, statement: Statement) -> str:
    name = str(statement.get("name"))
    if name not in session.router.config[Pki].servers:
        raise Rejected(f"% Certificate server {name} is not configured.")
    return name


@handler("pki_server_grant", "pki_server_reject")
def decide(session: Session, statement: Statement) -> str:
    """`crypto pki server NAME grant|reject all|NUMBER`: the answer waits until the router asks again."""
    router, name, which = session.router, _known(session, statement), statement.get("which")
    chosen = [request for request in pending(issued_by(router, name)) if which in ("all", request.number)]
    if not chosen:
        raise Rejected("% No pending requests found.")
    for request in chosen:
        request.answer = issue(router, name, request) if statement.command == "pki_server_grant" else b""
    return ""


@handler("pki_server_request")
def request(session: Session, statement: Statement) -> Coroutine[Any, Any, None]:
    """`crypto pki server NAME request pkcs10 terminal`: the request is pasted, the certificate printed."""
    name = _known(session, statement)
    if not is_enabled(session.router, name):
        raise Rejected("% Certificate server is not enabled.")
    return _request(session, name)


async def _request(session: Session, name: str) -> None:
    from iosim.crypto.x509 import base64_lines

    session.write(
        "PKCS10 request in base64 or pem\n\n% Enter Base64 encoded or PEM formatted PKCS10 enrollment request.\n"
        '% End with a blank line or "quit" on a line by itself.\n'
    )
    try:
        known = take_request(session.router, name, await pasted(session))
    except CryptoError:
        raise Rejected("% Error in parsing PKCS10 enrollment request") from None
    if known is None:
        session.write("% Enrollment request rejected.\n")
    elif known.answer is None:
        session.write(f"% Enrollment request pending, reqId={known.number}\n")
    else:
        session.write(f"\n% Granted certificate:\n{base64_lines(known.answer)}\n")


@handler("pki_server_requests")
def show_requests(session: Session, statement: Statement) -> str:
    """`crypto pki server NAME info requests`"""
    from iosim.crypto.x509 import Request

    rows = []
    for request in issued_by(session.router, _known(session, statement)).requests.values():
        asked = Request(request.der)
        state = "pending" if request.answer is None else "granted" if request.answer else "rejected"
        rows.append(f"{request.number:<6} {state:<10} {asked.fingerprints[0].hex().upper():<32} {asked.subject.text}\n")
    heading = "ReqID  State      Fingerprint                      SubjectName\n" + 62 * "-" + "\n"
    none = f"Subordinate CA certificate requests:\n{heading}\nRA certificate requests:\n{heading}\n"
    return f"Enrollment Request Database:\n\n{none}Router certificates requests:\n{heading}{''.join(rows)}\n"


@handler("show_crypto_pki_server")
def show_server(session: Session, statement: Statement) -> str:
    """`show crypto pki server [NAME]`"""
    wanted, router = statement.get("name"), session.router
    names = [name for name in router.config[Pki].servers if wanted in (None, name)]
    return "\n".join(_server_text(router, name) for name in names)


def _server_text(router: Router, name: str) -> str:
    settings = router.config[Pki].servers[name][ServerSettings]
    authority = router[PkiFeature].authority(name)
    on = is_enabled(router, name)
    lines = [
        f"Certificate Server {name}:",
        f"    Status: {'enabled' if on else 'disabled'}",
        f"    State: {'enabled' if on else 'shutdown'}",
        '    Server\'s configuration is locked  (enter "shut" to unlock it)'
        if on
        else '    Server\'s configuration is unlocked  (enter "no shut" to lock it)',
        f"    Issuer name: {settings.issuer or f'CN={name}'}",
    ]
    if authority is not None:
        md5 = authority.fingerprints[0].hex().upper()
        end = authority.not_after.replace(tzinfo=None)
        grant = {"auto": "auto", "none": "none"}.get(str(settings.grant), "manual")
        lines += [
            f"    CA cert fingerprint: {' '.join(md5[at : at + 8] for at in range(0, 32, 8))} ",
            f"    Granting mode is: {grant}",
            f"    Last certificate issued serial number (hex): {issued_by(router, name).next_serial - 1:X}",
            f"    CA certificate expiration timer: {clock_text(*router.zone.local(end), weekday=False)}",
            "    Current primary storage dir: nvram: ",
            f"    Database Level: {_LEVELS[settings.level]}",
        ]
    return "\n".join(lines) + "\n"


_LEVELS = {
    "minimum": "Minimum - no cert data written to storage",
    "names": "Names - subject name data written as <serialnum>.cnm",
    "complete": "Complete - all issued certs written as <serialnum>.cer",
}
