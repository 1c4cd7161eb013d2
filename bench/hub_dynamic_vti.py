"""The hub of hub.py with a dynamic VTI, which makes an interface for each of its spokes when it comes."""

from __future__ import annotations

from bench.hub import DYNAMIC
from bench.hub import main as table


def main() -> None:
    """Print the table."""
    table(DYNAMIC)


if __name__ == "__main__":
    main()
