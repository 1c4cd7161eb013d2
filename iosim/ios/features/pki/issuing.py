"""What a certificate server does with requests, however they have come: they wait, are granted or are refused."""

from __future__ import annotations

from datetime import timedelta

from iosim.ios.features.pki.config import CA, Pki, ServerSettings
from iosim.ios.features.pki.trust import read
from iosim.ios.private import Issued, PendingRequest
from iosim.ios.router import Router

DEFAULT_DAYS = 365
MOST_PENDING = 100
"""Requests that wait; what comes beyond that fails."""
MOST_KEPT = 1000
"""Requests that are remembered; beyond that the oldest of those that are answered goes."""


def issued_by(router: Router, name: str) -> Issued:
    """What a server has issued."""
    return router.private.servers.setdefault(name, Issued())


def take_request(router: Router, name: str, der: bytes, transaction: str = "") -> PendingRequest | None:
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
        known = issued.requests[der] = PendingRequest(issued.last_number, der, transaction)
        if grant == "auto":
            known.answer = issue(router, name, known)
    return known


def pending(issued: Issued) -> list[PendingRequest]:
    """The requests that wait."""
    return [request for request in issued.requests.values() if request.answer is None]


def issue(router: Router, name: str, request: PendingRequest) -> bytes:
    """The certificate (DER) for a request. It does not outlive that of the server."""
    from iosim.crypto import x509

    config, issued = router.config[Pki], issued_by(router, name)
    settings, authority = config.servers[name][ServerSettings], read(config.chain(name).der(CA))
    assert authority is not None
    asked, now = x509.Request(request.der), router.clock_now().replace(microsecond=0)
    end = now + timedelta(minutes=settings.minutes("certificate", DEFAULT_DAYS))
    terms = x509.Terms(issued.next_serial, now, min(end, authority.not_after.replace(tzinfo=None)), settings.hash)
    issued.next_serial += 1
    key = router.private.key_pairs[name].key
    return x509.issue(asked.name, asked.public, authority.name, key, terms, asked.alternative)
