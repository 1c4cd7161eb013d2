"""What tshark sees in a capture of the lab about long packets: lengths that are told, and ESP in fragments."""

from __future__ import annotations

import pytest

from tests.ui.test_main import tshark
from tests.ui.test_nat_capture import Files, captured

PC1 = 'frame.interface_name == "PC1:eth0"'
R1 = 'frame.interface_name == "R1:GigabitEthernet0/0"'
R2 = 'frame.interface_name == "R2:GigabitEthernet0/0"'


@pytest.fixture(scope="module")
def long_packets(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Pings that do not fit towards R2, with DF and without; then towards R3, whose path is shorter."""
    commands = (
        "R1: configure terminal",
        "R1: crypto ipsec fragmentation after-encryption",
        "R1: end",
        "PC1: ping 192.168.2.10",
        "PC1: ping 192.168.2.10 size 1500 df-bit repeat 1",
        "PC1: ping 192.168.2.10 size 1500 repeat 2",
        "PC1: ping 192.168.3.10",
        "PC1: ping 192.168.3.10 size 1400 df-bit repeat 2",
        "PC1: ping 192.168.3.10 size 1342 df-bit repeat 1",
    )
    return captured(tmp_path_factory.mktemp("mtu"), "mtu", *commands)


def test_a_host_is_told_what_fits(long_packets: Files) -> None:
    assert tshark(long_packets, f"icmp.code == 4 && {PC1}", "icmp.mtu") == ["1438", "1342"]


def test_the_provider_tells_the_router(long_packets: Files) -> None:
    assert tshark(long_packets, f"icmp.code == 4 && {R1}", "icmp.mtu") == ["1400"]


def test_esp_is_cut_and_put_together_with_a_good_icv(long_packets: Files) -> None:
    firsts = tshark(long_packets, f"ip.flags.mf == 1 && ip.proto == 50 && {R2} && ip.src == 203.0.113.2", "ip.len")
    assert [lengths.split(",")[0] for lengths in firsts] == ["1500"] * 2
    lengths = tshark(long_packets, f"esp.icv_good == 1 && ip.frag_offset > 0 && {R2}", "ip.len")
    assert len(lengths) == 2  # tshark puts a packet together where its last fragment is


def test_nothing_is_malformed_and_every_icv_is_good(long_packets: Files) -> None:
    assert tshark(long_packets, "_ws.malformed", "frame.number") == []
    assert tshark(long_packets, "esp && !(icmp.type == 3) && !(esp.icv_good == 1)", "frame.number") == []
    assert len(tshark(long_packets, f"esp.icv_good == 1 && {R2}", "frame.number")) >= 4 + 4 + 2 + 4
