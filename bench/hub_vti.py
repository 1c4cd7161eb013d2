"""The hub of hub.py with a static VTI for each of its spokes instead of an entry of a crypto map."""

from __future__ import annotations

from bench.hub import VTIS
from bench.hub import main as table


def main() -> None:
    """Print the table."""
    table(VTIS)


if __name__ == "__main__":
    main()
