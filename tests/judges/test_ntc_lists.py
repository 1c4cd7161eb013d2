"""ntc-templates read what the lists show: prefix lists, route maps, object groups, and all that lines may say."""

from __future__ import annotations

from typing import Any

import pytest
from ios.network import Network, pair
from ntc_templates.parse import parse_output

CONFIGURATION = """
ip prefix-list A permit 1.1.1.0/24
ip prefix-list B deny 10.0.0.0/8 ge 10 le 20
ip prefix-list B permit 0.0.0.0/0 le 32
route-map M permit 10
 match ip address prefix-list B
 match ip address 101
 match length 100 200
 set ip next-hop 10.0.0.2
object-group network N
 description my hosts
 host 1.1.1.1
 10.0.0.0 255.0.0.0
 range 2.2.2.2 2.2.2.9
 group-object O
object-group service S
 tcp eq www
 tcp-udp range 12200 12700
 icmp echo-reply
 ospf
ip access-list extended L
 permit tcp any host 1.1.1.1 eq 443 log
 deny ip object-group N any
 permit tcp any any match-all +syn -ack log-input
 permit icmp any any time-exceeded time-range T
time-range T
 absolute end 12:00 1 January 1999
"""


@pytest.fixture(scope="module")
def network() -> Network:
    return pair(CONFIGURATION)


PREFIXES = (
    {"name": "A", "seq": "5", "action": "permit", "network": "1.1.1.0", "netmask": "24"},
    {"name": "B", "seq": "5", "action": "deny", "network": "10.0.0.0", "netmask": "8", "ge": "10", "le": "20"},
    {"name": "B", "seq": "10", "action": "permit", "network": "0.0.0.0", "netmask": "0", "le": "32"},
)
CLAUSES = ["ip address prefix-lists: B", "ip address (access-lists): 101", "length 100 200"]
MAPS = (
    {"name": "M", "action": "permit", "seq": "10", "match_clauses": CLAUSES, "set_clauses": ["ip next-hop 10.0.0.2"]},
)
GROUPS = (
    {"name": "N", "type": "Network"},
    {"name": "N", "description": "my hosts"},
    {"name": "N", "host": "1.1.1.1"},
    {"name": "N", "network": "10.0.0.0", "netmask": "255.0.0.0"},
    {"name": "N", "host_range_start": "2.2.2.2", "host_range_end": "2.2.2.9"},
    {"name": "N", "nested_groups": "O"},
    {"name": "S", "type": "Service"},
    {"name": "S", "protocol": "tcp", "port_match": "eq", "port": "www"},
    {"name": "S", "protocol": "tcp-udp", "port_range_start": "12200", "port_range_end": "12700"},
    {"name": "S", "icmp_type": "echo-reply"},
    {"name": "S", "protocol": "ospf"},
)
LINES = (
    {"acl_name": "L", "acl_type": "Extended", "line_num": ""},
    {"line_num": "10", "dst_host": "1.1.1.1", "dst_port": "443", "log": "log"},
    {"line_num": "20", "action": "deny", "src_network_object_group_name": "N", "dst_any": "any"},
    {"line_num": "30", "flags_match": "match-all", "tcp_flag": "+syn -ack", "log": "log-input"},
    {"line_num": "40", "protocol": "icmp", "icmp_type": "time-exceeded", "time": "T", "state": "inactive"},
)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("show ip prefix-list", PREFIXES),
        ("show route-map", MAPS),
        ("show object-group", GROUPS),
        ("show ip access-lists", LINES),
    ],
)
def test_the_parser_finds_all(network: Network, command: str, found: tuple[dict[str, Any], ...]) -> None:
    output = network.type("R1", command)
    parsed = parse_output(platform="cisco_ios", command=command, data=output)
    assert len(parsed) == len(found), output
    for entry, wanted in zip(parsed, found, strict=True):
        assert {name: entry[name] for name in wanted} == wanted
