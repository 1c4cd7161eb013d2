"""Very many hostile datagrams: what they may cost in memory, in time and in key pairs, and how long it lasts."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from time import process_time

import pytest

from iosim.crypto.dh import ModpGroup
from iosim.ike.v1 import Engine, State, phase2_offers
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.notices import informational_hash
from iosim.ike.v1.packet import seal
from iosim.ike.v1.quick_mode import MOST_NODES
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import (
    ExchangeType,
    Header,
    Notification,
    NotifyType,
    Payload,
    PayloadType,
    pack_payloads,
)

from .harness import LAN_A, LAN_B, SECOND, A, B, Config, Lab, assert_same_sas
from .siege import POLICY, rewritten

MEGABYTE = 1_000_000
MOST_HALF_OPEN = 1000


def up() -> Lab:
    """A and B with a tunnel; nobody listens to the steps, as usual."""
    lab = Lab(Config(isakmp=(POLICY,)))
    lab.b.config.isakmp = (POLICY,)
    for node in (lab.a, lab.b):
        node.engine.trace = None
    lab.request()
    return lab.run(1)


def throw(engine: Engine, data: bytes, source: int, now: int) -> None:
    """A datagram for B; what comes of it is dropped."""
    engine.receive_datagram(data, B, source, 500, 500, now)
    engine.datagrams_to_send()
    while engine.next_event() is not None:
        pass


def first_messages(lab: Lab) -> Iterator[bytes]:
    """Message 1 again and again, each with a cookie of its own."""
    data = lab.wire[0].data
    return (rewritten(data, initiator_cookie=number.to_bytes(8)) for number in range(1, 1 << 30))


def openings_of_aggressive_mode(lab: Lab) -> Iterator[bytes]:
    other = Lab(Config(isakmp=(POLICY,), aggressive=True))
    other.request()
    data = other.wire[0].data
    return (rewritten(data, initiator_cookie=number.to_bytes(8)) for number in range(1, 1 << 30))


def damaged(lab: Lab) -> Iterator[bytes]:
    """What the tunnel was made of, damaged here and there."""
    number = 0
    while True:
        data = lab.wire[number % len(lab.wire)].data
        at = 16 + number % (len(data) - 16)
        yield data[:at] + bytes((data[at] ^ 1 + number % 255,)) + data[at + 1 :]
        number += 1


def messages_of_the_tunnel(lab: Lab) -> Iterator[bytes]:
    """Encrypted garbage with the cookies of the SA and a new message id each."""
    cookies = lab.b.sa.initiator_cookie + lab.b.sa.responder_cookie
    for number in range(1, 1 << 30):
        kind = (ExchangeType.QUICK_MODE, ExchangeType.INFORMATIONAL)[number % 2]
        header = Header(cookies[:8], cookies[8:], PayloadType.HASH, kind, 1, number, 28 + 64)
        yield header.pack() + number.to_bytes(8) * 8


FLOODS: dict[str, tuple[int, Callable[[Lab], Iterator[bytes]]]] = {
    "first messages": (20_000, first_messages),
    "aggressive mode": (5_000, openings_of_aggressive_mode),
    "damaged messages": (50_000, damaged),
    "messages of the tunnel": (25_000, messages_of_the_tunnel),
}
"""100,000 datagrams in all."""


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_costs_a_bounded_amount_of_memory_and_passes(flood: str) -> None:
    """Within four minutes, from forged sources where that is of use."""
    lab = up()
    engine, (count, datagrams) = lab.b.engine, FLOODS[flood]
    step = 240 * SECOND // count
    forged = "tunnel" not in flood and "damaged" not in flood
    most = 0
    started = process_time()
    for number, data in enumerate(islice(datagrams(lab), count)):
        lab.now += step
        engine.handle_timer(lab.now)
        throw(engine, data, 0x0B000000 + number if forged else A, lab.now)
        if number % 1000 == 0:
            most = max(most, sum(sa.negotiating for sa in engine.sas))
            assert tracemalloc.get_traced_memory()[0] < 25 * MEGABYTE
    elapsed = process_time() - started
    assert most <= MOST_HALF_OPEN
    assert elapsed < count * 0.002  # traced; a negotiation takes longer, and only some are begun
    for _ in range(13):  # five repetitions, and a minute in which it is shown as deleted
        lab.now += 10 * SECOND
        engine.handle_timer(lab.now)
        engine.datagrams_to_send()
        while engine.next_event() is not None:
            pass
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] < 4 * MEGABYTE
    assert [sa.usable for sa in engine.sas] == [True]
    lab.request(lifetime=1800)
    lab.run(15)
    assert_same_sas(lab.a.pairs[-1], lab.b.pairs[-1])
    assert len(lab.a.pairs) == 2


class Counting:
    """Counts the powers that the groups raise, which are what Diffie-Hellman costs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.powers = 0
        power = ModpGroup._power

        def counted(group: ModpGroup, base: int, exponent: int) -> bytes:
            self.powers += 1
            return power(group, base, exponent)

        monkeypatch.setattr(ModpGroup, "_power", counted)


