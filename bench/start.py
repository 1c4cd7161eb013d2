"""Processor time of a whole `iosim exec site-to-site -c 'PC1: ping 192.168.2.10'`, grammar cache warm; target 0.6 s.

The ratio is to an empty Python process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

TARGET = 0.6
COMMAND = [sys.executable, "-m", "iosim.ui.main", "exec", "site-to-site", "-c", "PC1: ping 192.168.2.10"]
EMPTY = [sys.executable, "-c", "pass"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As after an installation, which compiles all modules once."""


def processor_time(command: list[str], rounds: int = 5) -> float:
    """Seconds of processor time (user and system) of a command, in the best of some rounds."""
    times = []
    for _ in range(rounds):
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        after = getrusage(RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def main() -> None:
    """Print the table."""
    processor_time(COMMAND, 1)
    ours, empty = processor_time(COMMAND), processor_time(EMPTY)
    print(f"{'exec s':>8} {'empty s':>8} {'ratio':>6} {'target s':>9}")
    print(f"{ours:8.2f} {empty:8.2f} {ours / empty:6.1f} {TARGET:9.1f}{'' if ours <= TARGET else '  MISSED'}")


if __name__ == "__main__":
    main()
