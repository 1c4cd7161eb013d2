"""`crypto isakmp keepalive`, `invalid-spi-recovery` and `crypto call admission limit`: watching peers, and limits."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ike.v1 import Keepalive
from iosim.ike.v1.admission import USUAL_NEGOTIATIONS, Admission
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.registry import part

USUAL_RETRY = 2
ON_DEMAND = "on-demand"


@dataclass(frozen=True, slots=True)
class KeepaliveSettings:
    """`crypto isakmp keepalive 10 3 periodic`; what goes without saying is not kept."""

    seconds: int
    retry: int | None = None
    mode: str | None = None

    def __post_init__(self) -> None:
        if self.retry == USUAL_RETRY:
            object.__setattr__(self, "retry", None)
        if self.mode == ON_DEMAND:
            object.__setattr__(self, "mode", None)

    @property
    def wanted(self) -> Keepalive:
        """What the engine is told."""
        return Keepalive(self.seconds, self.retry or USUAL_RETRY, self.mode is not None)


@part("config")
@dataclass(slots=True)
class Liveness:
    """What keeps negotiations in bounds and finds out that a peer is gone."""

    sas: int = bound(Value("crypto_admission_sas", order=290, type="limit", default=0))
    negotiating: int = bound(
        Value("crypto_admission_negotiating", order=290.1, type="limit", default=USUAL_NEGOTIATIONS)
    )
    invalid_spi_recovery: bool = bound(Flag("isakmp_invalid_spi_recovery", order=303))
    keepalive: KeepaliveSettings | None = bound(Value("isakmp_keepalive", order=304, type=KeepaliveSettings))

    @property
    def admission(self) -> Admission:
        """How many phase-1 SAs there may be."""
        return Admission(self.sas, self.negotiating)

    @property
    def watching(self) -> Keepalive | None:
        """How peers are watched, if they are."""
        return self.keepalive.wanted if self.keepalive else None
