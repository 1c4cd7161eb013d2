"""Call admission control: how many phase-1 SAs there may be, and how many of them may be under negotiation.

An attacker who offers SAs under forged addresses fills the second limit. So that nobody is shut out, an offer that the
peer has not followed up for a while makes room for a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.ike.v1.states import State

if TYPE_CHECKING:
    from iosim.ike.v1.context import Context
    from iosim.ike.v1.sa import IkeSa

USUAL_NEGOTIATIONS = 1000
PATIENCE = 2_000_000
"""µs in which a peer that is where it says it is will have answered."""
UNPROVEN = (State.R_MM2, State.R_AM2)
"""Only a first message has come so far, which anybody could have sent under any address."""


class Limit(Enum):
    """What is reached."""

    SAS = "IKE SA LIMIT REACHED"
    NEGOTIATIONS = "IN-NEGOTIATION SA LIMIT REACHED"


@dataclass(frozen=True, slots=True)
class Admission:
    """The limits; 0 means none."""

    sas: int = 0
    negotiations: int = USUAL_NEGOTIATIONS


@dataclass(slots=True)
class Requests:
    """Requests for phase-1 SAs of one direction, and what became of them."""

    accepted: int = 0
    no_more_sas: int = 0
    no_more_negotiations: int = 0

    @property
    def rejected(self) -> int:
        """All that were turned down."""
        return self.no_more_sas + self.no_more_negotiations


def admit(ctx: Context, local: int, remote: int, *, incoming: bool) -> Limit | None:
    """Count a request for a phase-1 SA; returns the limit that forbids it, if one does.

    The successor of an SA between two peers is none too many (Cisco, "Call Admission Control for IKE").
    """
    requests = ctx.incoming if incoming else ctx.outgoing
    limits = ctx.config.admission
    if limits.sas and len(ctx.live) >= limits.sas and ctx.usable_sa(local, remote) is None:
        requests.no_more_sas += 1
        return Limit.SAS
    if limits.negotiations and len(ctx.negotiating) >= limits.negotiations and not _make_room(ctx):
        requests.no_more_negotiations += 1
        return Limit.NEGOTIATIONS
    requests.accepted += 1
    return None


def _make_room(ctx: Context) -> bool:
    """Drop the oldest offer that its sender has not followed up in time."""
    oldest = next(_unproven(ctx), None)
    if oldest is None or ctx.now < oldest.created + PATIENCE:
        return False
    ctx.forget(oldest)
    ctx.counters.abandoned += 1
    return True


def _unproven(ctx: Context) -> Iterator[IkeSa]:
    return (sa for sa in ctx.negotiating.values() if sa.state in UNPROVEN)
