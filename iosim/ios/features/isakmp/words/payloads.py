"""Payloads, vendor IDs and translators in the words of `debug crypto isakmp`."""

from __future__ import annotations

from collections.abc import Mapping

from iosim.ike.v1 import vendors
from iosim.ike.v1.nat import NatMethod
from iosim.ike.v1.trace import payloads as steps
from iosim.ios.features.isakmp.words.common import Table, type_name
from iosim.wire.isakmp import PayloadType

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


def payload_processed(step: steps.PayloadProcessed) -> list[str]:
    payload = PAYLOADS.get(step.payload) or type_name(step.payload, PayloadType)
    return [f"ISAKMP:({step.conn_id}): processing {payload} payload. message ID = {step.message_id}"]


def vendor_id(step: steps.VendorId) -> list[str]:
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


def nat_offered(step: steps.NatOffered) -> list[str]:
    return [f"ISAKMP:({step.conn_id}): constructed NAT-T {NAT_METHODS[step.method]} ID"]


def nat_compared(step: steps.NatCompared) -> list[str]:
    """IOS says after each NAT-D payload what it thinks then; the peer's end does not match before it is known."""
    found = {
        (True, True): "No NAT Found for self or peer",
        (True, False): "His hash no match - this node outside NAT",
        (False, True): "My hash no match -  this node inside NAT",
        (False, False): "NAT found, both nodes inside NAT",
    }
    return [f"ISAKMP ({step.conn_id}): {found[step.ours_match, step.theirs_match]}"]


WORDS: Table = {
    steps.PayloadProcessed: payload_processed,
    steps.VendorId: vendor_id,
    steps.NatOffered: nat_offered,
    steps.NatCompared: nat_compared,
    steps.PayloadIgnored: lambda step: [f"ISAKMP:received payload type {step.payload}"],
}
