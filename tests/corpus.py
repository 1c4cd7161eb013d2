"""What becomes of the lines of all configurations below a folder: `python tests/corpus.py DIR`.

It prints lines accepted, working, planned, inert and refused, by mode, with the shapes that are refused most. Files
that are no configuration of IOS are named, with what they are, and not counted.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from iosim.ios.lint import judge, totals
from iosim.ios.loader import REFUSED, Reading
from iosim.ios.text import decode

NO_CONFIGURATIONS = frozenset((".tsv", ".csv", ".md", ".json", ".yaml", ".yml", ".png", ".jpg", ".pcap", ".pcapng"))
TOP = 40
ROW = "{:28}{:>8}{:>10}{:>9}{:>9}{:>8}{:>9}"


def main(folder: Path) -> int:
    """Read the folder, print the report."""
    lines: list[Reading] = []
    others: list[str] = []
    beside = 0
    for name, text in configurations(folder):
        verdict = judge(text)
        if verdict.kind is None:
            lines += verdict.lines
            beside += len(verdict.beside)
        else:
            others.append(f"{name}: {verdict.kind}")
    print_totals(lines)
    print_shapes(lines)
    print(f"\nnot counted: {beside} lines that are exec commands and their output, and {len(others)} files")
    print(*(f"  {other}\n" for other in others), sep="", end="")
    return 0


def configurations(folder: Path) -> Iterator[tuple[str, str]]:
    """The name and text of each file that may be a configuration."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in NO_CONFIGURATIONS:
            yield str(path.relative_to(folder)), decode(path.read_bytes())


def print_totals(lines: list[Reading]) -> None:
    """One row for each mode, most lines first, and their sum."""
    modes: dict[str, list[Reading]] = defaultdict(list)
    for line in lines:
        modes[line.mode].append(line)
    print(ROW.format("mode", "lines", "accepted", "working", "planned", "inert", "refused"))
    for mode in sorted(modes, key=lambda mode: -len(modes[mode])):
        print_row(mode, modes[mode])
    print_row("all", lines)


def print_row(name: str, lines: list[Reading]) -> None:
    """One row."""
    count = totals(lines)
    accepted = 1 - count["refused"] / max(1, count["lines"])
    shares = (count["working"], count["planned"], count["inert"], count["refused"])
    print(ROW.format(name, count["lines"], f"{accepted:.2%}", *shares))


def print_shapes(lines: list[Reading]) -> None:
    """The first words of refused lines with their modes, the most frequent ones first."""
    shapes = Counter((line.mode, shape(line.text)) for line in lines if line.standing == REFUSED)
    print(f"\nrefused most, of {len(shapes)} shapes:")
    for (mode, text), count in shapes.most_common(TOP):
        print(f"{count:6}  {mode}: {text}")


def shape(text: str) -> str:
    """The first words of a line without its numbers and addresses."""
    return " ".join(re.sub(r"\d+(\.\d+)*", "N", text).split()[:4])


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
