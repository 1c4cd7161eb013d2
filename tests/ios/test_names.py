"""Names of hosts: who is meant by them, and how the table is shown."""

from __future__ import annotations

import pytest

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair("ip host R2 2.2.2.2 10.0.0.2\nip host server.lab.example 10.0.0.2\n")


def test_a_name_can_be_pinged_and_traced(network: Network) -> None:
    for name in ("R2", "r2"):
        assert "Echos to 2.2.2.2, timeout" in (printed := network.type("R1", f"ping {name}"))
        assert "Translating" not in printed and "(5/5)" in printed
    printed = network.type("R1", "traceroute R2 probe 1")
    assert "Tracing the route to R2 (2.2.2.2)\n" in printed
    assert printed.endswith("  1 R2 (10.0.0.2) 1 msec\n")
    network.wait(1)
    assert network.type("R1", "traceroute R2 probe 1 numeric").endswith("  1 10.0.0.2 1 msec\n")


def test_a_domain_completes_a_name(network: Network) -> None:
    assert "% Unrecognized host" in network.type("R1", "ping server")
    network.configure("R1", "ip domain name lab.example")
    assert "(1/1)" in network.type("R1", "ping server repeat 1")
    network.configure("R1", "ip domain list other.example")
    assert "% Unrecognized host" in network.type("R1", "ping server")
    network.configure("R1", "ip domain list lab.example")
    assert "(1/1)" in network.type("R1", "ping server repeat 1")
    network.configure("R1", "no ip domain list")
    assert not [line for line in network.running("R1") if line.startswith("ip domain list")]


def test_the_dialogue_takes_a_name(network: Network) -> None:
    printed = network.type("R1", "ping", "", "R2", "1", "", "", "")
    assert "Sending 1, 100-byte ICMP Echos to 2.2.2.2" in printed
    assert network.type("R1", "ping", "", "R7").endswith("% Bad IP address\n")


def test_who_is_asked_for_other_names(network: Network) -> None:
    network.configure("R1", "ip name-server 10.0.0.53 10.0.0.54", "ip name-server 10.0.0.55")
    expected = 'Translating "nobody"...domain server (10.0.0.53) (10.0.0.54) (10.0.0.55)\n'
    assert network.type("R1", "ping nobody").startswith(expected)
    assert network.type("R1", "nobody").startswith(expected)
    written = [line for line in network.running("R1") if "name-server" in line]
    assert written == ["ip name-server 10.0.0.53", "ip name-server 10.0.0.54", "ip name-server 10.0.0.55"]
    network.configure("R1", "no ip name-server 10.0.0.54")
    assert "Name servers are 10.0.0.53, 10.0.0.55\n" in network.type("R1", "show hosts")
    network.configure("R1", "no ip name-server")
    assert "Name servers are 255.255.255.255\n" in network.type("R1", "show hosts")


def test_the_table(network: Network) -> None:
    assert network.type("R1", "show hosts") == (
        "Default domain is not set\n"
        "Name/address lookup uses domain service\n"
        "Name servers are 255.255.255.255\n\n"
        "Codes: UN - unknown, EX - expired, OK - OK, ?? - revalidate\n"
        "       temp - temporary, perm - permanent\n"
        "       NA - Not Applicable None - Not defined\n\n"
        "Host                      Port  Flags      Age Type   Address(es)\n"
        "R2                        None  (perm, OK)  0   IP    2.2.2.2\n"
        "                                                      10.0.0.2\n"
        "server.lab.example        None  (perm, OK)  0   IP    10.0.0.2\n"
    )
    network.configure("R1", "no ip host R2", "no ip domain lookup", "ip domain-name lab.example")
    printed = network.type("R1", "show hosts")
    assert printed.startswith("Default domain is lab.example\nName/address lookup uses static mappings\n")
    assert "R2" not in printed
    assert network.type("R1", "ping R2").startswith("% Unrecognized host")


def test_entries_are_written_and_replaced(network: Network) -> None:
    network.configure("R1", "ip host R2 2300 2.2.2.2")
    written = [line for line in network.running("R1") if line.startswith("ip host")]
    assert sorted(written) == ["ip host R2 2300 2.2.2.2", "ip host server.lab.example 10.0.0.2"]
    assert "R2                        2300  (perm, OK)" in network.type("R1", "show hosts R2")


def test_hosts_know_no_names(network: Network) -> None:
    assert network.type("PC1", "ping R2") == "% Unrecognized host or address, or protocol not running.\n"
