"""ntc-templates reads the shows of protected tunnels: every line is known to it, and every value is the true one."""

from __future__ import annotations

import pytest
from ios.crypto_pair import Pair
from ios.test_dynamic_vti import hub_and_spoke
from ios.test_protected_tunnels import GRE, tunnels
from ntc_templates.parse import parse_output

Row = dict[str, str]


def parsed(pair: Pair, command: str) -> list[Row]:
    rows: list[Row] = parse_output(platform="cisco_ios", command=command, data=pair.type(1, command))
    return rows


@pytest.fixture(scope="module")
def vti() -> Pair:
    pair = tunnels()
    pair.pass_time(5)
    pair.ping()
    return pair


def test_ipsec_sa_detail_of_a_static_vti(vti: Pair) -> None:
    row = parsed(vti, "show crypto ipsec sa detail")[0]
    wanted = {
        "interface": "Tunnel0",
        "crypto_map_tag": "Tunnel0-head-0",
        "local_addr": "203.0.113.1",
        "local_ident_addr": "0.0.0.0",
        "local_ident_mask": "0.0.0.0",
        "remote_ident_addr": "0.0.0.0",
        "current_peer": "203.0.113.2",
        "pkts_encaps": "5",
        "pkts_decaps": "5",
        "plaintext_mtu": "1438",
        "ip_mtu_idb": "GigabitEthernet0/0",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_session_detail_of_a_static_vti(vti: Pair) -> None:
    (row,) = parsed(vti, "show crypto session detail")
    assert row["interface"] == "Tunnel0"
    assert row["session_status"] == "UP-ACTIVE"


def test_interfaces_of_a_static_vti(vti: Pair) -> None:
    rows = {row["interface"]: row for row in parsed(vti, "show interfaces")}
    assert (rows["Tunnel0"]["link_status"], rows["Tunnel0"]["protocol_status"]) == ("up", "up")


def test_ipsec_sa_detail_of_gre() -> None:
    pair = tunnels(GRE)
    pair.pass_time(5)
    row = parsed(pair, "show crypto ipsec sa detail")[0]
    assert (row["local_ident_addr"], row["local_ident_prot"]) == ("203.0.113.1", "47")


def test_shows_of_a_dynamic_vti() -> None:
    pair = hub_and_spoke()
    assert parsed(pair, "show crypto ipsec sa detail")[0]["interface"] == "Virtual-Access1"
    brief = {row["interface"]: row for row in parsed(pair, "show ip interface brief")}
    assert brief["Virtual-Access1"]["proto"] == "up"
    assert "Virtual-Access1" in {row["interface"] for row in parsed(pair, "show interfaces")}
    assert "Profile: SPOKES\n" in pair.type(1, "show crypto session")
