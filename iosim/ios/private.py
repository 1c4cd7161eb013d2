"""What is in the NVRAM of a router and in no configuration: RSA key pairs, and what certificate servers have issued.

It is there at once and survives a reload; a router of Cisco's loses what `write memory` has not saved.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from iosim.crypto.rsa import RsaKey
from iosim.data import dataclass


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key pair and when it was generated (UTC)."""

    label: str
    key: RsaKey
    generated: datetime
    exportable: bool = False


@dataclass(slots=True)
class PendingRequest:
    """A request (PKCS #10). `answer` is the certificate (DER), empty when it is rejected, None while it waits.

    `transaction` is what whoever has sent it asks after it by; one that was pasted has none.
    """

    number: int
    der: bytes
    transaction: str = ""
    answer: bytes | None = None


@dataclass(slots=True)
class Issued:
    """What a certificate server has issued; `requests` are by what they ask."""

    next_serial: int = 2
    last_number: int = 0
    requests: dict[bytes, PendingRequest] = field(default_factory=dict)


@dataclass(slots=True)
class PrivateConfig:
    """The key pairs by label, how often each was generated, and certificate servers by name."""

    key_pairs: dict[str, KeyPair] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    servers: dict[str, Issued] = field(default_factory=dict)
