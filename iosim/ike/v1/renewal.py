"""Phase 1 that is begun for its own sake: before it expires, to look for a peer, or to tell it of an unknown SPI."""

from __future__ import annotations

from iosim.ike.v1.context import SECOND, Context
from iosim.ike.v1.notices import notify
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.trace.notices import DeleteNotSent
from iosim.wire.isakmp import Notification, NotifyType, ProtocolId

WARNING_INTERVAL = 60 * SECOND
"""A peer is told of unknown SPIs at most so often."""
CONTACT_INTERVAL = SECOND
"""Phase 1 is begun for unknown SPIs at most so often, with whomever."""


def contact(ctx: Context, local: int, remote: int) -> None:
    """See that there is phase 1 with a peer, or that it is being negotiated."""
    if not any(ctx.sas_with(local, remote)):
        ctx.initiate(local, remote, None)


def renew(ctx: Context, sa: IkeSa) -> None:
    """The SA nears its end: begin its successor while it still works, if there is no other one and it is needed."""
    others = (other for other in ctx.sas_with(sa.local, sa.remote, sa.translated_port) if other is not sa)
    if not sa.usable or any(other.serves(sa.profile) for other in others):
        return
    if ctx.config.phase_1_needed(sa.local, sa.remote):
        ctx.initiate(sa.local, sa.remote, sa.profile)


def warn(ctx: Context, local: int, remote: int, protocol: ProtocolId, spi: int) -> None:
    """A packet of the peer has an SPI that is not there: say so through phase 1.

    Without phase 1 it is begun for this where the configuration wants that (`invalid-spi-recovery`).
    """
    sa = ctx.usable_sa(local, remote)
    if sa is None and ctx.trace:
        ctx.trace(DeleteNotSent(0, local, remote, (spi,)))
    if (sa is None and not ctx.config.invalid_spi_recovery) or not _may_warn(ctx, (local, remote), sa):
        return
    ctx.strays[local, remote] = Notification(protocol, NotifyType.INVALID_SPI, spi.to_bytes(4, "big"))
    if sa is not None:
        warn_of_stray(ctx, sa)
    else:
        contact(ctx, local, remote)


def _may_warn(ctx: Context, pair: tuple[int, int], sa: IkeSa | None) -> bool:
    """Whoever forges ESP must not make us talk to one peer all the time, or to a new one for each packet."""
    warned = ctx.warned
    while warned and ctx.now >= next(iter(warned.values())) + WARNING_INTERVAL:
        del warned[next(iter(warned))]
    latest = next(reversed(warned.values()), None)
    if pair in warned or (sa is None and latest is not None and ctx.now < latest + CONTACT_INTERVAL):
        return False
    warned[pair] = ctx.now
    return True


def warn_of_stray(ctx: Context, sa: IkeSa) -> None:
    """Phase 1 is there: tell of the SPI that waits for it, if one does."""
    stray = ctx.strays.pop((sa.local, sa.remote), None)
    if stray is not None:
        notify(ctx, sa, stray)
