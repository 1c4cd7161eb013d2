"""`show crypto engine connections active`: what the crypto engine works for.

The columns, and the names of DES, 3DES, AES and the HMACs, are those of captures; the names of AES-GCM, GMAC, no cipher
and AH are made after them. IOS counts no packets for IKE.
"""

from __future__ import annotations

from collections.abc import Iterator

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.flow import InstalledPair
from iosim.ipsec.model import Transform
from iosim.wire.ipv4 import AH


@dataclass(frozen=True, slots=True)
class Connection:
    """A row of the table; `last` is the highest sequence number that came."""

    number: int
    kind: str
    algorithm: str
    encrypted: int
    decrypted: int
    last: int
    local: int


def collect(router: Router) -> list[Connection]:
    """The connections by number, those of IKE behind those of IPsec."""
    return [*_ipsec(router), *_ike(router)]


def _ipsec(router: Router) -> Iterator[Connection]:
    for installed in router[IpsecFeature].ipsec.sad:
        yield from _pair(installed)


def _pair(installed: InstalledPair) -> Iterator[Connection]:
    local, transform = installed.pair.local, installed.pair.transform
    for inbound in installed.inbound:
        name = _ipsec_name(transform, inbound.protocol)
        yield Connection(installed.inbound_id, "IPsec", name, 0, inbound.packets, inbound.highest, local)
    for outbound in installed.outbound:
        name = _ipsec_name(transform, outbound.protocol)
        yield Connection(installed.outbound_id, "IPsec", name, outbound.packets, 0, 0, local)


def _ike(router: Router) -> Iterator[Connection]:
    for sa in sorted(router[IsakmpFeature].engine.sas, key=lambda sa: sa.conn_id):
        if sa.conn_id and sa.policy is not None and sa.deleted is None:
            name = f"{sa.policy.hash.upper()}+{_cipher_name(sa.policy.encryption)}"
            yield Connection(sa.conn_id, "IKE", name, 0, 0, 0, sa.local)


def _ipsec_name(transform: Transform, protocol: int) -> str:
    """`AES256+SHA`; `AES` for 128 bits."""
    if protocol == AH:
        return f"AH{(transform.ah or '').upper()}"
    cipher = _cipher_name(transform.cipher or "")
    return f"{cipher}+{transform.integrity.upper()}" if transform.integrity else cipher


def _cipher_name(cipher: str) -> str:
    kind, _, bits = cipher.partition("-")
    size = "" if bits == "128" else bits
    return {"gcm": f"AES{size}-GCM", "gmac": f"AES{size}-GMAC"}.get(kind, f"{kind.upper()}{size}")


@handler("show_crypto_engine_connections")
def show_connections(session: Session, statement: Statement) -> str:
    """`show crypto engine connections active`"""
    heading = "Crypto Engine Connections\n\n   ID  Type    Algorithm      Encrypt  Decrypt LastSeqN IP-Address\n"
    return heading + "".join(map(_line, collect(session.router))) + "\n"


def _line(row: Connection) -> str:
    counts = f"{row.encrypted:>8} {row.decrypted:>8} {row.last:>8}"
    return f"{row.number:>5}  {row.kind:<7} {row.algorithm:<14}{counts} {format_address(row.local)}\n"
