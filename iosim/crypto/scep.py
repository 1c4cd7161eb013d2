"""The messages of SCEP (RFC 8894 section 3): requests and answers, enveloped, and signed with what they are.

A requester without a certificate signs by one that it has made itself.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import md5
from typing import Any

from iosim.crypto import cms, der
from iosim.crypto.cms import Random
from iosim.crypto.der import OCTETS, PRINTABLE
from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.crypto.x509 import Certificate
from iosim.data import dataclass

NONCE_LENGTH = 16
LONGEST_TRANSACTION = 128


class Kind(StrEnum):
    """Types of messages (section 3.2.1.2)."""

    ANSWER = "3"
    REQUEST = "19"
    POLL = "20"


class Status(StrEnum):
    """What became of a request (section 3.2.1.3)."""

    SUCCESS = "0"
    FAILURE = "2"
    PENDING = "3"


class Failure(StrEnum):
    """Why one failed (section 3.2.1.4)."""

    BAD_ALGORITHM = "0"
    BAD_MESSAGE = "1"
    BAD_REQUEST = "2"
    BAD_TIME = "3"
    BAD_CERTIFICATE_ID = "4"


def _attribute(number: int) -> bytes:
    return der.oid(f"2.16.840.1.113733.1.9.{number}")


_TEXTS = {name: _attribute(number) for name, number in (("kind", 2), ("status", 3), ("failure", 4), ("transaction", 7))}
_OCTETS = {name: _attribute(number) for name, number in (("sender_nonce", 5), ("recipient_nonce", 6))}


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says beside its contents; `transaction` is the same in all messages about one request."""

    kind: str
    transaction: str
    sender_nonce: bytes
    recipient_nonce: bytes = b""
    status: str = ""
    failure: str = ""

    def pack(self, envelope: bytes | None, certificate: Certificate, key: RsaKey, hash_name: str) -> bytes:
        """The message around an envelope, signed. Raises CryptoError for a key that is too short."""
        texts = {oid: (PRINTABLE, getattr(self, name).encode("latin-1", "replace")) for name, oid in _TEXTS.items()}
        octets = {oid: (OCTETS, getattr(self, name)) for name, oid in _OCTETS.items()}
        attributes = {oid: der.write(tag, value) for oid, (tag, value) in (texts | octets).items() if value}
        return cms.sign(envelope, certificate, key, attributes, hash_name)

    @classmethod
    def of(cls, signed: cms.Signed) -> Message:
        """What a signed message says. Raises CryptoError."""
        texts = {name: signed.attributes.get(oid) for name, oid in _TEXTS.items()}
        octets = {name: signed.attributes.get(oid) for name, oid in _OCTETS.items()}
        fields: dict[str, Any] = {
            **{name: "" if each is None else each.body.decode("latin-1") for name, each in texts.items()},
            **{name: b"" if each is None else each.body for name, each in octets.items()},
        }
        message = cls(**fields)
        if not 0 < len(message.transaction) <= LONGEST_TRANSACTION or len(message.sender_nonce) > LONGEST_TRANSACTION:
            raise CryptoError("no SCEP transaction")
        return message


def transaction_of(public: bytes) -> str:
    """The transaction of a public key (SubjectPublicKeyInfo): the same one however often it asks."""
    return md5(public, usedforsecurity=False).hexdigest().upper()


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: the own key and certificate, and that of the authority."""

    certificate: Certificate
    key: RsaKey
    authority: Certificate
    hash_name: str
    cipher_name: str
    random_bytes: Random

    def request(self, kind: Kind, content: bytes) -> tuple[Message, bytes]:
        """A message with its contents for the authority. Raises CryptoError for keys that are too short."""
        message = Message(kind, transaction_of(self.key.public_der), self.random_bytes(NONCE_LENGTH))
        envelope = cms.envelope(content, self.authority, self.cipher_name, self.random_bytes)
        return message, message.pack(envelope, self.certificate, self.key, self.hash_name)

    def poll(self, subject: bytes) -> tuple[Message, bytes]:
        """A question after a request for this subject (section 3.3.3)."""
        return self.request(Kind.POLL, der.sequence(self.authority.subject.der, subject))

    def read(self, data: bytes, asked: Message) -> tuple[Message, list[Certificate]]:
        """The authority's answer and the certificates in it. Raises CryptoError for what is none to what was asked."""
        signed = cms.read_signed(data, (self.authority,))
        answer = Message.of(signed)
        if signed.signer.der != self.authority.der or answer.kind != Kind.ANSWER:
            raise CryptoError("not an answer of the authority")
        if answer.transaction != asked.transaction or answer.recipient_nonce != asked.sender_nonce:
            raise CryptoError("an answer to something else")
        if answer.status != Status.SUCCESS:
            return answer, []
        return answer, cms.read_certificates(cms.open_envelope(signed.content, self.certificate, self.key).content)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the authority has it, what was in its envelope, and what an answer is to be made with."""

    message: Message
    content: bytes
    signer: Certificate
    hash_name: str
    cipher_name: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked."""

    certificate: Certificate
    key: RsaKey
    random_bytes: Random

    def read(self, data: bytes) -> Asked:
        """A request. Raises CryptoError."""
        signed = cms.read_signed(data)
        opened = cms.open_envelope(signed.content, self.certificate, self.key)
        return Asked(Message.of(signed), opened.content, signed.signer, signed.hash_name, opened.cipher_name)

    def answer(self, asked: Asked, status: Status, certificate: bytes = b"", failure: str = "") -> bytes:
        """The answer to a request, by its hash and its cipher. Raises CryptoError for keys that are too short."""
        said = asked.message
        message = Message(
            Kind.ANSWER, said.transaction, self.random_bytes(NONCE_LENGTH), said.sender_nonce, status, failure
        )
        envelope = None
        if status == Status.SUCCESS:
            bag = cms.certificates_only([certificate])
            envelope = cms.envelope(bag, asked.signer, asked.cipher_name, self.random_bytes)
        return message.pack(envelope, self.certificate, self.key, asked.hash_name)
