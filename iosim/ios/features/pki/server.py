"""`crypto pki server`: a router as a certificate authority, from which the others authenticate and enroll."""

from __future__ import annotations

from datetime import timedelta

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config
from iosim.ios.features.pki.config import CA, KeyLabel, Pki, ServerSettings, Trustpoint
from iosim.ios.features.pki.keys import generating, make
from iosim.ios.features.pki.scep import FAILURE, GET_CA, PENDING, SUCCESS, Answer, Scep
from iosim.ios.features.pki.trust import read
from iosim.ios.private import Issued, PendingRequest
from iosim.ios.registry import answer, feature
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
