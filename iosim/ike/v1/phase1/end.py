"""Phase 1 is up, or has come to nothing."""

from __future__ import annotations

from iosim.ike.v1 import dpd, nat_detection, quick_mode, renewal
from iosim.ike.v1.context import Context
from iosim.ike.v1.events import ModeFailure, NotOffered, Phase1Up
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.lifecycle import delete_sa
from iosim.ike.v1.machine import ANY
from iosim.ike.v1.notices import notify
from iosim.ike.v1.phase1 import offers
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Reason, SaState
from iosim.wire.isakmp import Notification, NotifyType, PayloadType, ProtocolId, pack_attributes

NAT_PAYLOADS = {PayloadType.NAT_D: ANY, PayloadType.NAT_D_DRAFT: ANY}
"""Allowed where NAT traversal may look for translators."""


def complete(ctx: Context, mode: Phase1) -> None:
    """Phase 1 is up: tell IPsec, and begin what waited for it."""
    sa = mode.sa
    mode.stop_timer()
    sa.established = ctx.now
    ctx.negotiating.pop(sa.own_cookie, None)
    sa.errors = 0
    sa.shown = SaState.QM_IDLE
    ctx.emit(Phase1Up(sa))
    nat_detection.start_keepalive(ctx, sa)
    dpd.start(ctx, sa)
    if not mode.initiator and mode.offered_lifetime is not None and sa.lifetime < mode.offered_lifetime:
        _notify_lifetime(ctx, sa)
    renewal.warn_of_stray(ctx, sa)
    quick_mode.begin_waiting(ctx, sa)


def _notify_lifetime(ctx: Context, sa: IkeSa) -> None:
    """RESPONDER-LIFETIME (RFC 2407 section 4.6.3.1): the peer learns that the lifetime is shorter than it offered."""
    data = pack_attributes(offers.lifetime_attributes(sa.lifetime))
    cookies = sa.initiator_cookie + sa.responder_cookie
    notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.RESPONDER_LIFETIME, cookies, data))


def refuse(ctx: Context, mode: Phase1, reason: Reason) -> None:
    """No common policy: the responder says so, in the clear, and both let the SA go; so they do without a proof."""
    sa = mode.sa
    if reason in (Reason.NO_CERTIFICATE, Reason.BAD_CERTIFICATE):
        pass
    elif mode.initiator:
        ctx.emit(NotOffered(sa.remote))
    else:
        notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.NO_PROPOSAL_CHOSEN))
    ctx.emit(ModeFailure(mode.kind, sa.remote))
    delete_sa(ctx, sa, reason, tell_peer=False)
