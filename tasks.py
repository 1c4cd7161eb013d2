#!/usr/bin/env python3
"""The tasks of the project: `python tasks.py TASK…`, where no task means all that CI checks.

test    the test suite
lint    ruff, and whether the formatting is ruff's
types   mypy, strict
labs    the checks of all bundled labs
bench   the ratios of bench/ (not a part of the checks)
fuzz    a minute of hostile bytes (not a part of the checks; tests/fuzz.py runs for longer)

`python tasks.py corpus DIR` reads all configurations below a folder: how many of their lines work, are planned, inert
or refused, by mode, and what is refused most (tests/corpus.py). `round-trip DIR` says of each whether it is read again
as it was written (tests/round_trip.py). `shapes FILE` says which shapes of lines in a table are refused
(tests/shapes.py). `trial DIR` makes a lab of each folder of configurations and says which SAs come up in it and which
pings go through (tests/trial.py). None of them is a part of the checks.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYTHON = [sys.executable, "-m"]
TASKS = {
    "test": [[*PYTHON, "pytest"]],
    "lint": [[*PYTHON, "ruff", "check", "."], [*PYTHON, "ruff", "format", "--check", "."]],
    "types": [[*PYTHON, "mypy"]],
    "labs": [[*PYTHON, "iosim.ui.main", "check", *sorted(str(lab.parent) for lab in ROOT.glob("labs/**/lab.yaml"))]],
    "bench": [[*PYTHON, "bench"]],
    "fuzz": [[*PYTHON, "tests.fuzz"]],
}
REPORTS = {"corpus": "tests.corpus", "round-trip": "tests.round_trip", "shapes": "tests.shapes", "trial": "tests.trial"}
CHECKS = ("lint", "types", "test", "labs")


def main(names: list[str]) -> int:
    """Run tasks by name; returns the first exit status that is not 0."""
    if len(names) > 1 and names[0] in REPORTS:
        return subprocess.run([*PYTHON, REPORTS[names[0]], *names[1:]], cwd=ROOT, check=False).returncode
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        print(f"{__doc__}\nno such task: {', '.join(unknown)}", file=sys.stderr)
        return 2
    for name in names or CHECKS:
        for command in TASKS[name]:
            status = subprocess.run(command, cwd=ROOT, check=False).returncode
            if status:
                print(f"{name} failed", file=sys.stderr)
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
