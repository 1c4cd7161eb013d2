"""What a router shows of itself as a machine; what it counts is true."""

from __future__ import annotations

import re

import pytest

from iosim.ios.features.machine.tech_support import PARTS

from .crypto_pair import Pair
from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def row(text: str, name: str) -> list[str]:
    """The words of the line that has a name in it."""
    return next(line for line in text.splitlines() if name in line).split()


def test_processes_have_been_called_as_often_as_there_was_work(network: Network) -> None:
    network.type("R1", "ping 10.0.0.2 repeat 7", "ping 10.0.0.2 repeat 3")
    network.type("PC1", "ping 2.2.2.2 repeat 2")
    printed = network.type("R1", "show processes cpu")
    assert printed.startswith("CPU utilization for five seconds: 0%/0%; one minute: 0%; five minutes: 0%\n")
    assert row(printed, "IP Input")[2] == str(7 + 3 + 4)
    assert row(printed, "IP Input")[2] in row(network.type("R1", "show processes"), "IP Input")
    assert row(printed, "CDP Protocol")[2] == "3"
    calls = [int(line[17:29]) for line in network.type("R1", "show processes cpu sorted").splitlines()[2:]]
    assert calls == sorted(calls, reverse=True) and calls[0] > 0
    assert network.type("R1", "show processes cpu | include CPU utilization").count("\n") == 1


def test_memory_adds_up(network: Network) -> None:
    printed = network.type("R1", "show memory statistics")
    total, used, free = map(int, row(printed, "Processor")[2:5])
    assert used + free == total
    processor, packets = re.findall(r"with (\d+)K/(\d+)K bytes", network.type("R1", "show version"))[0]
    assert (int(processor) * 1024, int(packets) * 1024) == (total, int(row(printed, "I/O")[2]))
    processes = network.type("R1", "show processes memory").splitlines()
    assert row(processes[0], "Pool") == [
        "Processor",
        "Pool",
        "Total:",
        str(total),
        "Used:",
        str(used),
        "Free:",
        str(free),
    ]
    assert sum(int(line.split()[4]) for line in processes[3:-1]) == used == int(processes[-1].split()[0])


def test_the_history_of_an_idle_processor(network: Network) -> None:
    printed = network.type("R1", "show processes cpu history")
    assert printed.startswith("\nR1   12:00:30 AM Friday Mar 1 2002 UTC\n\n")
    assert "\n     0....5....1....1....2....2....3....3....4....4....5....5....6\n" in printed
    assert "*" not in printed.replace("* = maximum", "")


def test_the_serial_number_is_one(network: Network) -> None:
    serial = row(network.type("R1", "show version"), "Processor board ID")[-1]
    assert network.type("R1", "show inventory") == (
        f'NAME: "iosim", DESCR: "iosim chassis, Hw Serial#: {serial}, Hw Revision: 1.0"\n'
        f"PID: iosim             , VID: 1.0  , SN: {serial}\n\n"
    )
    assert f"iosim:{serial}\n" in network.type("R1", "show license udi")
    assert serial in network.type("R1", "show diag")
    assert serial != row(network.type("R2", "show version"), "Processor board ID")[-1]


def test_show_version_follows_the_router(network: Network) -> None:
    network.wait(3660)
    printed = network.type("R1", "show version")
    assert "R1 uptime is 1 hour, 1 minute\n" in printed
    assert "2 Gigabit Ethernet interfaces\n" in printed


def test_show_version_counts_all_kinds_of_interfaces() -> None:
    network = pair("interface Serial0/0/0\ninterface Serial0/0/1\ninterface Ethernet1/0\n")
    printed = network.type("R1", "show version")
    assert "\n1 Ethernet interface\n" in printed and "\n2 Serial interfaces\n" in printed
    network.type("R1", "write memory", "reload", "")
    network.wait(61)
    assert "uptime is 1 minute\nSystem returned to ROM by reload\n" in network.type("R1", "show version")


def test_tech_support_is_the_sum_of_its_parts(network: Network) -> None:
    printed = network.type("R1", "terminal length 0", "show tech-support")
    assert re.findall(r"(?m)^-{18} (.*) -{18}$", printed) == list(PARTS)
    for command in PARTS:
        answer = network.type("R1", command)
        assert f"------------------ {command} ------------------\n\n{answer}" in printed, command
    assert network.type("R1", "show tech-support | include ^hostname") == "hostname R1\n"


def test_tech_support_gives_no_secrets_away() -> None:
    routers = Pair({1: "enable secret Kopernikus\nusername u password 0 Kopernikus1543\n"})
    printed = routers.type(1, "terminal length 0") + routers.type(1, "show tech-support")
    assert "crypto isakmp key <removed> address 203.0.113.2" in printed
    assert "username u password 0 <removed>\n" in printed and "enable secret 5 <removed>\n" in printed
    assert "Kopernikus" not in printed and "service password-encryption\n" in printed


def test_who_listens() -> None:
    made = Pair()
    assert re.search(r"17 +--listen-- +--any-- +500 ", made.type(1, "show ip sockets"))
    assert made.type(1, "show udp") == made.type(1, "show ip sockets")
    assert re.search(r" udp +\*:500 +\*:0 +ISAKMP +LISTEN\n", made.type(1, "show control-plane host open-ports"))


def test_ntp_is_not_synchronized(network: Network) -> None:
    assert (
        network.type("R1", "show ntp status") == network.type("R1", "show ntp associations") == "%NTP is not enabled.\n"
    )
    network.configure("R1", "ntp server 10.0.0.2")
    assert network.type("R1", "show ntp status").startswith("Clock is unsynchronized, stratum 16, no reference clock\n")
    assert " ~10.0.0.2        .INIT.          16 " in network.type("R1", "show ntp associations")
    network.configure("R1", "no ntp server 10.0.0.2")
    assert network.type("R1", "show ntp status") == "%NTP is not enabled.\n"


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("show ip protocols", "*** IP Routing is NSF aware ***\n"),
        ("show ip ssh", "SSH Disabled - version 1.99\n"),
        ("show ip http server status", "HTTP server status: Disabled\n"),
        ("show snmp", "%SNMP agent not enabled\n"),
        ("show spanning-tree", "No spanning tree instances exist.\n"),
        ("show boot", "BOOT variable = \n"),
        ("show calendar", "00:00:30 UTC Fri Mar 1 2002\n"),
        ("show environment", "Fan 1 OK"),
        ("show license", "Feature: securityk9 "),
    ],
)
def test_the_rest_answers(network: Network, command: str, part: str) -> None:
    assert part in network.type("R1", command)
