"""The IKEv1 engine: datagrams, requests and the time go in; datagrams, the next timer and events come out.

After each call the caller takes `datagrams_to_send()`, then `next_event()` until it is None, and asks `get_timer()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from iosim.ike.v1 import (
    admission,
    aggressive_mode,
    dpd,
    informational,
    lifecycle,
    main_mode,
    notices,
    quick_mode,
    renewal,
)
from iosim.ike.v1.admission import Requests
from iosim.ike.v1.config import Ikev1Config, QuickModeRequest
from iosim.ike.v1.context import Context, Counters, Datagram, Listener, Work
from iosim.ike.v1.events import (
    AggressiveModeDisabled,
    BadMessage,
    Event,
    NoSa,
    RequestFailed,
    SaDenied,
    UnsupportedExchange,
)
from iosim.ike.v1.initiation import INITIATORS, initiate
from iosim.ike.v1.phase2_offers import PROTOCOL_IDS
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.notices import DeleteNotSent
from iosim.ike.v1.trace.packets import PacketIgnored, PacketReceived
from iosim.ike.v1.trace.sas import RequestAttached, SaCreated
from iosim.wire import WireError
from iosim.wire.isakmp import ExchangeType, Header

Receiver = Callable[[Context, IkeSa, Header, bytes], None]

RECEIVERS: Mapping[int, Receiver] = {
    ExchangeType.MAIN_MODE: main_mode.receive,
    ExchangeType.AGGRESSIVE: aggressive_mode.receive,
    ExchangeType.QUICK_MODE: quick_mode.receive,
    ExchangeType.INFORMATIONAL: informational.receive,
}
"""Which exchange takes a message."""


class Engine:
    """IKEv1 of one router. `random_bytes(n)` gives n random bytes; `trace` is given the steps of `iosim.ike.v1.trace`.

    Addresses are integers in host order, times are in µs and never go back.
    """

    def __init__(
        self, config: Ikev1Config, random_bytes: Callable[[int], bytes], trace: Listener | None = None
    ) -> None:
        self._context = Context(config, random_bytes, trace)
        self._context.initiate = partial(initiate, self._context)

    @property
    def sas(self) -> tuple[IkeSa, ...]:
        """All phase-1 SAs, the oldest first; deleted ones stay for a minute."""
        return tuple(self._context.sas.values())

    def usable_sa(self, local: int, remote: int, port: int | None = None) -> IkeSa | None:
        """The latest phase-1 SA between two addresses that is up: with the peer of this port, if there is one."""
        ctx = self._context
        return ctx.usable_sa(local, remote, port=port) or ctx.usable_sa(local, remote)

    @property
    def counters(self) -> Counters:
        """Messages that led nowhere."""
        return self._context.counters

    @property
    def work(self) -> Work:
        """What has been done."""
        return self._context.work

    @property
    def key_pairs_in_use(self) -> int:
        """How many Diffie-Hellman key pairs wait for the peer's public value, or for the end of their exchange."""
        ctx = self._context
        quick = (node for sa in ctx.live.values() for node in sa.nodes.values() if not node.finished)
        phases_1 = sum(sa.phase_1.key_pair is not None for sa in ctx.negotiating.values())
        return phases_1 + sum(node.key_pair is not None for node in quick)

    @property
    def requests(self) -> tuple[Requests, Requests]:
        """What became of requests for phase-1 SAs: of peers, and of our own."""
        return self._context.incoming, self._context.outgoing

    def clear_requests(self) -> None:
        """Count them anew."""
        self._context.incoming, self._context.outgoing = Requests(), Requests()

    @property
    def trace(self) -> Listener | None:
        """Who listens to the steps; may be changed at any time."""
        return self._context.trace

    @trace.setter
    def trace(self, listener: Listener | None) -> None:
        self._context.trace = listener

    def request(self, request: QuickModeRequest, now: int) -> None:
        """A pair of SAs is wanted; the answer is `QuickModeFinished` or `RequestFailed`. Asking again: nothing."""
        ctx = self._at(now)
        if self._in_progress(request):
            if ctx.trace and request in ctx.waiting.get((request.local, request.remote), ()):
                ctx.trace(RequestAttached(0, request.local, request.remote))
            return
        if not ctx.config.enabled or not request.transforms:
            ctx.emit(RequestFailed(request, Reason.DISABLED if request.transforms else Reason.NO_POLICY))
            return
        sa = ctx.usable_sa(request.local, request.remote, request.profile, request.port)
        if sa is not None:
            quick_mode.begin(ctx, sa, request)
            return
        ctx.waiting.setdefault((request.local, request.remote), []).append(request)
        attempts = ctx.sas_with(request.local, request.remote)
        if not any(sa.initiator and sa.serves(request.profile) for sa in attempts):
            ctx.initiate(request.local, request.remote, request.profile)

    def probe(self, local: int, remote: int, now: int, port: int | None = None) -> None:
        """There is something to send to a peer of which nothing came for long: see whether it is there."""
        ctx = self._at(now)
        sa = self.usable_sa(local, remote, port)
        if sa is not None:
            dpd.ask(ctx, sa)
        else:
            renewal.contact(ctx, local, remote)

    def report_invalid_spi(self, local: int, remote: int, protocol: int, spi: int, now: int) -> None:
        """A peer sends under an SPI that is not there: tell it, at most once a minute."""
        renewal.warn(self._at(now), local, remote, PROTOCOL_IDS[protocol], spi)

    def receive_datagram(
        self, data: bytes, local: int, remote: int, local_port: int, remote_port: int, now: int
    ) -> None:
        """Take a UDP payload that came from `remote` to `local`. Any bytes will do; bad ones are counted."""
        ctx = self._at(now)
        if not ctx.config.enabled:
            ctx.counters.ignored += 1
            return
        try:
            header = Header.unpack(data)
        except WireError:
            ctx.counters.malformed += 1
            ctx.emit(BadMessage(local, remote))
            return
        sa = ctx.find(header.initiator_cookie, header.responder_cookie, local, remote)
        if ctx.trace:
            conn_id, role, state = (sa.conn_id, sa.initiator, sa.shown) if sa else (0, None, None)
            ctx.trace(PacketReceived(conn_id, remote, local_port, remote_port, role, state))
        receiver = RECEIVERS.get(header.exchange)
        if receiver is None:
            ctx.counters.ignored += 1
            ctx.emit(UnsupportedExchange(header.exchange, remote))
        elif sa is None and header.exchange in INITIATORS and ctx.begins(header):
            kind, cookies = ExchangeType(header.exchange), (header.initiator_cookie, ctx.new_cookie())
            sa = IkeSa(local, remote, local_port, remote_port, False, *cookies, now, kind)
            self._respond(ctx, receiver, header, data, sa)
        elif sa is None:
            ctx.counters.no_sa += 1
            ctx.emit(NoSa(local, remote))
        elif sa.deleted is not None:
            ctx.counters.ignored += 1
            if ctx.trace:
                ctx.trace(PacketIgnored(sa.conn_id, remote, header.exchange, header.message_id))
        else:
            sa.arrival = local_port, remote_port
            receiver(ctx, sa, header, data)

    def delete_ipsec(
        self, local: int, remote: int, spis: Iterable[tuple[int, int]], now: int, port: int | None = None
    ) -> None:
        """Tell the peer that our inbound SAs of these protocols and SPIs are gone, if a phase-1 SA is there for it."""
        ctx, gone = self._at(now), tuple(spis)
        sa = self.usable_sa(local, remote, port)
        if sa is None:
            if ctx.trace:
                ctx.trace(DeleteNotSent(0, local, remote, tuple(spi for _, spi in gone)))
            return
        for protocol, known in PROTOCOL_IDS.items():
            ours = [spi for each, spi in gone if each == protocol]
            if ours:
                notices.delete_ipsec(ctx, sa, known, ours)

    def delete_isakmp(
        self, now: int, remote: int | None = None, conn_id: int | None = None, local: int | None = None
    ) -> None:
        """Delete phase-1 SAs: all, those of an address, with a peer, or of a connection id. Their peers are told."""
        ctx = self._at(now)
        for sa in self.sas:
            if remote in (None, sa.remote) and local in (None, sa.local) and conn_id in (None, sa.conn_id):
                lifecycle.delete_sa(ctx, sa, Reason.CLEARED, tell_peer=True)

    def get_timer(self) -> int | None:
        """When `handle_timer` wants to be called, or None."""
        return self._context.timers.next_time()

    def handle_timer(self, now: int) -> None:
        """Do what is due."""
        self._at(now).timers.run(now)

    def datagrams_to_send(self) -> list[Datagram]:
        """What is to be sent, in this order; each is given once."""
        ctx = self._context
        datagrams, ctx.outbox = ctx.outbox, []
        return datagrams

    def next_event(self) -> Event | None:
        """The next event, or None."""
        events = self._context.events
        return events.popleft() if events else None

    def _at(self, now: int) -> Context:
        self._context.now = now
        return self._context

    def _in_progress(self, request: QuickModeRequest) -> bool:
        """Whether the same request already waits or is being negotiated; one of another policy gets its own answer."""
        ctx, pair = self._context, (request.local, request.remote)
        running = [node.request for sa in ctx.sas_with(*pair) for node in sa.nodes.values() if not node.finished]
        return request in [*running, *ctx.waiting.get(pair, ())]

    def _respond(self, ctx: Context, receiver: Receiver, header: Header, data: bytes, sa: IkeSa) -> None:
        """A peer offers an SA. One that cannot even be read leaves nothing behind."""
        if sa.phase_1.kind is ExchangeType.AGGRESSIVE and not ctx.config.aggressive_mode:
            ctx.counters.ignored += 1
            ctx.emit(AggressiveModeDisabled(sa.remote))
            return
        limit = admission.admit(ctx, sa.local, sa.remote, incoming=True)
        if limit is not None:
            ctx.emit(SaDenied(sa.local, sa.remote, True, limit))
            return
        if ctx.trace:
            ctx.trace(SaCreated(0, False, sa.remote, sa.local_port, sa.remote_port, False, None, ctx.handles(sa)))
        ctx.add(sa)
        sa.arrival = sa.local_port, sa.remote_port
        receiver(ctx, sa, header, data)
        if not sa.phase_1.received and sa.deleted is None:
            ctx.forget(sa)
