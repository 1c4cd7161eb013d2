"""Which messages go where, by severity, and what `show logging` says of it."""

from __future__ import annotations

import re

import pytest

from iosim.ios.session import Session
from tests.ios.network import Network, pair

LEVELS = {0: "emergencies", 3: "errors", 4: "warnings", 5: "notifications", 6: "informational", 7: "debugging"}


@pytest.fixture
def network() -> Network:
    network = pair()
    network.type("R1", "show clock")  # somebody sits at the console
    return network


def shown(network: Network) -> list[int]:
    """The severities that the console shows when there is one message of each."""
    return [int(found) for found in re.findall(r"%TEST-(\d)", "".join(heard(network)))]


def heard(network: Network) -> list[str]:
    printed: list[str] = []
    network.console("R1").output = printed.append
    for severity in range(8):
        network["R1"].syslog.message(f"TEST-{severity}-WORD", "words")
    return printed


def state(network: Network, place: str) -> str:
    """What `show logging` says of a place, without its details."""
    found = re.search(rf" {place} logging: +(.*)", network.type("R1", "show logging"))
    assert found is not None
    return found.group(1).removesuffix(", xml disabled,")


def kept(network: Network) -> list[int]:
    """The severities in the buffer."""
    return [int(found) for found in re.findall(r"%TEST-(\d)", network.type("R1", "show logging"))]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("by_name", [False, True])
def test_severities_are_filtered(network: Network, level: int, by_name: bool) -> None:
    word = LEVELS[level] if by_name else str(level)
    network.configure("R1", f"logging console {word}", f"logging buffered {word}")
    assert shown(network) == [*range(level + 1)]
    assert kept(network) == [*range(level + 1)]
    assert state(network, "Console").startswith(f"level {LEVELS[level]}, ")


def test_debug_output_is_of_severity_7(network: Network) -> None:
    network.configure("R1", "logging console informational")
    printed: list[str] = []
    network.console("R1").output = printed.append
    network["R1"].syslog.debug("unheard")
    assert printed == []
    assert "unheard" in network.type("R1", "show logging")


def test_counters_are_of_what_was_passed_on(network: Network) -> None:
    before = [int(state(network, place).split()[2]) for place in ("Console", "Buffer", "Trap")]
    network.configure("R1", "logging console 4", "logging buffered 6", "logging trap 2")  # its end is a message of 5
    heard(network)
    after = [int(state(network, place).split()[2]) for place in ("Console", "Buffer", "Trap")]
    assert [one - other for one, other in zip(after, before, strict=True)] == [5, 8, 3]


def test_a_console_that_nobody_looks_at_counts_too() -> None:
    network = pair()
    heard_by_nobody = network["R2"].syslog.console.logged
    assert heard_by_nobody > 0
    assert f"Console logging: level debugging, {heard_by_nobody} messages" in network.type("R2", "show logging")


def test_places_are_shut(network: Network) -> None:
    network.configure("R1", "no logging console", "no logging buffered", "no logging monitor", "no logging trap")
    assert shown(network) == [] and kept(network) == []
    assert {state(network, place) for place in ("Console", "Monitor", "Buffer", "Trap")} == {"disabled"}
    network.configure("R1", "logging console", "logging buffered", "logging monitor", "logging trap")
    assert shown(network) == [*range(8)] == kept(network)
    assert state(network, "Trap").startswith("level informational")


def test_without_logging_the_console_alone_has_messages(network: Network) -> None:
    network.configure("R1", "no logging on")
    assert shown(network) == [*range(8)] and kept(network) == []
    assert "Syslog logging: disabled" in network.type("R1", "show logging")


def test_the_buffer_has_a_size(network: Network) -> None:
    network.configure("R1", "logging buffered 4096")
    for number in range(200):
        network["R1"].syslog.message("TEST-5-WORD", f"message {number}")
    log = network.type("R1", "show logging")
    buffer = log.split("Log Buffer (4096 bytes):\n\n")[1]
    assert 4000 < len(buffer) <= 4096
    assert buffer.endswith("message 199\n") and "message 100\n" not in buffer


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (["logging buffered 16384"], ["logging buffered 16384"]),
        (["logging buffered warnings"], ["logging buffered warnings"]),
        (["logging buffered 16384 4"], ["logging buffered 16384 warnings"]),
        (["logging buffered 16384", "logging buffered 6"], ["logging buffered 16384 informational"]),
        (["logging buffered 16384", "logging buffered"], []),
        (["logging buffered 16384", "no logging buffered"], ["no logging buffered"]),
        (["logging console critical"], ["logging console critical"]),
        (["logging console 7"], []),
        (["no logging console", "default logging console"], []),
        (["logging monitor 3"], ["logging monitor errors"]),
        (["no logging on"], ["no logging on"]),
        (["logging trap debugging"], ["logging trap debugging"]),
        (["logging rate-limit 100 except warnings"], ["logging rate-limit 100 except warnings"]),
        (["logging host 10.0.0.5", "logging facility local6"], ["logging facility local6", "logging host 10.0.0.5"]),
        (["logging source-interface Loopback0"], ["logging source-interface Loopback0"]),
        (["service timestamps log"], []),
    ],
)
def test_it_is_written_as_ios_writes_it(network: Network, typed: list[str], written: list[str]) -> None:
    assert network.configure("R1", *typed) == ""
    assert [line for line in network.running("R1") if "logging" in line] == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("logging synchronous", " logging synchronous"),
        ("logging synchronous level 5 limit 50", " logging synchronous level 5 limit 50"),
        ("logging synchronous level all", " logging synchronous level all"),
    ],
)
def test_logging_synchronous_works_and_is_written(network: Network, typed: str, written: str) -> None:
    network.configure("R1", "line console 0", typed)
    assert written in network.running("R1")
    assert "synchronous" not in network.type("R1", "show iosim unsupported")
    least = {"level 5": 5, "level all": 0}.get(" ".join(typed.split()[2:4]), 2)
    assert [network.console("R1").synchronous(severity) for severity in range(8)] == [n >= least for n in range(8)]


def test_messages_are_numbered(network: Network) -> None:
    network.configure("R1", "service sequence-numbers")
    first, second = heard(network)[:2]
    assert re.fullmatch(r"\d{6}: \*Mar  1 00:00:30.000: %TEST-0-WORD: words\n", first)
    assert int(second[:6]) == int(first[:6]) + 1
    assert "service sequence-numbers" in network.running("R1")


class Remote(Session):
    """A session at a line that is no console."""

    is_console = False


def test_other_terminals_have_messages_when_they_ask_for_them(network: Network) -> None:
    router = network["R1"]
    remote = Remote(router)
    router.sessions.append(remote)
    printed: list[str] = []
    remote.output = printed.append
    heard(network)
    assert printed == []
    remote.submit("terminal monitor")
    network.configure("R1", "logging monitor 3")
    printed.clear()
    heard(network)
    assert len(printed) == 4
    assert state(network, "Monitor").startswith("level errors, 4 messages logged")
    remote.submit("terminal no monitor")
    printed.clear()
    heard(network)
    assert printed == []
    assert network.type("R1", "terminal monitor") == "% Console already monitors\n"
