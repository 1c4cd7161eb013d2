"""Certificates and requests as IOS makes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID

from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.crypto.x509.names import string_type
from iosim.data import dataclass

HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""What certificates are signed with: the library refuses to sign with MD5 and SHA-1."""


@dataclass(frozen=True)
class Terms:
    """What an authority puts into a certificate."""

    serial: int
    not_before: datetime
    not_after: datetime
    hash_name: str
    authority: bool = False


def issue(
    subject: x509.Name, public: RSAPublicKey, issuer: x509.Name, key: RsaKey, terms: Terms, alt: Any = None
) -> bytes:
    """A certificate (DER) with the extensions that an IOS certificate server gives; `key` is the issuer's.

    Raises CryptoError for a key that is too short to sign it.
    """
    own = x509.SubjectKeyIdentifier.from_public_key(public)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.private.public_key())
    builder = x509.CertificateBuilder(issuer, subject, public, terms.serial, terms.not_before, terms.not_after)
    if terms.authority:
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
    builder = builder.add_extension(_usage(terms.authority), critical=terms.authority)
    if alt is not None:
        builder = builder.add_extension(alt, critical=False)
    builder = builder.add_extension(by, critical=False).add_extension(own, critical=False)
    return _signed(builder, key, terms.hash_name)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def make_request(
    subject: x509.Name, key: RsaKey, hash_name: str, alt_name: str | None = None, challenge: str = ""
) -> bytes:
    """A request (DER) for a general purpose certificate, with a challenge password, if there is one.

    Raises CryptoError for a key that is too short to sign it.
    """
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(_usage(False), critical=True)
    if challenge:
        kind = string_type(challenge)
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge.encode(), _tag=kind)
    if alt_name is not None:
        try:
            alternative = x509.SubjectAlternativeName([x509.DNSName(alt_name)])
        except ValueError:
            raise CryptoError(f"not a name of a host: {alt_name}") from None
        builder = builder.add_extension(alternative, critical=False)
    return _signed(builder, key, hash_name)


def _signed(builder: x509.CertificateBuilder | x509.CertificateSigningRequestBuilder, key: RsaKey, name: str) -> bytes:
    try:
        return builder.sign(key.private, HASHES[name]()).public_bytes(Encoding.DER)
    except ValueError:
        raise CryptoError(f"a key of {key.bits} bits is too short to sign with {name.upper()}") from None
