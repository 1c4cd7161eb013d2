"""What the engine does, step by step, for `debug crypto isakmp`: fields, never text.

Nothing of this is made while nobody listens. `conn_id` is 0 until a phase-1 SA has keys, as IOS counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from iosim.ike.v1.states import Input, Reason, SaState, State
from iosim.ipsec.model import Proxy
from iosim.wire.isakmp import Attribute, Identification


@dataclass(frozen=True, slots=True)
class Trace:
    """A step of the SA with this connection id."""

    conn_id: int


@dataclass(frozen=True, slots=True)
class SaCreated(Trace):
    """A phase-1 SA came to be: on request of IPsec (initiator) or by an offer of the peer."""

    initiator: bool
    remote: int
    local_port: int
    remote_port: int


@dataclass(frozen=True, slots=True)
class PresharedKey(Trace):
    """The pre-shared key for a peer was looked up."""

    remote: int
    found: bool


@dataclass(frozen=True, slots=True)
class CannotStart(Trace):
    """Phase 1 with a peer cannot begin."""

    remote: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class StateChange(Trace):
    """An input moved a phase-1 SA (`message_id` 0) or a quick mode node."""

    input: Input
    old: State
    new: State
    message_id: int


@dataclass(frozen=True, slots=True)
class ExchangeBegun(Trace):
    """This side begins an exchange (an ExchangeType)."""

    exchange: int
    message_id: int


@dataclass(frozen=True, slots=True)
class PacketSent(Trace):
    """A datagram goes to the peer."""

    remote: int
    local_port: int
    remote_port: int
    initiator: bool
    state: SaState


@dataclass(frozen=True, slots=True)
class PacketReceived(Trace):
    """A datagram came from the peer; `initiator` and `state` are None when it belongs to no SA."""

    remote: int
    local_port: int
    remote_port: int
    initiator: bool | None
    state: SaState | None


@dataclass(frozen=True, slots=True)
class PacketIgnored(Trace):
    """A message for an SA that is deleted, or that its state does not expect."""

    remote: int
    exchange: int
    message_id: int


@dataclass(frozen=True, slots=True)
class MessageRejected(Trace):
    """A message is malformed, does not decrypt or fails its HASH; `problem` says it in the engine's own words."""

    remote: int
    message_id: int
    problem: str


@dataclass(frozen=True, slots=True)
class ErrorCounted(Trace):
    """The error counter of an SA went up."""

    attempt: int
    limit: int


@dataclass(frozen=True, slots=True)
class PayloadProcessed(Trace):
    """A payload of this PayloadType is being looked at."""

    payload: int
    message_id: int


@dataclass(frozen=True, slots=True)
class VendorId(Trace):
    """The body of a vendor ID payload."""

    body: bytes


@dataclass(frozen=True, slots=True)
class PayloadIgnored(Trace):
    """A payload of a type that means nothing here."""

    payload: int


@dataclass(frozen=True, slots=True)
class Identity(Trace):
    """The phase-1 identity that is sent or was received."""

    sent: bool
    next_payload: int
    identification: Identification


class Mismatch(Enum):
    """Which attribute of an offered ISAKMP transform does not match a policy, in the order of comparison."""

    ENCRYPTION = auto()
    KEY_LENGTH = auto()
    HASH = auto()
    GROUP = auto()
    AUTHENTICATION = auto()
    PRESHARED_KEY = auto()


@dataclass(frozen=True, slots=True)
class PolicyCompared(Trace):
    """An offered ISAKMP transform against a policy; `mismatch` None: acceptable. `more`: another transform follows."""

    transform: int
    priority: int
    attributes: tuple[Attribute, ...]
    mismatch: Mismatch | None
    more: bool


@dataclass(frozen=True, slots=True)
class LifetimeChosen(Trace):
    """The phase-1 lifetime, in seconds: what was offered (None: nothing), what the policy says, the lower of both."""

    offered: int | None
    own: int
    chosen: int


@dataclass(frozen=True, slots=True)
class NoOfferAccepted(Trace):
    """No offered ISAKMP transform matches a policy."""

    local: int
    remote: int


@dataclass(frozen=True, slots=True)
class Authenticated(Trace):
    """The peer has proved its key."""

    remote: int


@dataclass(frozen=True, slots=True)
class InitialContact(Trace):
    """INITIAL-CONTACT is sent, or was received and is acted upon."""

    sent: bool
    local: int
    remote: int


@dataclass(frozen=True, slots=True)
class NodeCreated(Trace):
    """A new exchange under phase 1, by its message id."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NodeDeleted(Trace):
    """An exchange is over; `reason` None: no error."""

    message_id: int
    exchange: int
    initiator: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class SpiAllocated(Trace):
    """Quick mode has the SPI of its inbound SA."""

    message_id: int
    initiator: bool
    spi: int


@dataclass(frozen=True, slots=True)
class IpsecTransformChecked(Trace):
    """An offered IPsec transform; `acceptable`: it can be read, the policy is asked next."""

    proposal: int
    transform: int
    transform_id: int
    attributes: tuple[Attribute, ...]
    acceptable: bool


@dataclass(frozen=True, slots=True)
class IpsecProposalChecked(Trace):
    """An acceptable IPsec proposal against the policy for these proxies; `reason` None: accepted."""

    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transform_id: int
    attributes: tuple[Attribute, ...]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class NoIpsecOfferAccepted(Trace):
    """No IPsec proposal was accepted."""

    local: int
    remote: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class IpsecInstalled(Trace):
    """The inbound SA with this SPI was handed to IPsec."""

    message_id: int
    spi: int


@dataclass(frozen=True, slots=True)
class Notified(Trace):
    """A notification is sent or was received; `kind` is a NotifyType, `secured` says whether a HASH protects it."""

    sent: bool
    protocol: int
    kind: int
    spi: bytes
    message_id: int
    secured: bool


@dataclass(frozen=True, slots=True)
class Deleting(Trace):
    """A delete payload is sent or was received, with these SPIs."""

    sent: bool
    protocol: int
    spis: tuple[bytes, ...]
    message_id: int


@dataclass(frozen=True, slots=True)
class DeleteNotSent(Trace):
    """There is no phase-1 SA to send a delete through."""

    local: int
    remote: int
    spis: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Duplicate(Trace):
    """A message came again; `elapsed` is the time in µs since the answer was last sent."""

    message_id: int
    retransmitted: bool
    elapsed: int


@dataclass(frozen=True, slots=True)
class Retransmitting(Trace):
    """No answer came in time: attempt 1 … `limit`."""

    message_id: int
    attempt: int
    limit: int
    state: SaState


@dataclass(frozen=True, slots=True)
class SaDeleted(Trace):
    """A phase-1 SA is deleted; `state` is the one it had."""

    reason: Reason
    initiator: bool
    state: SaState
    remote: int


@dataclass(frozen=True, slots=True)
class SaPurged(Trace):
    """A deleted SA is forgotten."""

    initiator: bool
    remote: int
