#!/usr/bin/env python3
"""Genie reads the shows of a VPN. It is too heavy for CI: run this by hand where it is installed (`pip install genie`).

Prints what Genie made of each command; exit status 1 when it could not read one, 0 without Genie.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ios.crypto_pair import Pair

COMMANDS = (
    "show crypto isakmp sa",
    "show crypto isakmp sa detail",
    "show crypto ipsec sa",
    "show crypto ipsec sa detail",
    "show crypto ipsec sa peer 203.0.113.2",
    "show crypto map",
    "show crypto session",
    "show crypto session detail",
)


def device() -> Any:
    """A device of Genie's that runs nothing: it only chooses the parsers of IOS XE, which know these commands."""
    found = importlib.import_module("genie.conf.base").Device("R1", os="iosxe")
    found.custom.abstraction = {"order": ["os"]}
    return found


def main() -> int:
    """Bring a tunnel up and have each show read."""
    if importlib.util.find_spec("genie") is None:
        print("skipped: Genie is not installed")
        return 0
    pair, reader, failed = Pair(), device(), 0
    pair.ping()
    for command in COMMANDS:
        try:
            print(f"{command}: {json.dumps(reader.parse(command, output=pair.type(1, command)), default=str)}")
        except Exception as error:  # Genie's own exceptions cannot be named without it
            print(f"{command}: {type(error).__name__}: {error}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
