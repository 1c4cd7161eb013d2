"""Configurations that do not fit: what each end reports, and in which state the SAs are shown."""

from dataclasses import replace

import pytest

from iosim.ike.v1 import Input, Key, Policy, Reason, SaState, State
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import (
    BadMessage,
    InboundAbandoned,
    InboundReady,
    ModeFailure,
    NotAuthenticated,
    NotOffered,
    Phase1Down,
    QuickModeFinished,
    RequestFailed,
    UnsupportedExchange,
)
from iosim.ike.v1.trace.identities import PresharedKey
from iosim.ike.v1.trace.notices import Notified
from iosim.ike.v1.trace.offers import (
    IpsecProposalChecked,
    Mismatch,
    NoIpsecOfferAccepted,
    NoOfferAccepted,
    PolicyCompared,
)
from iosim.ike.v1.trace.packets import ErrorCounted, Retransmitting
from iosim.ike.v1.trace.sas import CannotStart, Handles, StateChange
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import ExchangeType, NotifyType, ProtocolId

from .harness import AES_SHA, LAN_A, LAN_B, POLICY, A, Accept, B, Config, Lab, assert_same_sas, deliver

DIFFERENCES = [
    ("aes-128", "des", Mismatch.ENCRYPTION),
    ("aes-128", "aes-256", Mismatch.KEY_LENGTH),
    ("sha", "md5", Mismatch.HASH),
    (2, 14, Mismatch.GROUP),
    ("pre-share", "rsa-sig", Mismatch.AUTHENTICATION),
]


def differ(old: object, new: object) -> Policy:
    """The usual policy with one value changed."""
    name = next(name for name in ("encryption", "hash", "authentication", "group") if getattr(POLICY, name) == old)
    return replace(POLICY, **{name: new})  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new", "mismatch"), DIFFERENCES)
def test_a_policy_mismatch_names_the_attribute(old: object, new: object, mismatch: Mismatch) -> None:
    lab = Lab(b=Config(isakmp=(differ(old, new),), proxies=(LAN_B, LAN_A)))
    request = lab.request()
    lab.run()
    assert [step.mismatch for step in lab.b.seen(PolicyCompared)] == [mismatch]
    assert lab.b.seen(NoOfferAccepted) == [NoOfferAccepted(0, B, A)]
    assert lab.b.seen(ModeFailure) == [ModeFailure(ExchangeType.MAIN_MODE, A)]
    assert lab.b.sa.deleted is Reason.NO_POLICY_ACCEPTED
    # the notification has no HASH: it is shown, and the initiator goes on, as IOS does
    notices = [(step.kind, step.secured) for step in lab.a.seen(Notified)]
    assert notices == [(NotifyType.NO_PROPOSAL_CHOSEN, False)]
    assert lab.a.seen(ModeFailure) == [ModeFailure(ExchangeType.INFORMATIONAL, B)]
    assert (lab.a.sa.shown, lab.a.sa.conn_id) == (SaState.MM_NO_STATE, 0)
    lab.run(60)
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.RETRANSMISSION_PHASE_1)]


def test_without_a_key_for_the_peer_nothing_is_sent() -> None:
    lab = Lab(a=Config(key=None))
    request = lab.request()
    assert lab.wire == []
    assert lab.a.engine.sas == ()
    assert lab.a.seen(PresharedKey) == [PresharedKey(0, B, False)]
    assert lab.a.seen(CannotStart) == [CannotStart(0, B, Reason.NO_PRESHARED_KEY, False, Handles(1, 1, 0))]
    assert lab.a.events == [RequestFailed(request, Reason.NO_PRESHARED_KEY)]


