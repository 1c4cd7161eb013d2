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
