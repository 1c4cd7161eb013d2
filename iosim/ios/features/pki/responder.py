"""How a certificate server answers: its page, at which the operations of SCEP are asked for (RFC 8894 section 4)."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.ios.features.http.server import HttpServer
from iosim.ios.features.pki.config import CA, Pki
from iosim.ios.features.pki.issuing import issued_by, take_request
from iosim.ios.features.pki.scep import AES, CA_CERTIFICATE, HASHES, MESSAGE, POST
from iosim.ios.private import PendingRequest
from iosim.ios.router import Router

if TYPE_CHECKING:
    from iosim.crypto.scep import Asked
    from iosim.wire.http import Request, Response

CAPABILITIES = (POST, "SHA-1", *HASHES, AES, "DES3")


class Responder:
    """The page of the certificate server `name`, if one is to answer."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self.name: str | None = None

    def page(self, request: Request) -> Response:
        """The answer to a request."""
        http = self._router[HttpServer]
        query = _query(request)
        operation = query.get("operation")
        if operation == "GetCACert" and request.method == "GET":
            return http.response(200, self._authority_der(), **{"Content-Type": CA_CERTIFICATE})
        if operation == "GetCACaps" and request.method == "GET":
            return http.response(200, "\n".join(CAPABILITIES).encode() + b"\n", **{"Content-Type": "text/plain"})
        if operation == "PKIOperation" and request.method in ("GET", "POST"):
            try:
                answer = self._operation(request.body if request.method == "POST" else _decoded(query))
            except CryptoError:
                return http.refusal(400)
            return http.response(200, answer, **{"Content-Type": MESSAGE})
        return http.refusal(404)

    def _authority_der(self) -> bytes:
        return self._router.config[Pki].chain(self.name or "").der(CA) or b""

    def _operation(self, message: bytes) -> bytes:
        """The answer to a message. Raises CryptoError for what is none."""
        from iosim.crypto.scep import Authority, Failure, Status
        from iosim.crypto.x509 import Certificate

        router, name = self._router, self.name or ""
        chance = router.sim.random(router.name, "scep", name, router.sim.now)
        pair = router.private.key_pairs[name]
        authority = Authority(Certificate(self._authority_der()), pair.key, chance.randbytes)
        asked = authority.read(message)
        known = self._known(asked)
        if known is not None and known.answer is None:
            return authority.answer(asked, Status.PENDING)
        if known is None or not known.answer:
            return authority.answer(asked, Status.FAILURE, failure=Failure.BAD_REQUEST)
        return authority.answer(asked, Status.SUCCESS, known.answer)

    def _known(self, asked: Asked) -> PendingRequest | None:
        """The request that is made or asked after; None for one that is refused at once, or not known."""
        from iosim.crypto.scep import Kind
        from iosim.crypto.x509 import Request

        name, transaction = self.name or "", asked.message.transaction
        if asked.message.kind == Kind.REQUEST:
            try:
                if Request(asked.content).public == asked.signer.public:
                    return take_request(self._router, name, asked.content, transaction)
            except CryptoError:
                return None
        elif asked.message.kind == Kind.POLL:
            for known in reversed(issued_by(self._router, name).requests.values()):
                if known.transaction == transaction and Request(known.der).public == asked.signer.public:
                    return known
        return None


def _query(request: Request) -> dict[str, str]:
    """The parameters behind the path. A plus sign is one, as in base64 that nobody has escaped."""
    from urllib.parse import unquote

    pairs = (pair.partition("=") for pair in request.target.partition("?")[2].split("&"))
    return {name: unquote(value) for name, _, value in pairs}


def _decoded(query: dict[str, str]) -> bytes:
    try:
        return base64.b64decode("".join(query.get("message", "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise CryptoError("not base64") from None
