"""The `iosim` command: arguments, exit statuses, and one clear message for whatever a user can get wrong.

What a subcommand needs is imported when it runs, so that a headless run never loads the interactive console.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from iosim.ui.failures import Failures
from iosim.ui.status import EXIT_ERROR, EXIT_FAILURE, EXIT_INTERRUPTED, UsageError

LOG_LEVELS = ("debug", "info", "warning", "error")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status (see docs/command-line.md)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever is in a configuration can be shown
    gc.disable()  # a start makes a lot, and hardly any garbage
    failures = Failures()
    try:
        options = build_parser().parse_args(arguments, argparse.Namespace(failures=failures))
        run: Callable[[argparse.Namespace], int] = options.run
        if options.log_level is not None:
            _log_to_stderr(options.log_level)
        status = run(options)
        sys.stdout.flush()
    except UsageError as error:
        print(f"iosim: {error}", file=sys.stderr)
        return EXIT_ERROR
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        gc.enable()
        failures.report()
    return EXIT_FAILURE if failures else status


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="iosim", description="IOS routers and their VPNs, simulated byte for byte.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = _common_options()

    run = commands.add_parser("run", parents=[common], help="a console at the nodes of a lab, in real time")
    run.add_argument("lab", metavar="LAB", help=LAB_HELP)
    run.add_argument("--node", help="the node to begin at (default: the first of the lab)")
    run.add_argument("--speed", type=_speed, default=1.0, help="simulated seconds a second (default: 1)")
    run.set_defaults(run=_run)

    execute = commands.add_parser("exec", parents=[common], help="run commands in simulated time, print a transcript")
    execute.add_argument("lab", metavar="LAB", help=LAB_HELP)
    for option, read, metavar, text in SCRIPT_OPTIONS:
        execute.add_argument(option, dest="script", action="extend", type=read, metavar=metavar, help=text)
    execute.set_defaults(run=_exec, script=[])

    check = commands.add_parser("check", parents=[common], help="run the checks of labs")
    check.add_argument("labs", metavar="LAB", nargs="+", help=LAB_HELP)
    check.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML too")
    check.set_defaults(run=_check)

    lint = commands.add_parser("lint", help="what becomes of each line of configurations, without a lab")
    lint.add_argument("files", metavar="FILE", nargs="+", help="a configuration of a router")
    lint.add_argument("--json", action="store_true", help="print the result as JSON")
    lint.add_argument("--log-level", choices=LOG_LEVELS, help=LOG_HELP)
    lint.set_defaults(run=_lint)
    return parser


LOG_HELP = "tell on standard error what the program does"
LAB_HELP = "a lab file, a folder with lab.yaml, or the name of a bundled lab"


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, help="the seed of all randomness (default: that of the lab file)")
    common.add_argument("--pcap", type=Path, metavar="FILE", help="capture every link end into a pcapng file")
    common.add_argument("--keys", type=Path, metavar="DIR", help="write the keys of the run as Wireshark's own files")
    common.add_argument("--log-level", choices=LOG_LEVELS, help=LOG_HELP)
    return common


def _run(options: argparse.Namespace) -> int:
    from iosim.ui.console import run_lab

    return run_lab(options)


def _exec(options: argparse.Namespace) -> int:
    from iosim.ui.transcript import exec_lab

    return exec_lab(options)


def _check(options: argparse.Namespace) -> int:
    from iosim.ui.check import check_labs

    return check_labs(options)


def _lint(options: argparse.Namespace) -> int:
    from iosim.ui.lint import lint_files

    gc.enable()
    return lint_files(options)


def _read(name: str) -> list[str]:
    """The lines of a script file."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise argparse.ArgumentTypeError(f"{name} cannot be read: {reason}") from None
    return text.splitlines()


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed <= 1e6:
        raise argparse.ArgumentTypeError(f"{text} should be a number, more than 0 and at most 1000000")
    return speed


def _log_to_stderr(level: str) -> None:
    import logging

    logging.basicConfig(level=level.upper(), format="iosim: %(message)s", stream=sys.stderr)


SCRIPT_OPTIONS = (
    ("-c", str.splitlines, "'NODE: COMMAND'", "a line to run; may be repeated"),
    ("-f", _read, "FILE", "a file of such lines; - is standard input"),
)
"""Both add to one script, in the order in which they are given."""


if __name__ == "__main__":
    sys.exit(main())
