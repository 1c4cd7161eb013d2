"""Datagrams: sent, received, sent again, ignored and rejected."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.states import SaState


class PacketSent(NamedTuple):
    """A datagram goes to the peer."""

    conn_id: int
    remote: int
    local_port: int
    remote_port: int
    initiator: bool
    state: SaState


class PacketReceived(NamedTuple):
    """A datagram came from the peer; `initiator` and `state` are None when it belongs to no SA."""

    conn_id: int
    remote: int
    local_port: int
    remote_port: int
    initiator: bool | None
    state: SaState | None


class PacketIgnored(NamedTuple):
    """A message for an SA that is deleted, or that its state does not expect."""

    conn_id: int
    remote: int
    exchange: int
    message_id: int


class MessageRejected(NamedTuple):
    """A message is malformed, does not decrypt or fails its HASH; `problem` says it in the engine's own words."""

    conn_id: int
    remote: int
    message_id: int
    problem: str


class ErrorCounted(NamedTuple):
    """The error counter of an SA went up."""

    conn_id: int
    attempt: int
    limit: int


class Duplicate(NamedTuple):
    """A message came again; `elapsed` is the time in µs since the answer was last sent."""

    conn_id: int
    message_id: int
    retransmitted: bool
    elapsed: int


class Retransmitting(NamedTuple):
    """No answer came in time: attempt 1 … `limit`; one more is the end, and nothing is sent again."""

    conn_id: int
    message_id: int
    attempt: int
    limit: int
    state: SaState


Step = PacketSent | PacketReceived | PacketIgnored | MessageRejected | ErrorCounted | Duplicate | Retransmitting
