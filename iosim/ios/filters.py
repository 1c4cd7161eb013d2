"""Output filters: what stands behind `|` in a show command."""

from __future__ import annotations

import re

from iosim.grammar import Rejected, Statement


def apply_filter(statement: Statement | None, text: str) -> str:
    """The output that `| include …` and its like leave of `text`. Raises Rejected for a pattern that is none."""
    if statement is None:
        return text
    kind = statement.command.removeprefix("filter_")
    try:
        pattern = re.compile(_translate(statement.get("pattern")))
    except re.error:
        raise Rejected("% Failed to compile regular expression") from None
    lines = text.splitlines()
    if kind == "count":
        return f"Number of lines which match regexp = {sum(1 for line in lines if pattern.search(line))}\n"
    kept = {"include": _include, "exclude": _exclude, "begin": _begin, "section": _section}[kind](pattern, lines)
    return "".join(line + "\n" for line in kept)


def _translate(pattern: str) -> str:
    """IOS's regular expressions in Python's: `_` is a delimiter; quotes around the whole pattern do not count."""
    if len(pattern) > 1 and pattern[0] == pattern[-1] == '"':
        pattern = pattern[1:-1]
    return pattern.replace("_", r"(?:^|$|[\s,(){}_])")


def _include(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    return [line for line in lines if pattern.search(line)]


def _exclude(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    return [line for line in lines if not pattern.search(line)]


def _begin(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    start = next((index for index, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[start:]


def _section(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    """Each matching line with the lines below it that are indented deeper."""
    kept: list[str] = []
    depth: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent > depth:
            kept.append(line)
            continue
        depth = indent if pattern.search(line) else None
        if depth is not None:
            kept.append(line)
    return kept
