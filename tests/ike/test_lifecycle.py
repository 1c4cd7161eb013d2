"""How SAs end: cleared, deleted by the peer, expired, forgotten after a restart; half-open ones are bounded."""

import pytest

from iosim.ike.v1 import Engine, Reason, SaState
from iosim.ike.v1.events import (
    NoSa,
    PeerDeletedIpsec,
    PeerRestarted,
    Phase1Down,
    RequestFailed,
)
from iosim.ike.v1.notices import notify
from iosim.ike.v1.trace.notices import DeleteNotSent, Deleting, Notified
from iosim.ike.v1.trace.packets import PacketIgnored
from iosim.ike.v1.trace.sas import InitialContact, SaDeleted
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import Notification, NotifyType, ProtocolId

from .harness import LAN_A, LAN_B, POLICY, A, B, Config, Lab, Node, assert_same_sas, replace


def up() -> Lab:
    lab = Lab()
    lab.request()
    return lab.run()


def test_clear_crypto_sa_tells_the_peer() -> None:
    lab = up()
    spi = lab.a.pairs[0].inbound[0].spi
    lab.a.engine.delete_ipsec(A, B, [(ESP, spi), (ESP, 0x12345678)], lab.now)
    lab.collect()
    lab.run()
    assert lab.b.seen(PeerDeletedIpsec) == [PeerDeletedIpsec(B, A, ((ESP, spi), (ESP, 0x12345678)))]
    assert spi == lab.b.pairs[0].outbound[0].spi
    assert lab.a.sa.shown is lab.b.sa.shown is SaState.QM_IDLE


def test_without_phase_1_nobody_is_told() -> None:
    lab = Lab()
    lab.a.engine.delete_ipsec(A, B, [(ESP, 1000)], lab.now)
    lab.collect()
    assert lab.wire == []
    assert lab.a.seen(DeleteNotSent) == [DeleteNotSent(0, A, B, (1000,))]


def test_clear_crypto_isakmp_deletes_both_ends_and_leaves_ipsec_alone() -> None:
    lab = up()
    lab.a.engine.delete_isakmp(lab.now)
    lab.collect()
    lab.run()
    assert [event.reason for event in lab.a.seen(Phase1Down)] == [Reason.CLEARED]
    assert [event.reason for event in lab.b.seen(Phase1Down)] == [Reason.DELETED_BY_PEER]
    assert not lab.b.seen(PeerDeletedIpsec)
    for node in (lab.a, lab.b):
        assert (node.sa.shown, node.sa.conn_id) == (SaState.MM_NO_STATE, 1001)
        assert node.seen(SaDeleted)[0].state is SaState.QM_IDLE
    assert lab.a.seen(Deleting)[0].protocol == ProtocolId.ISAKMP
    lab.run(58)
    assert len(lab.a.engine.sas) == len(lab.b.engine.sas) == 1
    lab.run(2)
    assert lab.a.engine.sas == lab.b.engine.sas == ()


def test_clear_crypto_isakmp_may_name_one_sa() -> None:
    lab = up()
    lab.a.engine.delete_isakmp(lab.now, conn_id=999)
    lab.a.engine.delete_isakmp(lab.now, remote=A)
    assert lab.a.sa.usable
    lab.a.engine.delete_isakmp(lab.now, conn_id=1001, remote=B)
    assert not lab.a.sa.usable


def test_after_a_clear_the_next_request_begins_anew() -> None:
    lab = up()
    lab.a.engine.delete_isakmp(lab.now)
    lab.collect()
    lab.request()
    lab.run()
    assert [sa.conn_id for sa in lab.a.engine.sas] == [1001, 1002]
    assert_same_sas(lab.a.pairs[1], lab.b.pairs[1])


def test_messages_for_a_deleted_sa_are_passed_over() -> None:
    lab = up()
    lab.a.engine.delete_isakmp(lab.now)
    lab.a.engine.datagrams_to_send()  # the delete is lost
    lab.request(lab.b)
    lab.run()
    assert lab.a.seen(PacketIgnored)
    assert not lab.a.seen(NoSa)


def test_phase_1_expires_and_tells_the_peer() -> None:
    policy = replace(POLICY, lifetime=120)
    lab = Lab(Config(isakmp=(policy,), needed=False), Config(isakmp=(policy,), proxies=(LAN_B, LAN_A), needed=False))
    lab.request()
    lab.run(119)
    assert lab.a.sa.remaining(lab.now) == 1
    assert lab.a.sa.usable and lab.b.sa.usable
    lab.run(2)
    reasons = {event.reason for node in (lab.a, lab.b) for event in node.seen(Phase1Down)}
    assert Reason.LIFETIME_EXPIRED in reasons
    assert lab.a.sa.remaining(lab.now) == 0
    assert not lab.a.sa.usable and not lab.b.sa.usable
    lab.request()
    lab.run()
    assert_same_sas(lab.a.pairs[1], lab.b.pairs[1])


