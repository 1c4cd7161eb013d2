"""PKCS #10 requests, as they come."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from iosim.crypto.der import BITS, EXPLICIT, INTEGER, SEQUENCE, Element, elements, read, sequence, write
from iosim.crypto.errors import CryptoError
from iosim.crypto.x509.certificate import fingerprints
from iosim.crypto.x509.names import Name


class Request:
    """A PKCS #10 request. Raises CryptoError when the bytes are none, or are not signed by their own key."""

    def __init__(self, der: bytes) -> None:
        info, kind, signature = read(der).parts(SEQUENCE, SEQUENCE, BITS)[:3]
        try:
            request = x509.load_der_x509_csr(sequence(_in_order(info), kind.whole, signature.whole))
            public, self.name, algorithm = request.public_key(), request.subject, request.signature_hash_algorithm
            self.subject = Name.of(self.name)
            self.alternative = _alternative(request)
        except Exception as problem:
            raise CryptoError(f"not a certificate request: {problem}") from None
        if not isinstance(public, RSAPublicKey) or algorithm is None:
            raise CryptoError("the request is not for an RSA key")
        try:
            public.verify(signature.body[1:], info.whole, PKCS1v15(), algorithm)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            raise CryptoError("the request is not signed by its key") from None
        self.der, self.public = der, public

    @property
    def fingerprints(self) -> tuple[bytes, bytes]:
        """MD5 and SHA-1."""
        return fingerprints(self.der)


def _in_order(info: Element) -> bytes:
    """What a request says, its attributes in the canonical order, which the library wants and many do not keep."""
    *parts, attributes = info.parts(INTEGER, SEQUENCE, SEQUENCE)
    if attributes.tag != EXPLICIT:
        return info.whole
    return sequence(
        *(part.whole for part in parts),
        write(EXPLICIT, *sorted(each.whole for each in elements(attributes.body))),
    )


def _alternative(request: x509.CertificateSigningRequest) -> x509.SubjectAlternativeName | None:
    try:
        return request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