def test_a_stranger_costs_no_key_pair_before_it_has_shown_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who has got our cookie can send message 3, and that costs two powers, however often it comes."""
    lab = up()
    counting = Counting(monkeypatch)
    for number, data in enumerate(islice(first_messages(lab), 500)):
        throw(lab.b.engine, data, 0x0B000000 + number, lab.now)
    assert counting.powers == 0
    half_open = lab.b.engine.sas[-1]
    content = pack_payloads([Payload(PayloadType.KE, b"\1" * 96), Payload(PayloadType.NONCE, b"n" * 20)])
    cookies = half_open.initiator_cookie, half_open.responder_cookie
    message = Header(*cookies, PayloadType.KE, ExchangeType.MAIN_MODE, 0, 0, 28 + len(content)).pack() + content
    for _ in range(100):
        throw(lab.b.engine, message, half_open.remote, lab.now)
    assert counting.powers == 2


def test_aggressive_mode_costs_two_powers_for_each_sa_that_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = up()
    openings = openings_of_aggressive_mode(lab)
    counting = Counting(monkeypatch)
    for number, data in enumerate(islice(openings, 3000)):
        throw(lab.b.engine, data, 0x0B000000 + number, lab.now)
    assert counting.powers <= 2 * MOST_HALF_OPEN


def test_a_bad_public_value_in_aggressive_mode_costs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = up()
    opening = next(openings_of_aggressive_mode(lab))
    at = opening.index(bytes((10, 0, 0, 100)), 28) + 4  # KE of 96 bytes, followed by a nonce
    counting = Counting(monkeypatch)
    for number in range(2000):
        data = opening[:at] + b"\xff" * 96 + opening[at + 96 :]
        throw(lab.b.engine, rewritten(data, initiator_cookie=number.to_bytes(8, "little")), A, lab.now)
    assert counting.powers == 0
    assert lab.b.engine.counters.malformed >= 1999
    assert len(lab.b.engine.sas) == 1


@pytest.mark.usefixtures("fresh")
def test_a_message_of_thousands_of_payloads_takes_no_time() -> None:
    """64 KB are 16,000 empty payloads."""
    lab = up()
    cookie = b"stranger"
    for kind in (PayloadType.VID, PayloadType.NOTIFY, PayloadType.SA, PayloadType.PROPOSAL, 99):
        content = pack_payloads([Payload(kind, b"")] * 16_000)
        header = Header(cookie, bytes(8), kind, ExchangeType.MAIN_MODE, 0, 0, 28 + len(content))
        started = process_time()
        throw(lab.b.engine, header.pack() + content, A, lab.now)
        assert process_time() - started < 0.2


def sealed(lab: Lab, kind: ExchangeType, message_id: int, payloads: list[Payload]) -> bytes:
    """A first message of A under a good HASH."""
    sa = lab.a.sa
    exchange = Exchange(sa, True, State.READY, message_id, phase2_iv(sa.hash, sa.cipher, sa.last_block, message_id))
    digest = informational_hash(sa, message_id, pack_payloads(payloads))
    return seal(exchange, kind, [Payload(PayloadType.HASH, digest), *payloads], True)


def test_a_peer_that_begins_quick_modes_without_end_is_bounded() -> None:
    lab = up()
    offer = phase2_offers.offer(lab.request(lifetime=100), {ESP: 0x1000}, None)
    lab.run(1)
    ids = [Payload(PayloadType.ID, phase2_offers.proxy_id(proxy)) for proxy in (LAN_A, LAN_B)]
    payloads = [Payload(PayloadType.SA, offer), Payload(PayloadType.NONCE, b"n" * 20), *ids]
    for number in range(1, 1500):
        throw(lab.b.engine, sealed(lab, ExchangeType.QUICK_MODE, number, payloads), A, lab.now)
    sa = lab.b.sa
    assert len(sa.nodes) == MOST_NODES
    lab.run(130)  # six repetitions, and the time in which it answers what comes late
    assert not sa.nodes
    assert sa.usable
    lab.request(lifetime=200)
    lab.run(1)
    assert_same_sas(lab.a.pairs[-1], lab.b.pairs[-1])


def test_one_message_is_not_answered_a_thousand_times() -> None:
    lab = up()
    spi = lab.a.sa.initiator_cookie + lab.a.sa.responder_cookie
    for count, answers in ((50, 50), (101, 0), (2000, 0)):
        asking = [Notification(1, NotifyType.R_U_THERE, spi, number.to_bytes(4)).pack() for number in range(count)]
        payloads = [Payload(PayloadType.NOTIFY, body) for body in asking]
        data = sealed(lab, ExchangeType.INFORMATIONAL, count, payloads)
        lab.b.engine.receive_datagram(data, B, A, 500, 500, lab.now)
        assert len(lab.b.engine.datagrams_to_send()) == answers


def test_many_sas_of_one_peer_do_not_slow_down_its_messages() -> None:
    lab = up()
    offers = first_messages(lab)

    def hundred() -> float:
        started = process_time()
        for data in islice(offers, 100):
            throw(lab.b.engine, data, A, lab.now)
        return process_time() - started

    first = min(hundred() for _ in range(2))
    for _ in range(5):
        hundred()
    last = min(hundred() for _ in range(2))
    assert len(lab.b.engine.sas) == 901
    assert last < 3 * first
