"""`show crypto call admission statistics` and its `clear`: requests for SAs, and what became of them."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.ipsec.engine import IpsecFeature, Requests
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

_LINE = "-" * 69


@handler("show_crypto_call_admission")
def show_admission(session: Session, statement: Statement) -> str:
    """`show crypto call admission statistics`; there is no limit of system resources in a simulation."""
    engine, limits = session.router[IsakmpFeature].engine, session.router[IsakmpFeature].config.admission
    incoming, outgoing = engine.requests
    live = [sa for sa in engine.sas if sa.deleted is None]
    active = sum(sa.usable for sa in live)
    rejected = incoming.rejected + outgoing.rejected
    full = incoming.no_more_sas + outgoing.no_more_sas
    busy = incoming.no_more_negotiations + outgoing.no_more_negotiations
    return (
        f"{_LINE}\n               Crypto Call Admission Control Statistics\n{_LINE}\n"
        f"System Resource Limit: {0:>8} Max IKE SAs: {limits.sas:>5} Max in nego: {limits.negotiations:>5}\n"
        f"Total IKE SA Count: {len(live):>11} active: {active:>10} negotiating: {len(live) - active:>5}\n"
        f"Incoming IKE Requests: {incoming.accepted + incoming.rejected:>8} "
        f"accepted: {incoming.accepted:>8} rejected: {incoming.rejected:>8}\n"
        f"Outgoing IKE Requests: {outgoing.accepted + outgoing.rejected:>8} "
        f"accepted: {outgoing.accepted:>8} rejected: {outgoing.rejected:>8}\n"
        f"Rejected IKE Requests: {rejected:>8} rsrc low: {0:>8} Active SA limit: {full}\n"
        f"{'':<51}In-neg SA limit: {busy}\n"
        f"IKE packets dropped at dispatch: {0:>8}\n\n"
    ) + _ipsec_text(session.router)


def _ipsec_text(router: Router) -> str:
    """The same for IPsec, which nothing limits: what is asked for is admitted, whatever becomes of it."""
    feature = router[IpsecFeature]
    active = sum(1 for _ in feature.ipsec.sad)
    negotiating = sum(flow.negotiating for flow in feature.ipsec.flows.values())
    incoming, outgoing = feature.requests.incoming, feature.requests.outgoing
    return (
        f"Max IPSEC SAs: {0:>5}\n"
        f"Total IPSEC SA Count: {active + negotiating:>11} active: {active:>10} negotiating: {negotiating:>5}\n"
        f"Incoming IPSEC Requests: {incoming:>8} accepted: {incoming:>8} rejected: {0:>8}\n"
        f"Outgoing IPSEC Requests: {outgoing:>8} accepted: {outgoing:>8} rejected: {0:>8}\n"
    )


@handler("clear_crypto_call_admission")
def clear_admission(session: Session, statement: Statement) -> None:
    """`clear crypto call admission statistics`"""
    session.router[IsakmpFeature].engine.clear_requests()
    session.router[IpsecFeature].requests = Requests()
