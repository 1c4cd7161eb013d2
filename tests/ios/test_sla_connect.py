"""The IP SLA operation `tcp-connect`."""

from __future__ import annotations

import pytest

from .network import Network, pair


def connecting(target: str, second: str = "", **conditions: int) -> Network:
    network = pair("", second, **conditions)
    network.configure("R1", "ip sla 3", f"tcp-connect {target} control disable", "frequency 10", "timeout 3000")
    network.configure("R1", "ip sla schedule 3 life forever start-time now", "track 3 ip sla 3 state")
    network.wait(14)
    network.type("R1", "terminal length 0")
    return network


def test_a_port_that_answers() -> None:
    network = connecting("10.0.0.2 23", "line vty 0 4\npassword x\nlogin\ntransport input telnet\n", delay=2000)
    shown = network.type("R1", "show ip sla statistics 3")
    assert "Type of operation: tcp-connect\n        Latest RTT: 4 milliseconds\n" in shown
    assert "Latest operation return code: OK\nNumber of successes: 2\nNumber of failures: 0\n" in shown
    assert "State is Up" in network.type("R1", "show track 3")
    assert "*3           tcp-connect 10.0.0.2          RTT=4       OK " in network.type("R1", "show ip sla summary")
    assert " tcp-connect 10.0.0.2 23 control disable" in network.running("R1")
    assert "Target port/Source port: 23/0\n" in network.type("R1", "show ip sla configuration 3")
    assert "Every line" in network.type("R1", "show iosim unsupported")
    assert "10.0.0.1" not in network.type("R2", "show tcp brief")


@pytest.mark.parametrize(
    ("target", "code"),
    [("10.0.0.2 4444", "No connection"), ("10.0.0.77 23", "Timeout"), ("8.8.8.8 23", "No connection")],
)
def test_ports_that_do_not_answer(target: str, code: str) -> None:
    network = connecting(target)
    assert f"Latest operation return code: {code}\nNumber of successes: 0\n" in network.type(
        "R1", "show ip sla statistics 3"
    )
    assert "State is Down" in network.type("R1", "show track 3")
    assert network.type("R1", "show tcp brief").count("10.0.0") == 0


def test_with_control_messages_it_is_only_kept() -> None:
    network = pair()
    network.configure("R1", "ip sla 3", "tcp-connect 10.0.0.2 23", "frequency 10")
    assert "tcp-connect 10.0.0.2 23" in network.type("R1", "show iosim unsupported")
