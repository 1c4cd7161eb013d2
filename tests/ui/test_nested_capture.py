"""IPsec within IPsec by two crypto maps, and AH through a translator of addresses, as tshark sees them.

One router protects a packet once: IOS 15 has no double encryption by crypto maps (Cisco IOS Security Configuration
Guide, "Nested IPsec Tunnels"). What it gets protected already, it protects again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ui.test_main import run, tshark

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

LAB = """\
name: nested
topology:
  defaults: {kind: ios}
  nodes:
    R1: {startup-config: r1.cfg}
    R2: {startup-config: r2.cfg}
    R3: {startup-config: r3.cfg}
    R4: {startup-config: r4.cfg}
  links:
    - endpoints: ["R1:Gi0/0", "R2:Gi0/1"]
    - endpoints: ["R2:Gi0/0", "R3:Gi0/0"]
    - endpoints: ["R3:Gi0/1", "R4:Gi0/0"]
"""
CONFIG = """\
hostname {name}
crypto isakmp policy 10
 authentication pre-share
crypto isakmp key Kopernikus1543 address {peer}
crypto ipsec transform-set T {words}
crypto map VPN 10 ipsec-isakmp
 set peer {peer}
 set transform-set T
 match address TUNNEL
interface GigabitEthernet0/0
 ip address {outside} 255.255.255.0
 crypto map VPN
interface GigabitEthernet0/1
 ip address {inside} 255.255.255.0
interface Loopback0
 ip address {loopback} 255.255.255.0
ip route 0.0.0.0 0.0.0.0 {gateway}
ip access-list extended TUNNEL
 permit ip {ours} 0.0.0.255 {theirs} 0.0.0.255
"""
ROUTERS = {
    "R1": ("10.0.1.1", "172.16.1.1", "192.168.1.1", "10.0.4.4", "10.0.1.2", "192.168.1.0", "192.168.4.0"),
    "R2": ("203.0.113.2", "10.0.1.2", "172.16.2.1", "203.0.113.3", "203.0.113.3", "10.0.1.0", "10.0.4.0"),
    "R3": ("203.0.113.3", "10.0.4.3", "172.16.3.1", "203.0.113.2", "203.0.113.2", "10.0.4.0", "10.0.1.0"),
    "R4": ("10.0.4.4", "172.16.4.1", "192.168.4.1", "10.0.1.1", "10.0.4.3", "192.168.4.0", "192.168.1.0"),
}
"""Outside, inside and loopback address, the peer, the gateway, our network and theirs."""
OUTER = 'frame.interface_name == "R2:GigabitEthernet0/0"'


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("esp-aes esp-sha-hmac", "esp-gcm 256"),
        ("esp-gcm", "esp-3des esp-md5-hmac"),
        ("esp-aes esp-sha-hmac", "ah-sha-hmac"),
    ],
)
def test_ipsec_within_ipsec(outer: str, inner: str, tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(LAB)
    for name, addresses in ROUTERS.items():
        keys = "outside", "inside", "loopback", "peer", "gateway", "ours", "theirs"
        words = inner if name in ("R1", "R4") else outer
        text = CONFIG.format(name=name, words=words, **dict(zip(keys, addresses, strict=True)))
        (tmp_path / f"{name.lower()}.cfg").write_text(text)
    files = tmp_path / "run.pcapng", tmp_path / "keys"
    ping = "R1: ping 192.168.4.1 source Loopback0 size 1300"
    lines = ("R1: ping 192.168.4.1 source Loopback0 repeat 10", ping, "R4: show crypto ipsec sa")
    commands = [part for line in lines for part in ("-c", line)]
    outcome = run("exec", str(tmp_path), *commands, "--pcap", str(files[0]), "--keys", str(files[1]))
    assert "(5/5)" in outcome.stdout and "#recv errors 0" in outcome.stdout
    within = "esp:ip:ah:ip:icmp" if inner.startswith("ah") else "esp:ip:esp:ip:icmp"
    good = "1" if inner.startswith("ah") else "1,1"
    seen = tshark(files, f"icmp && {OUTER}", "frame.protocols", "esp.icv_good", "_ws.malformed")
    assert len(seen) >= 10
    assert {line.replace("eth:ethertype:ip:", "").replace(":data", "") for line in seen} == {f"{within}\t{good}\t"}


def test_a_translator_leaves_the_icv_of_ah_and_changes_what_it_covers(tmp_path: Path) -> None:
    files = tmp_path / "run.pcapng", tmp_path / "keys"
    lines = "A: ping 192.168.1.10 source Loopback0", "HUB: show crypto ipsec sa detail"
    commands = [part for line in lines for part in ("-c", line)]
    outcome = run("exec", "ah-esp-nat", *commands, "--pcap", str(files[0]), "--keys", str(files[1]))
    assert "(0/5)" in outcome.stdout and "#pkts verify failed: 4\n" in outcome.stdout
    inside, outside = (
        tshark(
            files, f'ah && frame.interface_name == "{place}:GigabitEthernet0/0"', "ip.src", "ah.icv", "_ws.malformed"
        )
        for place in ("A", "HUB")
    )
    assert len(inside) == 4
    assert [line.replace("10.0.1.2", "203.0.113.11") for line in inside] == outside != inside
