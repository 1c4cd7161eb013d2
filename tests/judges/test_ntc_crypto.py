"""ntc-templates reads the shows of a VPN: every line is known to it, and every value is the true one."""

from __future__ import annotations

import pytest
from ios.crypto_pair import Pair
from ios.test_manual_keys import keyed
from ntc_templates.parse import parse_output

from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ipsec.flow import Flow, InstalledPair

Row = dict[str, str]


@pytest.fixture(scope="module")
def up() -> Pair:
    pfs = "crypto map VPN 10 ipsec-isakmp\n set pfs group14"
    pair = Pair({1: pfs, 2: pfs})
    pair.ping()
    return pair


def parsed(pair: Pair, command: str) -> list[Row]:
    rows: list[Row] = parse_output(platform="cisco_ios", command=command, data=pair.type(1, command))
    return rows


def flow_of(pair: Pair) -> tuple[Flow, InstalledPair]:
    (flow,) = pair.routers[1][IpsecFeature].ipsec.flows.values()
    (installed,) = flow.pairs
    return flow, installed


def test_ipsec_sa_detail(up: Pair) -> None:
    rows = parsed(up, "show crypto ipsec sa detail")
    flow, installed = flow_of(up)
    common = {
        "interface": "GigabitEthernet0/0",
        "crypto_map_tag": "VPN",
        "local_addr": "203.0.113.1",
        "protected_vrf": "(none)",
        "local_ident_addr": "192.168.1.0",
        "local_ident_mask": "255.255.255.0",
        "local_ident_prot": "0",
        "local_ident_port": "0",
        "remote_ident_addr": "192.168.2.0",
        "current_peer": "203.0.113.2",
        "port": "500",
        "action": "PERMIT",
        "flags": "origin_is_acl,",
        "pkts_encaps": str(flow.counters.encaps),
        "pkts_decaps": str(flow.counters.decaps),
        "pkts_verify": str(flow.counters.decaps),
        "pkts_no_sa": "1",
        "pkts_invalid_identity": "0",
        "local_crypto_endpt": "203.0.113.1",
        "remote_crypto_endpt": "203.0.113.2",
        "plaintext_mtu": "1438",
        "ip_mtu_idb": "GigabitEthernet0/0",
        "current_outbound_spi_dec": str(installed.outbound[0].spi),
        "pfs": "Y",
        "dh_group": "group14",
        "sa_type": "esp",
        "sa_transform": "esp-256-aes esp-sha256-hmac",
        "sa_in_use_settings": "Tunnel",
        "sa_crypto_map": "VPN",
        "sa_iv_size": "16",
        "sa_replay_detection_support": "Y",
        "sa_replay_window_size": "64",
        "sa_status": "ACTIVE(ACTIVE)",
    }
    assert [row["sa_orientation"] for row in rows] == ["inbound", "outbound"]
    for row, sa, connection in zip(rows, (*installed.inbound, *installed.outbound), ("1", "2"), strict=True):
        assert common.items() <= row.items()
        assert (row["sa_spi_hex"], row["sa_spi_dec"]) == (f"0x{sa.spi:X}", str(sa.spi))
        assert (row["sa_conn_id"], row["sa_flow_id"]) == (connection, f"SW:{connection}")
        assert row["sa_lifetime_kbytes"] == str(installed.remaining_kilobytes(sa))
        assert row["sa_lifetime_sec"] == str(installed.remaining_seconds(up.sim.now))


def test_session_detail(up: Pair) -> None:
    rows = parsed(up, "show crypto session detail")
    assert len(rows) == 1
    expected = {
        "interface": "GigabitEthernet0/0",
        "session_status": "UP-ACTIVE",
        "peer": "203.0.113.2",
        "port": "500",
        "fvrf": "(none)",
        "description": "(none)",
        "phase1_id": "203.0.113.2",
        "session_id": "0",
        "local_ip": "203.0.113.1",
        "local_port": "500",
        "remote_ip": "203.0.113.2",
        "remote_port": "500",
        "ikev1_status": "Active",
        "capabilities": "(none)",
        "conn_id": "1001",
        "permit": "ip",
        "src_host": "192.168.1.0",
        "src_mask": "255.255.255.0",
        "dst_host": "192.168.2.0",
        "dst_mask": "255.255.255.0",
        "active_sa": "2",
        "origin": "crypto map",
    }
    assert expected.items() <= rows[0].items()


@pytest.mark.parametrize("command", ["show crypto ipsec sa detail", "show crypto session detail"])
def test_every_line_is_known_before_the_tunnel_is_up(command: str) -> None:
    parsed(Pair(), command)  # raises for a line that the template does not know


def test_ipsec_sa_detail_of_manual_keys() -> None:
    """The template knows SAs with an end only, so what says that they have none is taken out."""
    pair = keyed()
    pair.ping()
    shown = pair.type(1, "show crypto ipsec sa detail")
    assert shown.count("        no sa timing\n") == 2
    data = shown.replace("        no sa timing\n", "")
    rows: list[Row] = parse_output(platform="cisco_ios", command="show crypto ipsec sa detail", data=data)
    assert [row["sa_orientation"] for row in rows] == ["inbound", "outbound"]
    for row, spi in zip(rows, (1000, 2000), strict=True):
        assert (row["sa_spi_dec"], row["sa_replay_detection_support"]) == (str(spi), "N")
        assert (row["sa_iv_size"], row["pkts_encaps"], row["pkts_decaps"]) == ("16", "5", "5")


def test_ip_route_with_a_reverse_route() -> None:
    entry = "no ip route 0.0.0.0 0.0.0.0 203.0.113.2\ncrypto map VPN 10 ipsec-isakmp\n reverse-route"
    pair = Pair({1: entry})
    pair.ping(2)
    rows = parsed(pair, "show ip route")
    found = [(row["protocol"], row["network"], row["prefix_length"], row["nexthop_ip"]) for row in rows]
    assert ("S", "192.168.2.0", "24", "203.0.113.2") in found
