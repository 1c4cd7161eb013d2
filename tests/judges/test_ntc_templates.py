"""ntc-templates, which network automation reads routers with, understands the output of every `show` in full.

To judge another command, add a row: the network it is asked in, the node, the command, and all that the parser must
find, entry by entry (of each entry only the fields that matter). For another network, write a function that builds it
and name it in the row. The parsers are those of the platform `cisco_ios`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ntc_templates
import pytest
from ios.network import Network, pair
from ios.tunnels import sites
from ntc_templates.parse import parse_output

from iosim.grammar import CliError
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.ios.features.alias import BUILT_IN
from iosim.ios.features.machine.processes import PROCESSES
from iosim.ios.hardware import PROCESSOR_MEMORY

Found = dict[str, Any]
TEMPLATES = Path(ntc_templates.__file__).parent / "templates"


@dataclass(frozen=True)
class Row:
    """A command and what is to be found in its output; `template` names the command that the parser goes by."""

    network: Callable[[], Network]
    node: str
    command: str
    found: tuple[Found, ...]
    template: str = ""


@lru_cache
def archived() -> Network:
    """A router with an archived configuration."""
    network = pair("archive\n path flash:a\n")
    network.type("R1", "archive config")
    return network


@lru_cache
def tunnelled() -> Network:
    """Two routers with a tunnel that has a key, over which five packets have gone."""
    network = sites(" tunnel key 42")
    network.type("R1", "ping 10.0.0.2")
    return network


@lru_cache
def routed() -> Network:
    """Two routers and a host, with routes of all kinds, access lists that have matches, and ARP entries."""
    network = pair()
    network.configure(
        "R1",
        "ip route 0.0.0.0 0.0.0.0 10.0.0.2",
        "ip route 172.16.1.0 255.255.255.0 10.0.0.2",
        "ip route 172.16.1.0 255.255.255.0 10.0.0.3",
        "ip route 172.17.0.0 255.255.0.0 GigabitEthernet0/0 10.0.0.2",
        "ip route 172.18.0.0 255.255.0.0 GigabitEthernet0/0",
        "access-list 10 permit 10.0.0.1 log",
        "access-list 10 deny 10.1.0.0 0.0.255.255",
        "access-list 10 permit any",
        "access-list 101 permit tcp any range 1000 2000 host 2.2.2.2 eq telnet",
        "access-list 101 permit icmp any any echo",
        "access-list 101 permit udp 10.0.0.0 0.0.0.255 eq isakmp any log",
        "access-list 101 deny ip any any",
        "interface GigabitEthernet0/1",
        "ip access-group 101 in",
        "ip access-group 10 out",
    )
    network.type("PC1", "ping 2.2.2.2")
    network.type("R1", "ping 10.0.0.77 repeat 1")
    return network


@lru_cache
def machine() -> Network:
    """Two routers that know each other, one of them with names and a time zone."""
    network = pair("lldp run\nip host R2 2.2.2.2\nip domain name lab.example\nclock timezone CET 1\n", "lldp run\n")
    network.wait(45)
    return network


@lru_cache
def visited() -> Network:
    """A router with somebody at the console, and somebody who has come from another router."""
    network = pair("", "username ann password 0 bee\nline vty 0 4\n login local\n")
    network.type("R1", "telnet 10.0.0.2", "ann", "bee")
    return network


@lru_cache
def grouped() -> Network:
    """Two routers, one of them with groups of objects."""
    groups = "object-group network LAN\n10.0.0.0 255.255.255.0\nhost 10.1.1.1\n"
    return pair(groups + "object-group service WEB\ntcp eq www\n")


@lru_cache
def divided() -> Network:
    """A router with sub-interfaces, a serial link and interfaces of other types."""
    network = pair(
        "interface gi0/1.10\n encapsulation dot1Q 10\n ip address 10.0.10.1 255.255.255.0\n"
        "interface gi0/1.20\n encapsulation dot1Q 20 native\n ip address 10.0.20.1 255.255.255.0\n"
        "interface gi0/1\n no ip address\n"
        "interface gi0/0\n ip address 10.9.0.1 255.255.255.0 secondary\n ip verify unicast source reachable-via any\n"
        "interface Tunnel0\n ip address 10.1.0.1 255.255.255.0\ninterface Vlan1\ninterface Port-channel1\n"
        "interface Dialer1\ninterface BVI1\n"
        "interface se0/1/0\n description WAN\n encapsulation ppp\n ip unnumbered Loopback0\n"
    )
    network.configure("R1", "interface gi0/0", "duplex full", "speed 100")
    return network


ROUTES = (
    {
        "protocol": "S",
        "flag": "*",
        "network": "0.0.0.0",
        "prefix_length": "0",
        "nexthop_ip": "10.0.0.2",
        "distance": "1",
    },
    {"protocol": "C", "network": "1.1.1.1", "prefix_length": "32", "nexthop_if": "Loopback0"},
    {"protocol": "S", "network": "2.2.2.2", "prefix_length": "32", "nexthop_ip": "10.0.0.2"},
    {"protocol": "C", "network": "10.0.0.0", "prefix_length": "24", "nexthop_if": "GigabitEthernet0/0"},
    {"protocol": "L", "network": "10.0.0.1", "prefix_length": "32", "nexthop_if": "GigabitEthernet0/0"},
    {"protocol": "S", "network": "172.16.1.0", "prefix_length": "24", "nexthop_ip": "10.0.0.2", "metric": "0"},
    {"protocol": "S", "network": "172.16.1.0", "prefix_length": "24", "nexthop_ip": "10.0.0.3", "metric": "0"},
    {"network": "172.17.0.0", "prefix_length": "16", "nexthop_ip": "10.0.0.2", "nexthop_if": "GigabitEthernet0/0"},
    {"network": "172.18.0.0", "prefix_length": "16", "nexthop_ip": "", "nexthop_if": "GigabitEthernet0/0"},
    {"protocol": "C", "network": "192.168.1.0", "prefix_length": "24", "nexthop_if": "GigabitEthernet0/1"},
    {"protocol": "L", "network": "192.168.1.1", "prefix_length": "32", "nexthop_if": "GigabitEthernet0/1"},
)
STATIC = tuple(route for route in ROUTES if route.get("protocol", "S") == "S")
NEIGHBOURS = (
    ("10.0.0.1", "-", "GigabitEthernet0/0"),
    ("10.0.0.2", "0", "GigabitEthernet0/0"),
    ("10.0.0.77", "0", ""),
    ("192.168.1.1", "-", "GigabitEthernet0/1"),
    ("192.168.1.10", "0", "GigabitEthernet0/1"),
)
ARP = tuple({"address": address, "age_min": age, "interface": name} for address, age, name in NEIGHBOURS)
IP_ARP = tuple({"ip_address": address, "age": age, "interface": name} for address, age, name in NEIGHBOURS)
LISTS = (
    {"acl_type": "Standard", "acl_name": "10", "line_num": ""},
    {"acl_type": "Standard", "acl_name": "10", "line_num": "10", "action": "permit", "src_network": "", "log": "log"},
    {"acl_name": "10", "line_num": "20", "action": "deny", "src_network": "10.1.0.0", "src_wildcard": "0.0.255.255"},
    {"acl_name": "10", "line_num": "30", "action": "permit", "src_any": "any", "matches": "5"},
    {"acl_type": "Extended", "acl_name": "101", "line_num": ""},
    {
        "acl_type": "Extended", "acl_name": "101", "protocol": "tcp", "src_port_match": "range",
        "src_port_range_start": "1000", "src_port_range_end": "2000", "dst_host": "2.2.2.2", "dst_port": "telnet",
    },
    {"line_num": "20", "protocol": "icmp", "icmp_type": "echo", "matches": "5"},
    {"line_num": "30", "src_network": "10.0.0.0", "src_wildcard": "0.0.0.255", "src_port": "isakmp", "log": "log"},
    {"line_num": "40", "action": "deny", "protocol": "ip", "src_any": "any", "dst_any": "any", "matches": ""},
)  # fmt: skip
OLD_LISTS = (
    {"name": "10", "type": "Standard", "sn": "10", "action": "permit", "source": "10.0.0.1", "modifier": "log"},
    {"name": "10", "sn": "20", "action": "deny", "source": "10.1.0.0, wildcard bits 0.0.255.255"},
    {"name": "10", "sn": "30", "source": "any", "matches": "5"},
    {"name": "101", "type": "Extended", "sn": "10", "protocol": "tcp", "source_port": "1000 2000"},
    {"name": "101", "sn": "20", "protocol": "icmp", "source": "any", "destination": "any"},
    {"name": "101", "sn": "30", "source": "10.0.0.0 0.0.0.255", "source_port": "isakmp"},
    {"name": "101", "sn": "40", "action": "deny", "protocol": "ip"},
)
INTERFACES = (
    {
        "interface": "GigabitEthernet0/0", "link_status": "up", "protocol_status": "up", "description": "to R2",
        "ip_address": "10.0.0.1", "prefix_length": "24", "mtu": "1500", "duplex": "Full Duplex", "speed": "1Gbps",
        "media_type": "RJ45", "bandwidth": "1000000 Kbit", "delay": "10 usec", "encapsulation": "ARPA",
        "last_output_hang": "never", "queue_strategy": "fifo", "input_errors": "0", "output_errors": "0",
    },
    {"interface": "GigabitEthernet0/1", "ip_address": "192.168.1.1", "input_packets": "7", "input_rate": "17"},
    {"interface": "Loopback0", "ip_address": "1.1.1.1", "mtu": "1514", "last_input": "never", "abort": "0"},
)  # fmt: skip
TUNNELS = (
    {
        "interface": "Tunnel0", "link_status": "up", "protocol_status": "up", "hardware_type": "Tunnel",
        "ip_address": "10.0.0.1", "prefix_length": "30", "mtu": "17912", "bandwidth": "100 Kbit", "delay": "50000 usec",
        "encapsulation": "TUNNEL", "input_packets": "5", "output_packets": "5",
    },
)  # fmt: skip
IP_INTERFACES = (
    {"interface": "GigabitEthernet0/0", "ip_address": ["10.0.0.1"], "prefix_length": ["24"], "mtu": "1500"},
    {"interface": "GigabitEthernet0/1", "ip_address": ["192.168.1.1"], "inbound_acl": "101", "outgoing_acl": "10"},
    {"interface": "Loopback0", "ip_address": ["1.1.1.1"], "prefix_length": ["32"], "link_status": "up"},
)
BRIEF = (
    {"interface": "GigabitEthernet0/0", "ip_address": "10.0.0.1", "status": "up", "proto": "up"},
    {"interface": "GigabitEthernet0/1", "ip_address": "192.168.1.1", "status": "up", "proto": "up"},
    {"interface": "Loopback0", "ip_address": "1.1.1.1", "status": "up", "proto": "up"},
)
DESCRIPTIONS = (
    {"port": "Gi0/0", "status": "up", "protocol": "up", "description": "to R2"},
    {"port": "Gi0/1", "status": "up", "protocol": "up", "description": ""},
    {"port": "Lo0", "status": "up", "protocol": "up", "description": ""},
)
VLANS = (
    {"vlan_id": "10", "interfaces": ["GigabitEthernet0/1.10"], "ip_addresses": ["10.0.10.1"]},
    {"vlan_id": "20", "interfaces": ["GigabitEthernet0/1.20"], "ip_addresses": ["10.0.20.1"]},
)
STATUS = (
    {"port": "Gi0/0", "name": "to R2", "status": "connected", "vlan_id": "routed", "duplex": "full", "speed": "100"},
    {"port": "Gi0/1", "name": "", "status": "connected", "duplex": "a-full", "speed": "a-1000"},
)
DIVIDED = (
    {"interface": "GigabitEthernet0/0", "duplex": "Full Duplex", "speed": "100Mbps", "bandwidth": "100000 Kbit"},
    {"interface": "GigabitEthernet0/1", "ip_address": "", "duplex": "Full Duplex"},
    {"interface": "GigabitEthernet0/1.10", "encapsulation": "802.1Q Virtual LAN", "vlan_id": "10"},
    {"interface": "GigabitEthernet0/1.20", "ip_address": "10.0.20.1", "vlan_id": "20"},
    {"interface": "Serial0/1/0", "link_status": "down", "description": "WAN", "hardware_type": "GT96K Serial"},
    {"interface": "Loopback0", "hardware_type": "Loopback", "encapsulation": "LOOPBACK"},
    {"interface": "Port-channel1", "link_status": "down", "queue_max": "75"},
    {"interface": "Tunnel0", "link_status": "up", "protocol_status": "down", "encapsulation": "TUNNEL"},
    {"interface": "BVI1", "link_status": "down", "hardware_type": "BVI"},
    {"interface": "Dialer1", "link_status": "up", "protocol_status": "up (spoofing)"},
    {"interface": "Vlan1", "link_status": "down", "hardware_type": "EtherSVI"},
)
IP_DIVIDED = (
    {"interface": "GigabitEthernet0/0", "ip_address": ["10.0.0.1", "10.9.0.1"], "prefix_length": ["24", "24"]},
    *({"interface": each["interface"]} for each in DIVIDED[1:]),
)
VERSION = {
    "software_image": "IOSIM-UNIVERSALK9-M", "version": "15.7(3)M", "release": "fc1", "rommon": "iosim",
    "hostname": "R1", "uptime_minutes": "1", "reload_reason": "power-on", "hardware": ["iosim"],
    "running_image": "iosim-universalk9-mz.SPA.157-3.M.bin", "config_register": "0x2102", "restarted": "",
}  # fmt: skip
CDP = {
    "neighbor_name": "R2", "local_interface": "Gig 0/0", "capabilities": "R", "platform": "iosim",
    "neighbor_interface": "Gig 0/0",
}  # fmt: skip
CDP_DETAIL = {
    "neighbor_name": "R2", "mgmt_address": "10.0.0.2", "platform": "Cisco iosim", "capabilities": "Router",
    "neighbor_interface": "GigabitEthernet0/0", "local_interface": "GigabitEthernet0/0",
}  # fmt: skip
LLDP = {
    "neighbor_name": "R2", "local_interface": "Gi0/0", "capabilities": "R", "neighbor_interface": "Gi0/0",
}  # fmt: skip
LLDP_DETAIL = {
    "neighbor_name": "R2", "local_interface": "Gi0/0", "neighbor_port_id": "Gi0/0", "mgmt_address": "10.0.0.2",
    "neighbor_interface": "GigabitEthernet0/0", "capabilities": "R",
}  # fmt: skip
CHANGES = ({"facility": "LINK", "severity": "3", "mnemonic": "UPDOWN"}, {"facility": "LINEPROTO", "mnemonic": "UPDOWN"})
RESTART = {"facility": "SYS", "severity": "5", "mnemonic": "RESTART"}
LOG = (CHANGES[0], CHANGES[0], RESTART, CHANGES[1], CHANGES[1], CHANGES[1])
GROUPS = (
    {"type": "Network", "name": "LAN", "description": ""},
    {"type": "Network", "name": "LAN", "network": "10.0.0.0", "netmask": "255.255.255.0"},
    {"type": "Network", "name": "LAN", "host": "10.1.1.1"},
    {"type": "Service", "name": "WEB", "protocol": ""},
    {"type": "Service", "name": "WEB", "protocol": "tcp", "port_match": "eq", "port": "www"},
)
LICENSES = tuple({"feature": name, "license_state": "Active, In Use"} for name in ("ipbasek9", "securityk9"))
PING = {"sent_qty": "5", "sent_type": "100-byte ICMP Echos", "destination": "2.2.2.2", "timeout": "2"}
FILES = (
    {"file_system": "flash0:/", "permissions": "-rw-", "name": "iosim-universalk9-mz.SPA.157-3.M.bin"},
    {"name": "a-Mar--1-00-00-30.000-0", "total_size": "256901120", "total_free": "256892928"},
)
ARCHIVES = (
    {
        "filenames": ["flash:/a-Mar--1-00-00-30.000-0"],
        "current_index": "1",
        "next_filename": "flash:/a-<timestamp>-1",
    },
)
FILE_SYSTEMS = ({"prefixes": "system:"}, {"prefixes": "null:"}, {"size": "261120", "prefixes": "nvram:"})
"""The parser passes over the system of the current directory, which has a star."""
ROWS = (
    Row(archived, "R1", "dir", FILES),
    Row(archived, "R1", "show archive", ARCHIVES),
    Row(archived, "R1", "show file systems", FILE_SYSTEMS),
    Row(routed, "R1", "show ip route", ROUTES),
    Row(routed, "R1", "show ip route static", STATIC, "show ip route"),
    Row(routed, "R1", "show arp", ARP),
    Row(routed, "R1", "show ip arp", IP_ARP),
    Row(routed, "R1", "show ip access-lists", LISTS),
    Row(routed, "R1", "show access-lists", OLD_LISTS, "show access-list"),
    Row(routed, "R1", "show interfaces", INTERFACES),
    Row(tunnelled, "R1", "show interfaces Tunnel0", TUNNELS, "show interfaces"),
    Row(routed, "R1", "show interfaces description", DESCRIPTIONS),
    Row(routed, "R1", "show ip interface", IP_INTERFACES),
    Row(routed, "R1", "show ip interface brief", BRIEF),
    Row(
        routed, "R1", "ping 2.2.2.2 source Loopback0 df-bit",
        ({**PING, "source": "1.1.1.1", "response_stream": ["!!!!!"], "success_pct": "100", "rtt_max": "1"},),
        "ping",
    ),
    Row(
        routed, "PC1", "ping 2.2.2.2",
        ({**PING, "response_stream": ["!!!!!"], "success_qty": "5"},),
        "ping",
    ),
    Row(
        routed, "R1", "ping 10.0.0.77 repeat 2 timeout 1",
        ({"sent_qty": "2", "response_stream": [".."], "success_pct": "0", "rtt_min": ""},),
        "ping",
    ),
    Row(
        routed, "R1", "traceroute 2.2.2.2",
        ({"hop_num": "1", "ip_address": "10.0.0.2", "rtt_response": ["1", "*", "1"]},),
        "traceroute",
    ),
)  # fmt: skip


ROWS += (
    Row(machine, "R1", "show version", (VERSION,)),
    Row(machine, "R1", "show users", ({"line": "*  0 con 0", "idle": "00:00:00"},)),
    Row(
        visited,
        "R2",
        "show users",
        ({"line": "*  0 con 0"}, {"line": "2 vty 0", "user": "ann", "idle": "00:00:05", "location": "10.0.0.1"}),
    ),
    Row(machine, "R1", "show aliases", (*({"alias": name} for name in BUILT_IN), {"alias": ""})),
    Row(machine, "R1", "show inventory", ({"name": "iosim", "pid": "iosim", "vid": "1.0  "},)),
    Row(machine, "R1", "show clock", ({"timezone": "CET", "dayweek": "Fri", "month": "Mar", "day": "1"},)),
    Row(machine, "R1", "show cdp neighbors", (CDP,)),
    Row(machine, "R1", "show cdp neighbors detail", (CDP_DETAIL,)),
    Row(machine, "R1", "show cdp entry *", (CDP_DETAIL,), "show cdp neighbors detail"),
    Row(machine, "R1", "show lldp neighbors", (LLDP,)),
    Row(machine, "R1", "show lldp neighbors detail", (LLDP_DETAIL,)),
    Row(machine, "R1", "show hosts summary", ({"default_domain": "lab.example", "local_cache_entries": "1"},)),
    Row(machine, "R1", "show processes cpu", tuple({"process_name": each.name} for each in PROCESSES)),
    Row(machine, "R1", "show processes memory sorted", ({"memory_total": str(PROCESSOR_MEMORY)},)),
    Row(machine, "R1", "show license", LICENSES),
    Row(machine, "R1", "show ip http server status", ({"server_status": "Disabled", "server_port": "80"},)),
    Row(machine, "R1", "show spanning-tree", ()),
    Row(machine, "R1", "show logging", LOG),
    Row(grouped, "R1", "show object-group", GROUPS),
    Row(divided, "R1", "show vlans", VLANS),
    Row(divided, "R1", "show interfaces status", STATUS),
    Row(divided, "R1", "show interfaces", DIVIDED),
    Row(divided, "R1", "show ip interface", IP_DIVIDED),
)

OF_SWITCHES = {"show boot", "show vlan"}
"""Commands that IOS has on routers too, in another form than the one that the parser knows."""
ELSEWHERE = {
    "show crypto ipsec sa detail",
    "show crypto pki certificates",
    "show adjacency",
    "show crypto session detail",
    "show ip cef",
    "show ip cef detail",
    "show ip prefix-list",
    "show ip route summary",
    "show route-map",
}
"""Commands that test_ntc_crypto.py, test_ntc_lists.py, test_ntc_routes.py and test_pki.py judge."""


def test_no_command_with_a_parser_is_forgotten() -> None:
    """A command that comes to the router while ntc-templates has a parser for it gets a row here."""
    names = (path.stem.removeprefix("cisco_ios_") for path in TEMPLATES.glob("cisco_ios_*.textfsm"))
    known = {command for name in names if (command := name.replace("_", " ")) and exists(command)}
    judged = {row.template or row.command for row in ROWS} | OF_SWITCHES | ELSEWHERE
    assert sorted(known - judged) == []
    assert len(known) > 25


def exists(command: str) -> bool:
    """Whether a router has a command, in these words."""
    try:
        statement = parse(ios_grammar(), "privileged", command)
    except CliError:
        return False
    return statement.command not in ("ping", "traceroute")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.command)
def test_the_parser_finds_all(row: Row) -> None:
    output = row.network().type(row.node, row.command)
    parsed = parse_output(platform="cisco_ios", command=row.template or row.command, data=output)
    assert len(parsed) == len(row.found), output
    for entry, wanted in zip(parsed, row.found, strict=True):
        assert {name: entry[name] for name in wanted} == wanted
