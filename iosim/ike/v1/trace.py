"""What the engine does, step by step, for `debug crypto isakmp`: fields, never text.

Nothing of this is made while nobody listens. `conn_id` is 0 until a phase-1 SA has keys, as IOS counts.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from iosim.ike.v1.nat import NatMethod
from iosim.ike.v1.states import Input, Reason, SaState, State
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Attribute, Identification


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


class PresharedKey(NamedTuple):
    """The pre-shared key for a peer was looked up; `for_policy`: to see whether an offer can be accepted.

    `keyring` is where it is (None: the default one); `tunnel`: it is the password of aggressive mode with this peer.
    `name` is what the peer calls itself, where that is known by then, and `by_name` whether that has found the key;
    `profile` is the ISAKMP profile, if it is known already.
    """

    conn_id: int
    remote: int
    found: bool
    for_policy: bool = False
    keyring: str | None = None
    tunnel: bool = False
    name: str | None = None
    by_name: bool = False
    profile: str | None = None


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


class PayloadProcessed(NamedTuple):
    """A payload of this PayloadType is being looked at."""

    conn_id: int
    payload: int
    message_id: int


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


class PortsFloated(NamedTuple):
    """The peer is to be reached at another port from now on."""

    conn_id: int
    local: int
    remote: int
    remote_port: int


class PayloadIgnored(NamedTuple):
    """A payload of a type that means nothing here."""

    conn_id: int
    payload: int


class Identity(NamedTuple):
    """The phase-1 identity that is sent or was received."""

    conn_id: int
    sent: bool
    next_payload: int
    identification: Identification
    signs: bool = False


class Mismatch(Enum):
    """Which attribute of an offered ISAKMP transform does not match a policy, in the order of comparison."""

    ENCRYPTION = auto()
    KEY_LENGTH = auto()
    HASH = auto()
    GROUP = auto()
    AUTHENTICATION = auto()
    PRESHARED_KEY = auto()
    CERTIFICATE = auto()


class PolicyCompared(NamedTuple):
    """An offered ISAKMP transform against a policy; `mismatch` None: acceptable. `more`: another transform follows."""

    conn_id: int
    transform: int
    priority: int
    attributes: tuple[Attribute, ...]
    mismatch: Mismatch | None
    more: bool


class LifetimeChosen(NamedTuple):
    """The phase-1 lifetime, in seconds: what was offered (None: nothing), what the policy says, the lower of both."""

    conn_id: int
    offered: int | None
    own: int
    chosen: int


class LifetimeLowered(NamedTuple):
    """The peer has notified us of a phase-1 lifetime, in seconds, that is shorter."""

    conn_id: int
    seconds: int


class NoOfferAccepted(NamedTuple):
    """No offered ISAKMP transform matches a policy."""

    conn_id: int
    local: int
    remote: int


class Authenticated(NamedTuple):
    """The peer has proved its key."""

    conn_id: int
    remote: int


class CertificateRequested(NamedTuple):
    """A certificate of an authority with this name (DER) is asked for, by us or by the peer."""

    conn_id: int
    sent: bool
    authority: bytes


class CertificateChosen(NamedTuple):
    """We prove ourselves by this certificate (DER), which is kept in this trustpoint; None: there is none."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    trustpoint: str | None
    certificate: bytes


class CertificateReceived(NamedTuple):
    """A certificate of the peer of this encoding (RFC 2408 section 3.9)."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    encoding: int


class CertificatesValidated(NamedTuple):
    """The certificates of the peer were looked at, and are good or not."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    good: bool


class SignatureInvalid(NamedTuple):
    """The peer's signature is not that of its certificate's key over its HASH."""

    conn_id: int


class PeerInserted(NamedTuple):
    """The authenticated peer is kept by its addresses and port; `floated`: as initiator, we have moved to UDP 4500."""

    conn_id: int
    floated: bool
    local: int
    remote: int
    remote_port: int
    handles: Handles


class ProfileMatched(NamedTuple):
    """The ISAKMP profile that the peer's identity matches; None: no profile does."""

    conn_id: int
    profile: str | None


class ProfileKey(NamedTuple):
    """Whether the key is in a key ring of the profile, and which one; `named`: by the peer's name."""

    conn_id: int
    keyring: str | None
    named: bool = False


class InitialContact(NamedTuple):
    """INITIAL-CONTACT is sent, or was received and is acted upon."""

    conn_id: int
    sent: bool
    local: int
    remote: int


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


class SpiAllocated(NamedTuple):
    """Quick mode has the SPI of its inbound SA."""

    conn_id: int
    message_id: int
    initiator: bool
    spi: int


class IpsecTransformChecked(NamedTuple):
    """An offered IPsec transform; `acceptable`: it can be read, the policy is asked next."""

    conn_id: int
    proposal: int
    protocol: int
    transform: int
    transform_id: int
    attributes: tuple[Attribute, ...]
    acceptable: bool


class IpsecProposalChecked(NamedTuple):
    """An acceptable IPsec proposal against the policy for these proxies; `reason` None: accepted.

    `answered`: it is the peer's choice of what we had proposed.
    """

    conn_id: int
    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transform: Transform
    reason: Reason | None
    answered: bool = False


class NoIpsecOfferAccepted(NamedTuple):
    """No IPsec proposal was accepted."""

    conn_id: int
    local: int
    remote: int
    reason: Reason


class IpsecInstalled(NamedTuple):
    """The inbound SA with this SPI was handed to IPsec."""

    conn_id: int
    message_id: int
    spi: int


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


class NodePurged(NamedTuple):
    """An exchange that is over is forgotten."""

    conn_id: int
    message_id: int


Trace = (
    SaCreated
    | PresharedKey
    | CannotStart
    | RequestAttached
    | StateChange
    | ExchangeBegun
    | PacketSent
    | PacketReceived
    | PacketIgnored
    | MessageRejected
    | ErrorCounted
    | PayloadProcessed
    | VendorId
    | PayloadIgnored
    | NatOffered
    | NatCompared
    | PortsFloated
    | Identity
    | PolicyCompared
    | LifetimeChosen
    | LifetimeLowered
    | NoOfferAccepted
    | Authenticated
    | CertificateRequested
    | CertificateChosen
    | CertificateReceived
    | CertificatesValidated
    | SignatureInvalid
    | PeerInserted
    | ProfileMatched
    | ProfileKey
    | InitialContact
    | NodeCreated
    | NodeDeleted
    | SpiAllocated
    | IpsecTransformChecked
    | IpsecProposalChecked
    | NoIpsecOfferAccepted
    | IpsecInstalled
    | Notified
    | DpdReceived
    | DpdUnanswered
    | PeerNotResponding
    | Deleting
    | DeleteNotSent
    | Duplicate
    | Retransmitting
    | SaDeleted
    | SaReleased
    | SaPurged
    | NodePurged
)
"""A step of the SA with this connection id."""
