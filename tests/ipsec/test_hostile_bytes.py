"""Packets of every class of transform, in every mode, damaged on their way: dropped, under the right counter.

They arrive as frames at a router's stack; each must have the fate that the damage earns, and no other.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ipsec.ah import AhOutbound
from iosim.ipsec.model import Transform
from iosim.ipsec.sa import SendError
from iosim.ipsec.udp import PORT
from iosim.wire.ipv4 import AH, ESP, UDP

from .helpers import PC2, R1, R2, header, keys, packet
from .siege import CLASSES, DELIVERED, FORWARDED, ROWS, WAITS, Row, Tunnel, flipped, repaired, summed

IP, IN_UDP = 20, 28
"""Where ESP or AH begins, bare and within UDP."""
WINDOW = 64
BAD, SHORT, UNKNOWN = "bad IPv4 header", "ESP or AH cut short", "unknown SPI"
REFUSED = {BAD, SHORT, UNKNOWN, "LENGTH", "VERIFY", "bad UDP", "UDP port closed", "IPsec policy", "unknown protocol"}
FRAGMENT = {WAITS, "bad fragment"}
BUNDLES = [each for each in CLASSES if each.ah and each.cipher]


def fate_of_a_bit(row: Row, at: int, bad: bytes) -> str:
    """What a changed bit behind the IPv4 header, and that of UDP, leads to; `at` is where, from there on."""
    before_spi = 4 if row.transform.ah else 0
    if at < before_spi:
        return "LENGTH" if at == 1 else "VERIFY"
    at -= before_spi
    if at < 4:
        return UNKNOWN
    start = (IN_UDP if row.in_udp else IP) + before_spi + 4
    return "REPLAY" if at < 8 and bad[start : start + 4] == bytes(4) else "VERIFY"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_any_bit_flipped(row: Row) -> None:
    """Also when the stack has seen packets of the flow already, and knows its way."""
    tunnel = Tunnel(row)
    assert tunnel.fate(tunnel.sealed(b"first")) == DELIVERED
    good, start = tunnel.sealed(), IN_UDP if row.in_udp else IP
    for bad, _ in flipped(good, 0, IP):
        assert tunnel.fate(bad) == BAD
    for bad, at in flipped(good, start, len(good)):
        assert tunnel.fate(bad) == fate_of_a_bit(row, at - start, bad), at
    assert tunnel.fate(good) == DELIVERED
    assert tunnel.fate(good) == "REPLAY"
    assert tunnel.heard == [b"first", b"payload"]


def fates_of_the_header(row: Row, at: int, bit: int) -> set[str]:
    """What a bit of the outer header leads to when its checksum was made to fit."""
    if at in (1, 8) or (at == 6 and bit >= 6):  # what routers may change; "don't fragment"; the reserved bit
        return {DELIVERED}
    if at in (6, 7):
        return FRAGMENT
    if at >= 16:  # to another node
        return {FORWARDED}
    if row.transform.ah and at in (4, 5, 12, 13, 14, 15):
        return {"VERIFY"}
    if at >= 12 and row.transform.mode == "transport":
        return {"IDENTITY"}
    return {DELIVERED} if at in (4, 5) or at >= 12 else REFUSED | {"bad ICMP checksum"}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_any_bit_of_the_outer_header_under_a_good_checksum(row: Row) -> None:
    tunnel = Tunnel(row)
    sent = []
    for at in (*range(10), *range(12, IP)):
        for bit in range(8):
            sent.append(b"%d %d" % (at, bit))
            data = bytearray(tunnel.sealed(sent[-1]))
            data[at] ^= 1 << bit
            assert tunnel.fate(summed(bytes(data))) in fates_of_the_header(row, at, bit), (at, bit)
    assert set(tunnel.heard) < set(sent)


@pytest.mark.parametrize("row", [row for row in ROWS if row.in_udp], ids=str)
def test_the_header_of_udp_damaged(row: Row) -> None:
    tunnel = Tunnel(row)
    for bad, at in flipped(tunnel.sealed(), IP, IN_UDP):
        if at < IP + 2:  # a translator may do that
            fresh = tunnel.sealed()
            assert tunnel.fate(fresh[:IP] + bad[IP : IP + 2] + fresh[IP + 2 :]) == DELIVERED
            assert tunnel.receiver.udp_ports == (PORT, int.from_bytes(bad[IP : IP + 2]))
        elif at < IP + 4:
            assert tunnel.fate(bad) in ("UDP port closed", "IPsec policy")
        elif at < IP + 6:
            assert tunnel.fate(bad) in ("bad UDP", "UDP port closed", "LENGTH", "VERIFY", SHORT)
        else:
            assert tunnel.fate(bad) == "bad UDP checksum"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_cut_at_any_byte_and_extended(row: Row) -> None:
    tunnel = Tunnel(row)
    good, start = tunnel.sealed(), IN_UDP if row.in_udp else IP
    least = start + (12 if row.transform.ah else 8)
    for length in range(len(good)):
        cut = good[:length]
        assert tunnel.fate(cut) == BAD
        if length >= IP:
            expected = {"LENGTH", "VERIFY"} if length >= least else {SHORT} if length > start + 4 else REFUSED
            assert tunnel.fate(repaired(cut)) in expected, length
    for more in range(1, 40):
        assert tunnel.fate(repaired(good + bytes(more))) in ("LENGTH", "VERIFY")
    assert tunnel.fate(good + bytes(40)) == DELIVERED  # what fills a frame is no part of the packet
    assert tunnel.heard == [b"payload"]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_replayed_and_out_of_order(row: Row) -> None:
    """Shuffled within some 40 places, each three times: the window takes each number once, unless it is too old."""
    tunnel, chance = Tunnel(row), random.Random(1)
    packets = [tunnel.sealed(b"%d" % number) for number in range(1, 301)]
    order = sorted([*range(1, 301)] * 3, key=lambda number: number + chance.randrange(80))
    seen: set[int] = set()
    for number in order:
        fresh = number not in seen and number > max(seen, default=0) - WINDOW
        assert tunnel.fate(packets[number - 1]) == (DELIVERED if fresh else "REPLAY")
        if fresh:
            seen.add(number)
    assert sorted(map(int, tunnel.heard)) == sorted(seen)
    assert 200 < len(seen) <= 300


@pytest.mark.parametrize("mode", ["tunnel", "transport"])
@pytest.mark.parametrize("cipher", ["des", "3des", "aes-256"])
def test_without_a_hmac_what_is_damaged_is_garbage_with_one_fate(cipher: str, mode: str) -> None:
    """Nothing but its padding and its headers tells that it is damaged, and a window would protect nobody."""
    tunnel = Tunnel(Row(Transform(cipher, None, mode)))
    good = tunnel.sealed()
    fates = {tunnel.fate(bad) for bad, _ in flipped(good, IP, len(good))}
    assert {UNKNOWN, "PADDING", DELIVERED} <= fates
    assert tunnel.fate(good) == tunnel.fate(good) == DELIVERED
    assert max(map(len, tunnel.heard)) == len(b"payload")


@pytest.mark.parametrize("transform", BUNDLES, ids=str)
def test_esp_of_a_bundle_without_its_ah_is_refused(transform: Transform) -> None:
    """And so is AH with something else than the ESP of the bundle in it."""
    tunnel, alone = Tunnel(Row(transform)), Tunnel(Row(replace(transform, ah=None)))
    assert tunnel.fate(alone.sealed()) == UNKNOWN
    part = Transform(None, None, "transport", transform.ah)
    within = AhOutbound(part, keys(part, 0x2101), R1, R2).seal(packet(R1, R2))
    assert isinstance(within, bytes)
    assert tunnel.fate(within) == "PROTOCOL"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_known_spi_of_another_protocol_or_address_is_unknown(row: Row) -> None:
    tunnel = Tunnel(row)
    spi = tunnel.receiver.inbound[-1].spi.to_bytes(4) + (1).to_bytes(4)
    body = spi + bytes(60) if row.transform.ah else b"\4\4\0\0" + spi + bytes(60)
    assert tunnel.fate(header(R1, R2, ESP if row.transform.ah else AH, len(body)) + body) == UNKNOWN
    good = tunnel.sealed()
    assert tunnel.fate(summed(good[:16] + PC2.to_bytes(4) + good[20:])) == UNKNOWN
    assert tunnel.fate(good) == DELIVERED


@given(st.sampled_from(ROWS), st.sampled_from([ESP, AH, UDP]), st.binary(max_size=80), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all(row: Row, protocol: int, data: bytes, with_spi: bool) -> None:
    tunnel = Tunnel(row)
    before = {ESP: b"", AH: b"\4\4\0\0", UDP: b"\x11\x94\x11\x94" + (16 + len(data)).to_bytes(2) + b"\0\0"}[protocol]
    body = before + (0x2001).to_bytes(4) + data if with_spi else data
    assert tunnel.fate(header(R1, R2, protocol, len(body)) + body) in REFUSED | {"REPLAY", "bad UDP checksum"}
    assert not tunnel.heard


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_would_be_too_long_is_not_sealed(row: Row) -> None:
    """A packet may be as long as its length field can say; cut after encryption, it comes whole."""
    sender = Tunnel(row).sender
    outcomes = [sender.seal(packet(*row.ends, bytes(length - 28))) for length in range(0xFFFF - 120, 0x10000)]
    sealed = [outcome for outcome in outcomes if isinstance(outcome, bytes)]
    assert sealed and outcomes[len(sealed) :] == [SendError.LENGTH] * (len(outcomes) - len(sealed))
    assert 0xFFFF - 16 <= max(map(len, sealed)) <= 0xFFFF