def test_a_cleared_negotiation_fails_its_request() -> None:
    lab = Lab()
    request = lab.request()
    lab.a.engine.delete_isakmp(lab.now)
    lab.collect()
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.CLEARED)]


def test_phase_1_takes_its_quick_modes_along() -> None:
    lab = up()
    request = lab.request()
    lab.a.engine.delete_isakmp(lab.now)
    lab.run()
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.PHASE_1_DELETED)]
    assert len(lab.b.pairs) == 1


def restart(lab: Lab, node: Node) -> Node:
    """The router reloads: it knows nothing any more."""
    fresh = Node(node.address, node.config, seed=99)
    if node is lab.a:
        lab.a = fresh
    else:
        lab.b = fresh
    return fresh


def test_a_restarted_peer_says_so() -> None:
    lab = up()
    began = lab.now
    restart(lab, lab.a)
    lab.request()
    lab.run()
    assert [step.sent for step in lab.a.seen(InitialContact)] == [True]
    assert [event.before for event in lab.b.seen(PeerRestarted)] == [5000, began + 5000]
    old, new = lab.b.engine.sas
    assert (old.deleted, new.usable) == (Reason.PEER_RESTARTED, True)


def test_initial_contact_is_sent_only_where_nothing_is_up() -> None:
    lab = up()
    lab.b.engine.delete_isakmp(lab.now)
    lab.b.engine.datagrams_to_send()  # the delete is lost: A still has its SA
    lab.request(lab.b)
    lab.run()
    assert [step.sent for step in lab.b.seen(InitialContact)] == [False, True]
    lab.a.engine.delete_isakmp(lab.now)
    lab.run()


def test_a_peer_that_has_forgotten_is_given_up() -> None:
    """Its messages find no SA there; after five repetitions the requester takes phase 1 for dead and begins anew."""
    lab = up()
    restart(lab, lab.b)
    request = lab.request()
    lab.run(61)
    assert lab.b.seen(NoSa)[0] == NoSa(B, A)
    assert lab.b.engine.counters.no_sa == len(lab.b.seen(NoSa))
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.RETRANSMISSION_PHASE_2)]
    assert lab.a.sa.deleted is Reason.RETRANSMISSION_PHASE_2
    lab.request()
    lab.run()
    assert_same_sas(lab.a.pairs[-1], lab.b.pairs[-1])


def test_an_unreadable_offer_leaves_nothing_behind() -> None:
    lab = Lab()
    lab.request()
    first = lab.wire[0].data
    lab.b.engine.receive_datagram(first[:40] + b"\xff" * (len(first) - 40), B, A, 500, 500, 0)
    assert lab.b.engine.sas == ()
    assert lab.b.engine.counters.malformed == 1


def test_cookies_are_never_zero() -> None:
    zeros = iter([bytes(8), bytes(8)])

    def random_bytes(size: int) -> bytes:
        return next(zeros, b"\x01" * size)

    engine = Engine(Config(), random_bytes)
    lab = Lab()
    engine.request(lab.request(), 0)
    assert engine.sas[0].initiator_cookie == b"\x01" * 8


def test_replayed_exchanges_change_nothing() -> None:
    lab = up()
    lab.a.engine.delete_ipsec(A, B, [(ESP, 4711)], lab.now)
    lab.collect()
    lab.run(120)  # nodes are purged by now
    recorded = list(lab.wire)
    pairs, events, sent = len(lab.b.pairs), len(lab.b.events), len(lab.wire)
    for datagram in recorded:
        if datagram.remote == B:
            lab.b.engine.receive_datagram(datagram.data, B, A, 500, 500, lab.now)
    lab.collect()
    assert (len(lab.b.pairs), len(lab.b.seen(PeerDeletedIpsec))) == (pairs, 1)
    assert len(lab.wire) <= sent + 1  # message 6, since message 5 came again
    assert len(lab.b.events) == events


OF_NO_INTEREST = (NotifyType.CONNECTED, NotifyType.REPLAY_STATUS, NotifyType.PAYLOAD_MALFORMED, 30000, 32768, 40501)
"""Status and errors that mean nothing here, and private ones: of Cisco's load balancing and old keepalives."""


@pytest.mark.parametrize("kind", OF_NO_INTEREST)
def test_notifications_that_mean_nothing_change_nothing(kind: int) -> None:
    lab = up()
    events, sent = len(lab.a.events), len(lab.wire)
    notify(lab.b.engine._context, lab.b.sa, Notification(ProtocolId.ISAKMP, kind, b"", b"data"))
    lab.collect()
    lab.run()
    assert [step.kind for step in lab.a.seen(Notified)][-1] == kind
    assert len(lab.a.events) == events
    assert len(lab.wire) == sent + 1
    assert lab.a.sa.usable
