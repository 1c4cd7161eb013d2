"""Comparing configurations: `show archive config differences` and `incremental-diffs`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.places import RUNNING_CONFIG, STARTUP_CONFIG, Place, place_of, read
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.storage import FileProblem
from iosim.ios.written import configuration_lines

NOTHING = "!No changes were found"


@dataclass(slots=True)
class Line:
    """A line of a configuration with the lines below it, by what they are compared by."""

    text: str
    below: dict[str, Line] = field(default_factory=dict)


def tree(text: str, ignore_case: bool = False) -> dict[str, Line]:
    """A configuration text as a tree; its indentation says what belongs to what."""
    root = Line("")
    stack = [(-1, root)]
    for line in configuration_lines(text):
        depth = len(line) - len(line.lstrip())
        while stack[-1][0] >= depth:
            stack.pop()
        said = line.strip()
        node = stack[-1][1].below.setdefault(said.lower() if ignore_case else said, Line(said))
        stack.append((depth, node))
    return root.below


def differences(left: dict[str, Line], right: dict[str, Line], depth: int = 0) -> Iterator[str]:
    """What the right side has and the left has not (`+`), and the reverse (`-`), each in its mode."""
    indent = " " * depth
    for key, line in right.items():
        if key not in left:
            yield from _signed("+", line, depth)
        elif inside := list(differences(left[key].below, line.below, depth + 1)):
            yield f"{indent}{line.text}"
            yield from inside
    for key, line in left.items():
        if key not in right:
            yield from _signed("-", line, depth)


def _signed(sign: str, line: Line, depth: int) -> Iterator[str]:
    yield f"{' ' * depth}{sign}{line.text}"
    for inner in line.below.values():
        yield from _signed(sign, inner, depth + 1)


def additions(left: dict[str, Line], right: dict[str, Line], depth: int = 0) -> Iterator[str]:
    """The lines of the right side that the left has not, as they would be entered."""
    for key, line in right.items():
        known = left.get(key)
        inside = list(additions(known.below if known else {}, line.below, depth + 1))
        if known is None or inside:
            yield f"{' ' * depth}{line.text}"
            yield from inside


def steps(left: dict[str, Line], right: dict[str, Line], depth: int = 0) -> Iterator[str]:
    """The lines to enter that lead from the left side to the right one: what goes first, then what comes."""
    indent = " " * depth
    for key, line in left.items():
        if key not in right:
            yield f"{indent}{line.text.removeprefix('no ') if line.text.startswith('no ') else f'no {line.text}'}"
    for key, line in right.items():
        known = left.get(key)
        inside = list(steps(known.below if known else {}, line.below, depth + 1))
        if known is None or inside:
            yield f"{indent}{line.text}"
            yield from inside


def text_at(session: Session, place: Place) -> str:
    """The configuration at a place. Raises Rejected."""
    try:
        return read(session, place).decode(errors="replace")
    except FileProblem as reason:
        raise Rejected(f"%Error opening {place} ({reason})") from None


@handler("show_archive_differences")
def show_differences(session: Session, statement: Statement) -> str:
    """`show archive config differences [LEFT [RIGHT]]`: by default of the running and the startup configuration."""
    files = [place_of(text, session.directory) for text in statement.all("file")]
    left, right = {0: (RUNNING_CONFIG, STARTUP_CONFIG), 1: (*files, RUNNING_CONFIG)}.get(len(files), tuple(files))
    lines = list(differences(tree(text_at(session, left)), tree(text_at(session, right))))
    return "".join(f"{line}\n" for line in ("!Contextual Config Diffs:", *(lines or [NOTHING]))) + "\n"


@handler("show_archive_incremental")
def show_incremental(session: Session, statement: Statement) -> str:
    """`show archive config incremental-diffs FILE [ignorecase]`: the lines of a file that would be new."""
    ignore = "ignorecase" in statement
    running = tree(text_at(session, RUNNING_CONFIG), ignore)
    place = place_of(statement.get("file"), session.directory)
    lines = list(additions(running, tree(text_at(session, place), ignore)))
    return "".join(f"{line}\n" for line in ("!List of Commands:", *lines, "end", *([] if lines else [NOTHING]))) + "\n"
