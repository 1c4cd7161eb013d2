"""` --More-- `: which key shows how much, and histories that are as long as they are told to be."""

from __future__ import annotations

import pytest

from tests.ios.network import Network, pair
from tests.ios.screen import Screen

CONFIG = "\n".join(f"ip route 5.0.{number}.0 255.255.255.0 Null0" for number in range(30))


@pytest.fixture
def network() -> Network:
    return pair(CONFIG + "\n")


def routes(screen: Screen) -> list[int]:
    """The numbers of the routes that the screen has shown."""
    return [int(line.split(".")[2]) for line in screen.lines if line.startswith("ip route 5.0.")]


def shown(network: Network, *keys: str, length: int = 11) -> Screen:
    return Screen(network, length=length).type("show running-config | include Null0\r", *keys)


def test_a_page_leaves_a_row_for_the_prompt(network: Network) -> None:
    screen = shown(network)
    assert (routes(screen), screen.row) == ([*range(10)], " --More--")


@pytest.mark.parametrize(
    ("keys", "numbers"),
    [
        (" ", [*range(20)]),
        ("\r", [*range(11)]),
        (" \r\r", [*range(22)]),
        ("/5\\.0\\.2[0-9]\r", [*range(10), *range(20, 30)]),
        ("+\\.[12]5\\.\r", [*range(10), 15, 25]),
        ("-\\.1.\\.\r", [*range(10), *range(20, 30)]),
        ("/5\\.0\\.x\x7f2[0-9]\r", [*range(10), *range(20, 30)]),
        ("/(\r ", [*range(20)]),
    ],
)
def test_keys(network: Network, keys: str, numbers: list[int]) -> None:
    assert routes(shown(network, *keys)) == numbers


@pytest.mark.parametrize("key", ["q", "Q", "x", "\x03", "\x1a", "\x1e", "\x1b[A", "?", "\t"])
def test_any_other_key_ends_it(network: Network, key: str) -> None:
    screen = shown(network, key)
    assert (screen.marked, routes(screen)) == ("R1#_", [*range(10)])


def test_the_last_page_does_not_wait(network: Network) -> None:
    screen = shown(network, " ", " ")
    assert (routes(screen), screen.row) == ([*range(30)], "R1#")


def test_length_0_never_waits_and_long_lines_count_as_the_rows_that_they_take(network: Network) -> None:
    assert routes(shown(network, length=0)) == [*range(30)]
    screen = Screen(network, length=11, width=20)
    screen.type("terminal width 20\r", "show running-config | include Null0\r")
    assert routes(screen) == [*range(5)]


def test_terminal_length_and_width_are_of_the_session(network: Network) -> None:
    screen = Screen(network, length=30)
    screen.type("terminal length 0\r", "terminal width 132\r", "show terminal\r")
    assert "Length: 0 lines, Width: 132 columns" in screen.lines
    screen.type("terminal no width\r", "terminal no length\r", "show terminal\r")
    assert screen.lines.count("Length: 30 lines, Width: 80 columns") == 1
    screen.type("terminal length 5\r", "exit\r", "\r", "show terminal\r")
    assert screen.lines.count("Length: 30 lines, Width: 80 columns") == 2


def test_a_script_pages_when_it_asks_for_it(network: Network) -> None:
    printed = network.type("R1", "show running-config | include Null0")
    assert printed.count("\n") == 30
    printed = network.type("R1", "terminal length 11", "show running-config | include Null0")
    assert printed.count("\n") == 10
    assert network.console("R1").prompt == " --More-- "
    assert network.type("R1", "").count("\n") == 1
    assert network.type("R1", " ").count("\n") == 10
    assert network.type("R1", "/5.0.29").splitlines() == [
        "/5.0.29",
        "filtering...",
        "ip route 5.0.29.0 255.255.255.0 Null0",
    ]
    network.type("R1", "show running-config | include Null0")
    assert network.type("R1", "show privilege") == "Current privilege level is 15\n"
    network.type("R1", "show running-config | include Null0")
    assert network.type("R1", "q") == ""
    assert network.console("R1").prompt == "R1#"


def test_the_history_has_a_size(network: Network) -> None:
    network.type("R1", "terminal history size 3", *(f"show clock | include {number}" for number in range(5)))
    lines = network.type("R1", "show history").splitlines()
    assert lines == ["  show clock | include 3", "  show clock | include 4", "  show history"]
    assert network.type("R1", "terminal no history", "show history") == ""
    assert "History is disabled." in network.type("R1", "show terminal")
    network.type("R1", "terminal history")
    assert network.type("R1", "show history").splitlines() == ["  show history"]
    assert "history size is 20" in network.type("R1", "show terminal")


def test_how_long_a_session_lasts(network: Network) -> None:
    network.type("R1", "exit")
    network.wait(100)
    network.type("R1", "")
    network.wait(65)
    shown = network.type("R1", "show terminal")
    assert "Time since activation: 00:01:05\n" in shown and "9600/9600, no parity" in shown
