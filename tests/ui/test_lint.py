"""`iosim lint`: the four standings, text and JSON, exit statuses, and whatever a file may hold."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ui.helpers import iosim

Capsys = pytest.CaptureFixture[str]
GOOD = """\
! Last configuration change at 12:00:00 UTC Mon Jan 1 2024
version 15.7
hostname R1
!
banner prompt-timeout ^C
no entry

^C
multilink bundle-name authenticated
no ip http secure-server
interface GigabitEthernet0/0
 ip address 10.0.0.1 255.255.255.0
router ospf 1
 network 10.0.0.0 0.0.0.255 area 0
end
"""
COUNTS = {"lines": 12, "working": 5, "planned": 5, "inert": 2, "refused": 0}
"""hostname, version, interface, address, end; the banner's three lines and the two of OSPF; multilink and http."""


def write(folder: Path, name: str, content: str | bytes) -> str:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def test_what_becomes_of_each_line(capsys: Capsys, tmp_path: Path) -> None:
    file = write(tmp_path, "r1.cfg", GOOD)
    outcome = iosim(capsys, "lint", file, "--json")
    counts = COUNTS
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"total": counts, "files": {file: {**counts, "refused_lines": []}}}


def test_refused_lines_have_file_line_and_caret(capsys: Capsys, tmp_path: Path) -> None:
    file = write(tmp_path, "r1.cfg", "hostname R1\ninterface Loopback0\n ip adress 10.0.0.1 255.0.0.0\n")
    good = write(tmp_path, "r2.cfg", GOOD)
    outcome = iosim(capsys, "lint", file, good)
    assert outcome.status == 1
    place = f"{file}:3: refused: "
    first, caret, message, head, *rows = outcome.out.splitlines()
    assert first == f"{place}ip adress 10.0.0.1 255.0.0.0"
    assert caret.index("^") == len(place) + len("ip ad")
    assert message == "% Invalid input detected at '^' marker."
    assert head.split() == ["file", "lines", "working", "planned", "inert", "refused"]
    assert [row.split() for row in rows] == [
        [file, "3", "2", "0", "0", "1"],
        [good, "12", "5", "5", "2", "0"],
        ["total", "15", "7", "5", "2", "1"],
    ]


def test_refused_lines_in_json(capsys: Capsys, tmp_path: Path) -> None:
    file = write(tmp_path, "r1.cfg", "yonder\r\nhostname R1\r\n")
    outcome = iosim(capsys, "lint", "--json", file)
    assert outcome.status == 1
    found = json.loads(outcome.out)["files"][file]
    assert found["refused_lines"] == [[1, "yonder", "^\n% Invalid input detected at '^' marker."]]
    assert (found["lines"], found["working"], found["refused"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("no entry", "no entrée").encode(),
        GOOD.replace("no entry", "no entrée").encode("latin-1"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode() + b"\0" * 512,
        GOOD.rstrip().encode(),
    ],
    ids=["crlf", "cr", "utf-8", "latin-1", "byte order mark", "utf-16", "padded", "no newline at the end"],
)
def test_files_in_any_encoding(capsys: Capsys, tmp_path: Path, content: bytes) -> None:
    outcome = iosim(capsys, "lint", write(tmp_path, "r1.cfg", content), "--json")
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out)["total"] == COUNTS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes(range(256)) * 40, "% This is binary data, not a configuration."),
        (b"\x7fELF\2\1\1" + b"\0\1\2\3" * 100, "% This is binary data, not a configuration."),
        (b"x" * 10_000_000, "% Line is too long: 10000000 characters, where 4096 are possible."),
        (b"banner motd #\n" + b"hello\n" * 100, "% The text that begins here has no end: no '#' follows."),
        (b"host\0name R1\n", "% Invalid input detected at '^' marker."),
        (b"hostname R1\ncrypto isakmp pol", "% Incomplete command."),
    ],
    ids=["bytes", "program", "long line", "endless banner", "nul", "truncated"],
)
def test_a_clear_word_about_files_that_are_none(capsys: Capsys, tmp_path: Path, content: bytes, message: str) -> None:
    outcome = iosim(capsys, "lint", write(tmp_path, "x", content))
    assert (outcome.status, outcome.err) == (1, "")
    assert message in outcome.out.splitlines()
    assert len(outcome.out) < 100_000


