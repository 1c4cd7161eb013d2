"""What the informational exchange sends: notifications and deletes, under a HASH once phase 1 is up (RFC 2409 5.7)."""

from __future__ import annotations

import struct

from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.packet import seal
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import State
from iosim.ike.v1.trace.notices import Deleting, Notified
from iosim.ike.v1.trace.sas import NodePurged
from iosim.wire.isakmp import Delete, ExchangeType, Notification, Payload, PayloadType, ProtocolId, pack_payloads


def notify(ctx: Context, sa: IkeSa, notification: Notification) -> None:
    """Notify the peer, in the clear while phase 1 is not up."""
    secured, message_id = sa.established is not None, new_message_id(ctx, sa)
    if ctx.trace:
        protocol, kind, spi = notification.protocol, notification.kind, notification.spi
        ctx.trace(Notified(sa.conn_id, True, protocol, kind, spi, message_id, secured, data=notification.data))
    _send(ctx, sa, message_id, Payload(PayloadType.NOTIFY, notification.pack()))


def delete_isakmp(ctx: Context, sa: IkeSa) -> None:
    """Tell the peer that this phase-1 SA is deleted."""
    _delete(ctx, sa, Delete(ProtocolId.ISAKMP, (sa.initiator_cookie + sa.responder_cookie,)))


def delete_ipsec(ctx: Context, sa: IkeSa, protocol: ProtocolId, spis: list[int]) -> None:
    """Tell the peer that these inbound SAs of ESP or AH are deleted."""
    _delete(ctx, sa, Delete(protocol, tuple(spi.to_bytes(4, "big") for spi in spis)))


def new_message_id(ctx: Context, sa: IkeSa) -> int:
    """A message id that is not zero and was not used under this SA."""
    while True:
        message_id = int.from_bytes(ctx.random_bytes(4), "big")
        if message_id and message_id not in sa.message_ids:
            sa.message_ids.add(message_id)
            return message_id


def informational_hash(sa: IkeSa, message_id: int, content: bytes) -> bytes:
    """HASH(1) = prf(SKEYID_a, M-ID | N/D)."""
    return sa.prf(struct.pack("!I", message_id) + content)


def _delete(ctx: Context, sa: IkeSa, delete: Delete) -> None:
    message_id = new_message_id(ctx, sa)
    if ctx.trace:
        ctx.trace(Deleting(sa.conn_id, True, delete.protocol, delete.spis, message_id))
    _send(ctx, sa, message_id, Payload(PayloadType.DELETE, delete.pack()))


def _send(ctx: Context, sa: IkeSa, message_id: int, payload: Payload) -> None:
    exchange = Exchange(sa, True, State.READY, message_id)
    payloads, secured = [payload], sa.established is not None
    if secured:
        exchange.iv = phase2_iv(sa.hash, sa.cipher, sa.last_block, message_id)
        digest = informational_hash(sa, message_id, pack_payloads(payloads))
        payloads.insert(0, Payload(PayloadType.HASH, digest))
    ctx.queue(sa, seal(exchange, ExchangeType.INFORMATIONAL, payloads, secured))
    if ctx.trace and secured:
        ctx.trace(NodePurged(sa.conn_id, message_id))
