"""IPsec of a router: which packets leave how, what is taken in, and what is told to the owner."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.engine import MOST_PAIRS
from iosim.ipsec.events import (
    Acquire,
    Cause,
    InvalidSpi,
    NotIpsec,
    PacketRefused,
    Rekey,
    SaCreated,
    SasDeleted,
)
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Proxy, SaPair, Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.sa import ReceiveError, SendError
from iosim.sim.clock import SECOND
from iosim.stack.acl import Ace
from iosim.stack.fib import Hop
from iosim.stack.interface import Interface
from iosim.wire.ipv4 import ESP

from .helpers import (
    LAN1,
    LAN2,
    LAN3,
    PC1,
    PC2,
    PC3,
    R1,
    R2,
    R3,
    Router,
    access_list,
    header,
    line,
    packet,
    pair_for,
    subnet,
)


def configure(router: Router, *lines: Ace, peers: tuple[int, ...] = (R2,), policy: object = "policy") -> None:
    entry = CryptoMapEntry(10, access_list(*lines), list(peers), policy, True)
    router.ipsec.reconcile([Attachment(router.interface, CryptoMap("VPN", [entry]), router.address)])


def router_with_flow(*more: Ace, peers: tuple[int, ...] = (R2,)) -> tuple[Router, Flow]:
    router = Router(R1)
    configure(router, line(True, LAN1, LAN2), *more, peers=peers)
    return router, next(iter(router.ipsec.flows.values()))


def other_end(pair: SaPair) -> tuple[Router, Flow]:
    """The peer of R1 with the mirrored policy and the mirrored pair installed."""
    router = Router(R2)
    configure(router, line(True, LAN2, LAN1), peers=(R1,))
    flow = next(iter(router.ipsec.flows.values()))
    router.ipsec.install(
        pair_for(flow, pair.outbound[0].spi, pair.inbound[0].spi, pair.transform, initiator=False), flow
    )
    return router, flow


def test_a_packet_goes_through_the_tunnel_and_comes_out() -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow)
    installed = near.ipsec.install(pair, flow)
    far, far_flow = other_end(pair)
    data = packet(payload=b"hello")
    assert near.outbound(data) is None
    (sealed,) = near.stack.sent
    far.esp(sealed)
    assert far.stack.received == [data]
    assert near.events == [SaCreated(installed)]  # type: ignore[arg-type]  # it was installed
    sent, received = flow.counters, far_flow.counters
    assert (sent.encaps, sent.encrypt, sent.digest, sent.decaps, sent.send_errors) == (1, 1, 1, 0, 0)
    assert (received.decaps, received.decrypt, received.verify, received.encaps, received.recv_errors) == (
        1,
        1,
        1,
        0,
        0,
    )


def test_a_packet_that_would_grow_too_long_is_cut_before() -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow)
    near.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    near.outbound(packet(payload=bytes(1438 - 28)))
    assert len(near.stack.sent) == 1 and flow.counters.encaps == 1
    near.outbound(packet(payload=bytes(1439 - 28)))
    assert len(near.stack.sent) == 3 and flow.counters.encaps == 3
    assert all(len(sealed) <= 1500 for sealed in near.stack.sent)
    for sealed in near.stack.sent:
        far.esp(sealed)
    assert sum(len(inner) - 20 for inner in far.stack.received[1:]) == 1439 - 20


def test_the_sender_of_an_uncut_packet_is_told_what_fits() -> None:
    router, flow = router_with_flow()
    router.stack.add_interface(router.interface)
    router.interface.set_addresses([(R1, 24)])
    router.stack.fib.replace({(0, 0): (Hop(router.interface),)})
    router.ipsec.install(pair_for(flow), flow)
    router.outbound(packet(payload=bytes(1439 - 28), flags=0x4000))
    (error,) = router.stack.sent
    assert (error[16:20], error[20:22], error[26:28]) == (PC1.to_bytes(4), b"\x03\x04", (1438).to_bytes(2))
    assert flow.counters.failed_sends == {SendError.LENGTH: 1} and flow.counters.encaps == 0


def test_other_packets_stay_clear() -> None:
    router, flow = router_with_flow()
    for data in (packet(PC1, PC3), packet(PC2, PC1), packet(R1, R2, ports=(500, 500))):
        assert router.outbound(data) is data
    assert not router.events and not router.stack.sent and flow.counters.send_errors == 0


def test_ike_for_the_router_may_come_in_the_clear_and_what_looks_like_its_own_is_protected() -> None:
    """Its own key exchange does not ask the hook at all (`crypto=False`); what passes through does."""
    router = Router(R1)
    configure(router, Ace(10, True))
    for port in (500, 4500):
        assert router.inbound(packet(R2, R1, ports=(port, port)))
        assert router.outbound(packet(R1, R2, ports=(port, port))) is None
    assert router.outbound(packet(PC1, R2, ports=(500, 500))) is None
    assert not router.inbound(packet(R2, PC1, ports=(500, 500)))


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


def test_a_responder_finds_the_flow_by_exact_proxies_and_peer() -> None:
    router, flow = router_with_flow()
    find = router.ipsec.find_policy
    assert find(R1, R2, subnet(LAN1), subnet(LAN2)) is flow
    assert find(R1, R3, subnet(LAN1), subnet(LAN2)) is None
    assert find(R3, R2, subnet(LAN1), subnet(LAN2)) is None
    assert find(R1, R2, subnet(LAN2), subnet(LAN1)) is None
    assert find(R1, R2, subnet(LAN1), subnet(LAN3)) is None


def test_a_responder_takes_what_is_a_part_of_a_line() -> None:
    router, flow = router_with_flow()
    host = Proxy(PC1)
    part = router.ipsec.find_policy(R1, R2, host, subnet(LAN2))
    assert part is not None and part is not flow and part.policy == flow.policy
    assert router.ipsec.find_policy(R1, R2, Proxy(LAN1, 0xFFFF0000), subnet(LAN2)) is None
    assert router.ipsec.find_policy(R1, R3, host, subnet(LAN2)) is None
    installed = router.ipsec.install(pair_for(part), part)
    assert installed is not None
    assert router.ipsec.find_policy(R1, R2, host, subnet(LAN2)) is part
    router.ipsec.clear(lambda _: True, Cause.PEER)
    assert part.key not in router.ipsec.flows and flow.key in router.ipsec.flows


def test_the_responders_peer_is_the_one_that_came() -> None:
    router, flow = router_with_flow(peers=(R2, R3))
    flow.peer = R3
    pair = pair_for(flow)
    flow.peer = R2
    router.ipsec.install(pair, flow)
    assert flow.peer == R3


def test_an_unknown_spi_is_reported() -> None:
    router, flow = router_with_flow()
    pair = pair_for(flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1))
    router.esp(far.stack.sent[0])
    assert router.events == [InvalidSpi(R2, R1, ESP, pair.inbound[0].spi, "GigabitEthernet0/0")]
    assert router.ipsec.invalid_spis == 1 and router.stack.received == []


def test_an_spi_counts_only_for_its_own_address() -> None:
    router, flow = router_with_flow()
    pair = pair_for(flow)
    router.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1))
    router.esp(header(R2, R3, 50, len(far.stack.sent[0]) - 20) + far.stack.sent[0][20:])
    assert router.events[1:] == [InvalidSpi(R2, R3, ESP, pair.inbound[0].spi, "GigabitEthernet0/0")]


def test_an_esp_packet_without_a_header_is_counted() -> None:
    router, _ = router_with_flow()
    router.esp(header(R2, R1, 50, 7) + bytes(7))
    assert router.ipsec.malformed == 1 and not router.events


def test_a_replayed_packet_is_reported_and_counted() -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow)
    installed = near.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1))
    near.esp(far.stack.sent[0])
    near.esp(far.stack.sent[0])
    assert installed
    assert near.taken(PacketRefused) == [PacketRefused(installed, ReceiveError.REPLAY, 1)]
    assert flow.counters.failed_receives == {ReceiveError.REPLAY: 1}
    assert flow.counters.decaps == len(near.stack.received) == 1


def test_a_packet_on_the_wrong_sa_is_refused() -> None:
    """RFC 4301 section 5.2: what comes out must be what the SA was negotiated for."""
    near, flow = router_with_flow()
    pair = pair_for(flow)
    near.ipsec.install(pair, flow)
    far, far_flow = other_end(pair)
    far.ipsec.hooks[far.interface.name].bound.entries[0] = [(Ace(10, True), far_flow)]  # a peer with looser ideas
    far.outbound(packet(PC3, PC1))
    near.esp(far.stack.sent[0])
    assert near.stack.received == []
    assert flow.counters.failed_receives == {ReceiveError.IDENTITY: 1}


def test_clear_packets_that_should_be_protected_are_refused() -> None:
    router, flow = router_with_flow()
    assert router.inbound(packet(PC3, PC1)) and router.inbound(packet(PC1, PC2))
    assert not router.inbound(packet(PC2, PC1))
    assert router.events == [NotIpsec(PC2, PC1, 17, "GigabitEthernet0/0")]
    assert flow.counters.failed_receives == {ReceiveError.CLEAR: 1}


def test_esp_and_ah_to_the_router_are_exempt_from_the_policy() -> None:
    router = Router(R1)
    configure(router, Ace(10, True))
    for protocol in (50, 51):
        assert router.inbound(packet(R2, R1, protocol=protocol))
        assert not router.inbound(packet(R2, PC1, protocol=protocol))
    assert not router.inbound(packet(R2, R1, protocol=1))


def test_a_deny_line_is_clear_inbound_too() -> None:
    router = Router(R1)
    configure(router, line(False, LAN1, LAN2), Ace(10, True))
    assert router.inbound(packet(PC2, PC1))
    assert not router.inbound(packet(PC3, PC1))


# Lifetimes


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
    assert [event.cause for event in near.taken(SasDeleted)] == [Cause.VOLUME]  # type: ignore[union-attr]
    assert len(near.stack.received) == 2


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


# Deletion and reconfiguration


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


def test_what_is_found_for_a_peer_follows_the_configuration() -> None:
    router, flow = router_with_flow()
    ends = subnet(LAN1), subnet(LAN2)
    assert router.ipsec.find_policy(R1, R2, *ends) is flow
    configure(router, line(True, LAN1, LAN3))
    assert router.ipsec.find_policy(R1, R2, subnet(LAN1), subnet(LAN3)) is not None
    gone = router.ipsec.find_policy(R1, R2, *ends)
    assert gone is None or gone.brought


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


def test_clearing_counters() -> None:
    router, flow = router_with_flow()
    router.outbound(packet())
    router.ipsec.clear_counters()
    assert flow.counters.send_errors == 0


def test_what_has_not_changed_keeps_sas_and_counters() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    router.outbound(packet())
    configure(router, line(False, PC3, PC2, 0), line(True, LAN1, LAN2), line(True, LAN1, LAN3))
    kept, added = router.ipsec.flows.values()
    assert kept is flow and kept.current is installed and kept.counters.encaps == 1
    assert added.remote_proxy == subnet(LAN3)
    assert not router.taken(SasDeleted)
    router.outbound(packet())
    assert len(router.stack.sent) == 2


def test_what_has_changed_loses_its_sas() -> None:
    changes: list[Callable[[Router], None]] = [
        lambda router: configure(router, line(True, LAN1, LAN3)),
        lambda router: configure(router, line(True, LAN1, LAN2), peers=(R3,)),
        lambda router: configure(router, line(True, LAN1, LAN2), policy="another"),
        lambda router: router.ipsec.reconcile([]),
    ]
    for change in changes:
        router, flow = router_with_flow()
        installed = router.ipsec.install(pair_for(flow), flow)
        assert installed
        change(router)
        assert router.taken(SasDeleted) == [SasDeleted((installed,), Cause.CONFIG)]
        assert router.ipsec.flows.get(flow.key) is not flow


def test_a_map_that_is_taken_off_leaves_no_hook() -> None:
    router, _ = router_with_flow()
    router.ipsec.reconcile([])
    assert router.interface.crypto is None and not router.ipsec.hooks


def test_sas_for_a_flow_that_is_gone_are_not_installed() -> None:
    router, flow = router_with_flow()
    configure(router, line(True, LAN1, LAN3))
    assert router.ipsec.install(pair_for(flow), flow) is None
    assert list(router.ipsec.sad) == []


def test_one_map_and_address_on_two_interfaces_share_their_flows() -> None:
    router = Router(R1)
    second = Interface("GigabitEthernet0/1")
    entry = CryptoMapEntry(10, access_list(line(True, LAN1, LAN2)), [R2], "policy", True)
    crypto_map = CryptoMap("VPN", [entry])
    router.ipsec.reconcile([Attachment(i, crypto_map, R1) for i in (router.interface, second)])
    assert second.crypto
    assert len(router.ipsec.flows) == 1
    assert router.ipsec.hooks["GigabitEthernet0/0"].bound.flows == router.ipsec.hooks["GigabitEthernet0/1"].bound.flows
    assert second.crypto.outbound(packet(), second) is None
    assert len(router.taken(Acquire)) == 1


def test_a_new_spi_is_neither_reserved_nor_in_use() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, inbound=0x01010101), flow)
    answers = iter([0, 255, 0x01010101, 0x02020202])
    router.ipsec._random_bytes = lambda n: next(answers).to_bytes(n)
    assert router.ipsec.new_spi() == 0x02020202


# Hostile bytes


@given(st.binary(max_size=150), st.booleans())
def test_any_bytes_are_counted_and_dropped(data: bytes, with_spi: bool) -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    assert installed
    data = (installed.inbound[0].spi.to_bytes(4) if with_spi else b"") + data
    router.esp(header(R2, R1, 50, len(data)) + data)
    counted = router.ipsec.malformed + router.ipsec.invalid_spis + flow.counters.recv_errors
    assert counted == 1 and router.stack.received == []


@settings(max_examples=50)
@given(st.data())
def test_mutated_packets_are_counted_and_dropped(draw: st.DataObject) -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow, transform=Transform("3des", "sha256"))
    near.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1, b"payload"))
    sealed = bytearray(far.stack.sent[0])
    end = draw.draw(st.integers(20, len(sealed)))
    position = draw.draw(st.integers(20, len(sealed) - 1))
    sealed[position] ^= draw.draw(st.integers(1, 255))
    near.esp(bytes(sealed[:end]))
    counted = near.ipsec.malformed + near.ipsec.invalid_spis + flow.counters.recv_errors
    assert counted == 1 and near.stack.received == []
    near.esp(far.stack.sent[0])
    assert near.stack.received == [packet(PC2, PC1, b"payload")]
