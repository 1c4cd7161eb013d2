"""IPsec of a router, the packets: which leave how, which are taken in, and what is said of the others."""

from iosim.ipsec.events import (
    InvalidSpi,
    NotIpsec,
    PacketRefused,
    SaCreated,
)
from iosim.ipsec.lines import Line
from iosim.ipsec.sa import ReceiveError, SendError
from iosim.stack.acl import Ace
from iosim.stack.fib import Hop
from iosim.stack.fragment import fragment
from iosim.wire.ipv4 import ESP

from .helpers import (
    LAN1,
    LAN2,
    PC1,
    PC2,
    PC3,
    R1,
    R2,
    R3,
    Router,
    configure,
    header,
    line,
    other_end,
    packet,
    pair_for,
    router_with_flow,
)


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
    assert (sent.encaps, sent.decaps, sent.send_errors) == (1, 0, 0)
    assert (received.decaps, received.encaps, received.recv_errors) == (1, 0, 0)


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


def test_an_unknown_spi_is_reported() -> None:
    router, flow = router_with_flow()
    pair = pair_for(flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1))
    router.esp(far.stack.sent[0])
    assert router.events == [InvalidSpi(R2, R1, ESP, pair.inbound[0].spi, "GigabitEthernet0/0")]
    assert router.stack.drops["unknown SPI"] == 1 and router.stack.received == []


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
    assert router.stack.drops["ESP or AH cut short"] == 1 and not router.events


def test_a_replayed_packet_is_reported_and_counted() -> None:
    near, flow = router_with_flow()
    pair = pair_for(flow)
    installed = near.ipsec.install(pair, flow)
    far, _ = other_end(pair)
    far.outbound(packet(PC2, PC1))
    near.esp(far.stack.sent[0])
    near.esp(far.stack.sent[0])
    assert installed
    assert near.taken(PacketRefused) == [PacketRefused(installed, ReceiveError.REPLAY, 1, len(far.stack.sent[0]))]
    assert flow.counters.failed_receives == {ReceiveError.REPLAY: 1}
    assert flow.counters.decaps == len(near.stack.received) == 1


def test_a_packet_on_the_wrong_sa_is_refused() -> None:
    """RFC 4301 section 5.2: what comes out must be what the SA was negotiated for."""
    near, flow = router_with_flow()
    pair = pair_for(flow)
    near.ipsec.install(pair, flow)
    far, far_flow = other_end(pair)
    far.ipsec.hooks[far.interface.name].bound.entries[0].lines = [
        Line(Ace(10, True), far_flow)
    ]  # a peer with looser ideas
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


def test_fragments_of_the_key_exchange_may_come_in_the_clear() -> None:
    """Messages with certificates are long. Later fragments show no port; without the first they are of no use."""
    router = Router(R1)
    configure(router, Ace(10, True))
    whole = packet(R2, R1, bytes(3000), ports=(500, 500))
    assert all(router.inbound(piece) for piece in fragment(whole, 1500))
    pieces = fragment(packet(R2, R1, bytes(3000), ports=(500, 520)), 1500)
    assert [router.inbound(piece) for piece in pieces] == [False, True, True]


def test_a_deny_line_is_clear_inbound_too() -> None:
    router = Router(R1)
    configure(router, line(False, LAN1, LAN2), Ace(10, True))
    assert router.inbound(packet(PC2, PC1))
    assert not router.inbound(packet(PC3, PC1))
