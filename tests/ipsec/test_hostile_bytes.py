"""Packets of every transform, damaged: dropped, counted under the right counter, never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ipsec.ah import AhOutbound
from iosim.ipsec.attachment import Attachment
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.sa import ReceiveError
from iosim.wire.checksum import checksum
from iosim.wire.ipv4 import AH, ESP

from .helpers import LAN1, LAN2, PC1, PC2, R1, R2, Router, access_list, keys, line, packet, pair_for

TRANSFORMS = [
    Transform("aes-128", "sha"),
    Transform("null", "sha512"),
    Transform("gcm-256", None),
    Transform("gmac-128", None),
    Transform(None, None, "tunnel", "sha256"),
    Transform("3des", "md5", "tunnel", "sha384"),
    Transform("gcm-128", None, "tunnel", "md5"),
]
NAMES = ["-".join(filter(None, (each.ah, each.cipher, each.integrity))) for each in TRANSFORMS]


class Pair:
    """Two routers with an SA pair each that fits the other's."""

    def __init__(self, transform: Transform) -> None:
        self.near, self.far = Router(R1), Router(R2)
        ours, theirs = self._flow(self.near, LAN1, LAN2, R2), self._flow(self.far, LAN2, LAN1, R1)
        self.near.ipsec.install(pair_for(ours, 0x1001, 0x2001, transform), ours)
        self.far.ipsec.install(pair_for(theirs, 0x2001, 0x1001, transform, initiator=False), theirs)
        self.flow = theirs

    @staticmethod
    def _flow(router: Router, local: int, remote: int, peer: int) -> Flow:
        entry = CryptoMapEntry(10, access_list(line(True, local, remote)), [peer], "policy", True)
        router.ipsec.reconcile([Attachment(router.interface, CryptoMap("VPN", [entry]), router.address)])
        return next(iter(router.ipsec.flows.values()))

    def sealed(self, payload: bytes = b"payload") -> bytes:
        """The next packet of the near router."""
        self.near.outbound(packet(PC1, PC2, payload))
        return self.near.stack.sent[-1]

    def refuses(self, data: bytes) -> None:
        """Assert that the far router drops a packet, and that exactly one counter says so."""
        before, ipsec = len(self.far.stack.received), self.far.ipsec
        counted = self.flow.counters.recv_errors + ipsec.invalid_spis + ipsec.malformed
        if data[9] in (ESP, AH):
            self.far.esp(data)
        assert len(self.far.stack.received) == before
        if data[9] in (ESP, AH):
            assert self.flow.counters.recv_errors + ipsec.invalid_spis + ipsec.malformed == counted + 1


def repaired(data: bytes) -> bytes:
    """The packet with a length and a header checksum that fit, as the stack hands packets on."""
    header = bytearray(data[:20])
    header[2:4], header[10:12] = pack("!H", len(data)), b"\0\0"
    header[10:12] = pack("!H", checksum(bytes(header)))
    return bytes(header) + data[20:]


def flipped(data: bytes) -> Iterator[bytes]:
    return (data[:at] + bytes((data[at] ^ 1 << at % 8,)) + data[at + 1 :] for at in range(20, len(data)))


@pytest.mark.parametrize("transform", TRANSFORMS, ids=NAMES)
def test_any_byte_flipped(transform: Transform) -> None:
    pair = Pair(transform)
    good = pair.sealed()
    for bad in flipped(good):
        pair.refuses(bad)
    pair.far.esp(good)
    assert pair.far.stack.received[-1] == packet(PC1, PC2, b"payload")
    pair.refuses(good)
    assert pair.flow.counters.failed_receives[ReceiveError.REPLAY] == 1


@pytest.mark.parametrize("transform", TRANSFORMS, ids=NAMES)
def test_cut_at_any_byte_and_extended(transform: Transform) -> None:
    pair = Pair(transform)
    good = pair.sealed()
    for length in range(20, len(good)):
        pair.refuses(repaired(good[:length]))
    for more in range(1, 40):
        pair.refuses(repaired(good + bytes(more)))
    pair.far.esp(good)
    assert pair.far.stack.received


@pytest.mark.parametrize("transform", [each for each in TRANSFORMS if each.ah and each.cipher], ids=str)
def test_esp_of_a_bundle_without_its_ah_is_refused(transform: Transform) -> None:
    """And so is AH with something else than the ESP of the bundle in it."""
    pair, alone = Pair(transform), Pair(replace(transform, ah=None))
    pair.refuses(alone.sealed())
    assert pair.far.ipsec.invalid_spis == 1
    part = Transform(None, None, "transport", transform.ah)
    within = AhOutbound(part, keys(part, 0x2101), R1, R2).seal(packet(R1, R2))
    assert isinstance(within, bytes)
    pair.refuses(within)
    assert pair.flow.counters.failed_receives == {ReceiveError.PROTOCOL: 1}


@given(st.sampled_from(TRANSFORMS), st.sampled_from([ESP, AH]), st.binary(max_size=80), st.booleans())
@settings(max_examples=400, deadline=None)
def test_any_bytes_at_all(transform: Transform, protocol: int, data: bytes, with_spi: bool) -> None:
    pair = Pair(transform)
    spi = (0x2001).to_bytes(4)
    body = (spi if protocol == ESP else b"\4\4\0\0" + spi) + data if with_spi else data
    pair.refuses(repaired(packet(R1, R2, protocol=protocol)[:20] + body))
