"""Every mistake in a lab is one LabError with the file, the line, the offending text and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from iosim.lab import LabError
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from lab.sample import CONFIG, LAB, write

MISTAKES = [
    # (text in the file, what is written instead, the line of the error, what the message must say)
    ("name: small", "nam: small", 1, 'unknown key "nam"; known here: checks, name, seed, topology'),
    ("name: small\n", "", 1, 'lacks the key "name"'),
    ("seed: 7", "seed: seven", 2, '"seed" should be a whole number, not "seven"'),
    ("seed: 7", "seed: 7\nseed: 8", 3, '"seed" is given twice; first in line 2'),
    ("seed: 7", "seed: [7", 3, "not YAML"),
    ("seed: 7", "\tseed: 7", 2, "not YAML"),
    ("{kind: ios}", "{kindd: ios}", 4, 'unknown key "kindd"'),
    ("{startup-config: r1.cfg}", "{startup-config: r9.cfg}", 6, 'r9.cfg" cannot be read: No such file'),
    (
        "{startup-config: r1.cfg}",
        "{config: r1.cfg}",
        6,
        'unknown key "config"; known here: image, kind, startup-config',
    ),
    ("{startup-config: r1.cfg}", "[r1.cfg]", 6, '"R1" should be a mapping, not a list'),
    ("R2:\n", "R 2:\n", 7, '"R 2" is no name for a node'),
    ("R2:\n", "R1: {}\n    R2:\n", 7, '"R1" is given twice; first in line 6'),
    ("{kind: switch}", "{kind: bridge}", 8, 'lacks the key "interface"'),
    ("{kind: switch}", "{kind: bridge, interface: veth0}", 21, "SW1:veth0 is already used by the link in line 19"),
    ("{kind: switch}", "{kind: cisco_ftd}", 8, 'unknown kind "cisco_ftd"; known are ios'),
    (
        "address: 192.168.1.10/24",
        "address: 192.168.1.10",
        11,
        '"192.168.1.10" should be an address with a prefix length',
    ),
    ("address: 192.168.1.10/24", "address: 192.168.1.300/24", 11, '"192.168.1.300" should be an address such as'),
    ("address: 192.168.1.10/24", "address: 192.168.1.255/24", 11, "the network or broadcast address of 192.168.1.0/24"),
    ("gateway: 192.168.1.1", "gateway: 192.168.3.1", 12, "gateway 192.168.3.1 is not in 192.168.1.0/24"),
    ("gateway: 192.168.1.1", "gateway: 192.168.1.10", 12, "cannot be its own gateway"),
    ("{kind: host, address: 192.168.2.10/24}", "{kind: host}", 13, '"PC2" lacks the key "address"'),
    ("192.168.2.10/24}", "192.168.1.10/24}", 13, "PC2: 192.168.1.10 is already an address of PC1 (line 11)"),
    ("192.168.2.10/24}", "192.168.1.1/24}", 13, "PC2: 192.168.1.1 is already an address of R1 ("),
    ('["R1:Gi0/0"', '["R9:Gi0/0"', 15, '"R9:Gi0/0": there is no node "R9"; nodes are R1, R2, SW1, PC1, PC2'),
    ('["R1:Gi0/0"', '["R1"', 15, '"R1" should be a node and an interface, such as "R1:Gi0/0"'),
    ('["R1:Gi0/0"', '["R1:Modem0/0"', 15, 'a router has no interface "Modem0/0"'),
    ('["R1:Gi0/0"', '["R1:Lo0"', 15, "no cable fits into Loopback0"),
    ('["R1:Gi0/0", ', "[", 15, "a link has two endpoints, not 1"),
    ("delay: 5ms", "delay: 5", 16, 'delay: "5" should be a duration such as 5ms'),
    ("delay: 5ms", "latency: 5ms", 16, 'unknown key "latency"'),
    ("loss: 1%", "loss: 101%", 17, 'loss: "101%" should be a share'),
    ("loss: 1%", "rate: fast", 17, 'rate: "fast" should be a rate such as'),
    ("loss: 1%", "mtu: 20", 17, 'mtu: "20" should be a number of bytes'),
    ("R1:Gi0/1", "R1:gigabit0/0", 18, "R1:GigabitEthernet0/0 is already used by the link in line 15"),
    ("PC1:eth0", "PC1:eth1", 18, 'a host has no interface "eth1", only eth0'),
    ("- PC2:eth0", "- SW1:2", 22, "SW1:2 is already used by the link in line 21"),
    ("{from: PC1,", "{from: PC9,", 24, 'from: there is no node "PC9"'),
    ("{from: PC1,", "{from: SW1,", 24, "from: SW1 is a switch and has no console"),
    ("to: 192.168.2.10}", "to: 192.168.2}", 24, 'to: "192.168.2" should be an address'),
    ('">=4"', "many", 24, 'received: "many" should be a number or a comparison such as ">=4"'),
    ('{received: ">=4"}', "{}", 24, '"reach" expects nothing'),
    ('{received: ">=4"}', "{receive: 4}", 24, 'unknown key "receive"; known here: lost, received, sent'),
    ("ping: {from: PC1, to: 192.168.2.10}, ", "", 24, '"reach" should have one of ping, capture, command, not none'),
    ('"R2:Gi0/0", match', '"R2:Gi0/7", match', 25, '"R2:Gi0/7": there is no link at R2:GigabitEthernet0/7'),
    ("match: 192.168.1.0/24", "match: LAN", 25, 'match: "LAN" should be an address with a prefix length'),
    ("contains: UTC", "matches: '*'", 26, 'matches: "*" is no regular expression'),
]


@pytest.mark.parametrize(("right", "wrong", "line", "message"), MISTAKES, ids=[f"{m[2]}-{m[3][:30]}" for m in MISTAKES])
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, message: str) -> None:
    assert LAB.count(right) >= 1
    file = write(tmp_path, LAB.replace(right, wrong, 1))
    with pytest.raises(LabError) as caught:
        load_lab(file)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert "\n" not in str(caught.value)


def test_an_address_of_two_routers_is_reported_in_the_configuration(tmp_path: Path) -> None:
    file = write(tmp_path, LAB.replace("R2:\n", "R2: {startup-config: r2.cfg}\n"))
    (tmp_path / "r2.cfg").write_text("interface gi0/0\n\n no shut\n ip add 192.168.1.1 255.255.255.0\n")
    with pytest.raises(LabError, match=r"R2: 192\.168\.1\.1 is already an address of R1") as caught:
        load_lab(file)
    assert (caught.value.file, caught.value.line) == (tmp_path / "r2.cfg", 4)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"- a\n- b\n", b"just text", b"a: &a [*a]", b"\x00", b"[" * 5_000]
)
def test_a_file_that_is_no_lab(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "lab.yaml"
    file.write_bytes(content)
    with pytest.raises(LabError) as caught:
        load_lab(file)
    assert str(caught.value).startswith(str(file))


def test_what_cannot_be_found() -> None:
    with pytest.raises(LabError, match=r'no lab "nowhere".*one of ah-esp-nat, .*failures/psk-mismatch, .*three-sites'):
        find_lab("nowhere")


def test_a_folder_without_lab_file(tmp_path: Path) -> None:
    (tmp_path / "r1.cfg").write_text(CONFIG)
    with pytest.raises(LabError, match=r"no lab.yaml; a folder of configurations alone is not a lab"):
        find_lab(str(tmp_path))


def test_a_lab_is_found_by_file_folder_and_name(tmp_path: Path) -> None:
    file = write(tmp_path, LAB)
    assert find_lab(str(file)) == find_lab(str(tmp_path)) == file
    assert find_lab("site-to-site").parts[-3:] == ("labs", "site-to-site", "lab.yaml")
    assert find_lab("failures/psk-mismatch").parts[-3:] == ("failures", "psk-mismatch", "lab.yaml")
