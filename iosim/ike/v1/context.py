"""What the exchanges of one engine share: configuration, randomness, the time, SAs, and the ways out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import field

from iosim.data import dataclass
from iosim.ike.timers import TimerQueue
from iosim.ike.v1.admission import Requests
from iosim.ike.v1.config import Ikev1Config, QuickModeRequest
from iosim.ike.v1.events import BadMessage, Event, ModeFailure
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.packets import ErrorCounted, MessageRejected, PacketSent
from iosim.ike.v1.trace.sas import Handles
from iosim.wire.isakmp import Header, Notification

SECOND = 1_000_000
RETRANSMIT_AFTER = 10 * SECOND
RETRANSMIT_LIMIT = 5
FIRST_CONNECTION_ID = 1001
NO_COOKIE = bytes(8)

Listener = Callable[[Trace], None]


@dataclass(slots=True)
class Datagram:
    """A UDP payload to send; addresses are integers in host order."""

    data: bytes
    local: int
    remote: int
    local_port: int
    remote_port: int


@dataclass(slots=True)
class Counters:
    """What happened to messages that led nowhere."""

    malformed: int = 0
    no_sa: int = 0
    ignored: int = 0
    duplicates: int = 0
    retransmissions: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class Work:
    """What an engine has done: phase-1 SAs begun, Diffie-Hellman key pairs made, shared secrets computed."""

    sas: int = 0
    key_pairs: int = 0
    secrets: int = 0


@dataclass(slots=True)
class Context:
    """The state of one engine. `now` is the time (µs) of the call that is being served.

    `sas` are by our own cookie, `peers` the same once more for each pair of a local and a remote address, `begun` by
    these addresses and the initiator's cookie. `live` are those that are not deleted, `negotiating` those of them that
    are not up, both by our own cookie. `waiting` are the requests of IPsec for which there is no phase-1 SA yet,
    `strays` the last packet of no SA that the peer is to be told of, `warned` when it was told, all by local and remote
    address. `initiate` begins phase 1, for an ISAKMP profile or none. Nothing here is gone through for each datagram:
    anybody may send those.
    """

    config: Ikev1Config
    random_bytes: Callable[[int], bytes]
    trace: Listener | None
    now: int = 0
    timers: TimerQueue = field(default_factory=TimerQueue)
    events: deque[Event] = field(default_factory=deque)
    outbox: list[Datagram] = field(default_factory=list)
    counters: Counters = field(default_factory=Counters)
    work: Work = field(default_factory=Work)
    sas: dict[bytes, IkeSa] = field(default_factory=dict)
    peers: dict[tuple[int, int], dict[bytes, IkeSa]] = field(default_factory=dict)
    begun: dict[tuple[int, int, bytes], IkeSa] = field(default_factory=dict)
    live: dict[bytes, IkeSa] = field(default_factory=dict)
    negotiating: dict[bytes, IkeSa] = field(default_factory=dict)
    waiting: dict[tuple[int, int], list[QuickModeRequest]] = field(default_factory=dict)
    strays: dict[tuple[int, int], Notification] = field(default_factory=dict)
    warned: dict[tuple[int, int], int] = field(default_factory=dict)
    incoming: Requests = field(default_factory=Requests)
    outgoing: Requests = field(default_factory=Requests)
    initiate: Callable[[int, int, str | None], None] = lambda *_: None
    next_connection_id: int = FIRST_CONNECTION_ID
    sas_made: int = 0
    peers_made: int = 0

    def find(self, initiator_cookie: bytes, responder_cookie: bytes, local: int, remote: int) -> IkeSa | None:
        """The SA of a message by its cookies; of the responder's, the first two messages may not know it yet."""
        sa = self.begun.get((local, remote, initiator_cookie))
        if sa is None:
            return None
        unknown = sa.responder_cookie if sa.initiator else responder_cookie
        return sa if sa.responder_cookie == responder_cookie or unknown == NO_COOKIE else None

    def begins(self, header: Header) -> bool:
        """Whether a message of no SA may be the first of one: no responder yet, and not our own offer sent back."""
        cookie = header.initiator_cookie
        return header.responder_cookie == NO_COOKIE and cookie != NO_COOKIE and cookie not in self.sas

    def sas_with(self, local: int, remote: int, port: int | None = None) -> Iterator[IkeSa]:
        """The SAs between two addresses that are not deleted, the latest first.

        With a port, those with one of the peers that a translator has at `remote`.
        """
        sas = (sa for sa in reversed(self.peers.get((local, remote), {}).values()) if sa.deleted is None)
        return (sa for sa in sas if port in (None, sa.translated_port))

    def usable_sa(self, local: int, remote: int, profile: str | None = None, port: int | None = None) -> IkeSa | None:
        """The latest SA with a peer that can protect an exchange for a flow that names this profile."""
        return next((sa for sa in self.sas_with(local, remote, port) if sa.usable and sa.serves(profile)), None)

    def take_waiting(self, sa: IkeSa) -> list[QuickModeRequest]:
        """The requests that wait for an SA and may use this one; they wait no longer."""
        waiting = self.waiting.pop((sa.local, sa.remote), [])
        left = [request for request in waiting if not sa.serves(request.profile)]
        if left:
            self.waiting[sa.local, sa.remote] = left
        return [request for request in waiting if sa.serves(request.profile)]

    def add(self, sa: IkeSa) -> None:
        """Keep a new SA."""
        self.work.sas += 1
        self.sas[sa.own_cookie] = self.live[sa.own_cookie] = self.negotiating[sa.own_cookie] = sa
        self.peers.setdefault((sa.local, sa.remote), {})[sa.own_cookie] = sa
        self.begun[sa.local, sa.remote, sa.initiator_cookie] = sa

    def forget(self, sa: IkeSa) -> None:
        """Keep an SA no longer."""
        self.end(sa)
        del self.sas[sa.own_cookie], self.begun[sa.local, sa.remote, sa.initiator_cookie]
        others = self.peers[sa.local, sa.remote]
        del others[sa.own_cookie]
        if not others:
            del self.peers[sa.local, sa.remote]

    def handles(self, sa: IkeSa) -> Handles:
        """The numbers of an SA and its peer, given when they are first asked for."""
        others = [other for other in self.sas_with(sa.local, sa.remote) if other is not sa]
        known = max((other.peer_number for other in others), default=0)
        for each in (*reversed(others), sa):
            if not each.number:
                self.sas_made += 1
                self.peers_made += not known
                known = known or self.peers_made
                each.number, each.peer_number = self.sas_made, known
        return Handles(sa.number, sa.peer_number, len(others))

    def end(self, sa: IkeSa) -> None:
        """An SA is deleted, and nothing of it happens by itself any more. It may be kept for a while."""
        sa.stop_timers()
        self.negotiating.pop(sa.own_cookie, None)
        self.live.pop(sa.own_cookie, None)

    def new_cookie(self) -> bytes:
        """A cookie that is not zero and not in use."""
        while True:
            cookie = self.random_bytes(8)
            if any(cookie) and cookie not in self.sas:
                return cookie

    def emit(self, event: Event) -> None:
        """Report an event."""
        self.events.append(event)

    def queue(self, sa: IkeSa, data: bytes) -> None:
        """Send a datagram to the peer of an SA."""
        if self.trace:
            self.trace(PacketSent(sa.conn_id, sa.remote, sa.local_port, sa.remote_port, sa.initiator, sa.shown))
        self.queue_silently(sa, data)

    def queue_silently(self, sa: IkeSa, data: bytes) -> None:
        """Send a datagram that is no ISAKMP message."""
        self.outbox.append(Datagram(data, sa.local, sa.remote, sa.local_port, sa.remote_port))

    def abort(self, sa: IkeSa) -> None:
        """Count a message of phase 1 that is in order, and that nothing comes of."""
        self.emit(ModeFailure(sa.phase_1.kind, sa.remote))
        self._count_error(sa)

    def reject(self, sa: IkeSa, message_id: int, problem: Exception) -> None:
        """Count a message of the peer that is malformed, does not decrypt or fails its HASH."""
        self.counters.malformed += 1
        self.emit(BadMessage(sa.local, sa.remote))
        if self.trace:
            self.trace(MessageRejected(sa.conn_id, sa.remote, message_id, str(problem)))
        self._count_error(sa)

    def _count_error(self, sa: IkeSa) -> None:
        """Up to the limit; nothing comes of reaching it, as anybody can send messages that are wrong."""
        sa.errors = min(sa.errors + 1, RETRANSMIT_LIMIT)
        if self.trace:
            self.trace(ErrorCounted(sa.conn_id, sa.errors, RETRANSMIT_LIMIT))
