"""Main mode with a pre-shared key (RFC 2409 section 5.4), in three tables and what they name.

Initiator                          Responder
I_MM1  HDR, SA             →       R_MM1
I_MM2                      ←       R_MM2  HDR, SA
I_MM3  HDR, KE, Ni         →       R_MM3
I_MM4                      ←       R_MM4  HDR, KE, Nr
I_MM5  HDR*, IDii, HASH_I  →       R_MM5
I_MM6                      ←              HDR*, IDir, HASH_R
"""

from __future__ import annotations

from iosim.crypto.dh import GROUPS
from iosim.ike.v1 import keys, phase1_offers, quick_mode, transmit
from iosim.ike.v1.context import NO_COOKIE, Context
from iosim.ike.v1.events import ModeFailure, NotOffered, Phase1Keys, Phase1Up
from iosim.ike.v1.informational import handle_notification
from iosim.ike.v1.lifecycle import delete_sa, start_lifetime
from iosim.ike.v1.machine import ANY, ONE, Machine, Refused, Rule, Step
from iosim.ike.v1.notices import notify
from iosim.ike.v1.packet import Message
from iosim.ike.v1.sa import IkeSa, MainMode
from iosim.ike.v1.states import Input, Reason, SaState, State
from iosim.ike.v1.trace import (
    Authenticated,
    ExchangeBegun,
    Identity,
    InitialContact,
    LifetimeChosen,
    NoOfferAccepted,
    PayloadProcessed,
    PolicyCompared,
    PresharedKey,
)
from iosim.wire import WireError
from iosim.wire.isakmp import (
    ExchangeType,
    Header,
    Identification,
    IdType,
    Notification,
    NotifyType,
    Payload,
    PayloadType,
    ProtocolId,
    pack_attributes,
)

NONCE_LENGTH = 20
NONCE_LENGTHS = range(8, 257)
UDP, ISAKMP_PORT = 17, 500


def initiate(ctx: Context, sa: IkeSa) -> None:
    """Begin main mode; the policies and the key are already there."""
    MACHINE.run(ctx, sa.phase_1, Input.SA_REQ_MM)


def receive(ctx: Context, sa: IkeSa, header: Header, data: bytes) -> None:
    """Take a main mode message."""
    MACHINE.receive(ctx, sa.phase_1, header, data)


def _processing(ctx: Context, mode: MainMode, payload: PayloadType) -> None:
    if ctx.trace:
        ctx.trace(PayloadProcessed(mode.sa.conn_id, payload, 0))


# Messages 1 and 2: the policy


def send_offer(ctx: Context, mode: MainMode) -> None:
    mode.sai_b = phase1_offers.offer(mode.policies)
    if ctx.trace:
        ctx.trace(ExchangeBegun(mode.sa.conn_id, ExchangeType.MAIN_MODE, 0))
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, [Payload(PayloadType.SA, mode.sai_b)], encrypt=False)


def process_offer(ctx: Context, mode: MainMode, message: Message) -> None:
    sa = mode.sa
    _processing(ctx, mode, PayloadType.SA)
    mode.sai_b = message.one(PayloadType.SA)
    mode.preshared_key = find_key(ctx, sa)
    mode.policies = ctx.config.policies(sa.remote)
    chosen = choose(ctx, mode, mode.sai_b)
    if chosen is None:
        raise Refused(Reason.NO_POLICY_ACCEPTED)
    mode.answer = phase1_offers.answer(chosen)
    sa.shown = SaState.MM_SA_SETUP


def find_key(ctx: Context, sa: IkeSa) -> bytes | None:
    """The pre-shared key for the peer, as it is configured now."""
    key = ctx.config.preshared_key(sa.remote)
    _show_key(ctx, sa, key)
    return key


def _show_key(ctx: Context, sa: IkeSa, key: bytes | None) -> None:
    if ctx.trace:
        ctx.trace(PresharedKey(sa.conn_id, sa.remote, key is not None))


def choose(ctx: Context, mode: MainMode, sa_body: bytes) -> phase1_offers.Candidate | None:
    """The first offered transform that the highest policy accepts, else the next policy; it settles the lifetime.

    The order is IOS's: the answering router goes through its own policies by priority and compares each with all that
    was offered (Cisco, IPv6 Configuration Guide, IOS 15.2S, "IPsec").
    """
    sa = mode.sa
    candidates = phase1_offers.candidates(sa_body)
    for policy in mode.policies:
        for candidate in candidates:
            attributes = candidate.transform.attributes
            difference = phase1_offers.mismatch(attributes, policy, has_key=mode.preshared_key is not None)
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


