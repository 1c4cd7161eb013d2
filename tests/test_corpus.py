"""The report over a folder of configurations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TASKS = Path(__file__).parents[1] / "tasks.py"


def test_the_report_counts_by_mode_and_names_what_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r1.cfg").write_text(
        "hostname R1\nredundancy\nlogin delay 3\ninterface Loopback0\n frob 1.2.3.4 5\n"
        "R1#show ip os nei\nNeighbor ID     Pri   State\n"
    )
    (tmp_path / "asa.cfg").write_text("ASA Version 9.1\nhostname fw\n")
    (tmp_path / "README.md").write_text("no configuration\n")
    result = subprocess.run([sys.executable, str(TASKS), "corpus", str(tmp_path)], capture_output=True, text=True)
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[1:4] == [
        ["config", "4", "100.00%", "2", "1", "1", "0"],
        ["config_if", "1", "0.00%", "0", "0", "0", "1"],
        ["all", "5", "80.00%", "2", "1", "1", "1"],
    ]
    assert "     1  config_if: frob N N" in result.stdout.splitlines()
    assert result.stdout.endswith(
        "not counted: 2 lines that are exec commands and their output, and 1 files\n"
        "  asa.cfg: a configuration for Cisco ASA\n"
    )


def test_the_report_over_shapes_names_those_that_no_line_fits(tmp_path: Path) -> None:
    table = tmp_path / "shapes.tsv"
    rows = [
        ("global", "hostname <word>", 40),
        ("interface (physical/other)", "ip address <ip> <ip>", 30),
        ("router ospf", "network <ip> <ip> area <int>", 20),
        ("other-sub", "dns-server <ipv6>", 9),
        ("global", "frobnicate <int>", 7),
        ("line", "ip address <ip>", 2),
        ("asa-object", "host <ip>", 5),
    ]
    table.write_text("mode\tshape\tfiles\n" + "".join(f"{mode}\t{shape}\t{files}\n" for mode, shape, files in rows))
    result = subprocess.run([sys.executable, str(TASKS), "shapes", str(table)], capture_output=True, text=True)
    refused, _, summary = result.stdout.partition("\n\n")
    assert refused == "    7  global: frobnicate <int>"
    assert [row.split() for row in summary.splitlines()[1:5]] == [
        ["1", "0", "0"],
        ["2", "1", "1"],
        ["3+", "2", "1"],
        ["10+", "3", "0"],
    ]


def test_the_round_trip_names_what_is_not_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "r1.cfg").write_text("hostname R1\ninterface Loopback0\n ip address 1.1.1.1 255.255.255.255\n")
    command = [sys.executable, str(TASKS), "round-trip", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "1 files, 1 read again as they were written, 0 not\n")
