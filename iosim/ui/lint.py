"""`iosim lint`: what becomes of each line of configuration files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from iosim.ios.kinds import other_system
from iosim.ios.lint import STANDINGS, Verdict, judge, stretches, totals
from iosim.ios.text import decode
from iosim.ui.refusal import refusal
from iosim.ui.status import EXIT_CHECK_FAILED, EXIT_ERROR, EXIT_OK

COLUMNS = ("lines", *STANDINGS)


def lint_files(options: argparse.Namespace) -> int:
    """The `lint` command. A file that cannot be read is told of; the others are judged all the same."""
    verdicts: dict[str, Verdict] = {}
    unread = False
    for name in options.files:
        try:
            verdicts[name] = judge(decode(Path(name).read_bytes()))
        except (OSError, ValueError) as error:
            unread = True
            reason = error.strerror if isinstance(error, OSError) else error
            print(f"iosim: {name} cannot be read: {reason}", file=sys.stderr)
            continue
        _tell_of_kind(name, verdicts[name])
    total = totals(line for verdict in verdicts.values() if verdict.kind is None for line in verdict.lines)
    if options.json:
        print(json.dumps({"total": total, "files": {name: _document(of) for name, of in verdicts.items()}}, indent=2))
    else:
        _print(total, verdicts)
    if unread:
        return EXIT_ERROR
    return EXIT_CHECK_FAILED if any(of.refused for of in verdicts.values()) else EXIT_OK


def _tell_of_kind(name: str, verdict: Verdict) -> None:
    """A word on standard error about a file that is not for IOS at all, or has lines that are not."""
    for line in verdict.refused:
        if system := other_system(line.text):
            print(f"iosim: {name}: line {line.line} is of a configuration for {system}, not for IOS", file=sys.stderr)
            return


def _document(verdict: Verdict) -> dict[str, Any]:
    """A file in JSON; `kind` and `other_lines` stand only where the file, or some of its lines, are something else."""
    document: dict[str, Any] = {
        **totals(verdict.lines),
        "refused_lines": [[of.line, of.text, of.message] for of in verdict.refused],
    }
    if verdict.kind is not None:
        document["kind"] = verdict.kind
    if verdict.beside:
        document["other_lines"] = [list(stretch) for stretch in stretches(verdict.beside)]
    return document


def _print(total: dict[str, int], verdicts: dict[str, Verdict]) -> None:
    for name, verdict in verdicts.items():
        for line in verdict.refused:
            print(refusal(f"{name}:{line.line}: refused: ", line.text, line.message))
    ours = {name: totals(of.lines) for name, of in verdicts.items() if of.kind is None}
    rows = [(name, *(count[column] for column in COLUMNS)) for name, count in ours.items()]
    if len(rows) > 1:
        rows.append(("total", *(total[column] for column in COLUMNS)))
    if sys.stdout.isatty():
        _print_rich(rows)
    elif rows:
        _print_plain([("file", *COLUMNS), *rows])
    for name, verdict in verdicts.items():
        if verdict.kind is not None:
            print(f"{name}: not counted, it is {verdict.kind}")


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
