"""Whole messages: a chain of payloads under a header, encrypted or clear (RFC 2409 appendix B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from iosim.data import dataclass
from iosim.ike.v1.exchanges import Exchange
from iosim.wire import WireError
from iosim.wire.isakmp import (
    HEADER_LENGTH,
    ExchangeType,
    Flag,
    Header,
    Payload,
    PayloadType,
    pack_payloads,
    unpack_payloads,
)

ENCRYPTED = int(Flag.ENCRYPTION)


@dataclass(slots=True)
class Message:
    """A message that could be read. `content` is the chain of payloads as it was on the wire, without padding."""

    header: Header
    payloads: list[Payload]
    content: bytes
    bodies: dict[int, list[bytes]] = field(init=False)

    def __post_init__(self) -> None:
        self.bodies = {}
        for kind, body in self.payloads:
            self.bodies.setdefault(kind, []).append(body)

    def one(self, kind: PayloadType) -> bytes:
        """The body of the first payload of a kind; WireError if there is none."""
        found = self.bodies.get(kind)
        if found is None:
            raise WireError(f"ISAKMP: no {kind.name} payload")
        return found[0]

    def all(self, kind: PayloadType) -> list[bytes]:
        """The bodies of all payloads of a kind."""
        return self.bodies.get(kind, [])

    def after_hash(self) -> bytes:
        """What a HASH covers: everything behind the HASH payload, which must be the first (RFC 2409 section 5.5)."""
        if not self.payloads or self.payloads[0].type != PayloadType.HASH:
            raise WireError("ISAKMP: HASH is not the first payload")
        return self.content[4 + len(self.payloads[0].body) :]


def seal(exchange: Exchange, kind: ExchangeType, payloads: Sequence[Payload], encrypt: bool) -> bytes:
    """The datagram for these payloads; an encrypted one moves the IV of the exchange on."""
    sa = exchange.sa
    content = pack_payloads(payloads)
    if encrypt:
        size = sa.cipher.block_size
        content = sa.channel.encrypt(exchange.iv, content + bytes(-len(content) % size))
        exchange.iv = content[-size:]
    header = Header(
        sa.initiator_cookie,
        sa.responder_cookie,
        payloads[0].type,
        kind,
        ENCRYPTED if encrypt else 0,
        exchange.message_id,
        HEADER_LENGTH + len(content),
    )
    return header.pack() + content


def unseal(exchange: Exchange, header: Header, data: bytes, encrypted: bool | None) -> Message:
    """Read a datagram that must be encrypted, or must not be (None: either); the IV of the exchange moves on.

    WireError for the wrong one of both, for a length that is not whole blocks and for a malformed chain.
    """
    if encrypted is None:
        encrypted = bool(header.flags & ENCRYPTED)
    elif bool(header.flags & ENCRYPTED) is not encrypted:
        raise WireError(f"ISAKMP: the message is {'not ' if encrypted else ''}encrypted")
    content = data[HEADER_LENGTH:]
    if encrypted:
        sa = exchange.sa
        if sa.secrets is None or not content or len(content) % sa.cipher.block_size:
            raise WireError(f"ISAKMP: {len(content)} encrypted bytes")
        iv, exchange.iv = exchange.iv, content[-sa.cipher.block_size :]
        content = sa.channel.decrypt(iv, content)
    payloads, end = unpack_payloads(header.next_payload, content)
    if not encrypted and end != len(content):
        raise WireError(f"ISAKMP: {len(content) - end} bytes after the last payload")
    return Message(header, payloads, content[:end])
