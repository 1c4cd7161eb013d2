"""Dead peer detection: questions and answers on a link that loses and doubles each of them, and the end of a peer."""

import pytest

from iosim.ike.v1 import Keepalive, Reason
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import PeerDead, Phase1Down
from iosim.ike.v1.trace.notices import DpdReceived, DpdUnanswered, PeerNotResponding
from iosim.ike.v1.vendors import DPD
from iosim.wire.isakmp import NotifyType

from .harness import LAN_A, LAN_B, POLICY, A, B, Config, Lab, deliver, replace

PERIODIC = Keepalive(10, 2, periodic=True)
ON_DEMAND = Keepalive(10, 2)
HANDSHAKE = 9
"""Datagrams of main and quick mode."""


def up(watching: Keepalive | None = PERIODIC) -> Lab:
    lab = Lab(Config(watching=watching))
    lab.request()
    return lab.run()


def cut(lab: Lab) -> None:
    """The peer is gone from now on."""
    lab.fault = lambda *_: []


def received(lab: Lab, kind: NotifyType) -> list[int]:
    node = lab.b if kind == NotifyType.R_U_THERE else lab.a
    return [step.sequence for step in node.seen(DpdReceived) if step.kind == kind]


def test_a_peer_is_asked_every_ten_seconds_and_each_question_is_answered() -> None:
    lab = up()
    lab.run(60)
    asked = received(lab, NotifyType.R_U_THERE)
    assert len(asked) == 6
    assert asked == [*range(asked[0], asked[0] + 6)]
    assert received(lab, NotifyType.R_U_THERE_ACK) == asked
    assert not lab.b.seen(PeerDead)
    assert len(lab.wire) == HANDSHAKE + 12, "B has no keepalives and asks nothing"


def test_on_demand_nobody_is_asked_while_nobody_has_anything_to_say() -> None:
    lab = up(ON_DEMAND)
    lab.run(600)
    assert len(lab.wire) == HANDSHAKE
    lab.a.engine.probe(A, B, lab.now)
    lab.a.engine.probe(A, B, lab.now)
    lab.collect()
    lab.run(60)
    assert len(received(lab, NotifyType.R_U_THERE_ACK)) == 1
    assert len(lab.wire) == HANDSHAKE + 2


def test_a_dead_peer_is_asked_five_times_more_and_given_up() -> None:
    lab = up()
    cut(lab)
    lab.run(19.5)
    assert [step.attempt for step in lab.a.seen(DpdUnanswered)] == [1, 2, 3, 4, 5]
    assert lab.a.sa.usable
    lab.run(3)
    assert lab.a.seen(PeerNotResponding)
    assert lab.a.seen(PeerDead) == [PeerDead(A, B)]
    assert lab.a.sa.deleted is Reason.PEER_DEAD
    lab.run(120)
    assert lab.a.engine.sas == ()
    assert lab.a.engine.get_timer() is None


def test_retries_come_as_far_apart_as_is_configured() -> None:
    lab = up(Keepalive(20, 7, periodic=True))
    cut(lab)
    lab.run(20 + 5 * 7 - 2)
    assert len(lab.a.seen(DpdUnanswered)) == 4
    lab.run(8)
    assert not lab.a.seen(PeerDead)
    lab.run(3)
    assert lab.a.seen(PeerDead)


def test_a_peer_that_does_not_say_that_it_knows_dpd_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iosim.ike.v1.vendors.abilities", lambda mode: [])
    lab = up()
    lab.run(600)
    assert DPD not in lab.a.sa.vendor_ids
    assert len(lab.wire) == HANDSHAKE


@pytest.mark.parametrize("position", range(HANDSHAKE + 1, HANDSHAKE + 9))
def test_a_lost_question_or_answer_is_made_good_by_the_next_one(position: int) -> None:
    lab = Lab(Config(watching=PERIODIC))
    lab.fault = lambda index, datagram: [] if index == position else deliver(index, datagram)
    lab.request()
    lab.run(120)
    assert [step.attempt for step in lab.a.seen(DpdUnanswered)] == [1]
    assert not lab.a.seen(Phase1Down)


@pytest.mark.parametrize("delay", [0, 1_000, 3_000_000, 15_000_000])
@pytest.mark.parametrize("position", range(HANDSHAKE + 1, HANDSHAKE + 7))
def test_a_doubled_question_or_answer_changes_nothing(position: int, delay: int) -> None:
    def doubled(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        return [(0, datagram.data), (delay, datagram.data)] if index == position else deliver(index, datagram)

    lab = Lab(Config(watching=PERIODIC))
    lab.fault = doubled
    lab.request()
    lab.run(61)
    assert len(received(lab, NotifyType.R_U_THERE_ACK)) == 6
    assert len(lab.wire) == HANDSHAKE + 12
    assert not lab.a.seen(DpdUnanswered)


def test_a_late_answer_counts_while_its_question_is_open() -> None:
    lab = Lab(Config(watching=PERIODIC))
    lab.fault = lambda index, datagram: [(3_000_000 if index == HANDSHAKE + 2 else 0, datagram.data)]
    lab.request()
    lab.run(14)
    assert not lab.a.sa.watch.asking
    assert lab.a.sa.watch.unanswered == 0


def test_both_ends_may_ask() -> None:
    lab = Lab(Config(watching=PERIODIC), Config(watching=PERIODIC, proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run(101)
    assert len(received(lab, NotifyType.R_U_THERE)) == len(received(lab, NotifyType.R_U_THERE_ACK)) == 20 // 2
    assert len(lab.wire) == HANDSHAKE + 40


def test_on_demand_without_phase_1_it_is_begun_and_its_failure_is_the_peer_s_death() -> None:
    lab = up(ON_DEMAND)
    lab.a.engine.delete_isakmp(lab.now)
    lab.collect()
    lab.run(5)
    lab.a.engine.probe(A, B, lab.now)
    lab.collect()
    lab.run()
    assert lab.a.sa.usable
    lab.a.engine.delete_isakmp(lab.now)
    lab.a.engine.probe(A, B, lab.now)
    cut(lab)
    lab.collect()
    lab.run(61)
    assert lab.a.seen(PeerDead) == [PeerDead(A, B)]


def test_an_old_sa_is_not_asked_about_once_there_is_another_one() -> None:
    policy = replace(POLICY, lifetime=60)
    lab = Lab(Config(isakmp=(policy,), watching=PERIODIC))
    lab.request()
    lab.run(300)
    assert lab.a.sa.conn_id > 1001
    assert not lab.a.seen(PeerDead)
    assert len(received(lab, NotifyType.R_U_THERE_ACK)) in range(18, 31), (
        "two of each SA, whose successor comes after 30 seconds"
    )
