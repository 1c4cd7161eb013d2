"""Long packets on their way into an SA: cut before or after encryption, DF bits, and what is said of the path."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.ipsec.flow import Flow
from iosim.ipsec.model import SaPair, Transform
from iosim.ipsec.path_mtu import AGE, LIE
from iosim.ipsec.sa import SendError
from iosim.ipsec.size import DfBit, SizePolicy
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP, Ipv4, check

from .helpers import PC1, PC2, R1, R2, R3, header, other_end, packet, pair_for
from .long_packets import AES_SHA, DF, LIMIT, MF, Router, hear, long_packet, router_with_pair, sealed_by, too_big

TRANSPORT = Transform("aes-128", "sha", "transport")
BEFORE, AFTER, DROP = "before encryption", "after encryption", "dropped"
# "Pre-Fragmentation for IPsec VPNs Dependencies" in Cisco's "Pre-Fragmentation for IPsec VPNs".
DEPENDENCIES = [
    (True, "clear", 0, BEFORE),
    (True, "clear", DF, BEFORE),
    (False, "clear", 0, AFTER),
    (False, "clear", DF, AFTER),
    (True, "set", 0, BEFORE),
    (True, "set", DF, DROP),
    (False, "set", 0, DROP),
    (False, "set", DF, DROP),
    (True, "copy", 0, BEFORE),
    (True, "copy", DF, DROP),
    (False, "copy", 0, AFTER),
    (False, "copy", DF, DROP),
]


@pytest.mark.parametrize(("before", "df_bit", "flags", "result"), DEPENDENCIES)
def test_where_a_long_packet_is_cut(before: bool, df_bit: DfBit, flags: int, result: str) -> None:
    router, flow, pair = router_with_pair(SizePolicy(before, df_bit))
    router.outbound(long_packet(flags))
    sealed = sealed_by(router)
    told = [sent for sent in router.stack.sent if sent[9] == ICMP]
    assert len(sealed) == {BEFORE: 2, AFTER: 1, DROP: 0}[result] == flow.counters.encaps
    assert (max(map(len, sealed), default=0) > 1500) == (result == AFTER)
    assert flow.counters.failed_sends == ({SendError.LENGTH: 1} if result == DROP else {})
    assert router.stack.drops["fragmentation needed"] == (result == DROP)
    assert (router.stack.traffic.fragmented, router.stack.traffic.fragments) == ((1, 2) if result == BEFORE else (0, 0))
    assert len(told) == (result == DROP and flags == DF)  # who has allowed fragments need not be told
    far, _ = other_end(pair)
    for outer in sealed:
        assert bool(outer[6] & 0x40) == (df_bit == "set" or (df_bit == "copy" and flags == DF))
        assert not outer[6] & 0x20 and check(outer)
        far.esp(outer)
    assert sum(len(inner) - 20 for inner in far.stack.received) == (0 if result == DROP else LIMIT + 1 - 20)


@pytest.mark.parametrize("transform", [AES_SHA, Transform("null", "sha"), Transform(None, None, "tunnel", "sha")])
@pytest.mark.parametrize("flags", [0, DF])
@pytest.mark.parametrize("df_bit", ["clear", "copy", "set"])
def test_the_df_bit_of_outer_headers(transform: Transform, df_bit: DfBit, flags: int) -> None:
    router, _, pair = router_with_pair(SizePolicy(df_bit=df_bit), transform)
    data = packet(payload=b"short", flags=flags, tos=0xB8)
    router.outbound(data)
    (sealed,) = router.stack.sent
    assert bool(sealed[6] & 0x40) == {"clear": False, "copy": flags == DF, "set": True}[df_bit]
    assert sealed[1] == 0xB8 and check(sealed)
    far, _ = other_end(pair)
    far.esp(sealed)
    assert far.stack.received == [data]


@pytest.mark.parametrize("df_bit", ["clear", "copy", "set"])
def test_transport_mode_seals_whole_packets_and_leaves_their_df_bit_alone(df_bit: DfBit) -> None:
    router, flow, _ = router_with_pair(SizePolicy(df_bit=df_bit), TRANSPORT)
    for data in (long_packet(length=1600), packet(payload=b"short", flags=DF), long_packet(DF, 1600)):
        router.outbound(data)
    sealed = sealed_by(router)
    assert [bool(outer[6] & 0x40) for outer in sealed] == [False, True]
    assert len(sealed[0]) > 1600 and check(sealed[0])
    assert flow.counters.failed_sends == {SendError.LENGTH: 1}


@pytest.mark.parametrize("flags", [MF, MF | 1, 185])
def test_there_are_no_fragments_in_transport_mode(flags: int) -> None:
    router, flow, _ = router_with_pair(transform=TRANSPORT)
    router.outbound(packet(payload=bytes(100), flags=flags))
    assert router.stack.sent == [] and flow.counters.failed_sends == {SendError.LENGTH: 1}


def test_what_is_told_is_a_length_even_when_nothing_fits() -> None:
    router, _, _ = router_with_pair()
    router.interface.mtu = 68
    router.outbound(long_packet(DF))
    (told,) = router.stack.sent
    assert Icmp.unpack(Ipv4.unpack(told).payload).mtu == 68
    router.outbound(packet(payload=bytes(200)))
    assert len(sealed_by(router)) > 1


# What routers on the way say of the path


@pytest.mark.parametrize("transform", [
    Transform("aes-128", "sha"), Transform(None, None, "tunnel", "sha"), Transform("gcm-128", None, "tunnel", "md5")
])  # fmt: skip
def test_a_shorter_path_is_learned_told_and_forgotten(transform: Transform) -> None:
    router, flow, _ = router_with_pair()
    flow.pairs.clear()
    installed = router.ipsec.install(pair_for(flow, 0x1003, 0x2003, transform), flow)
    assert installed is not None
    before = flow.plaintext_mtu(1500)
    router.outbound(long_packet(DF, 1400))
    hear(router, too_big(router.stack.sent[-1], 1400))
    assert (flow.path_mtu(1500), installed.path_mtu) == (1400, 1400)
    fits = flow.plaintext_mtu(1500)
    assert fits < before and len(router.stack.sent) == 1
    router.outbound(long_packet(DF, 1400))
    assert Icmp.unpack(Ipv4.unpack(router.stack.sent[-1]).payload).mtu == fits
    router.outbound(long_packet(length=1400))
    assert all(len(sealed) <= 1400 for sealed in router.stack.sent[2:]) and len(router.stack.sent) == 4
    router.sim.run(until=router.sim.now + AGE)
    assert flow.path_mtu(1500) == 1500
    assert router.stack.drops[LIE] == 0


def test_a_path_gets_shorter_hop_by_hop_and_never_longer() -> None:
    router, flow, _ = router_with_pair()
    router.outbound(long_packet(DF, 1400))
    sealed = router.stack.sent[-1]
    known = []
    for mtu in (1480, 1400, 1400, 1450, 1300, 9000):
        hear(router, too_big(sealed, mtu))
        known.append(flow.path_mtu(1500))
    assert known == [1480, 1400, 1400, 1400, 1300, 1300]
    assert router.stack.drops[LIE] == 2  # 1450 and 9000


def test_a_new_sa_begins_with_the_whole_path() -> None:
    router, flow, _ = router_with_pair()
    router.outbound(long_packet(DF, 1400))
    hear(router, too_big(router.stack.sent[-1], 1400))
    router.ipsec.install(pair_for(flow, 0x1002, 0x2002), flow)
    assert flow.path_mtu(1500) == 1500
    router.ipsec.clear()
    hear(router, too_big(router.stack.sent[0], 1300))
    assert router.stack.drops[LIE] == 1


def behind_translator(transform: Transform = AES_SHA) -> tuple[Router, Flow, bytes]:
    """A router with ESP within UDP, and what it has sent that is too long for 1400 bytes and may not be cut."""
    router, flow, pair = router_with_pair(transform=transform)
    flow.pairs.clear()
    encapsulated = SaPair(
        R1, R2, pair.local_proxy, pair.remote_proxy, pair.transform,
        pair_for(flow, 0x1002).inbound, pair_for(flow, outbound=0x2002).outbound, 3600, 0, None, True, (4500, 4501),
    )  # fmt: skip
    router.ipsec.install(encapsulated, flow)
    for _ in range(3):
        router.outbound(long_packet(DF, 1400))
    return router, flow, router.stack.sent[-1]


def test_behind_a_translator_the_ports_tell_whose_path_it_is() -> None:
    router, flow, quote = behind_translator()
    other_port = quote[:22] + pack("!H", 4502) + quote[24:]
    hear(router, too_big(other_port, 1300))
    assert (flow.path_mtu(1500), router.stack.drops[LIE]) == (1500, 1)
    hear(router, too_big(quote, 1400))
    assert flow.path_mtu(1500) == 1400


@pytest.mark.parametrize(("at", "word"), [
    (2, 1400),  # no longer than what the path is said to carry
    (4, 0x2002 + 3 + 1),  # a packet that is still to be sent
    (4, 0x2002),  # one before the first
    (6, 0),  # one that may be cut
    (22, 4500),
])  # fmt: skip
def test_a_udp_header_alone_is_believed_only_of_a_packet_of_late(at: int, word: int) -> None:
    router, flow, quote = behind_translator()
    hear(router, too_big(quote[:at] + pack("!H", word) + quote[at + 2 :], 1400))
    assert (flow.path_mtu(1500), router.stack.drops[LIE]) == (1500, 1)


@pytest.mark.parametrize("transform", [AES_SHA, TRANSPORT])
def test_a_udp_header_alone_brings_no_path_below_576(transform: Transform) -> None:
    router, flow, quote = behind_translator(transform)
    hear(router, too_big(quote[:12] + pack("!II", R1, R2) + quote[20:], 68))
    assert flow.path_mtu(1500) == 576


def test_with_the_spi_in_the_quote_it_has_to_be_right_and_then_counts_in_full() -> None:
    router, flow, quote = behind_translator()
    for spi, known in ((b"\0\0\0\0", 1500), (b"\0\0\x20\3", 1500), (quote[28:32], 300)):
        hear(router, Ipv4(R3, R1, ICMP, Icmp(3, 4, 300, quote[:28] + spi).pack()).pack())
        assert flow.path_mtu(1500) == known
    assert router.stack.drops[LIE] == 2


@pytest.mark.parametrize("mtu", [0, 1, 67, 1501, 0xFFFF])
def test_impossible_lengths_are_lies(mtu: int) -> None:
    router, flow, _ = router_with_pair()
    router.outbound(long_packet(DF, 1400))
    hear(router, too_big(router.stack.sent[-1], mtu))
    assert (flow.path_mtu(1500), router.stack.drops[LIE]) == (1500, 1)


@pytest.mark.parametrize(("at", "byte"), [(12, 9), (16, 9), (20, 7), (23, 7), (9, 1)])
def test_a_quote_that_is_not_of_our_sa_is_a_lie(at: int, byte: int) -> None:
    """Another source, destination, SPI or protocol."""
    router, flow, _ = router_with_pair()
    router.outbound(long_packet(DF, 1400))
    sealed = bytearray(router.stack.sent[-1])
    sealed[at] ^= byte
    hear(router, too_big(bytes(sealed), 1300))
    assert (flow.path_mtu(1500), router.stack.drops[LIE]) == (1500, 1)


@given(st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_any_quote_is_survived(quote: bytes, mtu: int) -> None:
    router, flow, _ = router_with_pair()
    hear(router, Ipv4(R3, R1, ICMP, Icmp(3, 4, mtu, quote).pack()).pack())
    hear(router, Ipv4(R3, R1, ICMP, Icmp(3, 4, mtu, header(R1, R2, 50, 8)[: len(quote)] + quote).pack()).pack())
    assert flow.path_mtu(1500) == 1500


def test_errors_about_other_packets_are_not_for_us() -> None:
    router, _, _ = router_with_pair()
    hear(router, too_big(packet(PC1, PC2, payload=bytes(100)), 1000))
    assert router.stack.drops[LIE] == 0
