"""Notifications, deletes and dead peer detection."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.trace.sas import Handles


class Notified(NamedTuple):
    """A notification is sent or was received; `kind` is a NotifyType, `secured` says whether a HASH protects it.

    `handles` are there for one that is received under a HASH.
    """

    conn_id: int
    sent: bool
    protocol: int
    kind: int
    spi: bytes
    message_id: int
    secured: bool
    handles: Handles | None = None
    data: bytes = b""


class DpdReceived(NamedTuple):
    """R-U-THERE or its answer (`kind` is a NotifyType) came."""

    conn_id: int
    kind: int
    remote: int
    sequence: int


class DpdUnanswered(NamedTuple):
    """No answer to R-U-THERE came in time: attempt 1 … `limit`."""

    conn_id: int
    attempt: int
    limit: int


class PeerNotResponding(NamedTuple):
    """The peer does not answer R-U-THERE any more, and is taken for dead."""

    conn_id: int
    remote: int


class Deleting(NamedTuple):
    """A delete payload is sent or was received, with these SPIs."""

    conn_id: int
    sent: bool
    protocol: int
    spis: tuple[bytes, ...]
    message_id: int


class DeleteNotSent(NamedTuple):
    """There is no phase-1 SA to send a delete through."""

    conn_id: int
    local: int
    remote: int
    spis: tuple[int, ...]


Step = Notified | DpdReceived | DpdUnanswered | PeerNotResponding | Deleting | DeleteNotSent
