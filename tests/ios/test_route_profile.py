"""`ip route profile`: intervals of five seconds by how much changed in them."""

from __future__ import annotations

from .network import Network, pair


def rows(network: Network) -> dict[str, list[str]]:
    network.type("R1", "terminal length 0")
    lines = network.type("R1", "show ip route profile").splitlines()
    return {line.split()[0]: line.split()[1:] for line in lines[6:]}


def test_nothing_is_counted_before_it_is_switched_on() -> None:
    network = pair()
    assert network.type("R1", "show ip route profile") == "IP routing profile not enabled\n"
    network.configure("R1", "ip route profile")
    network.wait(12)
    assert rows(network)["0"] == ["2"] * 5
    assert "ip route profile" in network.running("R1")
    assert "Every line" in network.type("R1", "show iosim unsupported")
    network.configure("R1", "no ip route profile")
    assert network.type("R1", "show ip route profile") == "IP routing profile not enabled\n"


def test_changes_are_counted_by_interval_and_kind() -> None:
    network = pair("ip route 172.20.0.0 255.255.0.0 10.0.0.2\n")
    network.configure("R1", "ip route profile")
    network.wait(11)
    network.configure("R1", *(f"ip route 172.16.{number}.0 255.255.255.0 10.0.0.2" for number in range(7)))
    network.wait(5)
    network.configure("R1", "ip route 172.20.0.0 255.255.0.0 10.0.0.3")
    network.wait(5)
    network.configure("R1", "no ip route 172.20.0.0 255.255.0.0", "ip route 172.20.0.0 255.255.0.0 10.0.0.4")
    network.wait(5)
    found = rows(network)
    assert len(found) == 30
    assert found["0"] == ["2", "4", "5", "3", "5"]
    assert found["5"] == ["1", "1", "0", "0", "0"]
    assert found["1"] == ["2", "0", "0", "2", "0"]
    assert found["Overflow"] == ["0"] * 5
