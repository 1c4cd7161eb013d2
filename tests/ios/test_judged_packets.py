"""scapy judges what tshark cannot: the ICVs of AH and GMAC in packets on the wire between two routers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.wire.ethernet import HEADER_LENGTH
from iosim.wire.ipv4 import AH, ESP, ICMP
from tests.ipsec.test_judges import scapy_opens, scapy_sas

from .crypto_pair import GIGABIT, Pair

HMACS = ("md5", "sha", "sha256", "sha384", "sha512")
SETS = [
    *(f"ah-{hmac}-hmac" for hmac in HMACS),
    *(f"ah-{hmac}-hmac esp-3des esp-{hmac}-hmac" for hmac in HMACS),
    *(f"esp-gmac {bits}" for bits in (128, 192, 256)),
    "ah-sha-hmac esp-gmac 256",
    "ah-md5-hmac esp-des",
]
ROUTERS = """\
ip access-list extended ROUTERS
permit icmp host 203.0.113.{mine} host 203.0.113.{other}
crypto map VPN 10 ipsec-isakmp
match address ROUTERS
"""


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two routers that protect what they say to each other."""
    found = Pair()
    for mine in (1, 2):
        found.configure(mine, ROUTERS.format(mine=mine, other=3 - mine))
    yield found


@pytest.mark.parametrize("mode", ["tunnel", "transport"])
@pytest.mark.parametrize("words", SETS)
def test_scapy_verifies_each_packet(pair: Pair, words: str, mode: str) -> None:
    for number in (1, 2):
        pair.configure(number, f"crypto ipsec transform-set STRONG {words}\nmode {mode}")
        pair.type(number, "clear crypto sa")
    frames: list[bytes] = []
    taps = pair.routers[1].ports[GIGABIT].taps
    taps.append(lambda out, frame: frames.append(frame[HEADER_LENGTH:]) if out else None)
    try:
        assert "(4/5)" in pair.type(1, "ping 203.0.113.2 size 333")
    finally:
        taps.pop()
    (installed,) = pair.routers[1][IpsecFeature].ipsec.sad
    assert installed.pair.transform.mode == mode
    sas, sealed = scapy_sas(installed.pair), [packet for packet in frames if packet[9] in (AH, ESP)]
    opened = [scapy_opens(sas, packet) for packet in sealed]
    assert [(packet[9], packet[20], len(packet)) for packet in opened] == [(ICMP, 8, 333)] * 4
    with pytest.raises(import_module("scapy.layers.ipsec").IPSecIntegrityError):
        scapy_opens(sas, sealed[0][:-1] + bytes((sealed[0][-1] ^ 1,)))
