"""`clear crypto sa`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.registry import handler
from iosim.ios.session import Session


@handler("clear_crypto_sa")
def clear_sa(session: Session, statement: Statement) -> None:
    """`clear crypto sa [peer A.B.C.D]`: all IPsec SAs, or those with one peer. Peers are told."""
    peer = statement.get("peer")
    session.router[IpsecFeature].ipsec.clear(lambda installed: peer in (None, installed.pair.remote))