def _agree_lifetime(ctx: Context, mode: MainMode, offered: int | None, own: int) -> None:
    mode.offered_lifetime = offered
    chosen = min(offered or own, own)
    if ctx.trace:
        ctx.trace(LifetimeChosen(mode.sa.conn_id, offered, own, chosen))
    start_lifetime(ctx, mode.sa, chosen)


def send_answer(ctx: Context, mode: MainMode) -> None:
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, [Payload(PayloadType.SA, mode.answer)], encrypt=False)


def process_answer(ctx: Context, mode: MainMode, message: Message) -> None:
    _processing(ctx, mode, PayloadType.SA)
    sa, body = mode.sa, message.one(PayloadType.SA)
    if message.header.responder_cookie in (NO_COOKIE, sa.initiator_cookie):
        raise WireError("the responder's cookie is zero, or our own: a reflection would authenticate itself")
    _show_key(ctx, sa, mode.preshared_key)
    if len(phase1_offers.candidates(body)) != 1 or choose(ctx, mode, body) is None:
        raise Refused(Reason.NOT_OFFERED)
    sa.responder_cookie = message.header.responder_cookie
    sa.shown = SaState.MM_SA_SETUP


# Messages 3 and 4: the keys


def send_key_exchange(ctx: Context, mode: MainMode) -> None:
    if mode.key_pair is None:
        _generate(ctx, mode)
    public, nonce = (mode.g_xi, mode.nonce_i) if mode.initiator else (mode.g_xr, mode.nonce_r)
    payloads = [Payload(PayloadType.KE, public), Payload(PayloadType.NONCE, nonce)]
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, payloads, encrypt=False)


def process_key_exchange(ctx: Context, mode: MainMode, message: Message) -> None:
    _processing(ctx, mode, PayloadType.KE)
    _processing(ctx, mode, PayloadType.NONCE)
    public, nonce = message.one(PayloadType.KE), message.one(PayloadType.NONCE)
    if len(nonce) not in NONCE_LENGTHS:
        raise WireError(f"NONCE of {len(nonce)} bytes")
    _show_key(ctx, mode.sa, mode.preshared_key)
    if mode.key_pair is None:
        _generate(ctx, mode)
    if mode.initiator:
        mode.g_xr, mode.nonce_r = public, nonce
    else:
        mode.g_xi, mode.nonce_i = public, nonce
    _derive_keys(ctx, mode, public)
    mode.sa.shown = SaState.MM_KEY_EXCH


def _generate(ctx: Context, mode: MainMode) -> None:
    policy = mode.sa.policy
    assert policy is not None
    mode.key_pair = GROUPS[policy.group].generate(ctx.random_bytes)
    nonce = ctx.random_bytes(NONCE_LENGTH)
    if mode.initiator:
        mode.g_xi, mode.nonce_i = mode.key_pair.public, nonce
    else:
        mode.g_xr, mode.nonce_r = mode.key_pair.public, nonce


def _derive_keys(ctx: Context, mode: MainMode, peer_public: bytes) -> None:
    """CryptoError for a bad public value, before anything is changed."""
    sa = mode.sa
    assert sa.policy is not None and mode.key_pair is not None and mode.preshared_key is not None
    hash_, cipher = sa.hash, sa.cipher
    g_xy = GROUPS[sa.policy.group].shared(mode.key_pair.private, peer_public)
    skeyid = keys.preshared_skeyid(hash_, mode.preshared_key, mode.nonce_i, mode.nonce_r)
    sa.secrets = keys.derive(hash_, cipher, skeyid, g_xy, sa.initiator_cookie, sa.responder_cookie)
    mode.iv = keys.phase1_iv(hash_, cipher, mode.g_xi, mode.g_xr)
    sa.conn_id = ctx.next_connection_id
    ctx.next_connection_id += 1
    ctx.emit(Phase1Keys(sa.initiator_cookie, sa.policy.encryption, sa.secrets.ka))


# Messages 5 and 6: the identities


