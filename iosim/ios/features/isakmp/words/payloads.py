"""Payloads in the words of `debug crypto isakmp`."""

from __future__ import annotations

from collections.abc import Mapping

from iosim.grammar.values import format_address
from iosim.ike.v1 import trace, vendors
from iosim.ike.v1.nat import NatMethod
from iosim.ios.features.isakmp.words.common import name_text, new_node, sa_address, type_name
from iosim.wire.isakmp import IdType, NotifyType, PayloadType, ProtocolId

VENDORS = {
    vendors.UNITY: "vendor ID is Unity",
    vendors.DPD: "vendor ID is DPD",
    vendors.XAUTH: "vendor ID is XAUTH",
    vendors.IOSIM: "speaking to another IOS box!",
    NatMethod.RFC_3947.vendor_id: "vendor ID is NAT-T RFC 3947",
    NatMethod.DRAFT_07.vendor_id: "vendor ID is NAT-T v7",
    NatMethod.DRAFT_03.vendor_id: "vendor ID is NAT-T v3",
    NatMethod.DRAFT_02.vendor_id: "vendor ID is NAT-T v2",
}


PAYLOADS: Mapping[int, str] = {PayloadType.CR: "CERT_REQ"}
"""What IOS calls otherwise than RFC 2408."""


def payload_processed(step: trace.PayloadProcessed) -> list[str]:
    payload = PAYLOADS.get(step.payload) or type_name(step.payload, PayloadType)
    return [f"ISAKMP:({step.conn_id}): processing {payload} payload. message ID = {step.message_id}"]


def vendor_id(step: trace.VendorId) -> list[str]:
    """IOS takes everything for a Unity or DPD ID of another version first, and reads on where an ID is too short."""
    known = VENDORS.get(step.body)
    lines, seen = ["processing vendor id payload"], step.body + step.beyond
    of_ios = step.body in (vendors.DPD, vendors.UNITY, vendors.IOSIM)
    if not of_ios and len(seen) > _MAJOR:
        lines.append(f"vendor ID seems Unity/DPD but major {seen[_MAJOR]} mismatch")
    said = [f"ISAKMP:({step.conn_id}): {line}" for line in lines]
    if known:
        said.append(f"ISAKMP{' ' if step.body in _NEWER_NAT else ':'}({step.conn_id}): {known}")
    return said


_NEWER_NAT = (NatMethod.RFC_3947.vendor_id, NatMethod.DRAFT_07.vendor_id)
"""IOS 15 names these in another form (`ISAKMP (0): …`)."""


_MAJOR = 14
"""Where the major version stands in the IDs of Unity and DPD."""
NAT_METHODS = {
    NatMethod.RFC_3947: "vendor-rfc3947",
    NatMethod.DRAFT_07: "vendor-07",
    NatMethod.DRAFT_03: "vendor-03",
    NatMethod.DRAFT_02: "vendor-02",
}


def nat_offered(step: trace.NatOffered) -> list[str]:
    return [f"ISAKMP:({step.conn_id}): constructed NAT-T {NAT_METHODS[step.method]} ID"]


def nat_compared(step: trace.NatCompared) -> list[str]:
    """IOS says after each NAT-D payload what it thinks then; the peer's end does not match before it is known."""
    found = {
        (True, True): "No NAT Found for self or peer",
        (True, False): "His hash no match - this node outside NAT",
        (False, True): "My hash no match -  this node inside NAT",
        (False, False): "NAT found, both nodes inside NAT",
    }
    return [f"ISAKMP ({step.conn_id}): {found[step.ours_match, step.theirs_match]}"]


def identity(step: trace.Identity) -> list[str]:
    identification = step.identification
    address = identification.kind == IdType.IPV4_ADDR and len(identification.data) == 4
    if address:
        value = f"address      : {format_address(int.from_bytes(identification.data, 'big'))}"
    elif identification.kind == IdType.DER_ASN1_DN:
        value = f"Dist. name   : {name_text(identification.data)}"
    else:
        value = f"FQDN name    : {identification.text}"
    length = 8 + len(identification.data)
    payload = (
        f"ISAKMP ({step.conn_id}): ID payload \n\tnext-payload : {step.next_payload}\n"
        f"\ttype         : {identification.kind} \n\t{value} \n\tprotocol     : {identification.protocol} \n"
        f"\tport         : {identification.port} \n\tlength       : {length}"
    )
    if not step.sent:
        return [payload]
    kind = f"ID_{IdType(identification.kind).name}"
    method = "RSA signature" if step.signs else "pre-shared key"
    return [
        f"ISAKMP:({step.conn_id}):SA is doing {method} authentication using id type {kind}",
        payload,
        f"ISAKMP:({step.conn_id}):Total payload length: {length}",
    ]


def notified(step: trace.Notified) -> list[str]:
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


def dpd_received(step: trace.DpdReceived) -> list[str]:
    peer, kind = format_address(step.remote), NOTIFICATIONS[step.kind]
    return [f"ISAKMP:({step.conn_id}): {kind} received from peer {peer}, sequence 0x{step.sequence:X}"]


DPD = (NotifyType.R_U_THERE, NotifyType.R_U_THERE_ACK)
NOTIFICATIONS: Mapping[int, str] = {
    NotifyType.NO_PROPOSAL_CHOSEN: "PROPOSAL_NOT_CHOSEN",
    NotifyType.R_U_THERE: "DPD/R_U_THERE",
    NotifyType.R_U_THERE_ACK: "DPD/R_U_THERE_ACK",
}
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
