"""The end of things: deleting SAs and nodes, what is then told to whom, and when they are forgotten."""

from __future__ import annotations

from iosim.ike.v1 import notices, renewal
from iosim.ike.v1.context import SECOND, Context
from iosim.ike.v1.events import InboundAbandoned, PeerDead, Phase1Down, RequestFailed
from iosim.ike.v1.exchanges import Exchange, QuickMode
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason, State
from iosim.ike.v1.trace.sas import NodeDeleted, NodePurged, SaDeleted, SaPurged, SaReleased, StateChange
from iosim.wire.isakmp import ExchangeType

PURGE_SA_AFTER = 60 * SECOND
PURGE_NODE_AFTER = 50 * SECOND


SECONDS_BEFORE_END = (20, 30)
"""When a successor is wanted, for the responder and the initiator: the latter comes first, so they do not collide."""


def start_lifetime(ctx: Context, sa: IkeSa, seconds: int) -> None:
    """Let an SA live for so long from now on; its successor is begun a little before, half-way at the earliest."""
    for timer in (sa.expiry, sa.renewal):
        if timer is not None:
            timer.cancel()
    sa.lifetime = seconds
    sa.expires_at = ctx.now + seconds * SECOND
    soft = max(seconds - SECONDS_BEFORE_END[sa.initiator], seconds // 2)
    sa.renewal = ctx.timers.start(ctx.now + soft * SECOND, lambda _: renewal.renew(ctx, sa))
    sa.expiry = ctx.timers.start(sa.expires_at, lambda _: delete_sa(ctx, sa, Reason.LIFETIME_EXPIRED, tell_peer=True))


def delete_sa(ctx: Context, sa: IkeSa, reason: Reason, *, tell_peer: bool) -> None:
    """Delete a phase-1 SA and end what runs under it; it is shown as deleted for a while. Again: nothing."""
    if sa.deleted is not None:
        return
    traced = SaDeleted(sa.conn_id, reason, sa.initiator, sa.shown, sa.remote)
    if ctx.trace:
        ctx.trace(traced)
    if tell_peer and sa.usable:
        notices.delete_isakmp(ctx, sa)
    if ctx.trace:
        moved = StateChange(sa.conn_id, Input.PHASE1_DEL, sa.state, State.DEST_SA, 0)
        released = SaReleased(*traced, ctx.handles(sa))
        for step in (moved, released) if sa.usable else (released, moved):
            ctx.trace(step)
    sa.deleted = reason
    ctx.end(sa)
    sa.shown = sa.phase_1.no_state
    sa.phase_1.state = State.DEST_SA
    for node in list(sa.nodes.values()):
        finish_node(ctx, node, Reason.PHASE_1_DELETED)
    ctx.emit(Phase1Down(sa, reason))
    ctx.timers.start(ctx.now + PURGE_SA_AFTER, lambda _: _purge_sa(ctx, sa))
    fail_waiting(ctx, sa.local, sa.remote, reason)


def finish_node(ctx: Context, node: QuickMode, reason: Reason | None) -> None:
    """End a quick mode: well (no reason) or badly. It stays a while, to answer what comes late. Again: nothing."""
    if node.finished:
        return
    node.finished = True
    node.stop_timer()
    if ctx.trace:
        ctx.trace(NodeDeleted(node.sa.conn_id, node.message_id, ExchangeType.QUICK_MODE, node.initiator, reason))
    if reason is not None:
        if node.request is not None:
            ctx.emit(RequestFailed(node.request, reason))
        elif node.pair is not None:
            ctx.emit(InboundAbandoned(node.pair, node.policy))
    sa, message_id = node.sa, node.message_id
    ctx.timers.start(ctx.now + PURGE_NODE_AFTER, lambda _: _purge_node(ctx, sa, message_id))


def give_up(ctx: Context, exchange: Exchange) -> None:
    """The peer does not answer. Whoever began a quick mode in vain takes phase 1 for dead, too."""
    sa = exchange.sa
    if not isinstance(exchange, QuickMode):
        delete_sa(ctx, sa, Reason.RETRANSMISSION_PHASE_1, tell_peer=False)
    else:
        finish_node(ctx, exchange, Reason.RETRANSMISSION_PHASE_2)
        if exchange.initiator:
            delete_sa(ctx, sa, Reason.RETRANSMISSION_PHASE_2, tell_peer=True)
    watched = exchange.initiator and ctx.config.keepalive(sa.local, sa.remote, sa.profile) is not None
    if watched and ctx.usable_sa(sa.local, sa.remote, port=sa.translated_port) is None:
        ctx.emit(PeerDead(sa.local, sa.remote, sa.translated_port))


def fail_waiting(ctx: Context, local: int, remote: int, reason: Reason) -> None:
    """Fail the requests that wait for phase 1 with a peer, unless there is another attempt at it."""
    attempts = list(ctx.sas_with(local, remote))
    if not attempts:
        ctx.strays.pop((local, remote), None)
    waiting = ctx.waiting.pop((local, remote), None)
    if not waiting:
        return
    left = [request for request in waiting if any(sa.serves(request.profile) for sa in attempts)]
    if left:
        ctx.waiting[local, remote] = left
    for request in waiting:
        if request not in left:
            ctx.emit(RequestFailed(request, reason))


def _purge_sa(ctx: Context, sa: IkeSa) -> None:
    ctx.forget(sa)
    if ctx.trace:
        ctx.trace(SaPurged(sa.conn_id, ctx.handles(sa)))


def _purge_node(ctx: Context, sa: IkeSa, message_id: int) -> None:
    sa.nodes.pop(message_id, None)
    if ctx.trace:
        ctx.trace(NodePurged(sa.conn_id, message_id))
