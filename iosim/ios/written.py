"""The running configuration as text: with its header, and what is between `!` and `end`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iosim.ios.config import write_all, write_lines
from iosim.ios.router import Router

_COMMENT = re.compile(r"!|Building configuration|Current configuration|end\b|ntp clock-period ")


def running_text(router: Router, defaults: bool = False) -> str:
    """The running configuration as it is shown and saved."""
    lines = write_all(router.config) if defaults else write_lines(router.config)
    return "".join(f"{line}\n" for line in (*router.record.header(), *lines, "!", "end"))


def configuration_lines(text: str) -> list[str]:
    """The lines of a configuration text that are configuration, with their indentation."""
    lines = (line.rstrip() for line in text.splitlines())
    return [line for line in lines if line.strip() and not _COMMENT.match(line.lstrip())]


def numbered(lines: Iterable[str]) -> str:
    """Lines with their numbers before them (`linenum`)."""
    return "".join(f"{number:>6} : {line}\n" for number, line in enumerate(lines, 1))
