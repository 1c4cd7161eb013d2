"""What tshark sees in a capture of the lab about long packets: lengths that are told, and ESP in fragments."""

from __future__ import annotations

from pathlib import Path

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


def test_syns_are_lowered_both_ways_under_good_checksums(tmp_path: Path) -> None:
    typed = "configure terminal", "interface gi0/1", "ip tcp adjust-mss 1360", "end"
    commands = *(f"R1: {line}" for line in typed), "PC1: ping 192.168.2.10", "PC1: tcp connect 192.168.2.10 5001"
    files = captured(tmp_path, "mtu", "PC2: tcp listen 5001", *commands)
    with (files[1] / "preferences").open("a") as preferences:
        preferences.write("tcp.check_checksum: TRUE\n")
    seen = 'tcp.flags.syn == 1 && frame.interface_name matches "PC"'
    assert tshark(files, seen, "frame.interface_name", "ip.src", "tcp.options.mss_val", "tcp.checksum.status") == [
        "PC1:eth0\t192.168.1.10\t1460\t1",
        "PC2:eth0\t192.168.1.10\t1360\t1",
        "PC2:eth0\t192.168.2.10\t1460\t1",
        "PC1:eth0\t192.168.2.10\t1360\t1",
    ]
