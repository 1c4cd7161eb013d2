"""What tshark sees of GRE: keepalives and their way back, keys, checksums and numbers, and what is within ESP."""

from __future__ import annotations

from pathlib import Path

from tests.ui.test_main import tshark
from tests.ui.test_nat_capture import captured

R1 = 'frame.interface_name == "R1:GigabitEthernet0/0"'


def test_keepalives_go_there_and_back(tmp_path: Path) -> None:
    files = captured(tmp_path, "gre", "sleep 21s")
    sent = tshark(files, f"gre && {R1} && ip.len == 48", "ip.src", "ip.dst", "gre.proto")
    assert len(sent) == 10
    assert set(sent) == {"203.0.113.2,198.51.100.2\t198.51.100.2,203.0.113.2\t0x0800,0x0000"}
    back = tshark(files, f"gre && {R1} && ip.len == 24 && ip.src == 198.51.100.2 && !(ip.len == 48)", "gre.proto")
    assert back == ["0x0000"] * 10
    assert tshark(files, "_ws.malformed", "frame.number") == []


def test_options_are_read_and_checksums_are_right(tmp_path: Path) -> None:
    options = "interface Tunnel0", "tunnel key 42", "tunnel checksum", "tunnel sequence-datagrams", "end"
    typed = [f"{router}: {line}" for router in ("R1", "R2") for line in ("configure terminal", *options)]
    files = captured(tmp_path, "gre", *typed, "PC1: ping 192.168.2.10")
    requests = f"icmp.type == 8 && {R1}"
    assert tshark(files, requests, "gre.key") == ["0x0000002a"] * 5
    numbers = tshark(files, requests, "gre.sequence_number")
    assert numbers == sorted(set(numbers), key=int)
    assert len(tshark(files, f"gre && (icmp.type == 8 || icmp.type == 0) && {R1}", "frame.number")) == 10
    assert tshark(files, 'gre.checksum.status == "Bad" || _ws.malformed', "frame.number") == []
    assert len(tshark(files, f'{requests} && gre.checksum.status == "Good"', "frame.number")) == 5


def test_gre_is_found_within_esp_only(tmp_path: Path) -> None:
    pings = "PC1: ping 192.168.2.10", "PC1: ping 192.168.3.10"
    files = captured(tmp_path, "gre-over-ipsec", *pings, "PC1: ping 192.168.3.10 size 1476 df-bit repeat 2")
    assert tshark(files, "gre && !esp", "frame.number") == []
    assert tshark(files, "_ws.malformed", "frame.number") == []
    lengths = tshark(files, f"icmp.type == 8 && esp && {R1}", "ip.len")
    assert lengths[0] == "168,100"  # transport mode: the header of GRE is the only one around
    assert "184,124,100" in lengths  # tunnel mode
