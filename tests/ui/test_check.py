"""`iosim check`: the table, the exit status, JUnit XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from iosim.lab.find import bundled_labs
from ui.helpers import iosim

Capsys = pytest.CaptureFixture[str]
LAB = """\
name: two-pcs
topology:
  nodes:
    A: {kind: host, address: 10.0.0.1/24}
    B: {kind: host, address: 10.0.0.2/24}
  links:
    - endpoints: ["A:eth0", "B:eth0"]
checks:
  - {name: A reaches B, ping: {from: A, to: 10.0.0.2, count: 3}, expect: {received: RECEIVED, sent: 3}}
  - {name: "[seen] on <the> wire", capture: {link: "B:eth0", match: 10.0.0.2/32}, expect: {packets: PACKETS}}
  - {name: A knows itself, command: {node: A, run: ip}, expect: {contains: TEXT, matches: '10\\.0\\.0\\.1'}}
"""


@pytest.mark.parametrize("lab", bundled_labs())
def test_the_bundled_labs_pass(capsys: Capsys, lab: str) -> None:
    outcome = iosim(capsys, "check", lab)
    assert (outcome.status, outcome.err) == (0, "")
    assert "passed" in outcome.out and "FAILED" not in outcome.out


def write(folder: Path, received: str, packets: str, text: str) -> str:
    file = folder / "lab.yaml"
    file.write_text(LAB.replace("RECEIVED", received).replace("PACKETS", packets).replace("TEXT", text))
    return str(file)


def test_checks_that_hold(capsys: Capsys, tmp_path: Path) -> None:
    outcome = iosim(capsys, "check", write(tmp_path, '">=2"', '">=4"', "10.0.0.1"))
    assert outcome.status == 0
    assert "[seen] on <the> wire" in outcome.out


def test_checks_that_fail(capsys: Capsys, tmp_path: Path) -> None:
    junit = tmp_path / "results.xml"
    outcome = iosim(capsys, "check", "--junit", str(junit), write(tmp_path, "0", "0", "carrier pigeon"))
    assert outcome.status == 1
    assert outcome.out.count("FAILED") == 3
    assert "received; received 0 expected" in outcome.out
    assert "Success rate" in outcome.out and '"carrier pigeon" is missing' in outcome.out
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("two-pcs", "3", "3")
    assert [case.get("name") for case in suite] == ["A reaches B", "[seen] on <the> wire", "A knows itself"]
    assert all(case.find("failure") is not None for case in suite)


LINES = """\
name: lines
topology: {nodes: {R1: {kind: ios}}}
checks:
  - name: time passes
    command: {node: R1, run: [configure terminal, do show clock, sleep 90s, do show clock, end]}
    expect: {contains: ["00:00:30.0", "00:02:00.0"]}
"""


def test_lines_one_after_the_other(capsys: Capsys, tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(LINES)
    outcome = iosim(capsys, "check", str(file))
    assert (outcome.status, outcome.err) == (0, "")
    assert "R1: … end" in outcome.out
    file.write_text(LINES.replace("sleep 90s", "sleep long"))
    outcome = iosim(capsys, "check", str(file))
    assert outcome.status == 2
    assert 'run: "long" should be a duration' in outcome.err


def test_several_labs_in_one_report(capsys: Capsys, tmp_path: Path) -> None:
    junit = tmp_path / "results.xml"
    good = write(tmp_path, '">=2"', '">=4"', "10.0.0.1")
    assert iosim(capsys, "check", "--junit", str(junit), "blank-pair", good).status == 0
    assert [suite.get("name") for suite in ElementTree.parse(junit).getroot()] == ["blank-pair", "two-pcs"]


def test_a_lab_without_checks(capsys: Capsys, tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("name: x\ntopology: {nodes: {SW1: {kind: switch}}}\n")
    outcome = iosim(capsys, "check", str(file))
    assert (outcome.status, outcome.err) == (2, f"iosim: {file}: the lab has no checks\n")
