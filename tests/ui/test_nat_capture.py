"""What tshark sees of NAT traversal and of aggressive mode in captures of the labs about them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ui.test_main import run, tshark

OUTSIDE = 'frame.interface_name == "HUB:GigabitEthernet0/0"'
INSIDE = 'frame.interface_name == "SPOKE:GigabitEthernet0/0"'
"""Where ISAKMP messages are recorded whole; behind the translator only their headers are (see iosim/sim/snap.py)."""
Files = tuple[Path, Path]


def captured(folder: Path, lab: str, *commands: str) -> Files:
    """A capture of a lab and the keys of its run."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    files = folder / "run.pcapng", folder / "keys"
    lines = [part for command in commands for part in ("-c", command)]
    assert run("exec", lab, *lines, "--pcap", str(files[0]), "--keys", str(files[1])).returncode == 0
    return files


@pytest.fixture(scope="module")
def through_nat(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Pings, 45 seconds of silence, then pings with another port."""
    commands = "PC2: ping 192.168.1.10", "sleep 45s", "NAT: clear translations", "PC2: ping 192.168.1.10"
    return captured(tmp_path_factory.mktemp("nat"), "nat-t", *commands)


def test_message_5_and_all_that_follows_it_goes_to_port_4500_behind_a_marker(through_nat: Files) -> None:
    messages = tshark(through_nat, f"isakmp && {OUTSIDE}", "isakmp.exchangetype", "udp.dstport")
    assert messages == ["2\t500"] * 4 + ["2\t4500"] * 2 + ["32\t4500"] * 3
    assert len(tshark(through_nat, f"udpencap.non_esp_marker && {OUTSIDE}", "frame.number")) == 5
    assert tshark(through_nat, f"udpencap.non_esp_marker && esp && {OUTSIDE}", "frame.number") == []


def test_nat_d_payloads_are_in_messages_3_and_4(through_nat: Files) -> None:
    payloads = tshark(through_nat, f"isakmp.exchangetype == 2 && {INSIDE}", "isakmp.typepayload")
    assert [types.split(",").count("20") for types in payloads[:4]] == [0, 0, 2, 2]


def test_keepalives_go_every_20_seconds_from_inside_only(through_nat: Files) -> None:
    seen = tshark(through_nat, f"udpencap.nat_keepalive && {OUTSIDE}", "frame.time_relative", "ip.src")
    times = [float(line.split("\t")[0]) for line in seen]
    assert {line.split("\t")[1] for line in seen} == {"203.0.113.5"}
    assert len(times) == 2
    assert times[1] - times[0] == pytest.approx(20, abs=0.001)


def test_esp_is_within_udp_decrypts_and_changes_its_port(through_nat: Files) -> None:
    ports = tshark(through_nat, f"esp && ip.src == 203.0.113.5 && {OUTSIDE}", "udp.srcport", "udp.dstport")
    assert ports == ["4500\t4500"] * 4 + ["4501\t4500"] * 5
    answers = tshark(through_nat, f"esp && ip.src == 203.0.113.1 && {OUTSIDE}", "udp.srcport", "udp.dstport")
    assert answers == ["4500\t4500"] * 4 + ["4500\t4501"] * 5
    assert len(tshark(through_nat, f"esp.icv_good == 1 && icmp && {OUTSIDE}", "frame.number")) == 18


def test_the_name_goes_in_the_clear_in_aggressive_mode(tmp_path: Path) -> None:
    files = captured(tmp_path, "psk-aggressive-nat", "PC2: ping 192.168.1.10")
    shown = f"isakmp.exchangetype == 4 && {INSIDE}"
    assert tshark(files, shown, "isakmp.id.data.fqdn", "udp.dstport", keys=False) == [
        "spoke.example.com\t500",
        "\t500",
        "\t4500",
    ]
    assert tshark(files, shown, "isakmp.typepayload")[2].startswith("8,20,20,11")
    assert tshark(files, "_ws.malformed", "frame.number") == []
