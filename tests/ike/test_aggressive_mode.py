"""Aggressive mode: what comes up, what is lost or doubled, what is refused, and what others read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iosim.ike.v1 import Key, Policy, Reason, SaState, State
from iosim.ike.v1.events import AggressiveModeDisabled, BadMessage, ModeFailure, Phase1Keys, Phase1Up, RequestFailed
from iosim.ike.v1.trace.offers import PolicyCompared
from iosim.ike.v1.trace.sas import CannotStart, StateChange
from iosim.wire.isakmp import ExchangeType, Identification, IdType

from .capture import dissect, ip_packet, write_pcap
from .harness import A, B, Config, Lab, assert_same_sas, deliver

NAME = Identification(IdType.FQDN, 17, 0, b"r1.example.com")
POLICIES = [
    Policy(10, "des", "md5", "pre-share", 1, 86400),
    Policy(10, "aes-128", "sha256", "pre-share", 5, 86400),
    Policy(10, "aes-256", "sha", "pre-share", 14, 600),
]


def aggressive_lab(**changes: object) -> Lab:
    """A begins in aggressive mode and calls itself by a name."""
    return Lab(Config(aggressive=True, own_identity=NAME), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.encryption} {policy.hash} {policy.group}")
def test_phase_1_and_2_come_up(policy: Policy) -> None:
    lab = aggressive_lab()
    lab.a.config.isakmp = lab.b.config.isakmp = (policy,)
    lab.request()
    lab.run()
    for node in (lab.a, lab.b):
        assert node.sa.shown is SaState.QM_IDLE
        assert len(node.seen(Phase1Up)) == 1
        assert node.sa.conn_id == 1001
    assert lab.a.sa.secrets == lab.b.sa.secrets
    assert lab.b.sa.peer_id == NAME
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


def test_the_states_are_those_of_ios() -> None:
    lab = aggressive_lab()
    lab.request()
    assert lab.a.sa.shown is SaState.AG_INIT_EXCH
    lab.run()
    changes = [[(step.old, step.new) for step in node.seen(StateChange)][:2] for node in (lab.a, lab.b)]
    assert changes[0] == [(State.READY, State.I_AM1), (State.I_AM1, State.P1_COMPLETE)]
    assert changes[1] == [(State.READY, State.R_AM2), (State.R_AM2, State.P1_COMPLETE)]


def test_three_messages_and_the_identity_in_the_clear(tmp_path: Path) -> None:
    lab = aggressive_lab()
    lab.request()
    lab.run()
    capture = write_pcap(tmp_path / "ike.pcap", [ip_packet(datagram) for datagram in lab.wire])
    fields = ("isakmp.exchangetype", "isakmp.typepayload", "_ws.malformed", "_ws.expert")
    packets = dissect(capture, lab.a.seen(Phase1Keys), *fields)
    lists = ["1,2,3,4,10,5" + 7 * ",13", "1,2,3,4,10,5,8" + 4 * ",13" + ",20,20", "8,20,20,11"]
    lists += ["8,1,2,3,10,5,5", "8,1,2,3,10,5,5", "8"]
    assert [",".join(packet["isakmp.typepayload"]) for packet in packets] == lists
    assert [packet["isakmp.exchangetype"] for packet in packets[:3]] == [["4"]] * 3
    assert not any(packet["_ws.malformed"] or packet["_ws.expert"] for packet in packets)
    assert b"r1.example.com" in lab.wire[0].data


@pytest.mark.parametrize("position", range(1, 7))
def test_a_lost_message_is_repeated(position: int) -> None:
    lab = aggressive_lab(fault=lambda index, datagram: [] if index == position else deliver(index, datagram))
    lab.request()
    lab.run(25)
    assert lab.a.sa.shown is lab.b.sa.shown is SaState.QM_IDLE
    assert_same_sas(lab.a.pairs[-1], lab.b.pairs[-1])


@pytest.mark.parametrize("position", range(1, 7))
def test_a_doubled_message_does_no_harm(position: int) -> None:
    lab = aggressive_lab(
        fault=lambda index, datagram: deliver(index, datagram) * 2 if index == position else deliver(index, datagram)
    )
    lab.request()
    lab.run(9)
    assert [len(node.pairs) for node in (lab.a, lab.b)] == [1, 1]


def test_a_wrong_key_shows_at_the_initiator_first() -> None:
    """HASH_R is in the second message: the initiator is the one that notices, unlike in main mode."""
    lab = aggressive_lab()
    lab.b.config.key = Key(b"other")
    lab.request()
    lab.run(5)
    assert lab.a.seen(BadMessage) and not lab.b.seen(BadMessage)
    assert lab.a.sa.shown is SaState.AG_INIT_EXCH
    lab.run(100)
    assert lab.a.seen(RequestFailed)[0].reason is Reason.RETRANSMISSION_PHASE_1


def test_no_key_for_the_identity_no_sa() -> None:
    lab = aggressive_lab()
    lab.b.config.key = None
    lab.request()
    lab.run()
    assert lab.b.seen(ModeFailure) == [ModeFailure(ExchangeType.AGGRESSIVE, A)]
    assert lab.b.sa.shown is SaState.AG_NO_STATE


def test_only_the_first_group_is_offered() -> None:
    lab = aggressive_lab()
    lab.a.config.isakmp = (POLICIES[2], POLICIES[1], Policy(20, "3des", "sha", "pre-share", 14, 86400))
    lab.b.config.isakmp = (Policy(1, "3des", "sha", "pre-share", 14, 86400),)
    lab.request()
    lab.run()
    assert lab.a.sa.policy is not None and lab.a.sa.policy.encryption == "3des"
    assert {step.transform for step in lab.b.seen(PolicyCompared)} == {1, 2}


@pytest.mark.parametrize("who", ["initiator", "responder"])
def test_where_it_is_disabled_there_is_none(who: str) -> None:
    lab = aggressive_lab()
    (lab.a if who == "initiator" else lab.b).config.aggressive_mode = False
    lab.request()
    lab.run()
    if who == "initiator":
        assert lab.wire == []
        assert lab.a.seen(AggressiveModeDisabled) == [AggressiveModeDisabled(B)]
        assert lab.a.seen(CannotStart)[0].reason is Reason.AGGRESSIVE_MODE_DISABLED
        assert lab.a.seen(RequestFailed)[0].reason is Reason.AGGRESSIVE_MODE_DISABLED
    else:
        assert lab.b.seen(AggressiveModeDisabled) == [AggressiveModeDisabled(A)]
        assert lab.b.engine.sas == ()


def test_a_third_message_in_the_clear_is_taken() -> None:
    """RFC 2409 section 5.4 leaves it to the sender whether HASH_I is encrypted."""
    from iosim.ike.v1.packet import seal
    from iosim.wire.isakmp import Payload, PayloadType

    lab = aggressive_lab(fault=lambda index, datagram: [] if index == 3 else deliver(index, datagram))
    lab.request()
    lab.run(1)
    mode = lab.a.sa.phase_1
    hash_i = lab.a.sa.hash.hmac(
        lab.a.sa.secrets.skeyid,  # type: ignore[union-attr]
        mode.g_xi + mode.g_xr + lab.a.sa.initiator_cookie + lab.a.sa.responder_cookie + mode.sai_b + mode.id_ii,
    )
    clear = seal(mode, ExchangeType.AGGRESSIVE, [Payload(PayloadType.HASH, hash_i)], encrypt=False)
    lab.b.engine.receive_datagram(clear, B, A, 500, 500, lab.now)
    lab.collect()
    assert lab.b.sa.shown is SaState.QM_IDLE
