"""What the results of IP SLA operations set off, and the history that is kept of them."""

from __future__ import annotations

import pytest

from iosim.ios.features.sla.config import Reaction
from iosim.ios.features.sla.operation import Outcome
from iosim.ios.features.sla.reaction import Watch

from .network import Network, pair

OPERATION = (
    "ip sla logging traps",
    "ip sla 1",
    "icmp-echo 10.0.0.2",
    "frequency 5",
    "timeout 1000",
    "history lives-kept 1",
    "history buckets-kept 3",
)
START = "ip sla schedule 1 life forever start-time now"
LOST, BACK = ("access-list 100 deny icmp any any", "interface gi0/0", "ip access-group 100 in"), ("no access-list 100",)


def reacting(*lines: str) -> Network:
    network = pair(delay=2000)
    network.configure("R1", *OPERATION, "history filter all", "exit", *lines, START)
    network.wait(11)
    network.type("R1", "terminal length 0")
    return network


def messages(network: Network) -> list[str]:
    lines = network.type("R1", "show logging").splitlines()
    return [line[line.index("%RTT") :] for line in lines if "%RTT" in line]


def test_a_timeout_is_told_when_it_occurs_and_when_it_is_over() -> None:
    said = "ip sla reaction-configuration 1 react timeout action-type trapOnly threshold-type consecutive 2"
    network = reacting(said)
    assert said in network.running("R1")
    network.configure("R2", *LOST)
    network.wait(5)
    assert messages(network) == []
    network.wait(7)
    assert messages(network) == ["%RTT-3-IPSLATHRESHOLD: IP SLAs(1): Threshold Occurred for timeout"]
    network.wait(20)
    network.configure("R2", *BACK)
    network.wait(15)
    assert messages(network)[1:] == ["%RTT-3-IPSLATHRESHOLD: IP SLAs(1): Threshold Cleared for timeout"]


@pytest.mark.parametrize(
    "lines",
    [
        ["ip sla reaction-configuration 1 react timeout action-type trapOnly"],
        ["ip sla reaction-configuration 1 react timeout threshold-type immediate"],
        ["ip sla reaction-configuration 1 react timeout action-type triggerOnly threshold-type immediate"],
        [
            "ip sla reaction-configuration 1 react timeout action-type trapOnly threshold-type immediate",
            "no ip sla logging traps",
        ],
        [
            "ip sla reaction-configuration 1 react timeout action-type trapOnly threshold-type immediate",
            "no ip sla reaction-configuration 1",
        ],
    ],
)
def test_nothing_is_told_without_a_type_an_action_or_the_log(lines: list[str]) -> None:
    network = reacting(*lines)
    network.configure("R2", *LOST)
    network.wait(30)
    assert messages(network) == []


def test_slow_answers_exceed_a_threshold() -> None:
    said = "ip sla reaction-configuration 1 react rtt action-type trapAndTrigger threshold-type immediate"
    said += " threshold-value 3 2"
    network = reacting(said)
    assert messages(network) == ["%RTT-3-IPSLATHRESHOLD: IP SLAs(1): Threshold exceeded for rtt"]
    assert network.type("R1", "show ip sla reaction-configuration 1").splitlines() == [
        "Entry number: 1",
        "Index: 1",
        "Reaction: rtt",
        "Threshold Type: Immediate",
        "Rising (milliseconds): 3",
        "Falling (milliseconds): 2",
        "Threshold CountX: 5",
        "Threshold CountY: 5",
        "Action Type: Trap and trigger",
    ]
    network.configure("R1", "no ip sla 1", "ip sla 1")
    assert network.type("R1", "show ip sla reaction-configuration") == (
        "Entry number: 1\nReaction Configuration not configured\n"
    )


