"""Dead peer detection (RFC 3706): R-U-THERE, its answer, and the end of a peer that gives none.

A question that is not answered is asked again after `retry` seconds, five times, as IOS does; then the peer is dead.
"""

from __future__ import annotations

from iosim.ike.timers import Timer
from iosim.ike.v1 import lifecycle, vendors
from iosim.ike.v1.context import SECOND, Context
from iosim.ike.v1.events import PeerDead
from iosim.ike.v1.notices import notify
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason
from iosim.ike.v1.trace.notices import DpdReceived, DpdUnanswered, PeerNotResponding
from iosim.ike.v1.trace.sas import StateChange
from iosim.wire.isakmp import Notification, NotifyType, ProtocolId

RETRIES = 5
SEQUENCE_LENGTH = 4


def start(ctx: Context, sa: IkeSa) -> None:
    """Phase 1 is up: watch the peer from now on, if that is wanted and the peer knows how."""
    wanted = ctx.config.keepalive(sa.local, sa.remote, sa.profile)
    if wanted is None or not vendors.does_dpd(sa):
        return
    sa.watch.settings = wanted
    sa.watch.sequence = int.from_bytes(ctx.random_bytes(SEQUENCE_LENGTH), "big") >> 1  # RFC 3706 section 6.1
    _rest(ctx, sa)


def ask(ctx: Context, sa: IkeSa) -> None:
    """Ask whether the peer is there, unless it is being asked, has just answered, or is not to be asked."""
    watch = sa.watch
    if watch.settings is None or watch.settings.periodic or watch.asking:
        return
    if ctx.now >= watch.heard_at + watch.settings.seconds * SECOND:
        _ask(ctx, sa)


def handle_question(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """R-U-THERE: answer it with its own number. Numbers only grow (RFC 3706 section 6.2)."""
    sequence = _sequence(ctx, sa, notification)
    if sequence is None or sequence <= sa.watch.peer_sequence:
        ctx.counters.ignored += 1
        return
    sa.watch.peer_sequence = sequence
    _send(ctx, sa, NotifyType.R_U_THERE_ACK, sequence)


def handle_answer(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """R-U-THERE-ACK: the peer lives, if it answers one of the questions that are open."""
    sequence, watch = _sequence(ctx, sa, notification), sa.watch
    if sequence is None or not watch.asking or not watch.sequence - watch.unanswered <= sequence <= watch.sequence:
        ctx.counters.ignored += 1
        return
    watch.asking, watch.unanswered = False, 0
    _rest(ctx, sa)


def _rest(ctx: Context, sa: IkeSa) -> None:
    """Ask again after a while (periodic), or only when somebody wants to know (on-demand)."""
    settings = sa.watch.settings
    assert settings is not None
    sa.watch.heard_at = ctx.now
    timer = None
    if settings.periodic:
        timer = ctx.timers.start(ctx.now + settings.seconds * SECOND, lambda _: _ask_periodically(ctx, sa))
    _set_timer(sa, timer)


def _ask_periodically(ctx: Context, sa: IkeSa) -> None:
    """Only of the latest SA: another one that came up after it tells as much of the peer."""
    if ctx.usable_sa(sa.local, sa.remote, port=sa.translated_port) is sa:
        _ask(ctx, sa)


def _ask(ctx: Context, sa: IkeSa) -> None:
    watch = sa.watch
    assert watch.settings is not None
    watch.asking = True
    watch.sequence += 1
    _send(ctx, sa, NotifyType.R_U_THERE, watch.sequence)
    if ctx.trace:
        ctx.trace(StateChange(sa.conn_id, Input.PEERS_ALIVE, sa.state, sa.state, 0))
    _set_timer(sa, ctx.timers.start(ctx.now + watch.settings.retry * SECOND, lambda _: _miss(ctx, sa)))


def _miss(ctx: Context, sa: IkeSa) -> None:
    """No answer came in time."""
    watch = sa.watch
    if watch.unanswered == RETRIES:
        if ctx.trace:
            ctx.trace(PeerNotResponding(sa.conn_id, sa.remote))
        declare_dead(ctx, sa)
        return
    watch.unanswered += 1
    if ctx.trace:
        ctx.trace(DpdUnanswered(sa.conn_id, watch.unanswered, RETRIES))
    _ask(ctx, sa)


def declare_dead(ctx: Context, sa: IkeSa) -> None:
    """The peer is dead, and all that there is with it goes, unless another SA has come up since."""
    last = ctx.usable_sa(sa.local, sa.remote, port=sa.translated_port) in (None, sa)
    lifecycle.delete_sa(ctx, sa, Reason.PEER_DEAD, tell_peer=False)
    if last:
        ctx.emit(PeerDead(sa.local, sa.remote, sa.translated_port))


def _set_timer(sa: IkeSa, timer: Timer | None) -> None:
    if sa.watch.timer is not None:
        sa.watch.timer.cancel()
    sa.watch.timer = timer


def _sequence(ctx: Context, sa: IkeSa, notification: Notification) -> int | None:
    """The number of a question or an answer, or None if it is not for this SA (RFC 3706 section 5.3)."""
    data, cookies = notification.data, sa.initiator_cookie + sa.responder_cookie
    if len(data) != SEQUENCE_LENGTH or notification.spi not in (cookies, b""):
        return None
    sequence = int.from_bytes(data, "big")
    if ctx.trace:
        ctx.trace(DpdReceived(sa.conn_id, notification.kind, sa.remote, sequence))
    return sequence


def _send(ctx: Context, sa: IkeSa, kind: NotifyType, sequence: int) -> None:
    cookies = sa.initiator_cookie + sa.responder_cookie
    data = sequence.to_bytes(SEQUENCE_LENGTH, "big")
    notify(ctx, sa, Notification(ProtocolId.ISAKMP, kind, cookies, data))
