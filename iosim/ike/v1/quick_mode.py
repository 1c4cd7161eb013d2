"""Quick mode, with and without PFS (RFC 2409 section 5.5), in three tables a role and what they name.

Initiator                                              Responder
I_QM1  HDR*, HASH(1), SA, Ni [, KE], IDci, IDcr    →
                                                   ←   R_QM2  HDR*, HASH(2), SA, Nr [, KE], IDci, IDcr
       HDR*, HASH(3)                               →
"""

from __future__ import annotations

from iosim.crypto.integrity import equal
from iosim.ike.v1 import phase2_offers, transmit
from iosim.ike.v1.config import QuickModePolicy, QuickModeRequest
from iosim.ike.v1.context import Context
from iosim.ike.v1.events import InboundReady, ModeFailure, NotAuthenticated, NotOffered, QuickModeFinished
from iosim.ike.v1.exchanges import QuickMode
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.lifecycle import finish_node
from iosim.ike.v1.machine import ANY, AT_MOST_ONE, AT_MOST_TWO, ONE, Machine, Refused, Rule, Step, ignore
from iosim.ike.v1.notices import new_message_id, notify
from iosim.ike.v1.packet import Message
from iosim.ike.v1.phase2_offers import PROTOCOL_IDS, Candidate, lower
from iosim.ike.v1.quick_payloads import (
    accept,
    check_hash,
    derive_pair,
    prf_hash,
    processing,
    read_proxies,
    read_secrets,
    read_spis,
    send_proposal,
    show_proposal,
    show_transforms,
    take_secrets,
    take_spis,
)
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason, State
from iosim.ike.v1.trace.notices import Notified
from iosim.ike.v1.trace.offers import IpsecInstalled, NoIpsecOfferAccepted
from iosim.ike.v1.trace.sas import ExchangeBegun, NodeCreated, StateChange
from iosim.wire import WireError
from iosim.wire.ipv4 import AH, ESP
from iosim.wire.isakmp import ExchangeType, Header, Notification, NotifyType, Payload, PayloadType

MOST_NODES = 1000
"""Quick modes of one phase-1 SA, with those that finished lately: a peer may begin as many as it likes."""


def begin_waiting(ctx: Context, sa: IkeSa) -> None:
    """Begin a quick mode for each request that waited for a phase 1 like this."""
    for request in ctx.take_waiting(sa):
        begin(ctx, sa, request)


def begin(ctx: Context, sa: IkeSa, request: QuickModeRequest) -> None:
    """Ask the peer for a pair of SAs."""
    node = _new_node(sa, True, new_message_id(ctx, sa))
    node.request, node.policy = request, request.policy
    node.local_proxy, node.remote_proxy = request.local_proxy, request.remote_proxy
    node.id_ci, node.id_cr = phase2_offers.proxy_id(request.local_proxy), phase2_offers.proxy_id(request.remote_proxy)
    node.pfs_group = request.pfs_group
    sa.nodes[node.message_id] = node
    INITIATOR.run(ctx, node, Input.INIT_QM)


def receive(ctx: Context, sa: IkeSa, header: Header, data: bytes) -> None:
    """Take a quick mode message: of a node that is there, or the first of a new one."""
    node = sa.nodes.get(header.message_id)
    if node is not None:
        (INITIATOR if node.initiator else RESPONDER).receive(ctx, node, header, data)
    elif not sa.usable:
        ctx.emit(NotAuthenticated(sa.remote))
        ignore(ctx, sa.phase_1, header)
    elif not header.message_id or not sa.is_new(header.message_id) or len(sa.nodes) >= MOST_NODES:
        ignore(ctx, sa.phase_1, header)
    else:
        RESPONDER.receive(ctx, _new_node(sa, False, header.message_id), header, data)


def _new_node(sa: IkeSa, initiator: bool, message_id: int) -> QuickMode:
    node = QuickMode(sa, initiator, State.QM_READY, message_id)
    node.iv = phase2_iv(sa.hash, sa.cipher, sa.last_block, message_id)
    return node


# Message 1


def send_first(ctx: Context, node: QuickMode) -> None:
    assert node.request is not None
    if ctx.trace:
        ctx.trace(ExchangeBegun(node.sa.conn_id, ExchangeType.QUICK_MODE, node.message_id))
    transforms = node.request.transforms
    take_spis(ctx, node, [each for each in (ESP, AH) if any(each in known.protocols for known in transforms)])
    node.nonce_i = take_secrets(ctx, node)
    send_proposal(ctx, node, phase2_offers.offer(node.request, node.local_spis, node.sa.nat_at_work), node.nonce_i, b"")