def test_without_a_key_the_responder_accepts_no_policy() -> None:
    lab = Lab(b=Config(key=None, proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    assert lab.b.seen(PresharedKey) == [PresharedKey(0, A, False, for_policy=True)]
    assert [step.mismatch for step in lab.b.seen(PolicyCompared)] == [Mismatch.PRESHARED_KEY]


def test_without_policies_nothing_is_sent() -> None:
    lab = Lab(a=Config(isakmp=()))
    request = lab.request()
    assert lab.wire == []
    assert lab.a.events == [RequestFailed(request, Reason.NO_POLICY)]


def test_disabled_isakmp_neither_asks_nor_answers() -> None:
    lab = Lab(a=Config(enabled=False))
    request = lab.request()
    assert lab.a.events == [RequestFailed(request, Reason.DISABLED)]
    lab.request(lab.b)
    lab.run(5)
    assert lab.a.engine.sas == ()
    assert lab.a.engine.counters.ignored == 1


def test_different_keys_show_as_a_message_5_that_does_not_decrypt() -> None:
    lab = Lab(b=Config(key=Key(b"other"), proxies=(LAN_B, LAN_A)))
    request = lab.request()
    lab.run()
    assert lab.b.seen(BadMessage) == [BadMessage(B, A)]
    assert lab.b.seen(ErrorCounted)
    assert lab.a.sa.shown is lab.b.sa.shown is SaState.MM_KEY_EXCH
    assert (lab.a.sa.state, lab.b.sa.state) == (State.I_MM5, State.R_MM4)
    assert lab.b.seen(StateChange)[-1].new is State.R_MM4
    lab.run(30)
    assert lab.a.seen(Retransmitting)[-1].state is SaState.MM_KEY_EXCH
    assert len(lab.b.seen(BadMessage)) > 2
    lab.run(40)
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.RETRANSMISSION_PHASE_1)]
    assert lab.a.sa.shown is lab.b.sa.shown is SaState.MM_NO_STATE
    assert lab.a.sa.conn_id == 1001


def test_a_corrected_key_is_used_by_the_next_attempt() -> None:
    lab = Lab(b=Config(key=Key(b"other"), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run(70)
    lab.b.config.key = lab.a.config.key
    lab.request()
    lab.run()
    assert lab.a.sa.shown is SaState.QM_IDLE
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


REFUSALS = [
    ({"transforms": (Transform("des", "sha"),)}, Reason.TRANSFORM_NOT_SUPPORTED),
    ({"transforms": (Transform("aes-256", "sha"),)}, Reason.TRANSFORM_NOT_SUPPORTED),
    ({"transforms": (Transform("aes-128", "md5"),)}, Reason.TRANSFORM_NOT_SUPPORTED),
    ({"transforms": (Transform("aes-128", None),)}, Reason.TRANSFORM_NOT_SUPPORTED),
    ({"transforms": (Transform("aes-128", "sha", "transport"),)}, Reason.TRANSFORM_NOT_SUPPORTED),
    ({"local_proxy": Proxy(0xC0A80100, 0xFFFFFFFE)}, Reason.PROXY_NOT_SUPPORTED),
    ({"remote_proxy": Proxy(0xC0A80200)}, Reason.PROXY_NOT_SUPPORTED),
    ({"remote_proxy": replace(LAN_B, protocol=1)}, Reason.PROXY_NOT_SUPPORTED),
    ({"local_proxy": replace(LAN_A, protocol=6, port=23)}, Reason.PROXY_NOT_SUPPORTED),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSALS, ids=str)
def test_a_phase_2_mismatch_is_refused_under_a_hash(changes: dict[str, object], reason: Reason) -> None:
    lab = Lab()
    request = lab.request(**changes)
    lab.run()
    assert lab.b.seen(IpsecProposalChecked)[0].reason is reason
    assert lab.b.seen(NoIpsecOfferAccepted) == [NoIpsecOfferAccepted(1001, B, A, reason)]
    assert lab.b.seen(ModeFailure) == [ModeFailure(ExchangeType.QUICK_MODE, A)]
    notice = lab.a.seen(Notified)[-1]
    assert (notice.kind, notice.protocol, notice.secured) == (NotifyType.NO_PROPOSAL_CHOSEN, ProtocolId.ESP, True)
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.REJECTED_BY_PEER)]
    assert lab.a.sa.shown is lab.b.sa.shown is SaState.QM_IDLE
    assert not lab.b.seen(InboundReady)
    lab.run(100)
    assert len(lab.wire) == 8
    lab.request()
    lab.run()
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


