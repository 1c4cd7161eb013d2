"""Notifications, deletes and dead peer detection in the words of `debug crypto isakmp`."""

from __future__ import annotations

from collections.abc import Mapping

from iosim.grammar.values import format_address
from iosim.ike.v1.trace import notices as steps
from iosim.ios.features.isakmp.words.common import Table, new_node, sa_address, type_name
from iosim.wire.isakmp import NotifyType, ProtocolId

DPD = (NotifyType.R_U_THERE, NotifyType.R_U_THERE_ACK)
NOTIFICATIONS: Mapping[int, str] = {
    NotifyType.NO_PROPOSAL_CHOSEN: "PROPOSAL_NOT_CHOSEN",
    NotifyType.R_U_THERE: "DPD/R_U_THERE",
    NotifyType.R_U_THERE_ACK: "DPD/R_U_THERE_ACK",
}
"""What IOS calls otherwise than RFC 2408."""


def notified(step: steps.Notified) -> list[str]:
    kind = NOTIFICATIONS.get(step.kind) or type_name(step.kind, NotifyType)
    spi = int.from_bytes(step.spi, "big") if len(step.spi) == 4 else 0
    what = f"NOTIFY {kind} protocol {step.protocol}\n\tspi {spi}, message ID = {step.message_id}"
    if step.sent and step.secured:
        number = [f"ISAKMP:({step.conn_id}): seq. no 0x{step.data.hex().upper()}"] if step.kind in DPD else []
        return [new_node(step.message_id), f"ISAKMP:({step.conn_id}):Sending {what}", *number]
    if step.sent:
        return [
            f"ISAKMP ({step.conn_id}): incrementing error counter on sa, attempt 1 of 5: construct_fail_ag_init",
            f"ISAKMP:({step.conn_id}): Failed to construct AG informational message.",
        ]
    if not step.secured:
        return [f"ISAKMP:({step.conn_id}):Notify has no hash. Rejected."]
    sa = f", sa = 0x{sa_address(step.handles)}" if step.handles else ""
    return [f"ISAKMP:({step.conn_id}): processing {what}{sa}"]


def dpd_received(step: steps.DpdReceived) -> list[str]:
    peer, kind = format_address(step.remote), NOTIFICATIONS[step.kind]
    return [f"ISAKMP:({step.conn_id}): {kind} received from peer {peer}, sequence 0x{step.sequence:X}"]


def deleting(step: steps.Deleting) -> list[str]:
    if step.sent:
        return [new_node(step.message_id)]
    if step.protocol not in (ProtocolId.ESP, ProtocolId.AH):
        return []
    spis = (int.from_bytes(spi, "big") for spi in step.spis)
    return [
        f"ISAKMP:({step.conn_id}):peer does not do paranoid keepalives.\n",
        *(f"ISAKMP:({step.conn_id}):Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x{spi:X})" for spi in spis),
    ]


def delete_not_sent(step: steps.DeleteNotSent) -> list[str]:
    ends = f"src {format_address(step.local)} dst {format_address(step.remote)}"
    return [
        f"ISAKMP:({step.conn_id}):ignoring request to send delete notify (no ISAKMP sa) {ends} for SPI 0x{spi:X}"
        for spi in step.spis
    ]


WORDS: Table = {
    steps.Notified: notified,
    steps.DpdReceived: dpd_received,
    steps.DpdUnanswered: lambda step: [
        f"ISAKMP:({step.conn_id}):DPD incrementing error counter ({step.attempt}/{step.limit})"
    ],
    steps.PeerNotResponding: lambda step: [
        f"ISAKMP:({step.conn_id}):peer {format_address(step.remote)} not responding!"
    ],
    steps.Deleting: deleting,
    steps.DeleteNotSent: delete_not_sent,
}
