"""`traceroute`; the layout is that of IOS 15 captures."""

from __future__ import annotations

import pytest

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def test_the_way(network: Network) -> None:
    """A router tells only once in 500 ms that a port is closed: the second probe to R2 has no answer."""
    network.type("PC1", "ping 2.2.2.2")
    assert network.type("PC1", "traceroute 2.2.2.2") == (
        "Type escape sequence to abort.\n"
        "Tracing the route to 2.2.2.2\n"
        "VRF info: (vrf in name/id, vrf out name/id)\n"
        "  1 192.168.1.1 1 msec 1 msec 1 msec\n"
        "  2 10.0.0.2 2 msec *  2 msec\n"
    )


def test_a_loop(network: Network) -> None:
    network.configure("R1", "ip route 5.5.5.5 255.255.255.255 10.0.0.2")
    printed = network.type("R1", "traceroute 5.5.5.5 ttl 1 4 probe 1 timeout 1").splitlines()[3:]
    assert [line.split()[:2] for line in printed] == [
        ["1", "10.0.0.2"],
        ["2", "10.0.0.1"],
        ["3", "10.0.0.2"],
        ["4", "10.0.0.1"],
    ]


def test_silence_goes_on_to_the_last_ttl(network: Network) -> None:
    printed = network.type("R1", "traceroute 10.0.0.77 timeout 1 ttl 1 3 probe 2")
    assert printed.endswith("  1  *  * \n  2  *  * \n  3  *  * \n")


def test_an_end_of_the_way(network: Network) -> None:
    network.configure("R1", "ip route 3.3.3.0 255.255.255.0 10.0.0.2", "access-list 101 deny udp any any")
    network.configure("R2", "interface Loopback3", "ip address 3.3.3.1 255.255.255.0")
    network.type("PC1", "ping 2.2.2.2 repeat 1")
    assert network.type("PC1", "traceroute 3.3.3.3 probe 1").endswith("\n  2 10.0.0.2 2 msec\n  3 10.0.0.2 !H \n")
    network.configure("R1", "interface gi0/1", "ip access-group 101 in")
    assert network.type("PC1", "traceroute 3.3.3.3 probe 1").endswith("\n  1 192.168.1.1 !A \n")


def test_source_and_port(network: Network) -> None:
    network.configure("R2", "access-list 101 permit udp host 1.1.1.1 any eq 5000", "interface gi0/0")
    network.configure("R2", "interface gi0/0", "ip access-group 101 in")
    assert "!A" in network.type("R1", "traceroute 2.2.2.2 probe 1")
    network.wait(1)  # for the next unreachable
    assert network.type("R1", "traceroute 2.2.2.2 source lo0 port 5000 probe 1").endswith("  1 10.0.0.2 1 msec\n")


def test_each_probe_has_a_port_of_its_own(network: Network) -> None:
    network.configure("R1", "access-list 101 permit udp any any eq 33434", "interface gi0/1", "ip access-group 101 in")
    printed = network.type("PC1", "traceroute 2.2.2.2 probe 1")
    assert printed.endswith("  1 192.168.1.1 2 msec\n  2 192.168.1.1 !A \n")


def test_the_dialogue(network: Network) -> None:
    terminal = network.console("R1")
    printed: list[str] = []
    terminal.output = printed.append
    asked = []
    for answer in ("traceroute", "", "2.2.2.2", "1.1.1.1", "", "1", "1", "1", "2", "40000", ""):
        asked.append(terminal.prompt)
        terminal.submit(answer)
    network.sim.run(stop=lambda: not terminal.busy)
    assert asked[1:] == [
        "Protocol [ip]: ",
        "Target IP address: ",
        "Source address: ",
        "Numeric display [n]: ",
        "Timeout in seconds [3]: ",
        "Probe count [3]: ",
        "Minimum Time to Live [1]: ",
        "Maximum Time to Live [30]: ",
        "Port Number [33434]: ",
        "Loose, Strict, Record, Timestamp, Verbose[none]: ",
    ]
    assert "".join(printed).endswith("  1 10.0.0.2 2 msec\n")


def test_an_interrupt_ends_it(network: Network) -> None:
    terminal = network.console("R1")
    printed: list[str] = []
    terminal.output = printed.append
    terminal.submit("traceroute 10.0.0.77")
    network.wait(4)
    terminal.interrupt()
    assert "".join(printed).endswith("  1  * \n")
    assert terminal.prompt == "R1#"
