"""Runs the `iosim` command inside the tests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from iosim.ui.main import main


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str


def iosim(capsys: pytest.CaptureFixture[str], *arguments: str) -> Outcome:
    """Run a command; an exit of the argument parser counts as its status."""
    try:
        status = main(arguments)
    except SystemExit as error:
        status = int(error.code or 0)
    printed = capsys.readouterr()
    return Outcome(status, printed.out, printed.err)


def execute(capsys: pytest.CaptureFixture[str], lab: str, *lines: str) -> str:
    """The transcript of lines that `exec` runs without complaint."""
    outcome = iosim(capsys, "exec", lab, *(part for line in lines for part in ("-c", line)))
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.out
