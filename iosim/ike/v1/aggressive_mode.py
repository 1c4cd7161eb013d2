"""Aggressive mode with a pre-shared key or signatures (RFC 2409 5.1 and 5.4): three tables and what they name.

Initiator                                    Responder
I_AM1  HDR, SA, KE, Ni, IDii           →
                                       ←     R_AM2  HDR, SA, KE, Nr, IDir, HASH_R
       HDR*, HASH_I                    →

Three messages instead of six, and the identities in the clear: the responder knows who asks before it needs the key.
The group cannot be negotiated, so only policies of the first one's group are offered. The last message is encrypted, as
IOS sends it; RFC 2409 leaves that open, so a clear one is taken too. With signatures CERT-REQ goes with the nonces, and
CERT, SIG_R and CERT, SIG_I stand for HASH_R and HASH_I.
"""

from __future__ import annotations

from iosim.crypto.dh import GROUPS
from iosim.ike.v1 import nat_detection, signatures, transmit, vendors
from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.machine import ANY, ONE, Machine, Rule, Step
from iosim.ike.v1.packet import ENCRYPTED, Message
from iosim.ike.v1.phase1 import choice, end, identities, offers, secrets
from iosim.ike.v1.phase1.choice import show_key
from iosim.ike.v1.phase1.end import complete
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.signatures import processing
from iosim.ike.v1.states import Input, SaState, State
from iosim.ike.v1.trace.sas import ExchangeBegun
from iosim.wire.isakmp import ExchangeType, Header, Payload, PayloadType


def initiate(ctx: Context, sa: IkeSa) -> None:
    """Begin aggressive mode; the policies and the key are already there."""
    MACHINE.run(ctx, sa.phase_1, Input.SA_REQ_AM)


def receive(ctx: Context, sa: IkeSa, header: Header, data: bytes) -> None:
    """Take an aggressive mode message."""
    MACHINE.receive(ctx, sa.phase_1, header, data)


# Message 1


def send_first(ctx: Context, mode: Phase1) -> None:
    sa, group = mode.sa, mode.policies[0].group
    mode.policies = tuple(policy for policy in mode.policies if policy.group == group)
    mode.sai_b = offers.offer(mode.policies)
    secrets.generate(ctx, mode, group)
    mode.id_ii = identities.own_identity(ctx, mode, PayloadType.NONE)
    sa.shown = SaState.AG_INIT_EXCH
    mode.opening = [*vendors.offer_nat(ctx, mode), *vendors.abilities(mode)]
    if ctx.trace:
        ctx.trace(ExchangeBegun(sa.conn_id, ExchangeType.AGGRESSIVE, 0))
    first = [Payload(PayloadType.SA, mode.sai_b), *_secrets_and_identity(mode, mode.id_ii)]
    _send(ctx, mode, [*first, *signatures.requests(ctx, mode), *mode.opening])


def process_first(ctx: Context, mode: Phase1, message: Message) -> None:
    sa = mode.sa
    processing(ctx, mode, PayloadType.SA)
    mode.id_ii, identification = identities.read_identity(ctx, mode, message)
    identities.match_profile(ctx, sa, identification)
    vendors.read(ctx, mode, message)
    mode.preshared_key = ctx.config.key_of_identity(sa.local, sa.remote, identification, sa.profile)
    identities.check_keyring(ctx, mode)
    show_key(ctx, sa, mode.preshared_key, for_policy=True, identity=identification)
    choice.consider_offer(ctx, mode, message)
    public = secrets.take_secrets(ctx, mode, message)
    signatures.take_requests(ctx, mode, message)
    assert sa.policy is not None
    GROUPS[sa.policy.group].check(public)  # nothing is kept of a bad offer: it must not cost a key pair
    secrets.generate(ctx, mode, sa.policy.group)
    secrets.derive_keys(ctx, mode, public)
    sa.shown = SaState.AG_INIT_EXCH


# Message 2