@pytest.mark.parametrize(
    ("content", "line", "system"),
    [
        (": Saved\n:\nASA Version 9.2(2)4\nhostname fw\ninterface Ethernet0/0\n nameif outside\n", 1, "Cisco ASA"),
        ("!Command: show running-config\nhostname n1\nfeature ospf\nvdc n1 id 1\n", 3, "NX-OS"),
        ("## Last commit: 2024-01-01\nversion 20.4;\nsystem {\n    host-name r1;\n}\n", 1, "JunOS"),
        ("set system host-name r1\nset interfaces ge-0/0/0 unit 0\n", 1, "JunOS"),
        ("hostname sw\n!\ntransceiver qsfp default-mode 4x10G\nagent x\n", 3, "Arista EOS"),
        ("# jan/02/1970 00:00:01 by RouterOS 6.4\n/interface bridge\nadd name=b\n", 1, "MikroTik RouterOS"),
        ("RP/0/RP0/CPU0:r1#show run\ninterface GigabitEthernet0/0/0/0\n ipv4 address 10.0.0.1/24\n", 1, "IOS XR"),
    ],
)
def test_configurations_of_other_systems(capsys: Capsys, tmp_path: Path, content: str, line: int, system: str) -> None:
    file = write(tmp_path, "x.cfg", content)
    outcome = iosim(capsys, "lint", file, "--json")
    assert outcome.status == 1
    assert outcome.err == f"iosim: {file}: line {line} is of a configuration for {system}, not for IOS\n"
    messages = "".join(message for _, _, message in json.loads(outcome.out)["files"][file]["refused_lines"])
    assert messages.count(f"% This is a line of a configuration for {system}, not for IOS.") == 1


def test_files_that_cannot_be_read(capsys: Capsys, tmp_path: Path) -> None:
    good = write(tmp_path, "r1.cfg", GOOD)
    outcome = iosim(capsys, "lint", "--json", str(tmp_path / "nowhere"), str(tmp_path), good)
    assert outcome.status == 2
    assert outcome.err.splitlines() == [
        f"iosim: {tmp_path / 'nowhere'} cannot be read: No such file or directory",
        f"iosim: {tmp_path} cannot be read: Is a directory",
    ]
    assert list(json.loads(outcome.out)["files"]) == [good]


def test_nothing_that_a_terminal_would_obey_is_printed(capsys: Capsys, tmp_path: Path) -> None:
    outcome = iosim(capsys, "lint", write(tmp_path, "x", "frob\x1b[2Jnicate\n"))
    assert "\x1b" not in outcome.out and "frob\N{REPLACEMENT CHARACTER}[2Jnicate" in outcome.out


def test_random_files_are_judged(capsys: Capsys, tmp_path: Path) -> None:
    for size in (0, 1, 40, 5000):
        outcome = iosim(capsys, "lint", write(tmp_path, "x", os.urandom(size)))
        assert outcome.status in (0, 1)
        assert "Traceback" not in outcome.err


KINDS = {
    "a script of the virtual PC simulator": "# PC1\nset pcname PC1\nip 10.0.0.2 255.255.255.0 10.0.0.1\nsave\n",
    "a file of settings, such as a topology": "autostart = False\n[localhost]\n  [[ROUTER R1]]\n    f0/0 = R2 f0/0\n",
    "YAML": "---\nname: lab\nnodes:\n  - id: 1\n    kind: router\n",
    "JSON": '{"nodes": [{"name": "R1"}]}\n',
    "markup (XML or HTML)": '<?xml version="1.0"?>\n<lab name="x"/>\n',
    "binary data": "\x00\x01\x02" * 100,
}


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_are_no_configuration_are_named_and_not_counted(capsys: Capsys, tmp_path: Path, kind: str) -> None:
    good, other = write(tmp_path, "r1.cfg", GOOD), write(tmp_path, "x.cfg", KINDS[kind])
    outcome = iosim(capsys, "lint", good, other, "--json")
    document = json.loads(outcome.out)
    assert outcome.status == 1
    assert document["total"] == COUNTS
    assert document["files"][other]["kind"] == kind
    assert document["files"][other]["refused_lines"] == [[1, "", f"% This is {kind}, not a configuration."]]
    assert f"{other}: not counted, it is {kind}" in iosim(capsys, "lint", good, other).out.splitlines()


def test_what_a_terminal_showed_is_told_from_what_it_refused(capsys: Capsys, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "log.cfg",
        "R1#show ip ospf neighbor\n\nNeighbor ID     Pri   State\n10.0.0.2          1   FULL/DR\n"
        "R1#show run\nhostname R1\nfrob\n!\nR1(config)#frob\n",
    )
    found = json.loads(iosim(capsys, "lint", "--json", file).out)["files"][file]
    assert found["other_lines"] == [[1, 4, "exec command and its output"], [5, 5, "exec command"]]
    assert [line for line, _, _ in found["refused_lines"]] == [7, 9]
    assert found["lines"] == 3


def test_a_few_lines_of_another_system_do_not_hide_what_is_refused(capsys: Capsys, tmp_path: Path) -> None:
    file = write(tmp_path, "r1.cfg", GOOD + "nameif inside\n")
    outcome = iosim(capsys, "lint", "--json", file)
    assert json.loads(outcome.out)["total"] == {**COUNTS, "lines": 13, "refused": 1}
    assert "line 16 is of a configuration for Cisco ASA" in outcome.err
