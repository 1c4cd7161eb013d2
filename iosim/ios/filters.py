"""Output filters: what stands behind `|` in a show command."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.ios.regexp import BadPattern, Pattern


def apply_filter(statement: Statement | None, text: str) -> str:
    """The output that `| include …` and its like leave of `text`. Raises Rejected for a pattern that is none."""
    if statement is None:
        return text
    kind = statement.command.removeprefix("filter_")
    try:
        pattern = Pattern(_unquoted(statement.get("pattern")))
    except BadPattern:
        raise Rejected("% Failed to compile regular expression") from None
    lines = text.splitlines()
    if kind == "count":
        return f"Number of lines which match regexp = {sum(1 for line in lines if pattern.search(line))}\n"
    kept = {"include": include, "exclude": exclude, "begin": begin, "section": section}[kind](pattern, lines)
    return "".join(line + "\n" for line in kept)


def _unquoted(pattern: str) -> str:
    """Quotes around the whole pattern do not count."""
    return pattern[1:-1] if len(pattern) > 1 and pattern[0] == pattern[-1] == '"' else pattern


def include(pattern: Pattern, lines: list[str]) -> list[str]:
    """The lines that match."""
    return [line for line in lines if pattern.search(line)]


def exclude(pattern: Pattern, lines: list[str]) -> list[str]:
    """The lines that do not match."""
    return [line for line in lines if not pattern.search(line)]


def begin(pattern: Pattern, lines: list[str]) -> list[str]:
    """The first line that matches, and all below it."""
    start = next((index for index, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[start:]


def section(pattern: Pattern, lines: list[str]) -> list[str]:
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
