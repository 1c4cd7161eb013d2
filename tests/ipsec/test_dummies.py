"""Dummy packets (RFC 4303 section 2.6), sealed by scapy: counted as decapsulated, and nothing comes of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iosim.ipsec.model import Transform
from iosim.ipsec.sa import NO_NEXT_HEADER

from .helpers import R1, R2, header
from .siege import DELIVERED, ROWS, WAITS, Row, Tunnel
from .test_judges import scapy_sas, scapy_seals

WITH_ESP = [row for row in ROWS if row.transform.cipher]


def dummy(tunnel: Tunnel, content: bytes) -> bytes:
    """The next dummy of the near end. On the wire it is the same in tunnel mode and in transport mode."""
    pair = tunnel.sender.pair
    sas = scapy_sas(replace(pair, transform=replace(pair.transform, mode="transport")))
    for sa in sas:
        sa.seq_num = tunnel.sender.outbound[0].sequence + 1
    for ours in tunnel.sender.outbound:
        ours.sequence += 1
    return scapy_seals(sas, header(R1, R2, NO_NEXT_HEADER, len(content)) + content)


@pytest.mark.parametrize("row", WITH_ESP, ids=str)
def test_dummies_are_decapsulated_and_discarded(row: Row) -> None:
    tunnel = Tunnel(row)
    counters = tunnel.far.flow.counters
    sent = tunnel.far.stack.traffic.generated
    for number, content in enumerate((b"\x45" * 64, b"", bytes(1300)), 1):
        assert tunnel.fate(dummy(tunnel, content)) == WAITS
        assert (counters.decaps, counters.recv_errors) == (number, 0)
        assert tunnel.receiver.inbound[0].packets == number
    assert tunnel.fate(tunnel.sealed()) == DELIVERED
    assert tunnel.heard == [b"payload"]
    assert tunnel.far.stack.traffic.generated == sent, "nobody is told of it"


def test_a_dummy_comes_but_once() -> None:
    tunnel = Tunnel(Row(Transform("aes-128", "sha", "tunnel")))
    packet = dummy(tunnel, bytes(64))
    assert [tunnel.fate(packet) for _ in range(2)] == [WAITS, "REPLAY"]


@pytest.mark.parametrize("mode", ["tunnel", "transport"])
def test_no_next_header_behind_ah_alone_is_no_dummy(mode: str) -> None:
    """TFC is a service of ESP: in AH the number means a packet without an upper layer, which is what it says."""
    tunnel = Tunnel(Row(Transform(None, None, mode, "sha256")))
    assert tunnel.fate(dummy(tunnel, bytes(64))) == {"tunnel": "PROTOCOL", "transport": "unknown protocol"}[mode]
