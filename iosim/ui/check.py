"""`iosim check`: runs the checks of labs and prints a table of what came of them."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from iosim.lab.checks import Checker, CheckResult
from iosim.lab.junit import junit_xml
from iosim.ui.lab import read_lab, running, start
from iosim.ui.status import EXIT_CHECK_FAILED, EXIT_OK, UsageError

VERDICTS = {True: "[green]passed[/]", False: "[red]FAILED[/]"}


def check_labs(options: argparse.Namespace) -> int:
    """The `check` command."""
    labs = [read_lab(reference) for reference in options.labs]
    if len(labs) > 1 and (options.pcap or options.keys):
        raise UsageError("--pcap and --keys take one lab at a time")
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 1000  # a pipe has no edge to wrap at
    results: list[tuple[str, list[CheckResult]]] = []
    for lab in labs:
        with running(lab, options) as network:
            checker = Checker(network)
            start(network)
            with _progress(console, lab.name):
                results.append((lab.name, list(checker.run())))
        if not lab.checks:
            raise UsageError(f"{lab.file}: the lab has no checks")
        print_table(console, *results[-1])
    if options.junit is not None:
        try:
            options.junit.write_bytes(junit_xml(results))
        except OSError as error:
            raise UsageError(f"{options.junit} cannot be written: {error.strerror}") from None
    return EXIT_OK if all(check.passed for _, checks in results for check in checks) else EXIT_CHECK_FAILED


def print_table(console: Console, lab: str, results: list[CheckResult]) -> None:
    """One row a check, then what the terminal showed for those that failed."""
    console.print(f"[bold]{escape(lab)}[/]")
    table = Table("check", "result", "found")
    for result in results:
        table.add_row(escape(result.name), VERDICTS[result.passed], escape(result.detail))
    console.print(table)
    for result in results:
        if not result.passed and result.output:
            console.print(f"[bold]{escape(result.name)}[/] printed:")
            console.print(result.output.rstrip("\n"), markup=False)


def _progress(console: Console, name: str) -> AbstractContextManager[object]:
    """A spinner on a terminal, nothing in a pipe."""
    return console.status(f"checking {escape(name)}") if console.is_terminal else nullcontext()
