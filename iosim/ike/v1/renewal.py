"""Phase 1 that is begun for its own sake: before it expires, to look for a peer, or to tell it of an unknown SPI."""

from __future__ import annotations

from iosim.ike.v1.context import SECOND, Context
from iosim.ike.v1.notices import notify
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.trace import DeleteNotSent
from iosim.wire.isakmp import Notification, NotifyType, ProtocolId

WARNING_INTERVAL = 60 * SECOND
"""A peer is told of unknown SPIs at most so often: whoever forges ESP of it must not make us talk all the time."""

MOST_WARNED = 1000
"""Peers that are remembered for this; ESP may come from any forged address."""


def contact(ctx: Context, local: int, remote: int, profile: str | None = None) -> None:
    """See that there is phase 1 with a peer, or that it is being negotiated."""
    if not any(ctx.sas_with(local, remote)):
        ctx.initiate(local, remote, profile)


def renew(ctx: Context, sa: IkeSa) -> None:
    """The SA nears its end: begin its successor while it still works, if there is no other one and it is needed."""
    others = (other for other in ctx.sas_with(sa.local, sa.remote) if other is not sa)
    if not sa.usable or any(other.serves(sa.profile) for other in others):
        return
    if ctx.config.phase_1_needed(sa.local, sa.remote):
        ctx.initiate(sa.local, sa.remote, sa.profile)


def warn(ctx: Context, local: int, remote: int, protocol: ProtocolId, spi: int) -> None:
    """A packet of the peer has an SPI that is not there: say so through phase 1.

    Without phase 1 it is begun for this where the configuration wants that (`invalid-spi-recovery`).
    """
    pair, sa = (local, remote), ctx.usable_sa(local, remote)
    last = ctx.warned.get(pair)
    if sa is None and ctx.trace:
        ctx.trace(DeleteNotSent(0, local, remote, (spi,)))
    if (sa is None and not ctx.config.invalid_spi_recovery) or (last is not None and ctx.now < last + WARNING_INTERVAL):
        return
    for known in (ctx.warned, ctx.strays):
        if len(known) >= MOST_WARNED:
            del known[next(iter(known))]
    ctx.warned[pair] = ctx.now
    ctx.strays[pair] = Notification(protocol, NotifyType.INVALID_SPI, spi.to_bytes(4, "big"))
    if sa is not None:
        warn_of_stray(ctx, sa)
    else:
        contact(ctx, local, remote)


def warn_of_stray(ctx: Context, sa: IkeSa) -> None:
    """Phase 1 is there: tell of the SPI that waits for it, if one does."""
    stray = ctx.strays.pop((sa.local, sa.remote), None)
    if stray is not None:
        notify(ctx, sa, stray)
