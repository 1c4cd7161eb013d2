"""`reload` and the startup configuration: what is saved comes back, and neighbours notice."""

from __future__ import annotations

import pytest

from iosim.sim.clock import SECOND
from tests.ios.network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def reload(network: Network, *answers: str) -> None:
    session = network["R1"].console()
    for line in ("reload", *answers):
        session.submit(line)
    network.sim.run(until=network.sim.now + 60 * SECOND)


def test_what_was_saved_comes_back(network: Network) -> None:
    network.configure("R1", "hostname SAVED", "interface Loopback7")
    network.type("R1", "write memory")
    network.configure("R1", "hostname LOST")
    reload(network, "no", "")
    assert network["R1"].console().prompt == "SAVED#"
    assert "Loopback7" in network.type("R1", "show ip interface brief")
    assert "System returned to ROM by reload" in network.type("R1", "show version")


def test_answering_yes_saves_first(network: Network) -> None:
    network.configure("R1", "hostname KEPT")
    reload(network, "yes", "")
    assert network["R1"].console().prompt == "KEPT#"


def test_an_unconfirmed_reload_changes_nothing(network: Network) -> None:
    network.configure("R1", "hostname STILL")
    reload(network, "no", "n")
    assert network["R1"].console().prompt == "STILL#"


def test_the_neighbour_sees_the_line_go_down_and_come_back(network: Network) -> None:
    network.type("R1", "write memory")
    reload(network, "")
    log = network.type("R2", "show logging")
    down = log.index("Line protocol on Interface GigabitEthernet0/0, changed state to down")
    assert "Line protocol on Interface GigabitEthernet0/0, changed state to up" in log[down:]
    assert "!!!!!" in network.type("R1", "ping 2.2.2.2")


def test_breaking_off_does_not_keep_the_router_down(network: Network) -> None:
    network.type("R1", "write memory")
    session = network["R1"].console()
    session.submit("reload")
    session.submit("")
    session.interrupt()
    network.sim.run(until=network.sim.now + 60 * SECOND)
    assert "!!!!!" in network.type("R1", "ping 2.2.2.2")


def test_erased_startup(network: Network) -> None:
    session = network["R1"].console()
    session.submit("write erase")
    session.submit("")
    assert network.type("R1", "show startup-config") == "startup-config is not present\n"
    reload(network, "no", "")
    assert session.prompt == "Router#"


def test_erasing_says_that_nvram_is_empty(network: Network) -> None:
    answer = network.type("R1", "write erase", "")
    assert answer.startswith("[OK]\nErase of nvram: complete\n")
    assert "%SYS-7-NV_BLOCK_INIT: Initialized the geometry of nvram\n" in answer


def test_a_question_wants_yes_or_no(network: Network) -> None:
    network.configure("R1", "hostname X")
    session = network["R1"].console()
    assert network.type("R1", "reload", "maybe") == "% Please answer 'yes' or 'no'.\n"
    assert session.prompt == "\nSystem configuration has been modified. Save? [yes/no]: "
    network.type("R1", "no", "n")


def test_a_reload_in_some_time(network: Network) -> None:
    answer = network.type("R1", "reload in 2 new image", "")
    assert answer.startswith("Reload scheduled for 00:02:30 UTC Fri Mar 1 2002 (in 2 minutes) by console\n")
    assert "Reload reason: new image\n" in answer
    assert "\n***\n*** --- SHUTDOWN in 0:02:00 ---\n***\n" in answer
    assert "Reload requested for 00:02:30 UTC Fri Mar 1 2002 at 00:00:30 UTC Fri Mar 1 2002 by console." in answer
    network.wait(65)
    shown = network.type("R1", "show reload")
    assert shown.startswith("Reload scheduled for 00:02:30 UTC Fri Mar 1 2002 (in 55 seconds) by console\n")
    network.wait(90)
    assert "System returned to ROM by reload" in network.type("R1", "show version")
    assert network.type("R1", "show reload") == "No reload is scheduled.\n"


def test_a_reload_at_a_time_can_be_cancelled(network: Network) -> None:
    assert "for 00:00:00 UTC Sat Mar 2 2002 (in 23 hours and 59 minutes)" in network.type("R1", "reload at 0:00", "")
    assert "*** --- SHUTDOWN ABORTED ---" in network.type("R1", "reload cancel")
    assert network.type("R1", "reload cancel") == "%No reload is scheduled.\n"
    assert "for 10:00:00 UTC Sun Dec 1 2002" in network.type("R1", "reload at 10:00 december 1 move", "n")
    assert network.type("R1", "reload at 10:00 feb 30") == "% Invalid date or time\n"
    assert network.type("R1", "reload in 0") == "% Invalid delay\n"
    network.wait(90000)
    assert "System returned to ROM by power-on" in network.type("R1", "show version")
