"""GRE headers: known bytes, round trips, scapy's opinion, and anything else that arrives."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.gre import Gre

l2 = pytest.importorskip("scapy.layers.l2")
WORDS = st.none() | st.integers(0, 0xFFFFFFFF)
HEADERS = st.builds(Gre, st.integers(0, 0xFFFF), st.binary(max_size=60), WORDS, WORDS, st.booleans())


def test_a_plain_header_is_four_bytes() -> None:
    assert Gre(payload=b"packet").pack() == bytes.fromhex("00000800") + b"packet"


def test_a_keyed_one_has_four_more() -> None:
    assert Gre(key=7).pack() == bytes.fromhex("2000080000000007")


@given(HEADERS)
def test_round_trip(header: Gre) -> None:
    assert Gre.unpack(header.pack()) == header


@given(HEADERS)
def test_scapy_reads_it_and_finds_the_same_checksum(header: Gre) -> None:
    data = header.pack()
    read = l2.GRE(data)
    assert (read.proto, read.key, read.sequence_number) == (header.protocol, header.key, header.sequence)
    if header.checksum:
        sent = read.chksum
        del read.chksum
        assert l2.GRE(bytes(read)).chksum == sent


@given(st.binary(max_size=80))
def test_any_bytes_are_a_header_or_a_wire_error(data: bytes) -> None:
    with contextlib.suppress(WireError):
        Gre.unpack(data)


@pytest.mark.parametrize("flags", ["4000", "0100", "0001", "0800"])
def test_what_rfc_2784_reserves_is_refused(flags: str) -> None:
    with pytest.raises(WireError):
        Gre.unpack(bytes.fromhex(flags + "0800") + bytes(20))


@given(HEADERS, st.integers(0, 10_000))
def test_a_wrong_bit_is_seen_by_the_checksum(header: Gre, place: int) -> None:
    data = bytearray(Gre(header.protocol, header.payload + b"x", checksum=True).pack())
    at = 2 + place % (len(data) - 2)
    data[at] ^= 1
    with pytest.raises(WireError):
        Gre.unpack(bytes(data))
