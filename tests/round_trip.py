"""Whether each configuration below a folder, once written, is read again as the same: `python tasks.py round-trip DIR`.

For each file: it is read, written, read and written again. What differs then is printed, as are lines that are refused
the second time. The exit status is 1 when anything is.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from tests.corpus import configurations
from tests.ios.snapshot import snapshot


def faults(text: str) -> Iterator[str]:
    """What is wrong with the second reading of a text; nothing when all is well."""
    first, again = (Router(Simulator(), "R1") for _ in range(2))
    load_text(first, text)
    written = first.running_lines()
    for refusal in load_text(again, "\n".join(written)):
        yield f"refused: {refusal.text}: {refusal.message}"
    yield from difflib.unified_diff(written, again.running_lines(), lineterm="", n=1)
    if snapshot(first.config) != snapshot(again.config):
        yield "the values differ"


def main(folder: Path) -> int:
    """Read the folder, print the report."""
    bad = count = 0
    for name, text in configurations(folder):
        count += 1
        try:
            found = list(faults(text))
        except ValueError as error:
            found = [str(error)]
        if found:
            bad += 1
            print(name, *(f"  {line}" for line in found), sep="\n")
    print(f"{count} files, {count - bad} read again as they were written, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
