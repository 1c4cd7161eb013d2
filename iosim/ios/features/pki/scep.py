"""How a router asks a certificate server: the operations of SCEP over HTTP (RFC 8894 section 4)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass
from iosim.ios.features.http.client import Place, fetch, place_of
from iosim.ios.features.pki.config import Pki, Trustpoint
from iosim.ios.features.pki.debug import trace
from iosim.ios.router import Router

if TYPE_CHECKING:
    from iosim.wire.http import Request, Response

DIRECTORY, PROGRAM = "/cgi-bin", "/pkiclient.exe"
CA_CERTIFICATE, CA_AND_RA, MESSAGE = (
    "application/x-x509-ca-cert",
    "application/x-x509-ca-ra-cert",
    "application/x-pki-message",
)
AGENT = "Mozilla/4.0 (compatible; MSIE 5.0; Cisco PKI)"
HASHES = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
"""By the words of capabilities, the first that is known is taken; without any of them it is SHA-1."""
POST, AES, STANDARD = "POSTPKIOperation", "AES", "SCEPStandard"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server says that it can do (section 3.5.2)."""

    words: frozenset[str] = frozenset()

    @property
    def posts(self) -> bool:
        """Whether requests may go in the body."""
        return bool(self.words & {POST, STANDARD})

    @property
    def hash_name(self) -> str:
        """What to sign with."""
        known = next((name for word, name in HASHES.items() if word in self.words), "sha1")
        return "sha256" if STANDARD in self.words else known

    @property
    def cipher_name(self) -> str:
        """What to encrypt with."""
        return "aes-128" if self.words & {AES, STANDARD} else "3des"


class Server:
    """The server of a trustpoint. What it does not answer, or not as it should, is None."""

    def __init__(self, router: Router, trustpoint: str, url: str) -> None:
        self._router, self._trustpoint, self._url = router, trustpoint, url
        self._answered = True

    async def authority(self) -> bytes | None:
        """The authority's certificate (DER)."""
        answer = await self._get("GetCACert", self._trustpoint)
        if answer is None or answer.status != 200:
            return None
        return _first_authority(answer.body) if answer.content_type == CA_AND_RA else answer.body

    async def capabilities(self) -> Capabilities | None:
        """What it can do: nothing in particular when it does not say; None when nobody is there."""
        answer = await self._get("GetCACaps", self._trustpoint)
        if answer is None:
            return None
        words = answer.body.decode("latin-1").split() if answer.status == 200 else []
        return Capabilities(frozenset(words))

    async def operation(self, message: bytes, posts: bool) -> bytes | None:
        """Send a message: the one that it is answered by."""
        if posts:
            answer = await self._ask("POST", "PKIOperation", message)
        else:
            answer = await self._get("PKIOperation", base64.b64encode(message).decode())
        return answer.body if answer is not None and answer.status == 200 else None

    async def _get(self, operation: str, message: str) -> Response | None:
        from urllib.parse import quote

        return await self._ask("GET", f"{operation}&message={quote(message, safe='')}")

    async def _ask(self, method: str, query: str, body: bytes = b"") -> Response | None:
        answer = await self._exchange(method, query, body)
        self._answered = answer is not None
        return answer

    def complain(self) -> None:
        """Log it when nobody has answered to the last question."""
        if not self._answered:
            self._router.syslog.message("PKI-3-SOCKETSEND", "Failed to send out message to CA server.")

    async def _exchange(self, method: str, query: str, body: bytes) -> Response | None:
        from iosim.wire.http import Request

        place = place_of(self._router, self._url)
        if place is None:
            return None
        headers = {"User-Agent": AGENT, "Host": place.host, **({"Content-Type": MESSAGE} if body else {})}
        request = Request(method, f"{_program(place)}?operation={query}", headers, body)
        source = self._source()
        self._trace_request(request, source)
        answer = await fetch(self._router, place, request, source)
        self._trace_answer(answer)
        return answer

    def _source(self) -> str | None:
        """The interface that the trustpoint names."""
        config = self._router.config[Pki].trustpoints.get(self._trustpoint)
        return None if config is None else config[Trustpoint].source

    def _trace_request(self, request: Request, source: str | None) -> None:
        if source is not None:
            trace(self._router, f"Source interface {source} set to the socket")
        head = request.pack()[: -len(request.body) or None].decode("latin-1").replace("\r\n", "\n")
        trace(self._router, f"Sending HTTP message: {head}")

    def _trace_answer(self, answer: Response | None) -> None:
        if answer is None:
            trace(self._router, "status = 65535: failed to open http connection")
            return
        headers = "".join(f"{name.title()}: {value}\n" for name, value in answer.headers.items())
        trace(self._router, f"Reply HTTP header:\nHTTP/1.1 {answer.status} {answer.reason}\n{headers}")


def _program(place: Place) -> str:
    """The path that IOS asks: its own program's in the directory of the URL."""
    if place.path.endswith(PROGRAM):
        return place.path
    return (place.path or DIRECTORY) + PROGRAM


def _first_authority(bag: bytes) -> bytes | None:
    from iosim.crypto.cms import read_certificates

    try:
        return next((each.der for each in read_certificates(bag) if each.is_authority), None)
    except CryptoError:
        return None
