"""Payloads as they are met, vendor IDs, and what they find out about translators on the way."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.nat import NatMethod


class PayloadProcessed(NamedTuple):
    """A payload of this PayloadType is being looked at."""

    conn_id: int
    payload: int
    message_id: int


class PayloadIgnored(NamedTuple):
    """A payload of a type that means nothing here."""

    conn_id: int
    payload: int


class VendorId(NamedTuple):
    """The body of a vendor ID payload, and what comes behind it in the message."""

    conn_id: int
    body: bytes
    beyond: bytes = b""


class NatOffered(NamedTuple):
    """A version of NAT traversal is offered, or taken."""

    conn_id: int
    method: NatMethod


class NatCompared(NamedTuple):
    """What the NAT-D payloads say so far: whether our own and the peer's end arrive as they were sent."""

    conn_id: int
    ours_match: bool
    theirs_match: bool


Step = PayloadProcessed | PayloadIgnored | VendorId | NatOffered | NatCompared
