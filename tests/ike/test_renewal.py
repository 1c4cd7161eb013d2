"""Phase 1 anew: before it expires, when one end has lost it, and from both ends at once."""

import pytest

from iosim.ike.v1 import Reason
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import BadMessage, PeerDeletedIpsec, Phase1Down, Phase1Up
from iosim.ike.v1.trace.notices import Notified
from iosim.ike.v1.trace.sas import InitialContact
from iosim.wire.ipv4 import AH, ESP
from iosim.wire.isakmp import NotifyType

from .harness import LAN_A, LAN_B, POLICY, A, B, Config, Fault, Lab, Node, assert_same_sas, deliver, replace

MAIN_MODE = 6
SHORT = replace(POLICY, lifetime=120)


def pair_of(a: Config | None = None, b: Config | None = None, fault: Fault = deliver, policy: object = SHORT) -> Lab:
    a, b = a or Config(), b or Config(proxies=(LAN_B, LAN_A))
    a.isakmp = b.isakmp = (policy,)  # type: ignore[assignment]
    lab = Lab(a, b, fault=fault)
    lab.request()
    return lab


def test_a_successor_is_there_before_the_end_and_its_initiator_is_the_same() -> None:
    lab = pair_of()
    lab.run(89)
    assert len(lab.wire) == 9
    lab.run(2)
    assert len(lab.wire) == 9 + MAIN_MODE
    for node in (lab.a, lab.b):
        assert [(sa.conn_id, sa.usable) for sa in node.engine.sas] == [(1001, True), (1002, True)]
    assert lab.a.sa.initiator
    assert [step.sent for step in lab.b.seen(InitialContact)] == [False], "the second one is no first contact"
    lab.run(30)
    assert [event.reason for event in lab.a.seen(Phase1Down)] == [Reason.LIFETIME_EXPIRED]
    assert lab.a.sa.usable and lab.b.sa.usable


def test_there_is_always_one_that_works() -> None:
    lab = pair_of()
    lab.run()
    for _ in range(600):
        lab.run(1)
        for node in (lab.a, lab.b):
            assert any(sa.usable for sa in node.engine.sas)
            assert len([sa for sa in node.engine.sas if sa.usable]) <= 2
    assert len(lab.a.seen(Phase1Up)) in range(7, 9)


def test_without_ipsec_sas_nothing_is_renewed() -> None:
    lab = pair_of(Config(needed=False), Config(needed=False, proxies=(LAN_B, LAN_A)))
    lab.run(200)
    assert lab.a.engine.sas == ()
    assert len(lab.a.seen(Phase1Up)) == 1


