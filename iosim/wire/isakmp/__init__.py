"""ISAKMP messages (RFC 2408) with the IPsec DOI (RFC 2407): header, payload chain, and the structured bodies.

KE, NONCE, HASH, SIG, VID and NAT-D bodies are plain bytes; the others have a class with `pack` and `unpack`.
"""

from iosim.wire.isakmp.constants import (
    ExchangeType,
    Flag,
    IdType,
    NotifyType,
    PayloadType,
    ProtocolId,
)
from iosim.wire.isakmp.message import HEADER_LENGTH, Header, Payload, pack_payloads, unpack_payloads
from iosim.wire.isakmp.payloads import Delete, Identification, Notification
from iosim.wire.isakmp.sa import (
    Attribute,
    Proposal,
    SecurityAssociation,
    Transform,
    number,
    pack_attributes,
    unpack_attributes,
)

__all__ = [
    "HEADER_LENGTH",
    "Attribute",
    "Delete",
    "ExchangeType",
    "Flag",
    "Header",
    "IdType",
    "Identification",
    "Notification",
    "NotifyType",
    "Payload",
    "PayloadType",
    "Proposal",
    "ProtocolId",
    "SecurityAssociation",
    "Transform",
    "number",
    "pack_attributes",
    "pack_payloads",
    "unpack_attributes",
    "unpack_payloads",
]
