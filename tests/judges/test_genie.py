"""Genie, the parsers of pyATS, reads what routers print: it finds the true values in it.

Genie weighs 800 MB and takes ten seconds to load, so it is no dependency. Where it is to judge:

    pip install pyats genie && pytest -m genie

Where a command is known to the parsers of IOS XE alone, those are asked. Two shows they cannot read of any IOS 15
router: `show crypto isakmp sa detail` without a capability, and `show crypto map`, of which they want lines of IOS XE.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from ios.crypto_pair import Pair
from ios.network import Network, pair

pytestmark = [
    pytest.mark.genie,
    pytest.mark.skipif(importlib.util.find_spec("genie") is None, reason="Genie is not installed"),
]

GI0, GI1 = "GigabitEthernet0/0", "GigabitEthernet0/1"
Path = tuple[Any, ...]
Say = Callable[[str], str]


@lru_cache
def routed() -> Say:
    """What R1 of two routers says: with names, lists, routes and neighbours."""
    lines = (
        "lldp run",
        "ip host R2 2.2.2.2",
        "ip domain name lab.example",
        "clock timezone CET 1",
        "ntp server 10.0.0.2",
        "access-list 101 permit tcp any range 1000 2000 host 2.2.2.2 eq telnet",
        "access-list 101 permit ip any any",
        "interface gi0/1",
        "ip access-group 101 in",
    )
    network = pair("\n".join(lines) + "\n", "lldp run\n")
    network.type("R1", "terminal length 0")
    network.wait(61)
    network.type("PC1", "ping 2.2.2.2")
    return lambda command: said(network, command)


def said(network: Network, command: str) -> str:
    """What a command prints at R1, after a second in which no message is held back."""
    network.wait(1)
    return network.type("R1", command)


@lru_cache
def tunnelled() -> Say:
    """What R1 of two routers with a tunnel says."""
    routers = Pair()
    routers.ping()
    routers.type(1, "terminal length 0")
    return lambda command: routers.type(1, command)


@lru_cache
def device(system: str) -> Any:
    """A device of Genie's that runs nothing: it only chooses the parsers of a system."""
    found = importlib.import_module("genie.conf.base").Device("R1", os=system)
    found.custom.abstraction = {"order": ["os"]}
    return found


