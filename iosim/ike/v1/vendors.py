"""Vendor IDs: what is said of our abilities, and what the peer says of its own (RFC 2408 section 3.16).

With the first message NAT traversal is offered in all its versions, and the answer names the one that is taken. With
the key exchange come DPD (RFC 3706), XAUTH, and, from a responder, Unity, as IOS sends them.
"""

from __future__ import annotations

from collections.abc import Iterable

from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.nat import METHODS, NatMethod
from iosim.ike.v1.packet import Message
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.trace.payloads import NatOffered, VendorId
from iosim.wire.isakmp import Payload, PayloadType, pack_payloads

IOSIM = bytes.fromhex("696f73696d20494b457631")
"""What one of us says to another: `iosim IKEv1`."""
UNITY = bytes.fromhex("12f5f28c457168a9702d9fe274cc0100")
DPD = bytes.fromhex("afcad71368a1f1c96b8696fc77570100")
XAUTH = bytes.fromhex("09002689dfd6b712")
_OFFERS = {method: Payload(PayloadType.VID, method.vendor_id) for method in METHODS}
_OF_INITIATOR = [Payload(PayloadType.VID, body) for body in (DPD, IOSIM, XAUTH)]
_OF_RESPONDER = [Payload(PayloadType.VID, body) for body in (UNITY, DPD, IOSIM)]
MOST_KEPT = 20
"""Vendor IDs of a peer that are remembered."""


def offer_nat(ctx: Context, mode: Phase1) -> list[Payload]:
    """As initiator: every version of NAT traversal. As responder: the one that is taken, if any."""
    sa = mode.sa
    if not ctx.config.nat_transparency:
        return []
    methods: Iterable[NatMethod] = METHODS if mode.initiator else filter(None, (sa.nat,))
    found = tuple(methods)
    if ctx.trace:
        for method in found:
            ctx.trace(NatOffered(sa.conn_id, method))
    return [_OFFERS[method] for method in found]


def abilities(mode: Phase1) -> list[Payload]:
    """What goes with our key exchange."""
    return _OF_INITIATOR if mode.initiator else _OF_RESPONDER


def read(ctx: Context, mode: Phase1, message: Message) -> None:
    """Take the peer's vendor IDs, and with them the version of NAT traversal: the first of ours that it knows."""
    sa = mode.sa
    show(ctx, mode, message)
    for body in message.all(PayloadType.VID):
        if body not in sa.vendor_ids and len(sa.vendor_ids) < MOST_KEPT:
            sa.vendor_ids.append(body)
    if ctx.config.nat_transparency and sa.nat is None:
        sa.nat = next((method for method in METHODS if method.vendor_id in sa.vendor_ids), None)


def show(ctx: Context, mode: Phase1, message: Message) -> None:
    """Tell of the peer's vendor IDs; IOS looks at them again once it has chosen a policy."""
    if ctx.trace:
        payloads = message.payloads
        for (kind, body), after in zip(payloads, [*payloads[1:], None], strict=True):
            if kind == PayloadType.VID:
                ctx.trace(VendorId(mode.sa.conn_id, body, pack_payloads([after]) if after else b""))


def does_dpd(sa: IkeSa) -> bool:
    """Whether the peer answers R-U-THERE."""
    return DPD in sa.vendor_ids
