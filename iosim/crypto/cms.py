"""Cryptographic messages (RFC 5652) as far as enrollment needs them: signed, enveloped, and bags of certificates.

Signatures and key transport are RSA with PKCS #1 v1.5. Whatever a stranger sends gives a value or CryptoError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from iosim.crypto import der, rsa
from iosim.crypto.ciphers import CIPHERS, Cipher
from iosim.crypto.der import EXPLICIT, INSTEAD, INTEGER, NULL, OCTETS, OID, SEQUENCE, SET, Element
from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.crypto.x509 import Certificate
from iosim.data import dataclass

DATA, SIGNED, ENVELOPED = (der.oid(f"1.2.840.113549.1.7.{number}") for number in (1, 2, 3))
_CONTENT_TYPE, _DIGEST = (der.oid(f"1.2.840.113549.1.9.{number}") for number in (3, 4))
_RSA = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.write(NULL))
_HASHES = {
    "sha1": (der.oid("1.3.14.3.2.26"), hashes.SHA1()),
    "sha256": (der.oid("2.16.840.1.101.3.4.2.1"), hashes.SHA256()),
    "sha384": (der.oid("2.16.840.1.101.3.4.2.2"), hashes.SHA384()),
    "sha512": (der.oid("2.16.840.1.101.3.4.2.3"), hashes.SHA512()),
}
_CIPHERS = {
    "des": der.oid("1.3.14.3.2.7"),
    "3des": der.oid("1.2.840.113549.3.7"),
    "aes-128": der.oid("2.16.840.1.101.3.4.1.2"),
    "aes-192": der.oid("2.16.840.1.101.3.4.1.22"),
    "aes-256": der.oid("2.16.840.1.101.3.4.1.42"),
}
MOST_CERTIFICATES = 8
"""In one message."""

Attributes = dict[bytes, Element]
"""Signed attributes: the one value of each by the encoding of its type."""
Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signed message says, and who has signed it; the signature has been verified."""

    content: bytes
    signer: Certificate
    attributes: Attributes
    hash_name: str


def _issuer_and_serial(certificate: Certificate) -> bytes:
    return der.sequence(certificate.issuer.der, der.integer(certificate.serial))


def _version(number: int) -> bytes:
    return der.integer(number)


def _wrapped(kind: bytes, content: bytes) -> bytes:
    """ContentInfo."""
    return der.sequence(kind, der.write(EXPLICIT, content))


def _unwrapped(data: bytes, kind: bytes) -> Element:
    name, content = der.read(data).parts(OID, EXPLICIT)[:2]
    if name.whole != kind:
        raise CryptoError("another kind of message")
    return der.read(content.body)


# Signed


def sign(
    content: bytes | None, certificate: Certificate, key: RsaKey, attributes: dict[bytes, bytes], hash_name: str
) -> bytes:
    """A message with its signer's certificate. `attributes`: encoded values by the encodings of their types.

    Raises CryptoError for a key that is too short.
    """
    name, algorithm = _HASHES[hash_name]
    digest = der.sequence(name)
    own = {_CONTENT_TYPE: DATA, _DIGEST: der.write(OCTETS, _hash(algorithm, content or b""))}
    pairs = {**own, **attributes}.items()
    signed = der.set_of([der.sequence(kind, der.write(SET, value)) for kind, value in pairs])
    try:
        signature = key.private.sign(signed, PKCS1v15(), algorithm)
    except ValueError:
        raise CryptoError(f"a key of {key.bits} bits is too short to sign with {hash_name.upper()}") from None
    signer = der.sequence(
        _version(1),
        _issuer_and_serial(certificate),
        digest,
        bytes((EXPLICIT,)) + signed[1:],
        _RSA,
        der.write(OCTETS, signature),
    )
    inner = der.sequence(DATA, *([] if content is None else [der.write(EXPLICIT, der.write(OCTETS, content))]))
    return _signed_data(inner, [certificate.der], [digest], [signer])


def certificates_only(certificates: Iterable[bytes]) -> bytes:
    """A message that only carries certificates (DER)."""
    return _signed_data(der.sequence(DATA), certificates, [], [])


def _signed_data(inner: bytes, certificates: Iterable[bytes], digests: list[bytes], signers: list[bytes]) -> bytes:
    parts = der.set_of(digests), inner, der.write(EXPLICIT, *certificates), der.set_of(signers)
    return _wrapped(SIGNED, der.sequence(_version(1), *parts))


def read_certificates(data: bytes) -> list[Certificate]:
    """The certificates that a message carries. Raises CryptoError."""
    return _certificates(_unwrapped(data, SIGNED).parts(INTEGER, SET, SEQUENCE))