def send_identity(ctx: Context, mode: MainMode) -> None:
    sa = mode.sa
    identification = Identification(IdType.IPV4_ADDR, UDP, ISAKMP_PORT, sa.local.to_bytes(4, "big"))
    id_b = identification.pack()
    payloads = [Payload(PayloadType.ID, id_b), Payload(PayloadType.HASH, _hash(mode, mode.initiator, id_b))]
    first_contact = mode.initiator and ctx.usable_sa(sa.local, sa.remote) is None
    if first_contact:
        notification = Notification(ProtocolId.ISAKMP, NotifyType.INITIAL_CONTACT)
        payloads.append(Payload(PayloadType.NOTIFY, notification.pack()))
    if ctx.trace:
        if first_contact:
            ctx.trace(InitialContact(sa.conn_id, True, sa.local, sa.remote))
        ctx.trace(Identity(sa.conn_id, True, PayloadType.HASH, identification))
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, payloads, expect_answer=mode.initiator)
    sa.last_block = mode.iv


def process_identity(ctx: Context, mode: MainMode, message: Message) -> None:
    sa = mode.sa
    _processing(ctx, mode, PayloadType.ID)
    id_b = message.one(PayloadType.ID)
    identification = Identification.unpack(id_b)
    if ctx.trace:
        ctx.trace(Identity(sa.conn_id, False, message.payloads[1].type, identification))
    if (identification.protocol, identification.port) not in ((0, 0), (UDP, 0), (UDP, ISAKMP_PORT)):
        raise WireError("ID is for another protocol or port")  # RFC 2407 section 4.6.2
    _processing(ctx, mode, PayloadType.HASH)
    if message.one(PayloadType.HASH) != _hash(mode, not mode.initiator, id_b):
        raise WireError("HASH does not match")
    sa.peer_id = identification
    sa.last_block = mode.iv
    if ctx.trace:
        ctx.trace(Authenticated(sa.conn_id, sa.remote))
    for body in message.all(PayloadType.NOTIFY):
        handle_notification(ctx, sa, Payload(PayloadType.NOTIFY, body), 0)


def _hash(mode: MainMode, of_initiator: bool, id_b: bytes) -> bytes:
    """HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b); HASH_R the other way round."""
    sa = mode.sa
    assert sa.secrets is not None
    ours, theirs = mode.g_xi + mode.g_xr, sa.initiator_cookie + sa.responder_cookie
    if not of_initiator:
        ours, theirs = mode.g_xr + mode.g_xi, sa.responder_cookie + sa.initiator_cookie
    return sa.hash.hmac(sa.secrets.skeyid, ours + theirs + mode.sai_b + id_b)


# The end, good or bad


def complete(ctx: Context, mode: MainMode) -> None:
    """Phase 1 is up: tell IPsec, and begin what waited for it."""
    sa = mode.sa
    mode.stop_timer()
    sa.established = ctx.now
    sa.errors = 0
    sa.shown = SaState.QM_IDLE
    ctx.emit(Phase1Up(sa))
    if not mode.initiator and mode.offered_lifetime is not None and sa.lifetime < mode.offered_lifetime:
        _notify_lifetime(ctx, sa)
    quick_mode.begin_waiting(ctx, sa)


def _notify_lifetime(ctx: Context, sa: IkeSa) -> None:
    """RESPONDER-LIFETIME (RFC 2407 section 4.6.3.1): the peer learns that the lifetime is shorter than it offered."""
    data = pack_attributes(phase1_offers.lifetime_attributes(sa.lifetime))
    cookies = sa.initiator_cookie + sa.responder_cookie
    notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.RESPONDER_LIFETIME, cookies, data))


def refuse(ctx: Context, mode: MainMode, reason: Reason) -> None:
    """No common policy: the responder says so, in the clear, and both let the SA go."""
    sa = mode.sa
    if mode.initiator:
        ctx.emit(NotOffered(sa.remote))
    else:
        notify(ctx, sa, Notification(ProtocolId.ISAKMP, NotifyType.NO_PROPOSAL_CHOSEN))
    ctx.emit(ModeFailure(ExchangeType.MAIN_MODE, sa.remote))
    delete_sa(ctx, sa, reason, tell_peer=False)


_SA = Rule(False, {PayloadType.SA: ONE, PayloadType.NOTIFY: ANY})
_KEY_EXCHANGE = Rule(False, {PayloadType.KE: ONE, PayloadType.NONCE: ONE, PayloadType.CR: ANY, PayloadType.NOTIFY: ANY})
_IDENTITY = Rule(True, {PayloadType.ID: ONE, PayloadType.HASH: ONE, PayloadType.NOTIFY: ANY})

