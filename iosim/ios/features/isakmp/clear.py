"""`clear crypto isakmp`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import handler
from iosim.ios.session import Session


@handler("clear_crypto_isakmp")
def clear_isakmp(session: Session, statement: Statement) -> None:
    """`clear crypto isakmp [CONNECTION]`: all phase-1 SAs, or the one with this connection id."""
    feature = session.router[IsakmpFeature]
    feature.engine.delete_isakmp(session.sim.now, conn_id=statement.get("connection"))
    feature.flush()
