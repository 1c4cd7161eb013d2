"""`clear crypto sa` and `clear crypto session`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ipsec.flow import InstalledPair
from iosim.wire.ipv4 import AH, ESP

_PROTOCOLS = {"esp": ESP, "ah": AH}


@handler("clear_crypto_sa")
def clear_sa(session: Session, statement: Statement) -> None:
    """`clear crypto sa [counters | map NAME | peer A.B.C.D [counters] | spi A.B.C.D esp|ah SPI]`: peers are told.

    `entry` is an older word for `spi`.
    """
    ipsec = session.router[IpsecFeature].ipsec
    peer, name, spi = statement.get("peer"), statement.get("map"), statement.get("spi")
    if statement.get("counters"):
        ipsec.clear_counters(lambda flow: peer in (None, flow.peer))
    elif spi is not None:
        protocol = _PROTOCOLS[statement.get("protocol")]
        ipsec.clear(lambda installed: (peer, protocol, spi) in _destinations(installed))
    else:
        ipsec.clear(lambda installed: peer in (None, installed.pair.remote) and name in (None, installed.flow.map_name))


def _destinations(installed: InstalledPair) -> list[tuple[int, int, int]]:
    """Each SA of a pair by its destination, protocol and SPI."""
    pair = installed.pair
    return [
        *((pair.local, sa.protocol, sa.spi) for sa in pair.inbound),
        *((pair.remote, sa.protocol, sa.spi) for sa in pair.outbound),
    ]


@handler("clear_crypto_session")
def clear_session(session: Session, statement: Statement) -> None:
    """`clear crypto session [remote A.B.C.D | local A.B.C.D]`: the IPsec SAs, then phase 1. Peers are told of both."""
    remote, local = statement.get("peer"), statement.get("address")
    isakmp = session.router[IsakmpFeature]
    session.router[IpsecFeature].ipsec.clear(
        lambda installed: remote in (None, installed.pair.remote) and local in (None, installed.pair.local)
    )
    isakmp.engine.delete_isakmp(session.sim.now, remote=remote, local=local)
    isakmp.flush()
