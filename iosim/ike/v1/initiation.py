"""How this side begins phase 1 with a peer, or why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iosim.ike.v1 import admission, aggressive_mode, lifecycle, main_mode
from iosim.ike.v1.config import Approach
from iosim.ike.v1.context import NO_COOKIE, Context
from iosim.ike.v1.events import AggressiveModeDisabled, SaDenied
from iosim.ike.v1.phase1 import choice
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.sas import CannotStart, SaCreated
from iosim.wire.isakmp import ExchangeType

PORT = 500
INITIATORS: Mapping[ExchangeType, Callable[[Context, IkeSa], None]] = {
    ExchangeType.MAIN_MODE: main_mode.initiate,
    ExchangeType.AGGRESSIVE: aggressive_mode.initiate,
}
"""Exchanges that make a phase-1 SA, and how each begins."""


def initiate(ctx: Context, local: int, remote: int, profile: str | None) -> None:
    """Begin phase 1; without a key or a policy for the peer, or beyond a limit, what waits for it fails."""
    approach = ctx.config.approach(local, remote, profile)
    kind = ExchangeType.AGGRESSIVE if approach.aggressive else ExchangeType.MAIN_MODE
    sa = IkeSa(local, remote, PORT, PORT, True, ctx.new_cookie(), NO_COOKIE, ctx.now, kind)
    sa.profile, mode = profile, sa.phase_1
    if ctx.trace:
        ctx.trace(SaCreated(0, True, remote, PORT, PORT, approach.aggressive, sa.profile, ctx.handles(sa)))
    mode.policies, mode.preshared_key, mode.identity = approach.policies, approach.key, approach.identity
    choice.show_key(ctx, sa, mode.preshared_key)
    obstacle = _obstacle(ctx, approach, profile)
    if obstacle is None:
        limit = admission.admit(ctx, local, remote, incoming=False)
        if limit is None:
            ctx.add(sa)
            INITIATORS[kind](ctx, sa)
            return
        ctx.emit(SaDenied(local, remote, False, limit))
        obstacle = Reason.LIMIT_REACHED
    if obstacle is Reason.AGGRESSIVE_MODE_DISABLED:
        ctx.emit(AggressiveModeDisabled(remote))
    if ctx.trace:
        ctx.trace(CannotStart(0, remote, obstacle, approach.aggressive, ctx.handles(sa)))
    lifecycle.fail_waiting(ctx, local, remote, obstacle)


def _can_sign(ctx: Context, approach: Approach, profile: str | None) -> bool:
    """Whether a certificate can do what a pre-shared key would."""
    wanted = any(policy.authentication == "rsa-sig" for policy in approach.policies)
    return wanted and ctx.config.pki.credentials(profile, ()) is not None


def _obstacle(ctx: Context, approach: Approach, profile: str | None) -> Reason | None:
    """Why phase 1 cannot begin so."""
    if approach.aggressive and not ctx.config.aggressive_mode:
        return Reason.AGGRESSIVE_MODE_DISABLED
    if approach.key is None and not _can_sign(ctx, approach, profile):
        return Reason.NO_PRESHARED_KEY
    return None if approach.policies else Reason.NO_POLICY
