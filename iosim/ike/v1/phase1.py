"""What main and aggressive mode share: offers and answers, keys, identities, the end of phase 1 (RFC 2409 5)."""

from __future__ import annotations

from dataclasses import replace

from iosim.crypto.dh import GROUPS
from iosim.crypto.integrity import equal
from iosim.ike.v1 import dpd, keys, nat_detection, phase1_offers, quick_mode, renewal, signatures, vendors
from iosim.ike.v1.config import DEFAULT_RING, Key
from iosim.ike.v1.context import NO_COOKIE, Context
from iosim.ike.v1.events import ModeFailure, NotOffered, Phase1Keys, Phase1Up
from iosim.ike.v1.informational import act_upon, show_notification
from iosim.ike.v1.lifecycle import delete_sa, start_lifetime
from iosim.ike.v1.machine import ANY, AT_MOST_ONE, Aborted, Refused
from iosim.ike.v1.notices import notify
from iosim.ike.v1.packet import Message
from iosim.ike.v1.sa import IkeSa, Phase1
from iosim.ike.v1.signatures import processing
from iosim.ike.v1.states import Reason, SaState
from iosim.ike.v1.trace.identities import Authenticated, Identity, PresharedKey, ProfileKey, ProfileMatched
from iosim.ike.v1.trace.offers import LifetimeChosen, NoOfferAccepted, PolicyCompared
from iosim.ike.v1.trace.sas import InitialContact, PeerInserted
from iosim.wire import WireError
from iosim.wire.isakmp import (
    ExchangeType,
    Identification,
    IdType,
    Notification,
    NotifyType,
    Payload,
    PayloadType,
    ProtocolId,
    pack_attributes,
)

NAT_PAYLOADS = {PayloadType.NAT_D: ANY, PayloadType.NAT_D_DRAFT: ANY}
"""Allowed where NAT traversal may look for translators."""
NONCE_LENGTH = 20
NONCE_LENGTHS = range(8, 257)
UDP, ISAKMP_PORT = 17, 500
PROOF = {PayloadType.HASH: AT_MOST_ONE, PayloadType.SIG: AT_MOST_ONE, PayloadType.CERT: ANY, PayloadType.CR: ANY}
"""What may come with an identity to prove it; the method that was agreed on says what has to come."""


# The policy


def consider_offer(ctx: Context, mode: Phase1, message: Message) -> None:
    """As responder: choose from what is offered. Refused when nothing is acceptable."""
    mode.sai_b = message.one(PayloadType.SA)
    mode.policies = ctx.config.policies(mode.sa.remote)
    chosen = choose(ctx, mode, mode.sai_b)
    if chosen is None:
        raise Refused(Reason.NO_POLICY_ACCEPTED)
    vendors.show(ctx, mode, message)
    mode.answer = phase1_offers.answer(chosen)


def consider_answer(ctx: Context, mode: Phase1, message: Message) -> None:
    """As initiator: see that what the responder chose was offered. Refused when it was not."""
    processing(ctx, mode, PayloadType.SA)
    vendors.read(ctx, mode, message)
    sa, body = mode.sa, message.one(PayloadType.SA)
    if message.header.responder_cookie in (NO_COOKIE, sa.initiator_cookie):
        raise WireError("the responder's cookie is zero, or our own: a reflection would authenticate itself")
    show_key(ctx, sa, mode.preshared_key, for_policy=True)
    if len(phase1_offers.candidates(body)) != 1 or choose(ctx, mode, body) is None:
        raise Refused(Reason.NOT_OFFERED)
    vendors.show(ctx, mode, message)
    sa.responder_cookie = message.header.responder_cookie


def show_key(
    ctx: Context, sa: IkeSa, key: Key | None, *, for_policy: bool = False, identity: Identification | None = None
) -> None:
    """Tell whether there is a pre-shared key for the peer, which may have said who it is."""
    if ctx.trace:
        name = identity.data.decode("latin-1") if identity and identity.kind != IdType.IPV4_ADDR else None
        where = (None, False, name, False) if key is None else (key.keyring, key.tunnel, name, key.name is not None)
        ctx.trace(PresharedKey(sa.conn_id, sa.remote, key is not None, for_policy, *where, sa.profile))


def choose(ctx: Context, mode: Phase1, sa_body: bytes) -> phase1_offers.Candidate | None:
    """The first offered transform that the highest policy accepts, else the next policy; it settles the lifetime.

    The order is IOS's: the answering router goes through its own policies by priority and compares each with all that
    was offered (Cisco, IPv6 Configuration Guide, IOS 15.2S, "IPsec").
    """
    sa = mode.sa
    candidates, methods = phase1_offers.candidates(sa_body), _methods(ctx, mode)
    for policy in mode.policies:
        for candidate in candidates:
            attributes = candidate.transform.attributes
            difference = phase1_offers.mismatch(attributes, policy, methods)
            if ctx.trace:
                number, more = candidate.transform.number, candidate.more
                ctx.trace(PolicyCompared(sa.conn_id, number, policy.priority, attributes, difference, more))
            if difference is None:
                sa.policy = policy
                _agree_lifetime(ctx, mode, phase1_offers.offered_lifetime(attributes), policy.lifetime)
                return candidate
    if ctx.trace:
        ctx.trace(NoOfferAccepted(sa.conn_id, sa.local, sa.remote))
    return None


