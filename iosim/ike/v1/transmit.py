"""Sending, sending again, and giving up: 5 repetitions, 10 s apart, as IOS does it."""

from __future__ import annotations

from collections.abc import Sequence

from iosim.ike.v1 import lifecycle
from iosim.ike.v1.context import RETRANSMIT_AFTER, RETRANSMIT_LIMIT, SECOND, Context
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.packet import seal
from iosim.ike.v1.trace.packets import Duplicate, ErrorCounted, Retransmitting
from iosim.wire.isakmp import ExchangeType, Payload

DUPLICATE_GUARD = SECOND
"""A duplicate within this time of the answer is not answered again."""


def send(
    ctx: Context,
    exchange: Exchange,
    kind: ExchangeType,
    payloads: Sequence[Payload],
    *,
    encrypt: bool = True,
    expect_answer: bool = True,
) -> None:
    """Send a message of an exchange, and repeat it until the answer stops the timer."""
    exchange.stop_timer()
    exchange.sent = seal(exchange, kind, payloads, encrypt)
    exchange.sent_at = ctx.now
    exchange.attempts = 0
    ctx.queue(exchange.sa, exchange.sent)
    if expect_answer:
        _start_timer(ctx, exchange)


def answer_duplicate(ctx: Context, exchange: Exchange, data: bytes) -> None:
    """The peer repeats itself: repeat the answer, if it was the last message and the answer is not fresh."""
    ctx.counters.duplicates += 1
    elapsed = ctx.now - exchange.sent_at
    repeat = bool(exchange.sent) and data == exchange.received[-1] and elapsed >= DUPLICATE_GUARD
    if ctx.trace:
        ctx.trace(Duplicate(exchange.sa.conn_id, exchange.message_id, repeat, elapsed))
    if repeat:
        exchange.sent_at = ctx.now
        ctx.queue(exchange.sa, exchange.sent)


def _start_timer(ctx: Context, exchange: Exchange) -> None:
    exchange.timer = ctx.timers.start(ctx.now + RETRANSMIT_AFTER, lambda _: _retransmit(ctx, exchange))


def _retransmit(ctx: Context, exchange: Exchange) -> None:
    sa = exchange.sa
    if exchange.attempts == RETRANSMIT_LIMIT:
        if ctx.trace:
            ctx.trace(Retransmitting(sa.conn_id, exchange.message_id, RETRANSMIT_LIMIT + 1, RETRANSMIT_LIMIT, sa.shown))
        lifecycle.give_up(ctx, exchange)
        return
    exchange.attempts += 1
    exchange.sent_at = ctx.now
    ctx.counters.retransmissions += 1
    if ctx.trace:
        ctx.trace(Retransmitting(sa.conn_id, exchange.message_id, exchange.attempts, RETRANSMIT_LIMIT, sa.shown))
        ctx.trace(ErrorCounted(sa.conn_id, exchange.attempts, RETRANSMIT_LIMIT))
    ctx.queue(sa, exchange.sent)
    _start_timer(ctx, exchange)
