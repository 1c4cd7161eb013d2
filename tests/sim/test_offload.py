"""Frames that the kernel left to the network card, taken apart; scapy reads what comes of them."""

from __future__ import annotations

from typing import Any

import pytest

from iosim.sim.offload import segments, with_checksum


@pytest.fixture(scope="module")
def scapy() -> Any:
    return pytest.importorskip("scapy.all")


def _frame(scapy: Any, data: bytes, **fields: Any) -> bytes:
    packet = scapy.Ether() / scapy.IP(src="192.0.2.2", dst="192.0.2.1", id=0xFFFF, flags="DF")
    tcp = scapy.TCP(sport=5, dport=6, seq=0xFFFFFF00, ack=9, flags="FPA", options=[("Timestamp", (1, 2))], **fields)
    return bytes(packet / tcp / scapy.Raw(data))


def test_a_long_frame_becomes_segments_that_are_sound(scapy: Any) -> None:
    data = bytes(range(256)) * 20
    pieces = list(segments(_frame(scapy, data), 1448))
    read = [scapy.Ether(piece) for piece in pieces]
    assert [len(each[scapy.TCP].payload) for each in read] == [1448, 1448, 1448, 776]
    assert b"".join(bytes(each[scapy.TCP].payload) for each in read) == data
    assert [each[scapy.TCP].seq for each in read] == [(0xFFFFFF00 + at) % 2**32 for at in (0, 1448, 2896, 4344)]
    assert [each[scapy.IP].id for each in read] == [0xFFFF, 0, 1, 2]
    assert [str(each[scapy.TCP].flags) for each in read] == ["A", "A", "A", "FPA"]
    for each in read:
        sums = each[scapy.IP].chksum, each[scapy.TCP].chksum
        del each[scapy.IP].chksum, each[scapy.TCP].chksum
        fresh = scapy.Ether(bytes(each))
        assert sums == (fresh[scapy.IP].chksum, fresh[scapy.TCP].chksum)


def test_a_frame_that_fits_stays_one_with_its_checksum(scapy: Any) -> None:
    good = _frame(scapy, b"short")
    left_open = _frame(scapy, b"short", chksum=0x1234)
    assert list(segments(left_open, 1448)) == [good]
    assert with_checksum(left_open) == good


@pytest.mark.parametrize(
    "frame", [b"", bytes(20), bytes(12) + b"\x08\x06" + bytes(46), bytes(12) + b"\x08\0\x45" + bytes(20)]
)
def test_what_is_no_tcp_is_left_as_it_is(frame: bytes) -> None:
    assert list(segments(frame, 1448)) == [frame]
