"""IPsec of a router, its SAs: when they are asked for, renewed and deleted."""

from iosim.ipsec.engine import MOST_PAIRS
from iosim.ipsec.events import (
    Acquire,
    Cause,
    InvalidSpi,
    Rekey,
    SasDeleted,
)
from iosim.ipsec.sa import RENEWAL_SEQUENCE, SendError
from iosim.sim.clock import SECOND
from iosim.wire.ipv4 import ESP

from .helpers import (
    PC1,
    PC2,
    R2,
    R3,
    other_end,
    packet,
    pair_for,
    router_with_flow,
)


def test_without_sas_the_packet_is_lost_and_they_are_asked_for_once() -> None:
    router, flow = router_with_flow()
    for _ in range(3):
        assert router.outbound(packet()) is None
    assert router.events == [Acquire(flow)]
    assert flow.counters.failed_sends == {SendError.NO_SA: 3}
    assert router.stack.sent == []


def test_after_a_failure_they_are_asked_for_again_at_the_next_peer() -> None:
    router, flow = router_with_flow(peers=(R2, R3))
    peers = []
    for _ in range(3):
        router.outbound(packet())
        peers.append(flow.peer)
        router.ipsec.acquire_failed(flow)
    assert len(router.taken(Acquire)) == 3
    assert peers == [R2, R3, R2]


def test_a_success_allows_the_next_request() -> None:
    router, flow = router_with_flow()
    router.outbound(packet())
    router.ipsec.install(pair_for(flow), flow)
    router.ipsec.clear()
    router.outbound(packet())
    assert router.taken(Acquire) == [Acquire(flow), Acquire(flow)]


def test_a_failed_rekey_keeps_the_peer() -> None:
    router, flow = router_with_flow(peers=(R2, R3))
    router.ipsec.install(pair_for(flow, lifetime=120), flow)
    router.outbound(packet())
    router.sim.run(until=90 * SECOND)
    assert len(router.taken(Rekey)) == 1
    router.ipsec.acquire_failed(flow)
    assert flow.peer == R2


def test_a_used_pair_is_rekeyed_before_its_end_and_the_newest_is_used() -> None:
    router, flow = router_with_flow()
    old = router.ipsec.install(pair_for(flow), flow)
    router.outbound(packet())
    router.sim.run(until=3569 * SECOND)
    assert not router.taken(Rekey)
    router.sim.run(until=3570 * SECOND)
    assert old
    assert router.taken(Rekey) == [Rekey(flow, old)]
    assert old.remaining_seconds(router.sim.now) == 30

    pair = pair_for(flow, 0x1002, 0x2002)
    new = router.ipsec.install(pair, flow)
    assert flow.pairs == [old, new] and flow.current is new
    router.outbound(packet())
    assert router.stack.sent[-1][20:24] == (0x2002).to_bytes(4)
    far, _ = other_end(old.pair)
    far.outbound(packet(PC2, PC1))
    router.esp(far.stack.sent[0])
    assert len(router.stack.received) == 1  # the old one still opens

    router.sim.run(until=3600 * SECOND)
    assert router.taken(SasDeleted) == [SasDeleted((old,), Cause.LIFETIME)]
    assert flow.pairs == [new]
    router.esp(far.stack.sent[0])
    assert len(router.taken(InvalidSpi)) == 1


def test_the_responder_waits_ten_seconds_longer() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, initiator=False), flow)
    router.outbound(packet())
    router.sim.run(until=3579 * SECOND)
    assert not router.taken(Rekey)
    router.sim.run(until=3580 * SECOND)
    assert router.taken(Rekey)


def test_a_responder_whose_pair_has_a_successor_does_not_rekey() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, initiator=False), flow)
    router.outbound(packet())
    router.sim.run(until=3571 * SECOND)
    router.ipsec.install(pair_for(flow, 0x1002, 0x2002, initiator=False), flow)
    router.sim.run(until=3600 * SECOND)
    assert not router.taken(Rekey)


def test_an_unused_pair_ends_without_a_successor_and_the_next_packet_asks() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, lifetime=120), flow)
    router.sim.run(until=120 * SECOND)
    assert not router.taken(Rekey) and len(router.taken(SasDeleted)) == 1
    router.outbound(packet())
    assert router.taken(Acquire) == [Acquire(flow)]


