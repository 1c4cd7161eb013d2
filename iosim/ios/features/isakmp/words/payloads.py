"""Payloads in the words of `debug crypto isakmp`."""

from __future__ import annotations

from collections.abc import Mapping

from iosim.grammar.values import format_address
from iosim.ike.v1 import trace
from iosim.ios.features.isakmp.words.common import new_node, type_name
from iosim.wire.isakmp import IdType, NotifyType, PayloadType, ProtocolId

VENDORS = {
    "12f5f28c457168a9702d9fe274cc0100": "vendor ID is Unity",
    "afcad71368a1f1c96b8696fc77570100": "vendor ID is DPD",
    "09002689dfd6b712": "vendor ID is XAUTH",
    "4a131c81070358455c5728f20e95452f": "vendor ID is NAT-T RFC 3947",
    "439b59f8ba676c4c7737ae22eab8f582": "vendor ID is NAT-T v7",
    "7d9419a65310ca6f2c179d9215529d56": "vendor ID is NAT-T v3",
    "90cb80913ebb696e086381b5ec427b1f": "vendor ID is NAT-T v2",
}


def payload_processed(step: trace.PayloadProcessed) -> list[str]:
    payload = type_name(step.payload, PayloadType)
    return [f"ISAKMP:({step.conn_id}): processing {payload} payload. message ID = {step.message_id}"]


def vendor_id(step: trace.VendorId) -> list[str]:
    known = VENDORS.get(step.body.hex())
    lines = ["processing vendor id payload", *([known] if known else [])]
    return [f"ISAKMP:({step.conn_id}): {line}" for line in lines]


def identity(step: trace.Identity) -> list[str]:
    identification = step.identification
    address = identification.kind == IdType.IPV4_ADDR and len(identification.data) == 4
    value = (
        f"address      : {format_address(int.from_bytes(identification.data, 'big'))}"
        if address
        else f"FQDN name    : {identification.data.decode('ascii', 'replace')}"
    )
    length = 8 + len(identification.data)
    payload = (
        f"ISAKMP ({step.conn_id}): ID payload \n\tnext-payload : {step.next_payload}\n"
        f"\ttype         : {identification.kind} \n\t{value} \n\tprotocol     : {identification.protocol} \n"
        f"\tport         : {identification.port} \n\tlength       : {length}"
    )
    if not step.sent:
        return [payload]
    kind = f"ID_{IdType(identification.kind).name}"
    return [
        f"ISAKMP:({step.conn_id}):SA is doing pre-shared key authentication using id type {kind}",
        payload,
        f"ISAKMP:({step.conn_id}):Total payload length: {length}",
    ]


def notified(step: trace.Notified) -> list[str]:
    kind = NOTIFICATIONS.get(step.kind) or type_name(step.kind, NotifyType)
    spi = int.from_bytes(step.spi, "big") if len(step.spi) == 4 else 0
    what = f"NOTIFY {kind} protocol {step.protocol}\n\tspi {spi}, message ID = {step.message_id}"
    if step.sent:
        return [new_node(step.message_id), f"ISAKMP:({step.conn_id}):Sending {what}"]
    if not step.secured:
        return [f"ISAKMP:({step.conn_id}):Notify has no hash. Rejected."]
    return [f"ISAKMP:({step.conn_id}): processing {what}"]


NOTIFICATIONS: Mapping[int, str] = {NotifyType.NO_PROPOSAL_CHOSEN: "PROPOSAL_NOT_CHOSEN"}
"""What IOS calls otherwise than RFC 2408."""


def deleting(step: trace.Deleting) -> list[str]:
    if step.sent:
        return [new_node(step.message_id)]
    if step.protocol not in (ProtocolId.ESP, ProtocolId.AH):
        return []
    spis = (int.from_bytes(spi, "big") for spi in step.spis)
    return [
        f"ISAKMP:({step.conn_id}):peer does not do paranoid keepalives.\n",
        *(f"ISAKMP:({step.conn_id}):Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x{spi:X})" for spi in spis),
    ]


def delete_not_sent(step: trace.DeleteNotSent) -> list[str]:
    ends = f"src {format_address(step.local)} dst {format_address(step.remote)}"
    return [
        f"ISAKMP:({step.conn_id}):ignoring request to send delete notify (no ISAKMP sa) {ends} for SPI 0x{spi:X}"
        for spi in step.spis
    ]
