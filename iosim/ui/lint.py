"""`iosim lint`: what becomes of each line of configuration files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from iosim.ios.lint import STANDINGS, judge, totals
from iosim.ios.loader import REFUSED, Reading
from iosim.ios.text import decode, other_system
from iosim.ui.refusal import refusal
from iosim.ui.status import EXIT_CHECK_FAILED, EXIT_ERROR, EXIT_OK

COLUMNS = ("lines", *STANDINGS)


def lint_files(options: argparse.Namespace) -> int:
    """The `lint` command. A file that cannot be read is told of; the others are judged all the same."""
    readings: dict[str, list[Reading]] = {}
    unread = False
    for name in options.files:
        try:
            text = decode(Path(name).read_bytes())
        except (OSError, ValueError) as error:
            unread = True
            reason = error.strerror if isinstance(error, OSError) else error
            print(f"iosim: {name} cannot be read: {reason}", file=sys.stderr)
            continue
        readings[name] = list(judge(text))
        _tell_of_other_system(name, _refused(readings[name]))
    counts = {name: totals(of) for name, of in readings.items()}
    total = totals(reading for of in readings.values() for reading in of)
    if options.json:
        print(json.dumps(_document(total, counts, readings), indent=2))
    else:
        _print(total, counts, readings)
    if unread:
        return EXIT_ERROR
    return EXIT_CHECK_FAILED if total[REFUSED] else EXIT_OK


def _tell_of_other_system(name: str, refused: list[Reading]) -> None:
    """A word on standard error about a file that is not for IOS at all."""
    for line in refused:
        if system := other_system(line.text):
            print(f"iosim: {name}: line {line.line} is of a configuration for {system}, not for IOS", file=sys.stderr)
            return


def _document(
    total: dict[str, int], counts: dict[str, dict[str, int]], readings: dict[str, list[Reading]]
) -> dict[str, Any]:
    return {
        "total": total,
        "files": {
            name: {**counts[name], "refused_lines": [[of.line, of.text, of.message] for of in _refused(readings[name])]}
            for name in readings
        },
    }


def _refused(readings: list[Reading]) -> list[Reading]:
    return [reading for reading in readings if reading.standing == REFUSED]


def _print(total: dict[str, int], counts: dict[str, dict[str, int]], readings: dict[str, list[Reading]]) -> None:
    for name, of in readings.items():
        for line in _refused(of):
            print(refusal(f"{name}:{line.line}: refused: ", line.text, line.message))
    rows = [(name, *(count[column] for column in COLUMNS)) for name, count in counts.items()]
    if len(rows) > 1:
        rows.append(("total", *(total[column] for column in COLUMNS)))
    if sys.stdout.isatty():
        _print_rich(rows)
    elif rows:
        _print_plain([("file", *COLUMNS), *rows])


def _print_plain(rows: list[tuple[Any, ...]]) -> None:
    width = max(len(row[0]) for row in rows)
    for name, *numbers in rows:
        print(f"{name:{width}}" + "".join(f"{number:>9}" for number in numbers))


def _print_rich(rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("file")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for name, *numbers in rows:
        table.add_row(escape(name), *map(str, numbers))
    Console(highlight=False).print(table)
