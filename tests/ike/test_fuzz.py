"""Hostile datagrams: whatever arrives, the engine raises nothing, and the tunnel that is there stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ike.v1 import SaState, State, phase2_offers
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.notices import informational_hash
from iosim.ike.v1.packet import seal
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import Delete, ExchangeType, Notification, Payload, PayloadType, pack_payloads

from .harness import LAN_A, LAN_B, A, B, Lab, deliver

NOW = 3_000_000


def tunnel() -> Lab:
    lab = Lab()
    lab.request()
    lab.run(2)
    lab.a.engine.delete_ipsec(A, B, [(ESP, 4711)], lab.now)
    lab.collect()
    return lab.run(1)


TUNNEL = tunnel()
RECORDED = [datagram.data for datagram in TUNNEL.wire]
TO_B = [datagram.data for datagram in TUNNEL.wire if datagram.remote == B]

edits = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4)
cuts = st.integers(0, 400) | st.none()


def mutate(data: bytes, changes: list[tuple[int, int]], cut: int | None, fix_length: bool) -> bytes:
    """A message with some bytes changed and its end cut off; perhaps with a length that fits again."""
    changed = bytearray(data)
    for position, value in changes:
        changed[position % len(changed)] = value
    changed = changed[: cut if cut is not None else len(changed)]
    if fix_length and len(changed) >= 28:
        changed[24:28] = len(changed).to_bytes(4, "big")
    return bytes(changed)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_counted(data: bytes) -> None:
    lab = Lab()
    lab.b.engine.receive_datagram(data, B, A, 500, 500, NOW)
    assert lab.b.engine.sas == ()
    assert lab.b.engine.counters.malformed == 1


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([ExchangeType.MAIN_MODE, ExchangeType.QUICK_MODE, ExchangeType.INFORMATIONAL, 4, 6, 33]),
    st.integers(0, 15),
    st.integers(0, 3),
    st.binary(max_size=200),
    st.booleans(),
)
def test_random_payloads_under_a_good_header(exchange: int, first: int, flags: int, payloads: bytes, new: bool) -> None:
    cookies = RECORDED[0][:16] if new else RECORDED[-1][:16]
    head = cookies + bytes((first, 0x10, exchange, flags)) + b"\0\0\0\1" + (28 + len(payloads)).to_bytes(4, "big")
    TUNNEL.b.engine.receive_datagram(head + payloads, B, A, 500, 500, NOW)
    TUNNEL.collect()
    assert TUNNEL.b.engine.sas[0].shown is SaState.QM_IDLE


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TO_B), edits, cuts, st.booleans())
def test_mutated_messages_do_not_harm_a_tunnel(
    data: bytes, changes: list[tuple[int, int]], cut: int | None, fix_length: bool
) -> None:
    TUNNEL.b.engine.receive_datagram(mutate(data, changes, cut, fix_length), B, A, 500, 500, NOW)
    TUNNEL.collect()
    assert TUNNEL.b.engine.sas[0].shown is SaState.QM_IDLE


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(1, 14), st.tuples(edits, cuts, st.booleans()), max_size=4))
def test_a_negotiation_under_fire_ends_one_way_or_the_other(
    attacks: dict[int, tuple[list[tuple[int, int]], int | None, bool]],
) -> None:
    """The damaged copy of a message comes just before the good one."""

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        good = deliver(index, datagram)
        return [(0, mutate(datagram.data, *attacks[index])), (1000, good[0][1])] if index in attacks else good

    lab = Lab(fault=fault)
    lab.request()
    lab.run(400)
    for node in (lab.a, lab.b):
        assert all(sa.usable for sa in node.engine.sas)
        assert node.engine.sas or node.events


REQUEST = Lab().request()
BODIES = {
    PayloadType.SA: phase2_offers.offer(REQUEST, {ESP: 0x1000}, None),
    PayloadType.NONCE: b"n" * 20,
    PayloadType.ID: phase2_offers.proxy_id(LAN_A),
    PayloadType.KE: b"k" * 128,
    PayloadType.NOTIFY: Notification(3, 14, b"spi!", b"data").pack(),
    PayloadType.DELETE: Delete(3, (b"spi1", b"spi2")).pack(),
    PayloadType.VID: b"vendor",
}
QUICK = [Payload(kind, BODIES[kind]) for kind in (PayloadType.SA, PayloadType.NONCE)] + [
    Payload(PayloadType.ID, phase2_offers.proxy_id(proxy)) for proxy in (LAN_A, LAN_B)
]
bodies = st.sampled_from(sorted(BODIES)).flatmap(
    lambda kind: st.builds(lambda *how: Payload(kind, mutate(BODIES[kind], *how, False)), edits, cuts)
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([ExchangeType.QUICK_MODE, ExchangeType.INFORMATIONAL]),
    st.lists(bodies, max_size=5) | st.lists(st.sampled_from(QUICK) | bodies, min_size=4, max_size=5),
    st.integers(1, 0xFFFFFFFF),
)
def test_an_authentic_peer_may_say_what_it_likes(kind: ExchangeType, payloads: list[Payload], message_id: int) -> None:
    """Everything behind a good HASH is just as hostile; only a delete of phase 1 itself would end the tunnel."""
    sa = TUNNEL.a.engine.sas[0]
    exchange = Exchange(sa, True, State.READY, message_id, phase2_iv(sa.hash, sa.cipher, sa.last_block, message_id))
    digest = informational_hash(sa, message_id, pack_payloads(payloads))
    data = seal(exchange, kind, [Payload(PayloadType.HASH, digest), *payloads], True)
    TUNNEL.b.engine.receive_datagram(data, B, A, 500, 500, NOW)
    TUNNEL.collect()
    assert TUNNEL.b.engine.sas[0].shown is SaState.QM_IDLE
