"""What the README shows is what its first command prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ui.helpers import iosim

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_first_command_prints_what_the_readme_shows(capsys: pytest.CaptureFixture[str]) -> None:
    command = re.search(r"<!-- command: first -->\n```sh\n(.*)\n```\n\n```text\n([^`]*)```", README)
    assert command is not None
    words = shlex.split(command[1])
    outcome = iosim(capsys, *words[words.index(".venv/bin/iosim") + 1 :])
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.rstrip() == command[2].rstrip()
