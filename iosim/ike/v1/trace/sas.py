"""Phase-1 SAs and the exchanges under them (nodes): how they begin, move from state to state and end."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.states import Input, Reason, SaState, State


class Handles(NamedTuple):
    """The how-manieth SA of the engine this is, and its peer likewise; `others` are the SAs that the peer also has."""

    sa: int
    peer: int
    others: int


class SaCreated(NamedTuple):
    """A phase-1 SA came to be: on request of IPsec (initiator) or by an offer of the peer.

    As initiator: whether it begins in aggressive mode, and the ISAKMP profile of the request, if it names one.
    """

    conn_id: int
    initiator: bool
    remote: int
    local_port: int
    remote_port: int
    aggressive: bool
    profile: str | None
    handles: Handles


class CannotStart(NamedTuple):
    """Phase 1 with a peer cannot begin."""

    conn_id: int
    remote: int
    reason: Reason
    aggressive: bool
    handles: Handles


class RequestAttached(NamedTuple):
    """IPsec asks again for what waits for phase 1 with the peer."""

    conn_id: int
    local: int
    remote: int


class StateChange(NamedTuple):
    """An input moved a phase-1 SA (`message_id` 0) or a quick mode node."""

    conn_id: int
    input: Input
    old: State
    new: State
    message_id: int


class ExchangeBegun(NamedTuple):
    """This side begins an exchange (an ExchangeType)."""

    conn_id: int
    exchange: int
    message_id: int


class NodeCreated(NamedTuple):
    """A new exchange under phase 1, by its message id."""

    conn_id: int
    message_id: int


class NodeDeleted(NamedTuple):
    """An exchange is over; `reason` None: no error."""

    conn_id: int
    message_id: int
    exchange: int
    initiator: bool
    reason: Reason | None


class NodePurged(NamedTuple):
    """An exchange that is over is forgotten."""

    conn_id: int
    message_id: int


class PeerInserted(NamedTuple):
    """The authenticated peer is kept by its addresses and port; `floated`: as initiator, we have moved to UDP 4500."""

    conn_id: int
    floated: bool
    local: int
    remote: int
    remote_port: int
    handles: Handles


class PortsFloated(NamedTuple):
    """The peer is to be reached at another port from now on."""

    conn_id: int
    local: int
    remote: int
    remote_port: int


class InitialContact(NamedTuple):
    """INITIAL-CONTACT is sent, or was received and is acted upon."""

    conn_id: int
    sent: bool
    local: int
    remote: int


class SaDeleted(NamedTuple):
    """A phase-1 SA is deleted; `state` is the one it had."""

    conn_id: int
    reason: Reason
    initiator: bool
    state: SaState
    remote: int


class SaReleased(NamedTuple):
    """A deleted SA has let its peer go; the fields before `handles` are those of `SaDeleted`."""

    conn_id: int
    reason: Reason
    initiator: bool
    state: SaState
    remote: int
    handles: Handles


class SaPurged(NamedTuple):
    """A deleted SA is forgotten."""

    conn_id: int
    handles: Handles


Step = (
    SaCreated
    | CannotStart
    | RequestAttached
    | StateChange
    | ExchangeBegun
    | NodeCreated
    | NodeDeleted
    | NodePurged
    | PeerInserted
    | PortsFloated
    | InitialContact
    | SaDeleted
    | SaReleased
    | SaPurged
)
