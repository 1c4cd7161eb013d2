"""`ip tcp adjust-mss` on the packets: scapy builds SYNs and judges what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network import Network
from scapy.layers.inet import IP, TCP

from iosim.stack.mss import clamp

PC1, PC2 = "192.168.1.10", "192.168.2.10"
OPTIONS = st.lists(
    st.sampled_from([("NOP", None), ("SAckOK", b""), ("WScale", 7), ("Timestamp", (1, 0)), ("AltChkSum", (1, 5))]),
    max_size=4,
)


def segment(options: Any, flags: str = "S", data: bytes = b"") -> bytes:
    return bytes(IP(src=PC1, dst=PC2) / TCP(sport=1025, dport=80, flags=flags, options=options) / data)


def mss_of(packet: bytes) -> int | None:
    return dict(TCP(packet[20:]).options).get("MSS")


def is_sound(packet: bytes) -> bool:
    """Whether scapy would have made the same checksums."""
    again = IP(packet)
    del again.chksum, again[TCP].chksum
    return bytes(again) == packet


@given(
    OPTIONS,
    OPTIONS,
    st.integers(1, 0xFFFF),
    st.integers(500, 1460),
    st.sampled_from(["S", "SA"]),
    st.binary(max_size=9),
)
def test_a_larger_one_is_lowered_wherever_it_stands(
    before: Any, behind: Any, announced: int, limit: int, flags: str, data: bytes
) -> None:
    packet = segment([*before, ("MSS", announced), *behind], flags, data)
    if len(packet) - 20 - len(data) > 60:  # scapy lets options outgrow the header
        return
    changed = clamp(packet, limit)
    assert mss_of(changed) == min(announced, limit)
    assert is_sound(changed) and len(changed) == len(packet)
    if announced <= limit:
        assert changed is packet


@pytest.mark.parametrize("packet", [
    segment([("MSS", 1460)], "A"),  # no SYN
    segment([]),  # no option: nothing is put in
    segment([("MSS", 1460)])[:30],
    bytes(IP(src=PC1, dst=PC2, frag=3) / segment([("MSS", 1460)])[20:]),
    bytes(IP(src=PC1, dst=PC2, proto=17) / segment([("MSS", 1460)])[20:]),
    segment([("MSS", 1460)])[:40] + b"\1\2\1\4",  # an option that ends behind the header
    segment([("MSS", 1460)])[:40] + b"\0\2\4\xff",  # behind the end of the options
])  # fmt: skip
def test_other_packets_are_left_alone(packet: bytes) -> None:
    assert clamp(packet, 1000) is packet


@given(st.binary(max_size=80))
def test_any_bytes_behind_a_header_are_survived(payload: bytes) -> None:
    packet = bytes(IP(src=PC1, dst=PC2, proto=6) / payload)
    assert len(clamp(packet, 500)) == len(packet)


@pytest.mark.parametrize("at", ["Gi0", "Gi1"])
@pytest.mark.parametrize("flags", ["S", "SA"])
def test_a_router_lowers_it_both_ways_on_either_interface(at: str, flags: str) -> None:
    network = Network()
    network.node("PC1", forwarding=False, eth0="192.168.1.10/24")
    network.node("R1", Gi0="192.168.1.1/24", Gi1="192.168.2.1/24")
    network.node("PC2", forwarding=False, eth0="192.168.2.10/24")
    network.route("PC1", "0.0.0.0/0", "192.168.1.1")
    network.route("PC2", "0.0.0.0/0", "192.168.2.1")
    network.cable("PC1 eth0", "R1 Gi0")
    network.cable("R1 Gi1", "PC2 eth0")
    network["R1"].interfaces[at].mss = 1360
    seen: list[int | None] = []
    for name in ("PC1", "PC2"):
        network[name].protocols[6] = lambda packet, interface: seen.append(mss_of(packet) if is_sound(packet) else None)
    for source, destination, name in ((PC1, PC2, "PC1"), (PC2, PC1, "PC2")):
        syn = bytes(IP(src=source, dst=destination) / TCP(flags=flags, options=[("MSS", 1460)]))
        network[name].send(syn)
        network.ping(name, destination)
    assert seen == [1360, 1360]