@pytest.mark.parametrize(
    ("type_", "count", "times", "changes"),
    [
        ("immediate", (), [10, 99, 99, 60, 10, 99], [1, 4, 5]),
        ("consecutive", (2,), [99, 10, 99, 99, 10, 10], [3, 5]),
        ("consecutive", (), [99] * 5, [4]),
        ("xofy", (2, 4), [99, 10, 10, 99, 10, 10], [3, 5]),
        ("average", (2,), [99, 59, 59, 99, 99, 10, 10], [4, 6]),
        ("never", (), [99, 99], []),
        (None, (), [99, 99], []),
    ],
)
def test_when_a_reaction_occurs_and_clears(
    type_: str | None, count: tuple[int, ...], times: list[int], changes: list[int]
) -> None:
    """Between the bounds, 80 and 40 ms, nothing changes."""
    watch = Watch(Reaction(1, "rtt", 80, 40, type_, count))
    assert [at for at, time in enumerate(times) if watch.take(Outcome("OK", time))] == changes


def test_the_latest_results_are_kept() -> None:
    network = reacting()
    rows = [line.split() for line in network.type("R1", "show ip sla history 1").splitlines()[-3:]]
    assert [(row[2], row[3], *row[5:]) for row in rows] == [
        ("1", "1", "8", "1", "10.0.0.2"),
        ("2", "2", "4", "1", "10.0.0.2"),
        ("3", "3", "4", "1", "10.0.0.2"),
    ]
    network.configure("R2", *LOST)
    network.wait(10)
    rows = [line.split() for line in network.type("R1", "show ip sla history").splitlines()[-2:]]
    assert [row[5:7] for row in rows] == [["0", "4"], ["0", "4"]]
    assert "   History Filter Type: All\n" in network.type("R1", "show ip sla configuration 1")
    assert "Every line" in network.type("R1", "show iosim unsupported")


@pytest.mark.parametrize(("kept", "count"), [("none", 0), ("failures", 0), ("overThreshold", 0), ("all", 3)])
def test_a_filter_chooses(kept: str, count: int) -> None:
    network = pair(delay=2000)
    network.configure("R1", *OPERATION, f"history filter {kept}", "exit", START)
    network.wait(11)
    network.type("R1", "terminal length 0")
    assert network.type("R1", "show ip sla history").count("10.0.0.2") == count


def test_there_is_no_reaction_without_an_operation() -> None:
    said = pair().configure("R1", "ip sla reaction-configuration 7 react timeout")
    assert said == "%Entry not configured\n"


def test_how_many_operations_there_are() -> None:
    network = reacting("ip sla 2", "icmp-echo 10.0.0.2")
    shown = network.type("R1", "show ip sla application")
    assert (
        "Number of Entries configured  : 2\nNumber of active Entries      : 1\nNumber of pending Entries     : 1\n"
        in shown
    )
    assert shown.endswith("Time of last change in whole IP SLAs: 00:00:30.000 UTC Fri Mar 1 2002\n")


def test_debug_tells_of_each_run() -> None:
    network = reacting("ip sla 2", "icmp-echo 10.0.0.99", "timeout 1000", "frequency 5", "exit")
    network.configure("R1", "ip sla schedule 2 start-time now")
    network.type("R1", "debug ip sla trace 1")
    network.wait(5)
    network.configure("R2", *LOST)
    network.wait(6)
    network.type("R1", "undebug all")
    network.wait(10)
    lines = [line.split(": ", 1)[1] for line in network.type("R1", "show logging").splitlines() if "_TRACE" in line]
    start = [
        "IPSLA-INFRA_TRACE:OPER:1 slaSchedulerEventWakeup",
        "IPSLA-INFRA_TRACE:OPER:1 Starting an operation",
        "IPSLA-OPER_TRACE:OPER:1 source IP:10.0.0.1",
        "IPSLA-OPER_TRACE:OPER:1 Starting icmpecho operation - destAddr=10.0.0.2, sAddr=10.0.0.1",
        "IPSLA-OPER_TRACE:OPER:1 Sending ID: 1",
    ]
    end = "IPSLA-INFRA_TRACE:OPER:1 Updating result"
    assert lines == [
        *start,
        "IPSLA-OPER_TRACE:OPER:1 RTT=4 OK",
        end,
        *start,
        "IPSLA-OPER_TRACE:OPER:1 Timeout - destAddr=10.0.0.2, sAddr=10.0.0.1",
        end,
    ]
