"""X.509 certificates, names and PKCS #10 requests, as IOS makes them and reads them; the work is the library's."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from hashlib import md5, sha1
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import AttributeOID, NameOID

from iosim.crypto import rsa
from iosim.crypto.der import BITS, EXPLICIT, INTEGER, SEQUENCE, Element, elements, read, sequence, write
from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.data import dataclass

UNSTRUCTURED_ADDRESS = x509.ObjectIdentifier("1.2.840.113549.1.9.8")
ATTRIBUTES = {
    "cn": NameOID.COMMON_NAME,
    "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "o": NameOID.ORGANIZATION_NAME,
    "l": NameOID.LOCALITY_NAME,
    "st": NameOID.STATE_OR_PROVINCE_NAME,
    "c": NameOID.COUNTRY_NAME,
    "e": NameOID.EMAIL_ADDRESS,
    "dc": NameOID.DOMAIN_COMPONENT,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "hostname": NameOID.UNSTRUCTURED_NAME,
    "ipaddress": UNSTRUCTURED_ADDRESS,
}
"""The attributes of names by what IOS calls them."""
_SHORT = {oid: short for short, oid in ATTRIBUTES.items()}
_BY_WORD = {short.lower(): oid for short, oid in ATTRIBUTES.items()}
HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""What certificates are signed with: the library refuses to sign with MD5 and SHA-1."""
_BASE64 = re.compile(r"-----(BEGIN|END)[^-]*-----|\s+")
_COMMA = re.compile(r'(?<!\\),(?=(?:[^"]*"[^"]*")*[^"]*\Z)')
"""Between the parts of a name: neither behind a backslash nor in quotation marks."""
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*\Z")


@dataclass(frozen=True)
class Name:
    """A distinguished name; `der` is its encoding. IOS writes it in the reverse order, part by part.

    A part may have several attributes: what a device says of itself is one.
    """

    der: bytes
    parts: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def lines(self) -> list[str]:
        """Each part: `cn=R1`, `serialNumber=FTX1+hostname=R1`."""
        return ["+".join(f"{short}={value}" for short, value in part) for part in self.parts]

    @property
    def text(self) -> str:
        """`cn=R1,o=Example`"""
        return ",".join(self.lines)

    def value(self, short: str) -> str | None:
        """The first attribute of a kind."""
        return next((value for part in self.parts for each, value in part if each == short), None)

    @classmethod
    def of(cls, name: x509.Name) -> Name:
        """From the library's name."""
        parts = (
            tuple((_SHORT.get(a.oid, a.oid.dotted_string), str(a.value)) for a in rdn) for rdn in reversed(name.rdns)
        )
        return cls(name.public_bytes(), tuple(parts))


def read_name(der: bytes) -> Name:
    """A name by its encoding. Raises CryptoError."""
    try:
        return Name.of(x509.Name.from_bytes(der))
    except Exception as problem:  # the library raises whatever its parts do for bytes that a stranger made
        raise CryptoError(f"not a name: {problem}") from None


def make_name(text: str, device: Iterable[tuple[str, str]] = ()) -> x509.Name:
    """`CN=R1, O=Example`, in the order that IOS gives it, and beside it what the device says of itself.

    Raises CryptoError for an attribute that is not known, and for what is none.
    """
    rdns = [_rdn([_attribute(*_split(part))]) for part in _COMMA.split(text) if part.strip()]
    own = [_attribute(ATTRIBUTES[short], value) for short, value in device]
    return x509.Name([*reversed(rdns), *([_rdn(own)] if own else [])])


def _split(part: str) -> tuple[x509.ObjectIdentifier, str]:
    word, equals, value = part.partition("=")
    oid = _BY_WORD.get(word.strip().lower())
    if oid is None or not equals or not value.strip():
        raise CryptoError(f"not an attribute of a name: {part.strip()}")
    return oid, value.strip().replace("\\,", ",").strip('"')


def _attribute(oid: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    ia5 = oid in (NameOID.EMAIL_ADDRESS, NameOID.DOMAIN_COMPONENT, NameOID.UNSTRUCTURED_NAME)
    kind = _ASN1Type.PrintableString if _PRINTABLE.match(value) else _ASN1Type.UTF8String
    try:
        return x509.NameAttribute(oid, value, _ASN1Type.IA5String if ia5 else kind)
    except ValueError as problem:
        raise CryptoError(str(problem)) from None


def _rdn(attributes: list[x509.NameAttribute[str]]) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(attributes)


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
        return _fingerprints(self.der)

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
        return _fingerprints(self.der)


def _in_order(info: Element) -> bytes:
    """What a request says, its attributes in the canonical order, which the library wants and many do not keep."""
    *parts, attributes = info.parts(INTEGER, SEQUENCE, SEQUENCE)
    if attributes.tag != EXPLICIT:
        return info.whole
    return sequence(
        *(part.whole for part in parts),
        write(EXPLICIT, *sorted(each.whole for each in elements(attributes.body))),
    )


def _fingerprints(der: bytes) -> tuple[bytes, bytes]:
    return md5(der, usedforsecurity=False).digest(), sha1(der, usedforsecurity=False).digest()


def _alternative(request: x509.CertificateSigningRequest) -> x509.SubjectAlternativeName | None:
    try:
        return request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def make_request(
    subject: x509.Name, key: RsaKey, hash_name: str, alt_name: str | None = None, challenge: str = ""
) -> bytes:
    """A request (DER) for a general purpose certificate, with a challenge password, if there is one.

    Raises CryptoError for a key that is too short to sign it.
    """
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(_usage(False), critical=True)
    if challenge:
        kind = _ASN1Type.PrintableString if _PRINTABLE.match(challenge) else _ASN1Type.UTF8String
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


def read_base64(text: str) -> bytes:
    """What somebody pasted: base64, with or without the lines around it. Raises CryptoError."""
    try:
        return base64.b64decode(_BASE64.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        raise CryptoError("not base64") from None


def base64_lines(der: bytes, width: int = 64) -> str:
    """Lines of base64."""
    text = base64.b64encode(der).decode()
    return "".join(f"{text[at : at + width]}\n" for at in range(0, len(text), width))


def pem(der: bytes) -> str:
    """A certificate between its lines."""
    return f"-----BEGIN CERTIFICATE-----\n{base64_lines(der)}-----END CERTIFICATE-----\n"
