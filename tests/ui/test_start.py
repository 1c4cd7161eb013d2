"""What is said on standard error when a lab starts, and what a session shows first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.helpers import Outcome, iosim

Capsys = pytest.CaptureFixture[str]
LAB = """\
name: x
topology:
  nodes:
    R1: {kind: ios, startup-config: r1.cfg}
    R2: {kind: ios}
checks:
  - {name: clock, command: {node: R1, run: show clock}, expect: {contains: ":"}}
"""


def start(capsys: Capsys, folder: Path, configuration: bytes, *arguments: str) -> Outcome:
    (folder / "r1.cfg").write_bytes(configuration)
    (folder / "lab.yaml").write_text(LAB)
    return iosim(capsys, arguments[0], str(folder), *arguments[1:])


@pytest.mark.parametrize("command", [("exec", "-c", "R1: show clock"), ("check",)])
def test_planned_lines_are_told_of(capsys: Capsys, tmp_path: Path, command: tuple[str, ...]) -> None:
    configuration = b"banner prompt-timeout #too late#\nlogin delay 3\nip cef\n"
    outcome = start(capsys, tmp_path, configuration, *command)
    assert outcome.err == "R1: 2 lines are kept and do nothing (show iosim unsupported)\n"


def test_inert_lines_alone_are_not_worth_a_word(capsys: Capsys, tmp_path: Path) -> None:
    assert start(capsys, tmp_path, b"ip cef\n", "exec", "-c", "R1:").err == ""


def test_the_message_of_the_day_comes_first(capsys: Capsys, tmp_path: Path) -> None:
    outcome = start(capsys, tmp_path, b"banner motd #Bonjour \xe0 tous#\n", "exec", "-c", "R1: show privilege")
    assert outcome.out.splitlines()[:2] == ["Bonjour à tous", "Router#show privilege"]


def test_a_startup_configuration_that_is_binary(capsys: Capsys, tmp_path: Path) -> None:
    outcome = start(capsys, tmp_path, bytes(range(256)) * 10, "exec", "-c", "R1:")
    assert outcome.status == 0
    assert outcome.err.splitlines() == [
        "R1: 1 line refused",
        f"{tmp_path / 'r1.cfg'}:1: ",
        "% This is binary data, not a configuration.",
    ]
