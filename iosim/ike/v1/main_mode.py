"""Main mode with a pre-shared key or signatures (RFC 2409 sections 5.1 and 5.4): three tables and what they name.

Initiator                          Responder
I_MM1  HDR, SA             →       R_MM1
I_MM2                      ←       R_MM2  HDR, SA
I_MM3  HDR, KE, Ni         →       R_MM3
I_MM4                      ←       R_MM4  HDR, KE, Nr
I_MM5  HDR*, IDii, HASH_I  →       R_MM5
I_MM6                      ←              HDR*, IDir, HASH_R

With signatures CERT-REQ goes with Ni and Nr, and CERT, SIG_I and CERT, SIG_R stand for HASH_I and HASH_R.
"""

from __future__ import annotations

from iosim.ike.v1 import nat_detection, signatures, transmit, vendors
from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.machine import ANY, ONE, Machine, Rule, Step
from iosim.ike.v1.packet import Message
from iosim.ike.v1.phase1 import choice, end, identities, offers, secrets
from iosim.ike.v1.phase1.choice import show_key
from iosim.ike.v1.phase1.end import complete
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.signatures import processing
from iosim.ike.v1.states import Input, SaState, State
from iosim.ike.v1.trace.sas import ExchangeBegun
from iosim.wire.isakmp import ExchangeType, Header, Payload, PayloadType


def initiate(ctx: Context, sa: IkeSa) -> None:
    """Begin main mode; the policies and the key are already there."""
    MACHINE.run(ctx, sa.phase_1, Input.SA_REQ_MM)


def receive(ctx: Context, sa: IkeSa, header: Header, data: bytes) -> None:
    """Take a main mode message."""
    MACHINE.receive(ctx, sa.phase_1, header, data)


# Messages 1 and 2: the policy


def prepare_offer(ctx: Context, mode: Phase1) -> None:
    mode.sai_b = offers.offer(mode.policies)
    mode.opening = [Payload(PayloadType.SA, mode.sai_b), *vendors.offer_nat(ctx, mode)]


def send_offer(ctx: Context, mode: Phase1) -> None:
    if ctx.trace:
        ctx.trace(ExchangeBegun(mode.sa.conn_id, ExchangeType.MAIN_MODE, 0))
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, mode.opening, encrypt=False)


def process_offer(ctx: Context, mode: Phase1, message: Message) -> None:
    sa = mode.sa
    processing(ctx, mode, PayloadType.SA)
    vendors.read(ctx, mode, message)
    mode.preshared_key = ctx.config.key_of_address(sa.local, sa.remote)
    show_key(ctx, sa, mode.preshared_key, for_policy=True)
    choice.consider_offer(ctx, mode, message)
    sa.shown = SaState.MM_SA_SETUP


def send_answer(ctx: Context, mode: Phase1) -> None:
    payloads = [Payload(PayloadType.SA, mode.answer), *vendors.offer_nat(ctx, mode)]
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, payloads, encrypt=False)


def process_answer(ctx: Context, mode: Phase1, message: Message) -> None:
    choice.consider_answer(ctx, mode, message)
    mode.sa.shown = SaState.MM_SA_SETUP


# Messages 3 and 4: the keys


def send_key_exchange(ctx: Context, mode: Phase1) -> None:
    if mode.key_pair is None:
        _generate(ctx, mode)
    requests = signatures.requests(ctx, mode)
    payloads = [*secrets.own_secrets(mode), *requests, *vendors.abilities(mode), *nat_detection.detection(mode)]
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, payloads, encrypt=False)


def process_key_exchange(ctx: Context, mode: Phase1, message: Message) -> None:
    public = secrets.take_secrets(ctx, mode, message)
    signatures.take_requests(ctx, mode, message)
    if not mode.sa.signs:
        show_key(ctx, mode.sa, mode.preshared_key)
    if mode.key_pair is None:
        _generate(ctx, mode)
    secrets.derive_keys(ctx, mode, public)
    vendors.read(ctx, mode, message)
    nat_detection.detect(ctx, mode, message)
    mode.sa.shown = SaState.MM_KEY_EXCH


def _generate(ctx: Context, mode: Phase1) -> None:
    assert mode.sa.policy is not None
    secrets.generate(ctx, mode, mode.sa.policy.group)


# Messages 5 and 6: the identities


def send_identity(ctx: Context, mode: Phase1) -> None:
    sa = mode.sa
    if mode.initiator:
        nat_detection.float_ports(sa)
    contact = identities.first_contact(ctx, mode)
    id_b = identities.own_identity(ctx, mode, identities.proof_type(mode))
    payloads = [Payload(PayloadType.ID, id_b), *identities.own_proof(ctx, mode, id_b), *contact]
    transmit.send(ctx, mode, ExchangeType.MAIN_MODE, payloads, expect_answer=mode.initiator)
    sa.last_block = mode.iv


def process_identity(ctx: Context, mode: Phase1, message: Message) -> None:
    signatures.take_requests(ctx, mode, message)
    id_b, identification = identities.read_identity(ctx, mode, message)
    identities.match_profile(ctx, mode.sa, identification)
    identities.check_keyring(ctx, mode)
    identities.check_proof(ctx, mode, message, id_b)
    mode.sa.last_block = mode.iv
    identities.authenticated(ctx, mode, id_b, message.all(PayloadType.NOTIFY))


_SA = Rule(False, {PayloadType.SA: ONE, PayloadType.NOTIFY: ANY})
_KEY_EXCHANGE = Rule(
    False,
    {PayloadType.KE: ONE, PayloadType.NONCE: ONE, PayloadType.CR: ANY, PayloadType.NOTIFY: ANY, **end.NAT_PAYLOADS},
)
_IDENTITY = Rule(True, {PayloadType.ID: ONE, **identities.PROOF, PayloadType.NOTIFY: ANY})

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

_PROCESSED: Step[Phase1] = Step(then=Input.PROCESS_COMPLETE)

STEPS: dict[tuple[State, Input], Step[Phase1]] = {
    (State.READY, Input.SA_REQ_MM): Step(before=prepare_offer, after=send_offer),
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

MACHINE = Machine(Input.MM_EXCH, PAYLOADS, TRANSITIONS, STEPS, end.refuse)
