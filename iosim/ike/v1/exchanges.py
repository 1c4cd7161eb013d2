"""The exchanges that run for a phase-1 SA and under it, and what each gathers."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from iosim.crypto.pair import KeyPair
from iosim.data import dataclass
from iosim.ike.timers import Timer
from iosim.ike.v1.config import Key, Policy, QuickModeRequest
from iosim.ike.v1.phase2_offers import Candidate
from iosim.ike.v1.states import SaState, State
from iosim.ipsec.model import Proxy, SaPair, Transform
from iosim.wire.isakmp import ExchangeType, Identification, Payload

if TYPE_CHECKING:
    from iosim.ike.v1.sa import IkeSa


@dataclass(slots=True, eq=False)
class Exchange:
    """An exchange in progress: main mode (message id 0) or a node under phase 1.

    `iv` is the IV of the next encrypted message either way. `received` are the datagrams that were processed, the last
    one answered by `sent`, which is repeated `attempts` times while `timer` runs.
    """

    sa: IkeSa
    initiator: bool
    state: State
    message_id: int = 0
    iv: bytes = b""
    received: list[bytes] = field(default_factory=list)
    sent: bytes = b""
    sent_at: int = 0
    attempts: int = 0
    timer: Timer | None = None
    finished: bool = False

    def stop_timer(self) -> None:
        """Expect no answer any more."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(slots=True, eq=False)
class Phase1(Exchange):
    """What main or aggressive mode (`kind`) gathers, by the names of RFC 2409 section 5.

    `wanted_authorities` are the names of those by which the peer wants our certificate to be issued.
    """

    kind: ExchangeType = ExchangeType.MAIN_MODE
    policies: tuple[Policy, ...] = ()
    preshared_key: Key | None = None
    identity: Identification | None = None
    sai_b: bytes = b""
    answer: bytes = b""
    key_pair: KeyPair | None = None
    g_xi: bytes = b""
    g_xr: bytes = b""
    nonce_i: bytes = b""
    nonce_r: bytes = b""
    offered_lifetime: int | None = None
    opening: list[Payload] = field(default_factory=list)
    id_ii: bytes = b""
    id_ir: bytes = b""
    wanted_authorities: tuple[bytes, ...] = ()

    @property
    def no_state(self) -> SaState:
        """What is shown before the exchange has begun, and after its SA is deleted."""
        return SaState.AG_NO_STATE if self.kind == ExchangeType.AGGRESSIVE else SaState.MM_NO_STATE


@dataclass(slots=True, eq=False)
class QuickMode(Exchange):
    """What quick mode gathers, by the names of RFC 2409 section 5.5.

    SPIs are those of our and of the peer's SAs by IP protocol.
    """

    request: QuickModeRequest | None = None
    policy: object = None
    local_proxy: Proxy = field(default_factory=lambda: Proxy(0))
    remote_proxy: Proxy = field(default_factory=lambda: Proxy(0))
    id_ci: bytes | None = None
    id_cr: bytes | None = None
    transform: Transform | None = None
    pfs_group: int | None = None
    lifetime: int = 0
    lifesize: int = 0
    choice: Candidate | None = None
    lifetime_notice: bytes = b""
    key_pair: KeyPair | None = None
    peer_public: bytes = b""
    nonce_i: bytes = b""
    nonce_r: bytes = b""
    local_spis: dict[int, int] = field(default_factory=dict)
    remote_spis: dict[int, int] = field(default_factory=dict)
    pair: SaPair | None = None