def process_first(ctx: Context, node: QuickMode, message: Message) -> None:
    sa = node.sa
    if ctx.trace:
        ctx.trace(NodeCreated(sa.conn_id, node.message_id))
    check_hash(ctx, node, message, b"")
    sa.message_ids.add(node.message_id)
    offers = list(phase2_offers.candidates(message.one(PayloadType.SA)))
    node.remote_spis = next(filter(None, map(read_spis, offers)), {})
    processing(ctx, node, PayloadType.SA)
    remote_proxy, local_proxy = read_proxies(node, message)
    if remote_proxy is None or local_proxy is None:
        raise Refused(Reason.PROXY_NOT_SUPPORTED)
    node.remote_proxy, node.local_proxy = remote_proxy, local_proxy
    proxies = local_proxy, remote_proxy
    policy = ctx.config.quick_mode_policy(sa.local, sa.remote, *proxies, sa.profile, sa.translated_port)
    _choose(ctx, node, offers, policy)
    node.nonce_i = read_secrets(ctx, node, message)
    ids = message.all(PayloadType.ID)
    node.id_ci, node.id_cr = (ids[0], ids[1]) if ids else (None, None)
    assert node.transform is not None
    take_spis(ctx, node, node.transform.protocols)
    sa.nodes[node.message_id] = node


def _choose(ctx: Context, node: QuickMode, offers: list[Candidate], policy: QuickModePolicy | None) -> None:
    """Take the first offer that the policy accepts; Refused, with the objection to the last one, if there is none."""
    reason = Reason.TRANSFORM_NOT_SUPPORTED
    for candidate in offers:
        show_transforms(ctx, node, candidate)
        if candidate.value is None:
            continue
        objection = phase2_offers.objection(candidate, policy, node.sa.nat_at_work)
        show_proposal(ctx, node, candidate.value, objection)
        if objection is None and policy is not None:
            node.policy = policy
            node.remote_spis = read_spis(candidate)
            accept(node, candidate, policy.lifetime, policy.lifesize)
            _prepare_answer(node, candidate)
            return
        reason = objection or reason
    raise Refused(reason)


# Message 2


def _prepare_answer(node: QuickMode, candidate: Candidate) -> None:
    """Keep the choice; a lifetime that had to be lowered is announced beside it (RFC 2407 section 4.5.4)."""
    node.choice = candidate
    if (node.lifetime, node.lifesize) != (candidate.lifetime, candidate.lifesize):
        data = phase2_offers.durations_notice(node.lifetime, node.lifesize)
        first = candidate.parts[0].proposal
        node.lifetime_notice = Notification(first.protocol, NotifyType.RESPONDER_LIFETIME, first.spi, data).pack()


def install_inbound(ctx: Context, node: QuickMode) -> None:
    node.nonce_r = take_secrets(ctx, node)
    node.pair = derive_pair(ctx, node)
    _show_installed(ctx, node)
    ctx.emit(InboundReady(node.pair, node.policy))


def send_second(ctx: Context, node: QuickMode) -> None:
    assert node.choice is not None
    body = phase2_offers.answer(node.choice, node.local_spis)
    send_proposal(ctx, node, body, node.nonce_r, node.nonce_i)


def process_second(ctx: Context, node: QuickMode, message: Message) -> None:
    check_hash(ctx, node, message, node.nonce_i)
    processing(ctx, node, PayloadType.SA)
    request = node.request
    assert request is not None
    offers = list(phase2_offers.candidates(message.one(PayloadType.SA)))
    for candidate in offers:
        show_transforms(ctx, node, candidate)
    chosen = offers[0] if len(offers) == 1 else None
    if chosen is None or chosen.value not in request.transforms or chosen.group != request.pfs_group:
        raise Refused(Reason.NOT_OFFERED)
    if chosen.udp is not phase2_offers.goes_through_udp(chosen.value, node.sa.nat_at_work):
        raise Refused(Reason.NOT_OFFERED)
    show_proposal(ctx, node, chosen.value, None)
    accept(node, chosen, request.lifetime, request.lifesize)
    node.remote_spis = read_spis(chosen)
    node.nonce_r = read_secrets(ctx, node, message)
    if read_proxies(node, message) != (node.local_proxy, node.remote_proxy):
        raise Refused(Reason.PROXY_NOT_SUPPORTED)
    for body in message.all(PayloadType.NOTIFY):
        _process_notification(ctx, node, Notification.unpack(body))
    node.pair = derive_pair(ctx, node)


def _process_notification(ctx: Context, node: QuickMode, notice: Notification) -> None:
    if ctx.trace:
        ctx.trace(Notified(node.sa.conn_id, False, notice.protocol, notice.kind, notice.spi, node.message_id, True))
    if notice.kind == NotifyType.RESPONDER_LIFETIME:
        lifetime, lifesize = phase2_offers.notified_durations(notice.data)
        node.lifetime, node.lifesize = lower(node.lifetime, lifetime), lower(node.lifesize, lifesize)