@pytest.mark.parametrize("offered", [None, 5])
def test_required_pfs_must_be_offered_with_its_group(offered: int | None) -> None:
    lab = Lab()
    lab.b.config.accept = Accept(pfs_group=2)
    request = lab.request(pfs_group=offered)
    lab.run()
    assert lab.b.seen(NoIpsecOfferAccepted)[0].reason is Reason.PFS_NOT_SUPPORTED
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.REJECTED_BY_PEER)]


def test_a_request_without_transforms_fails_at_once() -> None:
    lab = Lab()
    request = lab.request(transforms=())
    assert lab.a.events == [RequestFailed(request, Reason.NO_POLICY)]
    assert lab.wire == []


def replaced(position: int, old: bytes, new: bytes) -> Lab:
    """A lab in which a message is changed on its way."""

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        if index != position:
            return deliver(index, datagram)
        assert datagram.data.count(old) == 1
        return [(0, datagram.data.replace(old, new))]

    return Lab(fault=fault)


def test_an_answer_that_was_not_offered_ends_phase_1() -> None:
    lab = replaced(2, bytes.fromhex("80020002"), bytes.fromhex("80020001"))  # hash: SHA becomes MD5
    request = lab.request()
    lab.run()
    assert lab.a.seen(NotOffered) == [NotOffered(B)]
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.NOT_OFFERED)]
    assert [event.reason for event in lab.a.seen(Phase1Down)] == [Reason.NOT_OFFERED]


def test_a_weak_public_value_is_rejected() -> None:
    lab = Lab(fault=lambda index, datagram: deliver(index, datagram) if index != 3 else [(0, weak(datagram.data))])
    lab.request()
    lab.run()
    assert lab.b.seen(BadMessage) == [BadMessage(B, A)]
    assert lab.b.sa.secrets is None
    last = lab.b.seen(StateChange)[-1]
    assert (last.old, last.new, last.input) == (State.R_MM3, State.R_MM2, Input.PROCESS_ERROR)
    lab.run(20)
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


def weak(message: bytes) -> bytes:
    """Message 3 with g^x = 1."""
    return message[:32] + bytes(127) + b"\x01" + message[160:]


def test_a_quick_mode_that_stops_half_way_is_taken_back() -> None:
    lab = Lab(fault=lambda index, datagram: [] if index >= 9 and datagram.local == A else deliver(index, datagram))
    lab.request()
    lab.run()
    ready = lab.b.seen(InboundReady)
    assert len(ready) == 1
    lab.run(65)
    abandoned = lab.b.seen(InboundAbandoned)
    assert [event.pair for event in abandoned] == [ready[0].pair]
    assert not lab.b.seen(QuickModeFinished)
    assert lab.b.sa.shown is SaState.QM_IDLE


def test_an_exchange_that_is_not_there_is_reported() -> None:
    lab = Lab()
    lab.request()
    first = lab.wire[0].data
    transaction = first[:18] + bytes((ExchangeType.TRANSACTION,)) + first[19:]
    lab.b.engine.receive_datagram(transaction, B, A, 500, 500, 0)
    lab.collect()
    assert lab.b.events == [UnsupportedExchange(ExchangeType.TRANSACTION, A)]
    assert lab.b.engine.sas == ()


def test_a_quick_mode_before_authentication_is_reported() -> None:
    lab = Lab(fault=lambda index, datagram: [] if index >= 4 else deliver(index, datagram))
    lab.request()
    lab.run()
    assert lab.b.sa.shown is SaState.MM_KEY_EXCH
    message = lab.wire[3].data
    early = message[:18] + bytes((ExchangeType.QUICK_MODE, 1, 0, 0, 0, 7)) + message[24:]
    lab.b.engine.receive_datagram(early, B, A, 500, 500, 1_000_000)
    lab.collect()
    assert lab.b.seen(NotAuthenticated) == [NotAuthenticated(A)]
    assert lab.b.sa.nodes == {}


def test_quick_mode_transforms_are_compared_with_their_mode() -> None:
    lab = Lab()
    lab.b.config.accept = Accept((AES_SHA, replace(AES_SHA, mode="transport")))
    lab.request(transforms=(replace(AES_SHA, mode="transport"),))
    lab.run()
    assert lab.b.pairs[0].transform.mode == "transport"