PAYLOADS = {
    State.READY: _SA,
    State.I_MM1: _SA,
    State.R_MM2: _KEY_EXCHANGE,
    State.I_MM3: _KEY_EXCHANGE,
    State.R_MM4: _IDENTITY,
    State.I_MM5: _IDENTITY,
}

TRANSITIONS = {
    (State.READY, Input.SA_REQ_MM): State.I_MM1,
    (State.I_MM1, Input.MM_EXCH): State.I_MM2,
    (State.I_MM2, Input.PROCESS_MAIN_MODE): State.I_MM2,
    (State.I_MM2, Input.PROCESS_COMPLETE): State.I_MM3,
    (State.I_MM3, Input.MM_EXCH): State.I_MM4,
    (State.I_MM4, Input.PROCESS_MAIN_MODE): State.I_MM4,
    (State.I_MM4, Input.PROCESS_COMPLETE): State.I_MM5,
    (State.I_MM5, Input.MM_EXCH): State.I_MM6,
    (State.I_MM6, Input.PROCESS_MAIN_MODE): State.I_MM6,
    (State.I_MM6, Input.PROCESS_COMPLETE): State.P1_COMPLETE,
    (State.READY, Input.MM_EXCH): State.R_MM1,
    (State.R_MM1, Input.PROCESS_MAIN_MODE): State.R_MM1,
    (State.R_MM1, Input.PROCESS_COMPLETE): State.R_MM2,
    (State.R_MM2, Input.MM_EXCH): State.R_MM3,
    (State.R_MM3, Input.PROCESS_MAIN_MODE): State.R_MM3,
    (State.R_MM3, Input.PROCESS_COMPLETE): State.R_MM4,
    (State.R_MM4, Input.MM_EXCH): State.R_MM5,
    (State.R_MM5, Input.PROCESS_MAIN_MODE): State.R_MM5,
    (State.R_MM5, Input.PROCESS_COMPLETE): State.P1_COMPLETE,
    (State.P1_COMPLETE, Input.PHASE1_COMPLETE): State.P1_COMPLETE,
}

_PROCESSED: Step[MainMode] = Step(then=Input.PROCESS_COMPLETE)

STEPS: dict[tuple[State, Input], Step[MainMode]] = {
    (State.READY, Input.SA_REQ_MM): Step(after=send_offer),
    (State.I_MM1, Input.MM_EXCH): Step(process_after=process_answer, then=Input.PROCESS_MAIN_MODE),
    (State.I_MM2, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.I_MM2, Input.PROCESS_COMPLETE): Step(before=send_key_exchange),
    (State.I_MM3, Input.MM_EXCH): Step(process_after=process_key_exchange, then=Input.PROCESS_MAIN_MODE),
    (State.I_MM4, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.I_MM4, Input.PROCESS_COMPLETE): Step(before=send_identity),
    (State.I_MM5, Input.MM_EXCH): Step(process=process_identity, then=Input.PROCESS_MAIN_MODE),
    (State.I_MM6, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.I_MM6, Input.PROCESS_COMPLETE): Step(after=complete, then=Input.PHASE1_COMPLETE),
    (State.READY, Input.MM_EXCH): Step(process_after=process_offer, then=Input.PROCESS_MAIN_MODE),
    (State.R_MM1, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.R_MM1, Input.PROCESS_COMPLETE): Step(before=send_answer),
    (State.R_MM2, Input.MM_EXCH): Step(process_after=process_key_exchange, then=Input.PROCESS_MAIN_MODE),
    (State.R_MM3, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.R_MM3, Input.PROCESS_COMPLETE): Step(before=send_key_exchange),
    (State.R_MM4, Input.MM_EXCH): Step(process_after=process_identity, then=Input.PROCESS_MAIN_MODE),
    (State.R_MM5, Input.PROCESS_MAIN_MODE): _PROCESSED,
    (State.R_MM5, Input.PROCESS_COMPLETE): Step(before=send_identity, after=complete, then=Input.PHASE1_COMPLETE),
}

MACHINE = Machine(Input.MM_EXCH, PAYLOADS, TRANSITIONS, STEPS, refuse)
