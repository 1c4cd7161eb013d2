"""Who is who: identities, the profile and key ring that they lead to, and their proofs (RFC 2409 section 5)."""

from __future__ import annotations

from dataclasses import replace

from iosim.crypto.integrity import equal
from iosim.ike.v1 import nat_detection, signatures
from iosim.ike.v1.config import DEFAULT_RING
from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.informational import act_upon, show_notification
from iosim.ike.v1.machine import ANY, AT_MOST_ONE, Aborted
from iosim.ike.v1.packet import Message
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.signatures import processing
from iosim.ike.v1.trace.identities import Authenticated, Identity, ProfileKey, ProfileMatched
from iosim.ike.v1.trace.sas import InitialContact, PeerInserted
from iosim.wire import WireError
from iosim.wire.isakmp import ExchangeType, Identification, Notification, NotifyType, Payload, PayloadType, ProtocolId

UDP, ISAKMP_PORT = 17, 500


PROOF = {PayloadType.HASH: AT_MOST_ONE, PayloadType.SIG: AT_MOST_ONE, PayloadType.CERT: ANY, PayloadType.CR: ANY}
"""What may come with an identity to prove it; the method that was agreed on says what has to come."""


def own_identity(ctx: Context, mode: Phase1, following: PayloadType) -> bytes:
    """Our identity, as the body of its payload; `following` is the type of the next one."""
    sa = mode.sa
    signs = (sa.policy or mode.policies[0]).authentication == "rsa-sig"
    subject = ctx.config.pki.identity(sa.profile) if signs else None
    identification = mode.identity or subject or ctx.config.identity(sa.local, sa.remote, sa.profile)
    if sa.udp_encapsulation or mode.kind is ExchangeType.AGGRESSIVE:
        identification = replace(identification, port=0)  # as IOS does where the ports may change
    if ctx.trace:
        ctx.trace(Identity(sa.conn_id, True, following, identification, signs))
    return identification.pack()


def read_identity(ctx: Context, mode: Phase1, message: Message) -> tuple[bytes, Identification]:
    """The peer's identity, as it was sent and as it reads. WireError when it is for another protocol or port."""
    processing(ctx, mode, PayloadType.ID)
    id_b = message.one(PayloadType.ID)
    identification = Identification.unpack(id_b)
    if ctx.trace:
        following = message.payloads[[payload.type for payload in message.payloads].index(PayloadType.ID) + 1 :]
        ctx.trace(Identity(mode.sa.conn_id, False, following[0].type if following else 0, identification))
    if (identification.protocol, identification.port) not in ((0, 0), (UDP, 0), (UDP, ISAKMP_PORT)):
        raise WireError("ID is for another protocol or port")  # RFC 2407 section 4.6.2
    return id_b, identification


def match_profile(ctx: Context, sa: IkeSa, identification: Identification) -> None:
    """The ISAKMP profile is one that matches the peer's identity; Aborted when we began with one that does not."""
    profile = ctx.config.profile(sa.local, sa.remote, identification, sa.profile)
    if ctx.trace:
        ctx.trace(ProfileMatched(sa.conn_id, profile))
    if profile is None and sa.profile is not None:
        raise Aborted
    sa.profile = profile


def check_keyring(ctx: Context, mode: Phase1) -> None:
    """The pre-shared key must be from a key ring of the profile, if that names any; Aborted when it is from another.

    In main mode it was chosen before the profile could be known.
    """
    sa, key = mode.sa, mode.preshared_key
    rings = () if sa.profile is None or sa.signs else ctx.config.keyrings(sa.profile)
    if not rings or key is None or key.tunnel:
        return
    own = key.keyring or DEFAULT_RING
    ring = own if own in rings else None
    if ctx.trace:
        ctx.trace(ProfileKey(sa.conn_id, ring, key.name is not None))
    if ring is None:
        raise Aborted


def proof_type(mode: Phase1) -> PayloadType:
    """What follows our identity: the proof, or the certificate for it."""
    return PayloadType.CERT if mode.sa.signs else PayloadType.HASH


def own_proof(ctx: Context, mode: Phase1, id_b: bytes) -> list[Payload]:
    """What proves us: HASH_I or HASH_R, or our certificates and a signature over it. Refused without a certificate."""
    digest = _hash(mode, mode.initiator, id_b)
    return signatures.own_proof(ctx, mode, digest) if mode.sa.signs else [Payload(PayloadType.HASH, digest)]


def check_proof(ctx: Context, mode: Phase1, message: Message, id_b: bytes) -> None:
    """The peer's proof; WireError when it is none, Refused when its certificate is not good."""
    digest = _hash(mode, not mode.initiator, id_b)
    if mode.sa.signs:
        signatures.check(ctx, mode, message, Identification.unpack(id_b), digest)
    else:
        processing(ctx, mode, PayloadType.HASH)
        if not equal(message.one(PayloadType.HASH), digest):
            raise WireError("HASH does not match")


def authenticated(ctx: Context, mode: Phase1, id_b: bytes, notifications: list[bytes]) -> None:
    """The peer has proved itself; act upon the notifications that came with that. WireError for a malformed one."""
    sa, found = mode.sa, list(map(Notification.unpack, notifications))
    for notification in found:
        show_notification(ctx, sa, notification, 0)
    sa.peer_id = Identification.unpack(id_b)
    if ctx.trace:
        ctx.trace(Authenticated(sa.conn_id, sa.remote))
    nat_detection.follow_ports(ctx, sa)
    for notification in found:
        act_upon(ctx, sa, notification)
    if ctx.trace:
        floated = sa.initiator and sa.udp_encapsulation
        ctx.trace(PeerInserted(sa.conn_id, floated, sa.local, sa.remote, sa.remote_port, ctx.handles(sa)))


def first_contact(ctx: Context, mode: Phase1) -> list[Payload]:
    """As initiator, INITIAL-CONTACT when there is no other SA with the peer."""
    sa = mode.sa
    if not mode.initiator or ctx.usable_sa(sa.local, sa.remote) is not None:
        return []
    if ctx.trace:
        ctx.trace(InitialContact(sa.conn_id, True, sa.local, sa.remote))
    return [Payload(PayloadType.NOTIFY, Notification(ProtocolId.ISAKMP, NotifyType.INITIAL_CONTACT).pack())]


def _hash(mode: Phase1, of_initiator: bool, id_b: bytes) -> bytes:
    """HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b); HASH_R the other way round."""
    sa = mode.sa
    assert sa.secrets is not None
    ours, theirs = mode.g_xi + mode.g_xr, sa.initiator_cookie + sa.responder_cookie
    if not of_initiator:
        ours, theirs = mode.g_xr + mode.g_xi, sa.responder_cookie + sa.initiator_cookie
    return sa.hash.hmac(sa.secrets.skeyid, ours + theirs + mode.sai_b + id_b)
