"""What the informational exchange receives. Only what a HASH protects is acted upon (RFC 2409 section 5.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iosim.crypto.errors import CryptoError
from iosim.crypto.integrity import equal
from iosim.ike.v1 import dpd
from iosim.ike.v1.context import Context
from iosim.ike.v1.events import ModeFailure, PeerDeletedIpsec, PeerRestarted
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.lifecycle import delete_sa, finish_node, start_lifetime
from iosim.ike.v1.machine import ONE, Count, Rule, check_payloads, ignore
from iosim.ike.v1.nat_detection import follow_ports
from iosim.ike.v1.notices import informational_hash
from iosim.ike.v1.packet import ENCRYPTED, Message, unseal
from iosim.ike.v1.phase1.offers import notified_lifetime
from iosim.ike.v1.phase2_offers import IP_PROTOCOLS
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason, State
from iosim.ike.v1.trace.notices import Deleting, Notified
from iosim.ike.v1.trace.offers import LifetimeLowered
from iosim.ike.v1.trace.packets import Duplicate
from iosim.ike.v1.trace.payloads import PayloadProcessed
from iosim.ike.v1.trace.sas import InitialContact, NodeCreated, NodeDeleted, StateChange
from iosim.wire import WireError
from iosim.wire.isakmp import Delete, ExchangeType, Header, Notification, NotifyType, Payload, PayloadType, ProtocolId

SOME: Count = (0, 100)
"""Each may be answered: one message must not make us send a thousand."""
CLEAR = Rule(False, {PayloadType.NOTIFY: SOME, PayloadType.DELETE: SOME})
SECURED = Rule(True, {PayloadType.HASH: ONE, PayloadType.NOTIFY: SOME, PayloadType.DELETE: SOME})


def receive(ctx: Context, sa: IkeSa, header: Header, data: bytes) -> None:
    """Take an informational message."""
    exchange = Exchange(sa, False, State.READY, header.message_id)
    try:
        if header.flags & ENCRYPTED:
            _receive_secured(ctx, exchange, header, data)
        else:
            _receive_clear(ctx, exchange, header, data)
    except (WireError, CryptoError) as problem:
        ctx.reject(sa, header.message_id, problem)


def show_notification(ctx: Context, sa: IkeSa, notification: Notification, message_id: int) -> None:
    """Tell of a notification that is authentic, wherever it came."""
    if ctx.trace:
        protocol, kind, spi = notification.protocol, notification.kind, notification.spi
        ctx.trace(Notified(sa.conn_id, False, protocol, kind, spi, message_id, True, ctx.handles(sa)))


def act_upon(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """Do what an authentic notification asks for."""
    action = NOTIFICATIONS.get(notification.kind)
    if action is not None:
        action(ctx, sa, notification)


def _receive_clear(ctx: Context, exchange: Exchange, header: Header, data: bytes) -> None:
    """Anyone could have sent it: it is shown, and that is all."""
    sa = exchange.sa
    message = unseal(exchange, header, data, encrypted=False)
    check_payloads(ctx, exchange, CLEAR, message)
    for body in message.all(PayloadType.NOTIFY):
        notification = Notification.unpack(body)
        if ctx.trace:
            protocol, kind, spi = notification.protocol, notification.kind, notification.spi
            ctx.trace(Notified(sa.conn_id, False, protocol, kind, spi, header.message_id, False))
            ctx.trace(StateChange(sa.conn_id, Input.INFO_NOTIFY, sa.state, sa.state, 0))
    ctx.counters.ignored += 1
    ctx.emit(ModeFailure(ExchangeType.INFORMATIONAL, sa.remote))


def _receive_secured(ctx: Context, exchange: Exchange, header: Header, data: bytes) -> None:
    sa, message_id = exchange.sa, header.message_id
    if not sa.usable:
        ignore(ctx, exchange, header)
        return
    if not sa.is_new(message_id):
        ctx.counters.duplicates += 1
        if ctx.trace:
            ctx.trace(Duplicate(sa.conn_id, message_id, False, 0))
        return
    exchange.iv = phase2_iv(sa.hash, sa.cipher, sa.last_block, message_id)
    message = unseal(exchange, header, data, encrypted=True)
    check_payloads(ctx, exchange, SECURED, message)
    _check_hash(ctx, sa, message)
    sa.message_ids.add(message_id)
    for payload in message.payloads:
        handler = PAYLOADS.get(payload.type)
        if handler is not None and sa.deleted is None:
            handler(ctx, sa, payload, message_id)
    if ctx.trace:
        ctx.trace(NodeDeleted(sa.conn_id, message_id, ExchangeType.INFORMATIONAL, False, None))
        if message.all(PayloadType.NOTIFY):
            ctx.trace(StateChange(sa.conn_id, Input.INFO_NOTIFY, sa.state, sa.state, 0))


def _check_hash(ctx: Context, sa: IkeSa, message: Message) -> None:
    message_id = message.header.message_id
    if ctx.trace:
        ctx.trace(NodeCreated(sa.conn_id, message_id))
        ctx.trace(PayloadProcessed(sa.conn_id, PayloadType.HASH, message_id))
    expected = informational_hash(sa, message_id, message.after_hash())
    if not equal(message.one(PayloadType.HASH), expected):
        raise WireError("informational HASH does not match")
    follow_ports(ctx, sa)


def _handle_notification(ctx: Context, sa: IkeSa, payload: Payload, message_id: int) -> None:
    notification = Notification.unpack(payload.body)
    show_notification(ctx, sa, notification, message_id)
    act_upon(ctx, sa, notification)


def _handle_delete(ctx: Context, sa: IkeSa, payload: Payload, message_id: int) -> None:
    delete = Delete.unpack(payload.body)
    if ctx.trace:
        ctx.trace(PayloadProcessed(sa.conn_id, PayloadType.DELETE, message_id))
        ctx.trace(Deleting(sa.conn_id, False, delete.protocol, delete.spis, message_id))
    if delete.protocol == ProtocolId.ISAKMP:
        for other in list(ctx.sas_with(sa.local, sa.remote)):
            if other.initiator_cookie + other.responder_cookie in delete.spis:
                delete_sa(ctx, other, Reason.DELETED_BY_PEER, tell_peer=False)
                if ctx.trace and other.phase_1.kind is ExchangeType.MAIN_MODE:
                    ctx.trace(StateChange(other.conn_id, Input.MM_EXCH, other.state, other.state, 0))
    elif delete.protocol in IP_PROTOCOLS and delete.spis and len(delete.spis[0]) == 4:
        spis = tuple((IP_PROTOCOLS[delete.protocol], int.from_bytes(spi, "big")) for spi in delete.spis)
        ctx.emit(PeerDeletedIpsec(sa.local, sa.remote, spis))


def _handle_refusal(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """An error about a quick mode, which is named by the SPI that we offered in it."""
    spi = int.from_bytes(notification.spi, "big")
    for node in list(sa.nodes.values()):
        if node.initiator and not node.finished and spi in node.local_spis.values():
            finish_node(ctx, node, Reason.REJECTED_BY_PEER)


def _handle_invalid_spi(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """The peer has no such SA: ours to it leads nowhere."""
    if notification.protocol in IP_PROTOCOLS and len(notification.spi) == 4:
        gone = IP_PROTOCOLS[notification.protocol], int.from_bytes(notification.spi, "big")
        ctx.emit(PeerDeletedIpsec(sa.local, sa.remote, (gone,)))


def _handle_lifetime(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """RESPONDER-LIFETIME for phase 1: the peer's lifetime is the shorter one."""
    seconds = notified_lifetime(notification.data)
    if notification.protocol == ProtocolId.ISAKMP and seconds and seconds < sa.lifetime:
        if ctx.trace:
            ctx.trace(LifetimeLowered(sa.conn_id, seconds))
        start_lifetime(ctx, sa, seconds)


