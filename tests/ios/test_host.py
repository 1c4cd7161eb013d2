"""The command line of a host."""

from __future__ import annotations

import pytest

from iosim.ios.host import Host
from iosim.sim.clock import Simulator
from iosim.sim.link import Port
from iosim.wire.address import parse_address

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def test_ping_leaves_by_the_gateway(network: Network) -> None:
    assert network.console("PC1").prompt == "PC1> "
    assert "(5/5)" in network.type("PC1", "ping 2.2.2.2")


def test_without_a_gateway_only_neighbours_are_reached() -> None:
    network = Network()
    network.host("PC1", "10.0.0.1/24")
    network.host("PC2", "10.0.0.2/24")
    network.link("PC1:eth0", "PC2:eth0")
    network.start()
    assert "(5/5)" in network.type("PC1", "ping 10.0.0.2")
    assert "(0/1)" in network.type("PC1", "ping 10.0.1.2 repeat 1")


def test_ip_and_arp(network: Network) -> None:
    network.type("PC1", "ping 192.168.1.1")
    printed = network.type("PC1", "ip")
    assert "eth0 is up" in printed
    assert "192.168.1.10/24" in printed
    assert "gateway 192.168.1.1" in printed
    assert "192.168.1.1 " in network.type("PC1", "arp")


def test_a_host_does_not_forward(network: Network) -> None:
    network.configure("R1", "ip route 9.0.0.0 255.0.0.0 192.168.1.10")
    assert "\n.\n" in network.type("R1", "ping 9.9.9.9 repeat 1")


def test_errors_are_those_of_ios(network: Network) -> None:
    assert network.type("PC1", "configure") == f"{' ' * 5}^\n% Invalid input detected at '^' marker.\n\n"
    assert network.type("PC1", "ping nowhere") == "% Unrecognized host or address, or protocol not running.\n"
    assert network.type("PC1", "") == ""


def test_only_eth0_takes_a_cable() -> None:
    host = Host(Simulator(), "PC1", parse_address("10.0.0.1"), 24, None)
    with pytest.raises(KeyError):
        host.attach("eth1", Port("x"))
    assert "eth0 is down" in output_of(host, "ip")


def output_of(host: Host, line: str) -> str:
    printed: list[str] = []
    host.console().output = printed.append
    host.console().submit(line)
    return "".join(printed)