def test_the_lower_lifetime_wins_and_the_responder_says_so() -> None:
    lab = Lab(Config(isakmp=(POLICY,)), Config(isakmp=(SHORT,), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    assert (lab.a.sa.lifetime, lab.b.sa.lifetime) == (120, 120)
    assert lab.a.seen(Notified)[-1].kind == NotifyType.RESPONDER_LIFETIME
    lab.run(91)
    assert len(lab.a.seen(Phase1Up)) == 2


@pytest.mark.parametrize("position", range(10, 10 + MAIN_MODE))
def test_a_renewal_survives_each_lost_message(position: int) -> None:
    lab = pair_of(fault=lambda index, datagram: [] if index == position else deliver(index, datagram))
    lab.run(119)
    assert len([sa for sa in lab.a.engine.sas if sa.usable]) in (2, 3), "the third if both ends have begun one"
    lab.run(10)
    lab.request()
    lab.run(1)
    assert_same_sas(lab.a.pairs[1], lab.b.pairs[1])


@pytest.mark.parametrize("position", range(10, 10 + MAIN_MODE))
def test_a_renewal_survives_each_doubled_message(position: int) -> None:
    def doubled(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        return [(0, datagram.data), (500, datagram.data)] if index == position else deliver(index, datagram)

    lab = pair_of(fault=doubled)
    lab.run(110)
    assert [len(node.engine.sas) for node in (lab.a, lab.b)] == [2, 2]
    assert not lab.a.seen(BadMessage) + lab.b.seen(BadMessage)


def test_if_the_initiator_does_not_renew_the_responder_does() -> None:
    lab = pair_of(Config(needed=False))
    lab.run(102)
    assert not lab.a.sa.initiator
    assert lab.a.sa.usable


@pytest.mark.parametrize("delay", [0.0, 0.004, 0.006, 0.012, 0.02])
def test_both_ends_may_begin_at_once(delay: float) -> None:
    """Two phase-1 SAs and two pairs at most come of it, the ends agree about them, and there is peace afterwards."""
    lab = Lab()
    lab.request(lab.a)
    lab.run(delay)
    lab.request(lab.b)
    lab.run(3)
    for node in (lab.a, lab.b):
        assert len(node.engine.sas) <= 2
        assert all(sa.usable for sa in node.engine.sas)
    assert len(lab.a.pairs) == len(lab.b.pairs) <= 2
    spis = {pair.inbound[0].spi for pair in lab.a.pairs}
    assert {pair.outbound[0].spi for pair in lab.b.pairs} == spis
    sent = len(lab.wire)
    assert sent <= 2 * 9
    lab.run(300)
    assert len(lab.wire) == sent


def lose_everything(lab: Lab) -> Node:
    """B reloads."""
    fresh = Node(B, lab.b.config, seed=99)
    lab.b = fresh
    return fresh


@pytest.mark.parametrize("protocol", [ESP, AH])
def test_an_unknown_spi_is_told_through_phase_1(protocol: int) -> None:
    lab = pair_of()
    lab.run()
    for _ in range(100):
        lab.b.engine.report_invalid_spi(B, A, protocol, 0x12345678, lab.now)
        lab.collect()
    lab.run()
    assert lab.a.seen(PeerDeletedIpsec) == [PeerDeletedIpsec(A, B, ((protocol, 0x12345678),))], "once a minute"
    lab.run(60)
    lab.b.engine.report_invalid_spi(B, A, protocol, 0x12345679, lab.now)
    lab.collect()
    lab.run()
    assert len(lab.a.seen(PeerDeletedIpsec)) == 2


def test_without_phase_1_only_recovery_tells_it() -> None:
    lab = pair_of()
    lab.run()
    lose_everything(lab)
    lab.b.engine.report_invalid_spi(B, A, ESP, 0x12345678, lab.now)
    lab.collect()
    assert lab.b.engine.sas == ()
    lab.b.config.invalid_spi_recovery = True
    lab.b.engine.report_invalid_spi(B, A, ESP, 0x12345678, lab.now)
    lab.collect()
    lab.run()
    assert lab.b.sa.initiator and lab.b.sa.usable
    assert lab.a.seen(PeerDeletedIpsec) == [PeerDeletedIpsec(A, B, ((ESP, 0x12345678),))]
    assert lab.a.seen(InitialContact)[-1].sent is False


@pytest.mark.parametrize("position", range(10, 18))
def test_recovery_survives_each_lost_message_but_the_notification(position: int) -> None:
    """Nobody answers a notification; INITIAL-CONTACT has told the same by then."""
    lab = pair_of(fault=lambda index, datagram: [] if index == position else deliver(index, datagram))
    lab.run()
    lose_everything(lab).config.invalid_spi_recovery = True
    lab.b.engine.report_invalid_spi(B, A, ESP, 0x12345678, lab.now)
    lab.collect()
    lab.run(30)
    assert lab.b.sa.usable and lab.a.sa.usable
    assert lab.a.seen(InitialContact)[-1].sent is False


def test_forged_packets_from_everywhere_begin_little() -> None:
    """One phase 1 a second at most, and nothing is remembered of who cannot be asked."""
    lab = Lab(b=Config(invalid_spi_recovery=True, proxies=(LAN_B, LAN_A)), fault=lambda *_: [])
    for index in range(3000):
        lab.b.engine.report_invalid_spi(B, 0x0B000000 + index, ESP, 0x12345678, lab.now)
        lab.run(0.01)
    assert len(lab.b.engine.sas) in range(30, 32)
    keyless = Lab(b=Config(invalid_spi_recovery=True, key=None, proxies=(LAN_B, LAN_A)))
    keyless.b.engine.report_invalid_spi(B, A, ESP, 0x12345678, 0)
    assert keyless.b.engine.sas == ()
    keyless.b.config.key = keyless.a.config.key
    keyless.request()
    keyless.run()
    assert not [step for step in keyless.a.seen(Notified) if step.kind == NotifyType.INVALID_SPI]
