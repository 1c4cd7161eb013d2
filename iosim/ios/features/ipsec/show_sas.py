"""All SAs of a router: by their destinations, counted, and what holds for all of them.

The count has the words of a capture, and so has the lifetime; the list by destination and the idle time are from memory
of 15.x.
"""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.config import Ipsec, volume
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.names import PROTOCOLS, lifetime
from iosim.ios.features.ipsec.sa_view import SaView, sa_view
from iosim.ios.features.ipsec.show_sa import NONE, sa_text
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session


@handler("show_crypto_ipsec_sa_address")
def show_addresses(session: Session, statement: Statement) -> str:
    """`show crypto ipsec sa address [detail]`: the SAs of each destination, by protocol."""
    detail, text, place = bool(statement.get("detail")), "", (0, 0)
    for destination, sa in sorted(_sas(session.router), key=lambda each: (each[0], each[1].protocol)):
        if destination != place[0]:
            text += f"\nfvrf/address: (none)/{format_address(destination)}\n"
        if (destination, sa.protocol) != place:
            text += f"   protocol: {PROTOCOLS[sa.protocol]}\n"
        text += sa_text(sa, detail)
        place = destination, sa.protocol
    return text or NONE


def _sas(router: Router) -> Iterator[tuple[int, SaView]]:
    """Every SA behind its destination."""
    now = router.sim.now
    for installed in router[IpsecFeature].ipsec.sad:
        yield from (
            (installed.pair.local, sa_view(installed, sa, installed.inbound_id, now)) for sa in installed.inbound
        )
        yield from (
            (installed.pair.remote, sa_view(installed, sa, installed.outbound_id, now)) for sa in installed.outbound
        )


@handler("show_crypto_ipsec_sa_count")
def show_count(session: Session, statement: Statement) -> str:
    """`show crypto ipsec sa count`: a pair whose successor is there is rekeying, one that may not send yet unused."""
    counts = {"active": 0, "rekeying": 0, "unused": 0}
    for installed in session.router[IpsecFeature].ipsec.sad:
        flow = installed.flow
        state = "active" if installed is flow.current else "rekeying" if installed in flow.pairs else "unused"
        counts[state] += len(installed.inbound) + len(installed.outbound)
    states = ", ".join(f"{state}: {count}" for state, count in counts.items())
    return f"IPsec SA total: {sum(counts.values())}, {states}, invalid: 0\n"


@handler("show_crypto_ipsec_lifetime")
def show_lifetime(session: Session, statement: Statement) -> str:
    """`show crypto ipsec security-association [lifetime]`"""
    config = session.router.config[Ipsec]
    return "\n".join(lifetime(config.seconds, volume(config.kilobytes))) + "\n"


@handler("show_crypto_ipsec_idle_time")
def show_idle_time(session: Session, statement: Statement) -> str:
    """`show crypto ipsec security-association idle-time`"""
    seconds = session.router.config[Ipsec].idle_time
    return f"Security association idletime: {seconds} seconds\n" if seconds else ""