def send_second(ctx: Context, mode: Phase1) -> None:
    mode.id_ir = identities.own_identity(ctx, mode, identities.proof_type(mode))
    proof = [*identities.own_proof(ctx, mode, mode.id_ir), *signatures.requests(ctx, mode)]
    answer = [Payload(PayloadType.SA, mode.answer), *_secrets_and_identity(mode, mode.id_ir), *proof]
    _send(ctx, mode, [*answer, *vendors.offer_nat(ctx, mode), *vendors.abilities(mode), *nat_detection.detection(mode)])


def process_second(ctx: Context, mode: Phase1, message: Message) -> None:
    choice.consider_answer(ctx, mode, message)
    mode.id_ir, identification = identities.read_identity(ctx, mode, message)
    public = secrets.take_secrets(ctx, mode, message)
    signatures.take_requests(ctx, mode, message)
    secrets.derive_keys(ctx, mode, public)
    identities.match_profile(ctx, mode.sa, identification)
    identities.check_keyring(ctx, mode)
    identities.check_proof(ctx, mode, message, mode.id_ir)
    # the proof does not cover notifications, and nothing is encrypted
    identities.authenticated(ctx, mode, mode.id_ir, [])
    nat_detection.detect(ctx, mode, message)


# Message 3


def send_third(ctx: Context, mode: Phase1) -> None:
    nat_detection.float_ports(mode.sa)  # first: our NAT-D payloads are about the ports that they are sent from and to
    proof = identities.own_proof(ctx, mode, mode.id_ii)
    payloads = [*proof, *nat_detection.detection(mode), *identities.first_contact(ctx, mode)]
    transmit.send(ctx, mode, ExchangeType.AGGRESSIVE, payloads, expect_answer=False)
    mode.sa.last_block = mode.iv


def process_third(ctx: Context, mode: Phase1, message: Message) -> None:
    identities.check_proof(ctx, mode, message, mode.id_ii)
    nat_detection.detect(ctx, mode, message)
    mode.sa.last_block = mode.iv
    encrypted = message.header.flags & ENCRYPTED  # else anybody could have put notifications beside the proof
    identities.authenticated(ctx, mode, mode.id_ii, message.all(PayloadType.NOTIFY) if encrypted else [])


def _secrets_and_identity(mode: Phase1, id_b: bytes) -> list[Payload]:
    return [*secrets.own_secrets(mode), Payload(PayloadType.ID, id_b)]


def _send(ctx: Context, mode: Phase1, payloads: list[Payload]) -> None:
    transmit.send(ctx, mode, ExchangeType.AGGRESSIVE, payloads, encrypt=False)


_FIRST = {PayloadType.SA: ONE, PayloadType.KE: ONE, PayloadType.NONCE: ONE, PayloadType.ID: ONE, PayloadType.CR: ANY}

PAYLOADS = {
    State.READY: Rule(False, {**_FIRST, PayloadType.NOTIFY: ANY}),
    State.I_AM1: Rule(False, {**_FIRST, **identities.PROOF, PayloadType.NOTIFY: ANY, **end.NAT_PAYLOADS}),
    State.R_AM2: Rule(None, {**identities.PROOF, PayloadType.NOTIFY: ANY, **end.NAT_PAYLOADS}),
}

TRANSITIONS = {
    (State.READY, Input.SA_REQ_AM): State.I_AM1,
    (State.I_AM1, Input.AM_EXCH): State.P1_COMPLETE,
    (State.READY, Input.AM_EXCH): State.R_AM2,
    (State.R_AM2, Input.AM_EXCH): State.P1_COMPLETE,
    (State.P1_COMPLETE, Input.PHASE1_COMPLETE): State.P1_COMPLETE,
}

STEPS: dict[tuple[State, Input], Step[Phase1]] = {
    (State.READY, Input.SA_REQ_AM): Step(before=send_first),
    (State.I_AM1, Input.AM_EXCH): Step(process=process_second, after=send_third, then=Input.PHASE1_COMPLETE),
    (State.READY, Input.AM_EXCH): Step(process=process_first, after=send_second),
    (State.R_AM2, Input.AM_EXCH): Step(process=process_third, then=Input.PHASE1_COMPLETE),
    (State.P1_COMPLETE, Input.PHASE1_COMPLETE): Step(after=complete),
}

MACHINE = Machine(Input.AM_EXCH, PAYLOADS, TRANSITIONS, STEPS, end.refuse)
