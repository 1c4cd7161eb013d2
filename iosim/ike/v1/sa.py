"""Phase-1 SAs: what is known of each, from its first message on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import InitVar, field

from iosim.crypto.ciphers import CIPHERS, Cipher
from iosim.crypto.hashes import HASHES, Hash
from iosim.data import dataclass
from iosim.ike.timers import Timer
from iosim.ike.v1.channel import Channel
from iosim.ike.v1.config import Keepalive, Policy
from iosim.ike.v1.exchanges import Phase1, QuickMode
from iosim.ike.v1.keys import Secrets
from iosim.ike.v1.nat import NatMethod, NatView
from iosim.ike.v1.states import Reason, SaState, State
from iosim.wire.isakmp import ExchangeType, Identification

MOST_EXCHANGES = 100_000
"""Under one phase-1 SA: all their message ids are remembered. DPD every ten seconds makes 17,000 in a day."""


@dataclass(slots=True, eq=False)
class Watch:
    """Dead peer detection of an SA. `sequence` is the number of our last question, `peer_sequence` of the peer's.

    While `asking`, `unanswered` counts the questions that were repeated since the peer was last heard, at `heard_at`
    (µs).
    """

    settings: Keepalive | None = None
    sequence: int = 0
    peer_sequence: int = -1
    asking: bool = False
    unanswered: int = 0
    heard_at: int = 0
    timer: Timer | None = None


@dataclass(slots=True, eq=False)
class IkeSa:
    """A phase-1 SA from its first message until some time after it is deleted. Times are in µs, `lifetime` in seconds.

    `shown` is the state of `show crypto isakmp sa`; `policy` is the own policy that was agreed on, `profile` the ISAKMP
    profile, if there is one; `secrets` is None before the keys are there; `last_block` is the last CBC block of phase
    1, which the IVs of phase 2 start from. `nat` is the version of NAT traversal that both know, `nat_view` what it
    found, `udp_encapsulation` whether everything goes through UDP 4500 therefore; `arrival` are the local and the
    remote port of the latest message. `number` and `peer_number` count the SAs of the engine, and the times that it had
    none with the peer before.
    """

    local: int
    remote: int
    local_port: int
    remote_port: int
    initiator: bool
    initiator_cookie: bytes
    responder_cookie: bytes
    created: int
    kind: InitVar[ExchangeType] = ExchangeType.MAIN_MODE
    shown: SaState = field(init=False)
    conn_id: int = 0
    policy: Policy | None = None
    lifetime: int = 0
    expires_at: int | None = None
    expiry: Timer | None = None
    renewal: Timer | None = None
    established: int | None = None
    deleted: Reason | None = None
    errors: int = 0
    secrets: Secrets | None = None
    last_block: bytes = b""
    peer_id: Identification | None = None
    profile: str | None = None
    vendor_ids: list[bytes] = field(default_factory=list)
    nat: NatMethod | None = None
    nat_view: NatView | None = None
    udp_encapsulation: bool = False
    arrival: tuple[int, int] = (0, 0)
    number: int = 0
    peer_number: int = 0
    keepalive: Timer | None = None
    watch: Watch = field(default_factory=Watch)
    message_ids: set[int] = field(default_factory=set)
    nodes: dict[int, QuickMode] = field(default_factory=dict)
    phase_1: Phase1 = field(init=False)
    _channel: Channel | None = field(init=False, default=None)
    _prf: Callable[[bytes], bytes] | None = field(init=False, default=None)

    def __post_init__(self, kind: ExchangeType) -> None:
        self.phase_1 = Phase1(self, self.initiator, State.READY, kind=kind)
        self.shown = self.phase_1.no_state

    @property
    def state(self) -> State:
        """The state of phase 1."""
        return self.phase_1.state

    @property
    def own_cookie(self) -> bytes:
        """The cookie that this side chose."""
        return self.initiator_cookie if self.initiator else self.responder_cookie

    @property
    def usable(self) -> bool:
        """Whether the peer is authenticated and the SA not deleted."""
        return self.established is not None and self.deleted is None

    def serves(self, profile: str | None) -> bool:
        """Whether a flow that names this ISAKMP profile, or none, may use the SA."""
        return profile in (None, self.profile)

    @property
    def negotiating(self) -> bool:
        """Whether phase 1 still runs."""
        return self.established is None and self.deleted is None

    @property
    def translated_port(self) -> int | None:
        """The peer's port where a translator is on the way: it tells peers behind one address apart."""
        return self.remote_port if self.nat_at_work else None

    @property
    def nat_at_work(self) -> NatMethod | None:
        """The version of NAT traversal, where there is a translator for it."""
        return self.nat if self.udp_encapsulation else None

    @property
    def signs(self) -> bool:
        """Whether signatures authenticate, and not a pre-shared key."""
        return self.policy is not None and self.policy.authentication == "rsa-sig"

    @property
    def hash(self) -> Hash:
        """The negotiated hash, whose HMAC is the prf."""
        assert self.policy is not None
        return HASHES[self.policy.hash]

    @property
    def cipher(self) -> Cipher:
        """The negotiated cipher."""
        assert self.policy is not None
        return CIPHERS[self.policy.encryption]

    @property
    def channel(self) -> Channel:
        """The negotiated cipher under Ka."""
        if self._channel is None:
            assert self.secrets is not None
            self._channel = Channel(self.cipher, self.secrets.ka)
        return self._channel

    @property
    def prf(self) -> Callable[[bytes], bytes]:
        """The prf under SKEYID_a, which everything after phase 1 is authenticated by."""
        if self._prf is None:
            assert self.secrets is not None
            self._prf = self.hash.keyed(self.secrets.skeyid_a)
        return self._prf

    def is_new(self, message_id: int) -> bool:
        """Whether a message id has not been used yet; an SA of very many exchanges knows of no new ones."""
        return message_id not in self.message_ids and len(self.message_ids) < MOST_EXCHANGES

    def stop_timers(self) -> None:
        """Nothing is to happen by itself any more."""
        self.phase_1.stop_timer()
        for timer in (self.expiry, self.renewal, self.keepalive, self.watch.timer):
            if timer is not None:
                timer.cancel()

    def remember(self) -> Callable[[], None]:
        """What brings back what is known of the peer, when its message turns out to be none."""
        cookie, vendor_ids, nat, view = self.responder_cookie, self.vendor_ids[:], self.nat, self.nat_view

        def restore() -> None:
            self.responder_cookie, self.vendor_ids, self.nat, self.nat_view = cookie, vendor_ids, nat, view

        return restore

    def remaining(self, now: int) -> int | None:
        """What is left of the lifetime, in whole seconds; None before it is agreed on."""
        return None if self.expires_at is None else max(0, self.expires_at - now) // 1_000_000
