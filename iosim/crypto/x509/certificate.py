"""Certificates, as they come."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from hashlib import md5, sha1
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from iosim.crypto import rsa
from iosim.crypto.errors import CryptoError
from iosim.crypto.x509.names import Name


class Certificate:
    """A certificate. Raises CryptoError when the bytes are none, or its key is not RSA."""

    def __init__(self, der: bytes) -> None:
        try:
            self._x509 = x509.load_der_x509_certificate(der)
            public = self._x509.public_key()
            self.subject, self.issuer = Name.of(self._x509.subject), Name.of(self._x509.issuer)
            self.serial = self._x509.serial_number
            self._extensions = self._x509.extensions
        except Exception as problem:  # the library raises whatever its parts do for bytes that a stranger made
            raise CryptoError(f"not a certificate: {problem}") from None
        if not isinstance(public, RSAPublicKey):
            raise CryptoError("the certificate is not for an RSA key")
        self.der = der
        self.public = public

    @property
    def name(self) -> x509.Name:
        """The subject as the library has it."""
        return self._x509.subject

    @property
    def not_before(self) -> datetime:
        """From when it is valid, in UTC."""
        return self._x509.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """Until when it is valid, in UTC."""
        return self._x509.not_valid_after_utc

    @property
    def serial_text(self) -> str:
        """The serial number as IOS writes it: whole octets in hexadecimal digits."""
        text = f"{self.serial:X}"
        return text if len(text) % 2 == 0 else f"0{text}"

    @cached_property
    def fingerprints(self) -> tuple[bytes, bytes]:
        """MD5 and SHA-1."""
        return fingerprints(self.der)

    @property
    def public_der(self) -> bytes:
        """The public key as SubjectPublicKeyInfo."""
        return rsa.spki(self.public)

    @property
    def bits(self) -> int:
        """The length of the key."""
        return self.public.key_size

    @property
    def hash_name(self) -> str:
        """The hash of its signature: `SHA256`."""
        try:
            algorithm = self._x509.signature_hash_algorithm
        except UnsupportedAlgorithm:
            return "Unknown"
        return algorithm.name.upper() if algorithm is not None else "Unknown"

    @property
    def is_authority(self) -> bool:
        """Whether it may issue certificates."""
        constraints: x509.BasicConstraints | None = self._extension(x509.BasicConstraints)
        return constraints is not None and constraints.ca

    @property
    def self_issued(self) -> bool:
        """Whether it names itself as its issuer."""
        return self.subject.der == self.issuer.der

    @property
    def usage(self) -> int | None:
        """The bits of its key usage from the left, as an octet (digital signature: 0x80), or None."""
        usage: x509.KeyUsage | None = self._extension(x509.KeyUsage)
        if usage is None:
            return None
        names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign"
        return sum(0x80 >> bit for bit, name in enumerate([*names.split(), "crl_sign"]) if getattr(usage, name))

    @property
    def subject_key_id(self) -> bytes | None:
        """The identifier of its key."""
        found: x509.SubjectKeyIdentifier | None = self._extension(x509.SubjectKeyIdentifier)
        return None if found is None else found.digest

    @property
    def authority_key_id(self) -> bytes | None:
        """The identifier of the key that it is signed by."""
        found: x509.AuthorityKeyIdentifier | None = self._extension(x509.AuthorityKeyIdentifier)
        return None if found is None else found.key_identifier

    def alternative_names(self) -> tuple[list[str], list[str]]:
        """The DNS names and the IPv4 addresses among its alternative names."""
        found: x509.SubjectAlternativeName | None = self._extension(x509.SubjectAlternativeName)
        if found is None:
            return [], []
        return found.get_values_for_type(x509.DNSName), [str(a) for a in found.get_values_for_type(x509.IPAddress)]

    def is_signed_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key has signed it, and the names fit."""
        try:
            self._x509.verify_directly_issued_by(issuer._x509)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            return False
        return True

    def _extension(self, kind: Any) -> Any:
        try:
            return self._extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None


def fingerprints(der: bytes) -> tuple[bytes, bytes]:
    """MD5 and SHA-1, as IOS shows them."""
    return md5(der, usedforsecurity=False).digest(), sha1(der, usedforsecurity=False).digest()