def _handle_initial_contact(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """The peer knows of nothing that was up before this SA began: forget it, too (RFC 2407 section 4.6.3.3).

    Behind a translator its address does not say who it is, but its identity does (RFC 3947 section 7).
    """
    if ctx.trace:
        ctx.trace(InitialContact(sa.conn_id, False, sa.local, sa.remote))
    ports = {sa.translated_port: None}
    for other in list(ctx.sas_with(sa.local, sa.remote)):
        same = sa.translated_port is None or other.peer_id == sa.peer_id
        if other is not sa and same and other.established is not None and other.established <= sa.created:
            ports[other.translated_port] = None
            delete_sa(ctx, other, Reason.PEER_RESTARTED, tell_peer=False)
    for port in ports:
        ctx.emit(PeerRestarted(sa.local, sa.remote, sa.created, port))


PAYLOADS: Mapping[int, Callable[[Context, IkeSa, Payload, int], None]] = {
    PayloadType.NOTIFY: _handle_notification,
    PayloadType.DELETE: _handle_delete,
}
REFUSALS = (
    NotifyType.NO_PROPOSAL_CHOSEN,
    NotifyType.INVALID_ID_INFORMATION,
    NotifyType.ATTRIBUTES_NOT_SUPPORTED,
    NotifyType.BAD_PROPOSAL_SYNTAX,
    NotifyType.INVALID_KEY_INFORMATION,
)
NOTIFICATIONS: Mapping[int, Callable[[Context, IkeSa, Notification], None]] = {
    **dict.fromkeys(REFUSALS, _handle_refusal),
    NotifyType.INVALID_SPI: _handle_invalid_spi,
    NotifyType.RESPONDER_LIFETIME: _handle_lifetime,
    NotifyType.INITIAL_CONTACT: _handle_initial_contact,
    NotifyType.R_U_THERE: dpd.handle_question,
    NotifyType.R_U_THERE_ACK: dpd.handle_answer,
}
