"""An enrollment on its way: the request is sent, and asked after, until the server has decided or patience ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.ios.features.pki.config import Pki, Trustpoint
from iosim.ios.features.pki.debug import trace
from iosim.ios.features.pki.scep import Server
from iosim.ios.features.pki.show import words
from iosim.ios.features.pki.trust import PkiFeature
from iosim.ios.router import Router
from iosim.sim.clock import SECOND
from iosim.sim.task import sleep

if TYPE_CHECKING:
    from iosim.crypto.scep import Message, Requester
    from iosim.crypto.x509 import Certificate

MINUTE = 60 * SECOND
HASH = "sha256"

Take = Callable[[Router, str, bytes], bool]
"""Keeps a certificate (DER) for a trustpoint, if it is one for it."""


class Enrolling:
    """One enrollment of a trustpoint with the server of a URL; `der` is the request (PKCS #10)."""

    def __init__(self, router: Router, name: str, url: str, der: bytes, take: Take) -> None:
        from iosim.crypto.x509 import Request

        self._router, self._name, self._take = router, name, take
        self._server = Server(router, name, url)
        self._request = Request(der)
        self._pending = False

    async def run(self) -> None:
        """Ask as often as the trustpoint says."""
        for kind, digest in zip(("MD5", "SHA1"), self._request.fingerprints, strict=True):
            self._router.syslog.debug(f"CRYPTO_PKI:  Certificate Request Fingerprint {kind}: {words(digest)} ")
        trustpoint = self._router.config[Pki].trustpoints[self._name][Trustpoint]
        for _ in range(trustpoint.retry_count):
            if await self._try():
                return
            self._server.complain()
            await sleep(self._router.sim, trustpoint.retry_period * MINUTE)
        self._router.syslog.message("PKI-6-CERTFAIL", "Certificate enrollment failed.")

    async def _try(self) -> bool:
        """Ask once; whether that was the last time."""
        can = await self._server.capabilities()
        if can is None:
            return False
        requester = self._requester(can.hash_name, can.cipher_name)
        if requester is None:
            return True
        asked, message = self._message(requester)
        data = await self._server.operation(message, can.posts)
        try:
            answer, certificates = requester.read(data or b"", asked)
        except CryptoError as problem:
            trace(self._router, f"status = 65535: failed to process the answer of the CA server: {problem}")
            return False
        return self._decided(answer, certificates)

    def _message(self, requester: Requester) -> tuple[Message, bytes]:
        from iosim.crypto.scep import Kind

        if self._pending:
            return requester.poll(self._request.subject.der)
        return requester.request(Kind.REQUEST, self._request.der)

    def _decided(self, answer: Message, certificates: list[Certificate]) -> bool:
        from iosim.crypto.scep import Status

        log = self._router.syslog
        if answer.status == Status.PENDING:
            self._pending = True
            trace(self._router, "status = 102: certificate request pending")
            return False
        if any(self._take(self._router, self._name, each.der) for each in certificates):
            trace(self._router, "status = 100: certificate is granted")
            log.message("PKI-6-CERTRET", "Certificate received from Certificate Authority")
        else:
            trace(self._router, "status = 101: certificate request is rejected")
            log.message("PKI-6-CERTREJECT", "Certificate enrollment request was rejected by Certificate Authority")
        return True

    def _requester(self, hash_name: str, cipher_name: str) -> Requester | None:
        """Who asks: the trustpoint's key, with a certificate that it signs for this; None when one is gone."""
        from iosim.crypto import x509
        from iosim.crypto.scep import Requester

        router, now = self._router, self._router.clock_now().replace(microsecond=0)
        authority, pair = router[PkiFeature].authority(self._name), router[PkiFeature].key_pair(self._name)
        if authority is None or pair is None:
            return None
        terms = x509.Terms(1, now - timedelta(days=1), now + timedelta(days=1), HASH)
        subject, key = self._request.name, pair.key
        own = x509.Certificate(x509.issue(subject, key.private.public_key(), subject, key, terms))
        chance = router.sim.random(router.name, "scep", self._name, router.sim.now)
        return Requester(own, key, authority, hash_name, cipher_name, chance.randbytes)
