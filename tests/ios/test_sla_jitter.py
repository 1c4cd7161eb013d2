"""`udp-jitter` between two routers: the responder opens its port, and what comes back is counted."""

from __future__ import annotations

from random import Random

from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from iosim.wire.sla import CONTROL_PORT, Control

from .network import Network, pair

OPERATION = (
    "ip sla 7",
    "udp-jitter 10.0.0.2 5000 num-packets 4 interval 10",
    "frequency 10",
    "timeout 500",
    "exit",
)
START = "ip sla schedule 7 life forever start-time now"


def measured(*, responder: bool = True, **conditions: int) -> Network:
    network = pair("", "ip sla responder\n" if responder else "", **conditions)
    network.configure("R1", *OPERATION, START, "track 7 ip sla 7 reachability")
    network.wait(3)
    network.type("R1", "terminal length 0")
    return network


def opened(network: Network, name: str = "R2") -> list[int]:
    """The ports that a router listens on, without those of the key exchange."""
    return [port for port in network[name].stack.udp.ports if port not in (500, 4500)]


def test_packets_come_back_from_the_responder() -> None:
    network = measured(delay=2000)
    shown = network.type("R1", "show ip sla statistics 7")
    assert "Type of operation: udp-jitter\n        Latest RTT: 4 milliseconds\n" in shown
    assert "RTT Values:\n        Number Of RTT: 4                RTT Min/Avg/Max: 4/4/4 milliseconds\n" in shown
    assert "Latest operation return code: OK\n" in shown
    network.wait(5)
    assert "Reachability is Up" in network.type("R1", "show track 7")
    assert network.type("R2", "show ip sla responder").splitlines()[:5] == [
        "        General IP SLA Responder on Control port 1967",
        "General IP SLA Responder is: Enabled",
        "Number of control message received: 1 Number of errors: 0",
        "Recent sources:",
        "        10.0.0.1 [00:00:30 UTC Fri Mar 1 2002]",
    ]
    configured = network.type("R1", "show ip sla configuration 7")
    assert "Target port/Source port: 5000/0\n" in configured
    assert "Packet Interval (milliseconds)/Number of packets: 10/4\n" in configured
    assert " udp-jitter 10.0.0.2 5000 num-packets 4 interval 10" in network.running("R1")


def test_a_port_is_open_for_as_long_as_was_asked() -> None:
    network = measured()
    assert opened(network) == [CONTROL_PORT]
    network.wait(7.3)
    assert opened(network) == [CONTROL_PORT, 5000]
    assert opened(network, "R1") == []
    network.configure("R2", "no ip sla responder")
    assert opened(network) == []
    network.wait(16)
    assert "return code: No connection" in network.type("R1", "show ip sla statistics 7")
    assert "Reachability is Down" in network.type("R1", "show track 7")


def test_nobody_answers_without_a_responder() -> None:
    network = measured(responder=False)
    shown = network.type("R1", "show ip sla statistics 7")
    assert "        Latest RTT: NoConnection/Busy/Timeout\n" in shown
    assert "Latest operation return code: No connection\nRTT Values:\n        Number Of RTT: 0 " in shown
    assert network.type("R2", "show ip sla responder").endswith("is: Disabled\n")


def test_what_is_lost_on_the_way_out_is_a_timeout() -> None:
    network = measured()
    network.configure("R2", "access-list 100 deny udp any any eq 5000", "access-list 100 permit ip any any")
    network.configure("R2", "interface gi0/0", "ip access-group 100 in")
    network.wait(10)
    assert "return code: Timeout" in network.type("R1", "show ip sla statistics 7")


def test_a_flood_of_requests_opens_a_bounded_number_of_ports() -> None:
    network = pair("", "ip sla responder\n")
    random, udp = Random(1), network["R1"].stack.udp
    for number in range(500):
        message = Control(number & 0xFF, 0, random.randrange(65536), 65535).pack()
        udp.send(message if number % 3 else message[: random.randrange(len(message))], 0x0A000002, CONTROL_PORT, 6000)
        network.wait(0.01)
    assert len(opened(network)) == 1 + 64
    assert "Number of control message received: " in network.type("R2", "show ip sla responder")
    network.wait(70)
    assert opened(network) == [CONTROL_PORT]


def test_an_entry_does_one_thing() -> None:
    router = Router(Simulator(), "R1")
    refused = load_text(router, "ip sla 1\n tcp-connect 10.0.0.9 80\nip sla 1\n icmp-echo 10.0.0.9\n")
    assert [refusal.text for refusal in refused] == ["icmp-echo 10.0.0.9"]
    written = "\n".join(router.running_lines())
    assert load_text(Router(Simulator(), "R2"), written) == []