def test_volume_has_a_soft_and_a_hard_end() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow, lifesize=2560), flow)
    assert installed
    data = packet(payload=bytes(996))  # 1024 bytes
    for number in range(1, 2561):
        router.outbound(data)
        assert len(router.taken(Rekey)) == (number >= 2560 - 256)
        assert installed.remaining_kilobytes(installed.outbound[0]) == 2560 - number
    assert router.taken(SasDeleted) == [SasDeleted((installed,), Cause.VOLUME)]
    assert flow.current is None


def test_a_rekey_is_asked_for_once_though_both_ends_come_near() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, lifetime=120, lifesize=4), flow)
    for _ in range(3):
        router.outbound(packet(payload=bytes(996)))
    router.sim.run(until=100 * SECOND)
    assert len(router.taken(Rekey)) == 1


def test_a_short_life_has_its_soft_end_in_the_middle() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, lifetime=40), flow)
    router.outbound(packet())
    router.sim.run(until=19 * SECOND)
    assert not router.taken(Rekey)
    router.sim.run(until=20 * SECOND)
    assert router.taken(Rekey)


def test_a_started_kilobyte_is_gone() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    assert installed
    router.outbound(packet())
    assert installed.remaining_kilobytes(installed.outbound[0]) == 4607999
    assert installed.remaining_kilobytes(installed.inbound[0]) == 4608000


def test_volume_counts_inbound_packets_too() -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow, lifesize=2, initiator=False)
    near.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    for _ in range(2):
        far.outbound(packet(PC2, PC1, bytes(996)))
    near.esp(far.stack.sent[0])
    assert len(near.taken(Rekey)) == 1
    near.esp(far.stack.sent[1])
    assert [event.cause for event in near.taken(SasDeleted)] == [Cause.VOLUME]  # type: ignore[union-attr]  # taken by kind
    assert len(near.stack.received) == 2


def test_a_successor_is_wanted_before_the_numbers_are_used_up() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    assert installed
    installed.outbound[0].sequence = RENEWAL_SEQUENCE - 1
    router.outbound(packet())
    assert router.taken(Rekey) == []
    for _ in range(3):
        router.outbound(packet())
    assert router.taken(Rekey) == [Rekey(flow, installed)]
    assert len(router.stack.sent) == flow.counters.encaps == 4 and not flow.counters.failed_sends


def test_an_exhausted_sequence_ends_the_pair() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    assert installed
    installed.outbound[0].sequence = 0xFFFFFFFE
    router.outbound(packet())
    assert router.outbound(packet()) is None
    assert flow.counters.failed_sends == {SendError.SEQUENCE: 1} and flow.current is None
    assert len(router.stack.sent) == 1


def test_without_a_volume_limit_none_remains_to_be_told() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow, lifesize=0), flow)
    assert installed and installed.remaining_kilobytes(installed.inbound[0]) is None


def test_a_peer_deletes_by_its_own_spi() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    assert installed
    assert not router.ipsec.delete_by_peer(R3, [(ESP, 0x2001)])
    assert not router.ipsec.delete_by_peer(R2, [(ESP, 0x1001)])
    assert router.ipsec.delete_by_peer(R2, [(ESP, 0x2001)])
    assert router.taken(SasDeleted) == [SasDeleted((installed,), Cause.PEER)]
    assert not router.ipsec.delete_by_peer(R2, [(ESP, 0x2001)])
    assert router.sim.next_time() is None  # the timers are gone


def test_the_oldest_of_very_many_pairs_goes() -> None:
    """A peer that negotiates pair after pair of one flow does not fill the memory."""
    router, flow = router_with_flow()
    for number in range(MOST_PAIRS + 3):
        assert router.ipsec.install(pair_for(flow, 0x1000 + number, 0x2000 + number), flow)
    assert [installed.pair.inbound[0].spi for installed in flow.pairs] == list(range(0x1003, 0x1003 + MOST_PAIRS))
    assert len(router.taken(SasDeleted)) == 3


def test_clear_deletes_what_matches() -> None:
    router, flow = router_with_flow()
    first, second = (router.ipsec.install(pair_for(flow, 0x1000 + n, 0x2000 + n), flow) for n in (1, 2))
    assert first and second
    router.ipsec.clear(lambda installed: installed is first)
    assert flow.pairs == [second]
    assert router.ipsec.delete(0x1002) and not router.ipsec.delete(0x1002)
    router.ipsec.clear()
    assert router.taken(SasDeleted) == [SasDeleted((first,), Cause.CLEARED), SasDeleted((second,), Cause.CLEARED)]