def _methods(ctx: Context, mode: Phase1) -> tuple[str, ...]:
    """The ways in which we can prove ourselves to the peer."""
    keyed = ("pre-share",) if mode.preshared_key is not None else ()
    return (*keyed, "rsa-sig") if ctx.config.pki.credentials(mode.sa.profile, ()) is not None else keyed


def _agree_lifetime(ctx: Context, mode: Phase1, offered: int | None, own: int) -> None:
    mode.offered_lifetime = offered
    chosen = min(offered or own, own)
    if ctx.trace:
        ctx.trace(LifetimeChosen(mode.sa.conn_id, offered, own, chosen))
    start_lifetime(ctx, mode.sa, chosen)


# The keys


def generate(ctx: Context, mode: Phase1, group: int) -> None:
    """Our Diffie-Hellman key pair and nonce."""
    mode.key_pair = GROUPS[group].generate(ctx.random_bytes)
    ctx.work.key_pairs += 1
    nonce = ctx.random_bytes(NONCE_LENGTH)
    if mode.initiator:
        mode.g_xi, mode.nonce_i = mode.key_pair.public, nonce
    else:
        mode.g_xr, mode.nonce_r = mode.key_pair.public, nonce


def own_secrets(mode: Phase1) -> list[Payload]:
    """Our KE and NONCE payloads."""
    public, nonce = (mode.g_xi, mode.nonce_i) if mode.initiator else (mode.g_xr, mode.nonce_r)
    return [Payload(PayloadType.KE, public), Payload(PayloadType.NONCE, nonce)]


def take_secrets(ctx: Context, mode: Phase1, message: Message) -> bytes:
    """The peer's KE and NONCE; returns its public value. WireError for a nonce of a bad length, and for our own."""
    processing(ctx, mode, PayloadType.KE)
    processing(ctx, mode, PayloadType.NONCE)
    public, nonce = message.one(PayloadType.KE), message.one(PayloadType.NONCE)
    if len(nonce) not in NONCE_LENGTHS:
        raise WireError(f"NONCE of {len(nonce)} bytes")
    if mode.key_pair is not None and public == mode.key_pair.public:
        raise WireError("our own public value was sent back")
    if mode.initiator:
        mode.g_xr, mode.nonce_r = public, nonce
    else:
        mode.g_xi, mode.nonce_i = public, nonce
    return public


def derive_keys(ctx: Context, mode: Phase1, peer_public: bytes) -> None:
    """CryptoError for a bad public value, before anything is changed."""
    sa = mode.sa
    assert sa.policy is not None and mode.key_pair is not None
    hash_, cipher = sa.hash, sa.cipher
    g_xy = GROUPS[sa.policy.group].shared(mode.key_pair.private, peer_public)
    ctx.work.secrets += 1
    if sa.signs:
        skeyid = keys.signature_skeyid(hash_, mode.nonce_i, mode.nonce_r, g_xy)
    else:
        assert mode.preshared_key is not None
        skeyid = keys.preshared_skeyid(hash_, mode.preshared_key.secret, mode.nonce_i, mode.nonce_r)
    sa.secrets = keys.derive(hash_, cipher, skeyid, g_xy, sa.initiator_cookie, sa.responder_cookie)
    mode.iv = keys.phase1_iv(hash_, cipher, mode.g_xi, mode.g_xr)
    sa.conn_id = ctx.next_connection_id
    ctx.next_connection_id += 1
    ctx.emit(Phase1Keys(sa.initiator_cookie, sa.policy.encryption, sa.secrets.ka))


# The identities


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


# The end, good or bad


def complete(ctx: Context, mode: Phase1) -> None:
    """Phase 1 is up: tell IPsec, and begin what waited for it."""
    sa = mode.sa
    mode.stop_timer()
    sa.established = ctx.now
    ctx.negotiating.pop(sa.own_cookie, None)
    sa.errors = 0
    sa.shown = SaState.QM_IDLE
    ctx.emit(Phase1Up(sa))
    nat_detection.start_keepalive(ctx, sa)
    dpd.start(ctx, sa)
    if not mode.initiator and mode.offered_lifetime is not None and sa.lifetime < mode.offered_lifetime:
        _notify_lifetime(ctx, sa)
    renewal.warn_of_stray(ctx, sa)
    quick_mode.begin_waiting(ctx, sa)


def _notify_lifetime(ctx: Context, sa: IkeSa) -> None:
    """RESPONDER-LIFETIME (RFC 2407 section 4.6.3.1): the peer learns that the lifetime is shorter than it offered."""
    data = pack_attributes(phase1_offers.lifetime_attributes(sa.lifetime))
    cookies = sa.initiator_cookie + sa.responder_cookie
    notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.RESPONDER_LIFETIME, cookies, data))


def refuse(ctx: Context, mode: Phase1, reason: Reason) -> None:
    """No common policy: the responder says so, in the clear, and both let the SA go; so they do without a proof."""
    sa = mode.sa
    if reason in (Reason.NO_CERTIFICATE, Reason.BAD_CERTIFICATE):
        pass
    elif mode.initiator:
        ctx.emit(NotOffered(sa.remote))
    else:
        notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.NO_PROPOSAL_CHOSEN))
    ctx.emit(ModeFailure(mode.kind, sa.remote))
    delete_sa(ctx, sa, reason, tell_peer=False)
