"""The trial of folders of configurations as labs, on folders of our own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TASKS = Path(__file__).parents[1] / "tasks.py"
PROVIDER = """hostname ISP
interface Ethernet0/0
 ip address 203.0.113.1 255.255.255.252
 no shutdown
interface Ethernet0/1
 ip address 198.51.100.1 255.255.255.252
 no shutdown
end
"""
BASE = """configure terminal
hostname {name}
frob 17
interface Ethernet0/0
 ip address {outside} 255.255.255.252
 no shutdown
interface Ethernet0/1
 ip address {inside} 255.255.255.0
 no shutdown
end
"""
ROUTE = "ip route 0.0.0.0 0.0.0.0 {hop}\n"
KEYS = """configure terminal
crypto isakmp policy 10
 encr aes
 authentication pre-share
 group 14
crypto isakmp key Leibniz1673 address {peer}
crypto ipsec transform-set T esp-aes esp-sha-hmac
"""
VPN = (
    KEYS
    + """\
access-list 101 permit ip {local} 0.0.0.255 {remote} 0.0.0.255
crypto map M 10 ipsec-isakmp
 set peer {peer}
 set transform-set T
 match address 101
interface Ethernet0/0
 crypto map M
end
"""
)
VTI = (
    KEYS
    + """\
crypto ipsec profile P
 set transform-set T
interface Tunnel5
 ip address {address} 255.255.255.252
 tunnel source Ethernet0/0
 tunnel destination {peer}
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
ip route {remote} 255.255.255.0 Tunnel5
end
"""
)
R1 = BASE.format(name="R1", outside="203.0.113.2", inside="10.1.0.1")
R2 = BASE.format(name="R2", outside="198.51.100.2", inside="10.2.0.1")
VPN_1 = VPN.format(peer="198.51.100.2", local="10.1.0.0", remote="10.2.0.0")
VPN_2 = VPN.format(peer="203.0.113.2", local="10.2.0.0", remote="10.1.0.0")
ROUTE_1, ROUTE_2 = ROUTE.format(hop="203.0.113.1"), ROUTE.format(hop="198.51.100.1")


def trial(folder: Path, files: dict[str, str]) -> list[str]:
    """The lines below the head of the table, for a lab of these files."""
    lab = folder / "mine"
    lab.mkdir()
    for name, text in files.items():
        (lab / f"{name}.cfg").write_text(text)
    result = subprocess.run([sys.executable, str(TASKS), "trial", str(folder)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return [" ".join(line.split()) for line in result.stdout.splitlines()[1:]]


def test_a_lab_runs_by_the_cables_that_its_subnets_tell(tmp_path: Path) -> None:
    files = {
        "isp": PROVIDER,
        "r1": R1 + ROUTE_1 + VPN_1 + "interface Loopback7\n ip address 10.7.0.1 255.255.255.0\n",  # not in the policy
        "r2": R2 + ROUTE_2 + VPN_2,
        "pc": "ip 10.1.0.10/24 10.1.0.1\nsave\n",
        "sw": "hostname SW1\ninterface Ethernet0/0\n switchport mode access\n",
    }
    row, *remarks = trial(tmp_path, files)
    assert row == "mine 2 2/2 2 of 2: pc → PC-R2-3, PC-R2-3 → pc"
    assert remarks == ["SW1 left out, it has no address"]


def test_tunnel_interfaces_are_pinged_and_no_cables_to_them_laid(tmp_path: Path) -> None:
    vti = [
        VTI.format(peer="198.51.100.2", address="10.5.0.1", remote="10.2.0.0"),
        VTI.format(peer="203.0.113.2", address="10.5.0.2", remote="10.1.0.0"),
    ]
    (row,) = trial(tmp_path, {"isp": PROVIDER, "r1": R1 + ROUTE_1 + vti[0], "r2": R2 + ROUTE_2 + vti[1]})
    assert row.endswith("4 of 4: R1 Tunnel5 → 10.5.0.2, PC-R1-2 → PC-R2-3, R2 Tunnel5 → 10.5.0.1, PC-R2-3 → PC-R1-2")


def test_what_is_missing_is_told_and_tried_with_the_route(tmp_path: Path) -> None:
    lan_only = "ip route 10.2.0.0 255.255.255.0 203.0.113.1\nrouter bgp 65001\n"
    lines = trial(tmp_path, {"isp": PROVIDER, "r1": R1 + lan_only + VPN_1, "r2": R2 + ROUTE_2 + VPN_2})
    assert lines[0] == "mine 2 0/0 0 of 2"
    assert "R1 has no route to its peer 198.51.100.2" in lines
    assert "the configurations count on BGP" in lines
    typed = lines.index("R1: ip route 198.51.100.2 255.255.255.255 203.0.113.1")
    assert lines[typed - 1].startswith("with routes typed 2 2/2 2 of 2")


def test_a_provider_is_made_up_where_a_next_hop_is_nobody(tmp_path: Path) -> None:
    row, *remarks = trial(tmp_path, {"r1": R1 + ROUTE_1 + VPN_1, "r2": R2 + ROUTE_2 + VPN_2})
    assert row.startswith("mine 2 2/2 2 of 2")
    assert remarks == ["a provider was added"]


def test_a_paste_that_names_its_own_router_as_peer_goes_to_the_other_one(tmp_path: Path) -> None:
    files = {"isp": PROVIDER, "r1": R1 + ROUTE_1, "r2": R2 + ROUTE_2 + VPN_1 + VPN_2}
    row, *remarks = trial(tmp_path, files)
    assert row.startswith("mine 2 2/2 2 of 2")
    assert remarks == ["a paste in r2 that names r2 as its peer went to r1"]


def test_a_lab_with_an_address_twice_is_told_of(tmp_path: Path) -> None:
    row, remark = trial(tmp_path, {"r1": R1 + VPN_1, "r2": R2.replace("10.2.0.1", "10.1.0.1") + VPN_2})
    assert row == "mine 0 0/0 0 of 0"
    assert remark.startswith("R2.cfg:8: R2: 10.1.0.1 is already an address of R1")


def test_an_answer_in_the_clear_is_not_through(tmp_path: Path) -> None:
    isp = PROVIDER + "ip route 10.1.0.0 255.255.255.0 203.0.113.2\nip route 10.2.0.0 255.255.255.0 198.51.100.2\n"
    bare = [vpn.replace("interface Ethernet0/0\n crypto map M\n", "") for vpn in (VPN_1, VPN_2)]
    row, *remarks = trial(tmp_path, {"isp": isp, "r1": R1 + ROUTE_1 + bare[0], "r2": R2 + ROUTE_2 + bare[1]})
    assert row == "mine 2 0/0 0 of 2"
    assert all(remark.endswith("(answered in the clear)") for remark in remarks)
