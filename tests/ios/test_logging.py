"""Time stamps of log lines, and the clock."""

from __future__ import annotations

import pytest

from tests.ios.network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


@pytest.mark.parametrize(
    ("command", "stamp"),
    [
        ("service timestamps log datetime msec", "*Mar  1 00:00:30.000: "),
        ("service timestamps log datetime", "*Mar  1 00:00:30: "),
        ("service timestamps log uptime", "00:00:30: "),
        ("service timestamps log", "00:00:30: "),
        ("no service timestamps log", ""),
    ],
)
def test_log_lines_are_stamped_as_configured(network: Network, command: str, stamp: str) -> None:
    printed = network.type("R1", "configure terminal", command, "end")
    assert printed.endswith(f"\n{stamp}%SYS-5-CONFIG_I: Configured from console by console\n")


def test_setting_the_clock_is_logged_and_ends_the_star(network: Network) -> None:
    printed = network.type("R1", "clock set 12:00:00 1 march 2026")
    assert printed == (
        "Mar  1 12:00:00.000: %SYS-6-CLOCKUPDATE: System clock has been updated from 00:00:30 UTC Fri Mar 1 2002 "
        "to 12:00:00 UTC Sun Mar 1 2026, configured from console by console.\n"
    )
    network.wait(61.5)
    assert network.type("R1", "show clock") == "12:01:01.500 UTC Sun Mar 1 2026\n"


@pytest.mark.parametrize(
    "wrong", ["25:00:00 1 march 2026", "12:00 1 march 2026", "12:00:00 31 feb 2026", "1:1:1 1 m 2026"]
)
def test_an_impossible_time_is_refused(network: Network, wrong: str) -> None:
    assert network.type("R1", f"clock set {wrong}") == "% Invalid date or time\n"
    assert network.type("R1", "show clock").startswith("*00:00:30")


def test_debug_lines_have_stamps_of_their_own(network: Network) -> None:
    network.configure("R1", "no service timestamps debug")
    printed: list[str] = []
    network.console("R1").output = printed.append
    network["R1"].syslog.debug("words")
    network["R1"].syslog.message("SYS-5-X", "words")
    assert printed == ["words\n", "*Mar  1 00:00:30.000: %SYS-5-X: words\n"]
