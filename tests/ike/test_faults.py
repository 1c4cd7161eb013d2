"""A link that loses, doubles, delays or damages each message in turn: the tunnel comes up all the same."""

from collections.abc import Callable

import pytest

from iosim.ike.v1 import SaState
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import BadMessage, RequestFailed
from iosim.ike.v1.trace.packets import Duplicate, Retransmitting

from .harness import SECOND, Fault, Lab, assert_same_sas, deliver

MESSAGES = range(1, 10)
Delivery = list[tuple[int, bytes]]


def once(position: int, change: Callable[[Datagram], Delivery]) -> Fault:
    """The change befalls only the datagram at this position."""

    def fault(index: int, datagram: Datagram) -> Delivery:
        return change(datagram) if index == position else deliver(index, datagram)

    return fault


def assert_up(lab: Lab) -> None:
    for node in (lab.a, lab.b):
        assert [sa.shown for sa in node.engine.sas if sa.deleted is None] == [SaState.QM_IDLE]
    assert_same_sas(lab.a.pairs[-1], lab.b.pairs[-1])


@pytest.mark.parametrize("position", MESSAGES)
def test_a_lost_message_is_repeated_after_ten_seconds(position: int) -> None:
    lab = Lab(fault=once(position, lambda _: []))
    lab.request()
    lab.run(9)
    assert not (lab.a.pairs and lab.b.pairs)
    lab.run(2)
    assert_up(lab)
    assert lab.a.seen(Retransmitting) or lab.b.seen(Retransmitting)
    assert not lab.a.seen(RequestFailed)


@pytest.mark.parametrize("first", MESSAGES)
@pytest.mark.parametrize("second", [10, 11, 12])
def test_two_losses_are_no_end_either(first: int, second: int) -> None:
    lab = Lab(fault=lambda index, datagram: [] if index in (first, second) else deliver(index, datagram))
    lab.request()
    lab.run(45)
    assert_up(lab)


@pytest.mark.parametrize("delay", [0, 2_000, 12_000, 3 * SECOND], ids=str)
@pytest.mark.parametrize("position", MESSAGES)
def test_a_doubled_message_does_no_harm(position: int, delay: int) -> None:
    lab = Lab(fault=once(position, lambda datagram: [(0, datagram.data), (delay, datagram.data)]))
    lab.request()
    lab.run(9)
    assert_up(lab)
    assert len(lab.a.pairs) == len(lab.b.pairs) == 1
    assert not lab.a.seen(BadMessage) + lab.b.seen(BadMessage)
    repeated = delay > SECOND and position in (5, 8)  # the last ones that have an answer
    assert len(lab.wire) == 9 + repeated
    lab.run(120)
    assert len(lab.a.pairs) == len(lab.b.pairs) == 1


def test_every_message_may_come_twice() -> None:
    lab = Lab(fault=lambda _, datagram: [(0, datagram.data), (0, datagram.data)])
    lab.request()
    lab.run(60)
    assert_up(lab)
    assert len(lab.a.pairs) == 1
    assert lab.a.seen(Duplicate) and lab.b.seen(Duplicate)


@pytest.mark.parametrize("delay", [4_000, 11_000, 10_500_000, 25 * SECOND], ids=str)
@pytest.mark.parametrize("position", MESSAGES)
def test_a_late_message_does_no_harm(position: int, delay: int) -> None:
    lab = Lab(fault=once(position, lambda datagram: [(delay, datagram.data)]))
    lab.request()
    lab.run(40)
    assert_up(lab)
    assert len(lab.a.pairs) == len(lab.b.pairs) == 1


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "initiator cookie": lambda data: bytes((data[0] ^ 1,)) + data[1:],
    "responder cookie": lambda data: data[:8] + bytes((data[8] ^ 1,)) + data[9:],
    "next payload": lambda data: data[:16] + b"\x07" + data[17:],
    "version": lambda data: data[:17] + b"\x20" + data[18:],
    "exchange": lambda data: data[:18] + b"\xf0" + data[19:],
    "encryption flag": lambda data: data[:19] + bytes((data[19] ^ 1,)) + data[20:],
    "message id": lambda data: data[:20] + bytes((data[20] ^ 1,)) + data[21:],
    "length": lambda data: data[:27] + bytes((data[27] ^ 1,)) + data[28:],
    "reserved octet": lambda data: data[:29] + b"\x01" + data[30:],
    "payload length": lambda data: data[:30] + b"\xff" + data[31:],
    "cut short": lambda data: data[:-3],
    "last octet": lambda data: data[:-1] + bytes((data[-1] ^ 1,)),
    "middle": lambda data: data[: len(data) // 2] + b"\xde\xad" + data[len(data) // 2 + 2 :],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("position", MESSAGES)
def test_a_damaged_message_costs_time_and_no_more(position: int, damage: str) -> None:
    """What is damaged in the clear may spoil the keys: then phase 1 dies of it, and the next request comes through."""
    lab = Lab(fault=once(position, lambda datagram: [(0, DAMAGES[damage](datagram.data))]))
    lab.request()
    lab.run(25)
    if position > 4:  # what is encrypted cannot spoil anything
        assert_up(lab)
    elif not (lab.a.pairs and lab.b.pairs):
        lab.run(60)
        lab.request()
    lab.run(60)
    assert_up(lab)


def test_a_dead_link_ends_the_attempt_after_five_repetitions() -> None:
    lab = Lab(fault=lambda *_: [])
    request = lab.request()
    lab.run(59)
    assert [step.attempt for step in lab.a.seen(Retransmitting)] == [1, 2, 3, 4, 5]
    assert not lab.a.seen(RequestFailed)
    lab.run(2)
    failed = lab.a.seen(RequestFailed)
    assert [event.request for event in failed] == [request]
    assert lab.a.sa.deleted is failed[0].reason
    assert lab.a.sa.shown is SaState.MM_NO_STATE
    lab.run(60)
    assert lab.a.engine.sas == ()
    assert lab.a.engine.get_timer() is None