def _show_installed(ctx: Context, node: QuickMode) -> None:
    if ctx.trace:
        for spi in node.local_spis.values():
            ctx.trace(IpsecInstalled(node.sa.conn_id, node.message_id, spi))


# Message 3


def send_third(ctx: Context, node: QuickMode) -> None:
    _show_installed(ctx, node)
    digest = prf_hash(node, b"\0", node.nonce_i + node.nonce_r)
    payload = Payload(PayloadType.HASH, digest)
    transmit.send(ctx, node, ExchangeType.QUICK_MODE, [payload], expect_answer=False)
    finish_node(ctx, node, None)


def process_third(ctx: Context, node: QuickMode, message: Message) -> None:
    if not equal(message.one(PayloadType.HASH), prf_hash(node, b"\0", node.nonce_i + node.nonce_r)):
        raise WireError("quick mode HASH(3) does not match")
    finish_node(ctx, node, None)


def complete(ctx: Context, node: QuickMode) -> None:
    assert node.pair is not None
    ctx.emit(QuickModeFinished(node.pair, node.policy, node.request))


def refuse(ctx: Context, node: QuickMode, reason: Reason) -> None:
    """No SAs from this: the responder notifies the peer of it, under the SPI that the peer had offered."""
    sa = node.sa
    if node.initiator:
        ctx.emit(NotOffered(sa.remote))
    else:
        if ctx.trace:
            ctx.trace(NoIpsecOfferAccepted(sa.conn_id, sa.local, sa.remote, reason))
        protocol, spi = next(iter(node.remote_spis.items()), (ESP, 0))
        refusal = Notification(PROTOCOL_IDS[protocol], NotifyType.NO_PROPOSAL_CHOSEN, spi.to_bytes(4, "big"))
        notify(ctx, sa, refusal)
    ctx.emit(ModeFailure(ExchangeType.QUICK_MODE, sa.remote))
    finish_node(ctx, node, reason)
    if ctx.trace:
        ctx.trace(StateChange(sa.conn_id, Input.QM_EXCH, node.state, node.state, node.message_id))


_PROPOSAL = Rule(
    True,
    {
        PayloadType.HASH: ONE,
        PayloadType.SA: ONE,
        PayloadType.NONCE: ONE,
        PayloadType.KE: AT_MOST_ONE,
        PayloadType.ID: AT_MOST_TWO,
        PayloadType.NAT_OA: AT_MOST_TWO,
        PayloadType.NAT_OA_DRAFT: AT_MOST_TWO,
        PayloadType.NOTIFY: ANY,
    },
)
_LAST = Rule(True, {PayloadType.HASH: ONE, PayloadType.NOTIFY: ANY})

INITIATOR: Machine[QuickMode] = Machine(
    arrival=Input.QM_EXCH,
    payloads={State.QM_I_QM1: _PROPOSAL},
    transitions={
        (State.QM_READY, Input.INIT_QM): State.QM_I_QM1,
        (State.QM_I_QM1, Input.QM_EXCH): State.QM_INSTALL_AWAIT,
        (State.QM_INSTALL_AWAIT, Input.INSTALL_DONE): State.QM_COMPLETE,
    },
    steps={
        (State.QM_READY, Input.INIT_QM): Step(before=send_first),
        (State.QM_I_QM1, Input.QM_EXCH): Step(process=process_second, then=Input.INSTALL_DONE),
        (State.QM_INSTALL_AWAIT, Input.INSTALL_DONE): Step(before=send_third, after=complete),
    },
    refuse=refuse,
)

RESPONDER: Machine[QuickMode] = Machine(
    arrival=Input.QM_EXCH,
    payloads={State.QM_READY: _PROPOSAL, State.QM_R_QM2: _LAST},
    transitions={
        (State.QM_READY, Input.QM_EXCH): State.QM_SPI_STARVE,
        (State.QM_SPI_STARVE, Input.GOT_SPI): State.QM_INSTALL_AWAIT,
        (State.QM_INSTALL_AWAIT, Input.INSTALL_DONE): State.QM_R_QM2,
        (State.QM_R_QM2, Input.QM_EXCH): State.QM_COMPLETE,
    },
    steps={
        (State.QM_READY, Input.QM_EXCH): Step(process=process_first, then=Input.GOT_SPI),
        (State.QM_SPI_STARVE, Input.GOT_SPI): Step(after=install_inbound, then=Input.INSTALL_DONE),
        (State.QM_INSTALL_AWAIT, Input.INSTALL_DONE): Step(before=send_second),
        (State.QM_R_QM2, Input.QM_EXCH): Step(process=process_third, after=complete),
    },
    refuse=refuse,
)
