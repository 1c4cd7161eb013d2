"""`crypto pki server`: a router as a certificate authority, from which the others authenticate and enroll."""

from __future__ import annotations

from datetime import timedelta

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config
from iosim.ios.features.http.config import HttpSettings
from iosim.ios.features.http.server import HttpServer
from iosim.ios.features.pki.config import CA, KeyLabel, Pki, ServerSettings, Trustpoint
from iosim.ios.features.pki.keys import generating, make
from iosim.ios.features.pki.responder import Responder
from iosim.ios.features.pki.scep import DIRECTORY, PROGRAM
from iosim.ios.registry import answer, feature
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session

DEFAULT_BITS = 1024
DEFAULT_DAYS = 3 * 365
NO_HTTP = "% HTTP Server is disabled. Cannot start the Certificate server\n"
"""What stands before `Cannot start` is what `show crypto pki server` says, as where the time has not been set."""


@feature
class CertificateServers(Feature):
    """The certificate servers of a router, of which one answers: the first that is enabled."""

    order = 66

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._on: set[str] = set()
        self._responder = Responder(router)

    def reconcile(self) -> None:
        """Answer while a server is enabled; one that a startup configuration enables makes its certificate now."""
        router, config = self.router, self.router.config[Pki]
        if router.sim.now == router.booted_at:
            for name, server in config.servers.items():
                if not server[ServerSettings].shut and config.chain(name).der(CA) is None:
                    self._enable(name, server[ServerSettings])
        on = [name for name in config.servers if is_enabled(router, name)]
        self._tell(set(on))
        self._responder.name = on[0] if on else None
        pages = router[HttpServer].pages
        if on:
            pages[DIRECTORY + PROGRAM] = self._responder.page
        else:
            pages.pop(DIRECTORY + PROGRAM, None)

    def _tell(self, on: set[str]) -> None:
        """Log what has changed."""
        for _ in on - self._on:
            self.router.syslog.message("PKI-6-CS_ENABLED", "Certificate server now enabled.")
        for _ in self._on - on:
            self.router.syslog.message("PKI-6-CS_DISABLED", "Certificate server now disabled.")
        self._on = on

    def _enable(self, name: str, settings: ServerSettings) -> None:
        try:
            enable(self.router, name)
        except CryptoError:
            settings.shut = True  # as nobody is there to be told that its name or its key will not do


def is_ready(router: Router, name: str) -> bool:
    """Whether a server is not shut and has its certificate and key."""
    config = router.config[Pki]
    settings = config.servers[name][ServerSettings]
    return not settings.shut and config.chain(name).der(CA) is not None and name in router.private.key_pairs


def is_enabled(router: Router, name: str) -> bool:
    """Whether a server works: it is ready, and can be asked by HTTP."""
    return is_ready(router, name) and router.config[HttpSettings].enabled


def enable(router: Router, name: str) -> None:
    """Make the key pair of a server, where there is none of its name, and the certificate that it signs itself.

    Raises CryptoError when its name is no distinguished name, or its key too short.
    """
    from iosim.crypto import x509

    config, now = router.config[Pki], router.clock_now().replace(microsecond=0)
    settings = config.servers[name][ServerSettings]
    subject = x509.make_name(settings.issuer or f"cn={name}")
    pair = router.private.key_pairs.get(name) or make(router, name, DEFAULT_BITS)
    end = now + timedelta(minutes=settings.minutes("ca-certificate", DEFAULT_DAYS))
    terms = x509.Terms(1, now, end, settings.hash, authority=True)
    der = x509.issue(subject, pair.key.private.public_key(), subject, pair.key, terms)
    trustpoint = config.trustpoints.setdefault(name, Config("ca_trustpoint", {"name": [name]}))
    trustpoint[Trustpoint].rsakeypair = KeyLabel(name)
    config.put(name, CA, "01", der)
    router.private.servers.pop(name, None)


@answer("cs_shutdown")
def _switch(session: Session, config: Config, statement: Statement) -> str:
    """`no shutdown` the first time makes the key pair and asks for what protects it."""
    name = str(config.get("name"))
    if config[ServerSettings].shut:
        return ""
    if session.router.config[Pki].chain(name).der(CA) is not None:
        return "" if session.router.config[HttpSettings].enabled else NO_HTTP
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
    on = router.config[HttpSettings].enabled
    session.write("\n% Certificate Server enabled.\n" if on else f"\n{NO_HTTP}")
    router.reconcile()