ROUTES = ("vrf", "default", "address_family", "ipv4", "routes")
SYSTEM = (
    ("ios", "show version", ("version", "hostname"), "R1"),
    ("ios", "show version", ("version", "version"), "15.7(3)M"),
    ("ios", "show version", ("version", "mem_size", "non-volatile configuration"), "255"),
    ("ios", "show inventory", ("main", "chassis", "iosim", "pid"), "iosim"),
    ("ios", "show clock", ("timezone",), "CET"),
    ("iosxe", "show cdp", ("holdtime",), 180),
    ("ios", "show cdp neighbors", ("cdp", "index", 1, "device_id"), "R2"),
    ("ios", "show cdp neighbors", ("cdp", "index", 1, "local_interface"), GI0),
    ("ios", "show cdp neighbors detail", ("total_entries_displayed",), 1),
    ("ios", "show cdp neighbors detail", ("index", 1, "port_id"), GI0),
    ("ios", "show cdp neighbors detail", ("index", 1, "management_addresses", "10.0.0.2"), {}),
    ("iosxe", "show cdp interface", ("interface", GI0, "hold_time"), 180),
    ("ios", "show lldp", ("hello_timer",), 30),
    ("ios", "show lldp neighbors", ("total_entries",), 1),
    ("ios", "show lldp neighbors detail", ("interfaces", GI0, "if_name"), GI0),
    ("ios", "show lldp interface", ("interfaces", GI0, "tx"), "enabled"),
    ("ios", "show lldp traffic", ("frame_error_in",), 0),
    ("iosxe", "show hosts", ("default_domain",), "lab.example"),
    ("ios", "show processes cpu", ("five_sec_cpu_total",), 0),
    ("ios", "show processes cpu sorted", ("five_min_cpu",), 0),
    ("ios", "show processes cpu history", ("60s", 1, "maximum"), 0),
    ("ios", "show processes memory", ("processor_pool", "total"), 491520 * 1024),
    ("ios", "show memory statistics", ("name", "processor", "total"), 491520 * 1024),
    ("ios", "show ntp status", ("clock_state", "system_status", "status"), "unsynchronized"),
    ("ios", "show ntp associations", ("peer", "10.0.0.2", "local_mode", "client", "stratum"), 16),
    ("iosxe", "show license udi", ("pid",), "iosim"),
    ("ios", "show bootvar", ("active", "configuration_register"), "0x2102"),
    ("ios", "show ip protocols", ("protocols", "application", "maximum_path"), 32),
    ("ios", "show ip traffic", ("icmp_statistics", "icmp_received_echo"), 0),
    ("ios", "show ip traffic", ("ip_statistics", "ip_sent_forwarded"), 10),
    ("ios", "show interfaces", (GI0, "ipv4", "10.0.0.1/24", "ip"), "10.0.0.1"),
    ("ios", "show interfaces description", ("interfaces", GI0, "description"), "to R2"),
    ("ios", "show interfaces status", ("interfaces", GI0, "status"), "connected"),
    ("ios", "show ip interface", (GI1, "inbound_access_list"), "101"),
    ("ios", "show ip interface brief", ("interface", GI0, "status"), "up"),
    ("ios", "show ip route", (*ROUTES, "2.2.2.2/32", "source_protocol"), "static"),
    ("ios", "show arp", ("interfaces", GI0, "ipv4", "neighbors", "10.0.0.2", "ip"), "10.0.0.2"),
    ("ios", "show access-lists", ("101", "aces", "20", "statistics", "matched_packets"), 5),
    ("iosxe", "show ip access-lists", ("101", "aces", "10", "name"), "10"),
    ("ios", "ping 2.2.2.2", ("ping", "statistics", "received"), 5),
    ("iosxe", "traceroute 2.2.2.2", ("traceroute", "2.2.2.2", "hops", "1", "paths", 1, "address"), "10.0.0.2"),
)  # fmt: skip
ISAKMP = ("isakmp_stats", "IPv4", 1)
IPSEC = ("interface", GI0, "ident", 1)
CRYPTO = (
    ("iosxe", "show crypto isakmp sa", (*ISAKMP, "status"), "ACTIVE"),
    ("iosxe", "show crypto ipsec sa", (*IPSEC, "pkts_encaps"), 4),
    ("iosxe", "show crypto ipsec sa detail", (*IPSEC, "pkts_decaps"), 4),
    ("iosxe", "show crypto ipsec sa peer 203.0.113.2", (*IPSEC, "peer_ip"), "203.0.113.2"),
    ("iosxe", "show crypto ipsec sa peer 203.0.113.2 detail", (*IPSEC, "pkts_decaps"), 4),
    ("iosxe", f"show crypto ipsec sa interface {GI0}", (*IPSEC, "pkts_verify"), 4),
    ("iosxe", "show crypto ipsec sa count", ("active",), 2),
    ("ios", "show crypto session", ("interface", GI0, "session_status"), "UP-ACTIVE"),
    ("ios", "show crypto session detail", ("interface", GI0, "session_status"), "UP-ACTIVE"),
)
ROWS = [(routed, *row) for row in SYSTEM] + [(tunnelled, *row) for row in CRYPTO]


@pytest.mark.parametrize(("router", "system", "command", "path", "value"), ROWS)
def test_genie_finds(router: Callable[[], Say], system: str, command: str, path: Path, value: Any) -> None:
    output = router()(command)
    found = device(system).parse(command, output=output)
    for key in path:
        assert key in found, (output, found)
        found = found[key]
    assert found == value