def _certificates(parts: list[Element]) -> list[Certificate]:
    bags = [der.elements(part.body) for part in parts[3:] if part.tag == EXPLICIT]
    return [Certificate(each.whole) for bag in bags[:1] for each in bag[:MOST_CERTIFICATES]]


def read_signed(data: bytes, known: Iterable[Certificate] = ()) -> Signed:
    """A message by one signer, whose certificate is in it or `known`. Raises CryptoError, also for wrong signatures."""
    parts = _unwrapped(data, SIGNED).parts(INTEGER, SET, SEQUENCE)
    content = _content(parts[2])
    signers = der.elements(parts[-1].body) if parts[-1].tag == SET else []
    if len(signers) != 1:
        raise CryptoError("not one signer")
    _, who, digest, signed, _, signature = signers[0].parts(INTEGER, SEQUENCE, SEQUENCE, EXPLICIT, SEQUENCE, OCTETS)[:6]
    found = [each for each in (*known, *_certificates(parts)) if _issuer_and_serial(each) == who.whole]
    if not found:
        raise CryptoError("the signer's certificate is missing")
    attributes = dict(map(_attribute, der.elements(signed.body)))
    hash_name = _hash_name(digest)
    algorithm = _HASHES[hash_name][1]
    told = attributes.get(_DIGEST)
    if told is None or told.body != _hash(algorithm, content):
        raise CryptoError("the contents are not those that were signed")
    try:
        found[0].public.verify(signature.body, bytes((SET,)) + signed.whole[1:], PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError):
        raise CryptoError("the signature is wrong") from None
    return Signed(content, found[0], attributes, hash_name)


def _content(inner: Element) -> bytes:
    parts = inner.parts(OID)
    return der.read(parts[1].body, OCTETS).body if len(parts) > 1 else b""


def _attribute(attribute: Element) -> tuple[bytes, Element]:
    kind, values = attribute.parts(OID, SET)[:2]
    (value, *_) = der.elements(values.body) or [Element(NULL, b"", b"")]
    return kind.whole, value


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    context = hashes.Hash(algorithm)
    context.update(data)
    return context.finalize()


def _hash_name(digest: Element) -> str:
    name = digest.parts(OID)[0].whole
    known = next((each for each, (oid, _) in _HASHES.items() if oid == name), None)
    if known is None:
        raise CryptoError("an unknown hash")
    return known


# Enveloped


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an envelope, and what it was sealed with."""

    content: bytes
    cipher_name: str


def envelope(content: bytes, recipient: Certificate, cipher_name: str, random_bytes: Random) -> bytes:
    """A message that only the holder of a certificate's key reads. Raises CryptoError for keys that are too short."""
    cipher = CIPHERS[cipher_name]
    key, iv = random_bytes(cipher.key_length), random_bytes(cipher.block_size)
    padding = cipher.block_size - len(content) % cipher.block_size
    sealed = cipher.encrypt(key, iv, content + bytes((padding,)) * padding)
    transported = der.write(OCTETS, rsa.encrypt(recipient.public, key, random_bytes))
    to = der.sequence(_version(0), _issuer_and_serial(recipient), _RSA, transported)
    algorithm = der.sequence(_CIPHERS[cipher_name], der.write(OCTETS, iv))
    return _wrapped(
        ENVELOPED,
        der.sequence(_version(0), der.write(SET, to), der.sequence(DATA, algorithm, der.write(INSTEAD, sealed))),
    )


def open_envelope(data: bytes, recipient: Certificate, key: RsaKey) -> Opened:
    """What is in an envelope for a certificate. Raises CryptoError."""
    _, recipients, inner = _unwrapped(data, ENVELOPED).parts(INTEGER, SET, SEQUENCE)[:3]
    own = _issuer_and_serial(recipient)
    for each in der.elements(recipients.body):
        _, who, _, transported = each.parts(INTEGER, SEQUENCE, SEQUENCE, OCTETS)[:4]
        if who.whole == own:
            return _open(inner, rsa.decrypt(key, transported.body))
    raise CryptoError("the envelope is for somebody else")


def _open(inner: Element, key: bytes) -> Opened:
    _, algorithm, sealed = inner.parts(OID, SEQUENCE, INSTEAD)[:3]
    name, iv = algorithm.parts(OID, OCTETS)[:2]
    cipher = _cipher(name)
    padded = cipher.decrypt(key, iv.body, sealed.body)
    padding = padded[-1] if padded else 0
    if not 0 < padding <= len(iv.body) or not padded.endswith(bytes((padding,)) * padding):
        raise CryptoError("the envelope does not open")
    return Opened(padded[:-padding], cipher.name)


def _cipher(name: Element) -> Cipher:
    known = next((CIPHERS[each] for each, oid in _CIPHERS.items() if oid == name.whole), None)
    if known is None:
        raise CryptoError("an unknown cipher")
    return known
