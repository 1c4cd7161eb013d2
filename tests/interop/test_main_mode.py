"""Main mode with strongSwan, in both roles."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.interop import strongswan
from tests.interop.neighbour import Namespace, bridged_lab
from tests.interop.strongswan import StrongSwan

pytestmark = strongswan.needed

R1 = """\
hostname R1
crypto isakmp policy 10
 encr aes
 hash sha
 authentication pre-share
 group 14
crypto isakmp key cisco address 192.0.2.2
crypto ipsec transform-set TS esp-aes esp-sha-hmac
crypto map VPN 10 ipsec-isakmp
 set peer 192.0.2.2
 set transform-set TS
 match address 100
access-list 100 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 crypto map VPN
 no shutdown
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.0.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.0.2.2
"""
PEER = """\
connections { r1 {
  version = 1
  local_addrs = 192.0.2.2
  remote_addrs = 192.0.2.1
  proposals = aes128-sha1-modp2048
  encap = yes
  local { auth = psk
    id = 192.0.2.2 }
  remote { auth = psk
    id = 192.0.2.1 }
  children { net {
    local_ts = 10.2.0.0/16
    remote_ts = 10.1.0.0/16
    esp_proposals = aes128-sha1
  } }
} }
secrets { ike-r1 { secret = "cisco" } }
"""
LINKS = ['"R1:Gi0/0", "WAN:outside"', '"R1:Gi0/1", "PC1:eth0"']
NODES = {"PC1": "kind: host, address: 10.1.0.10/16, gateway: 10.1.0.1"}


def test_the_router_begins(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, NODES, LINKS, {"R1": R1}) as lab:
        peer = StrongSwan(namespace, tmp_path, PEER)
        lab.type("PC1", "ping 10.2.0.1 repeat 1")
        assert lab.wait(lambda: "QM_IDLE" in lab.type("R1", "show crypto isakmp sa"), 5)
        assert "ESTABLISHED, IKEv1" in peer.sas()


def test_strongswan_begins(namespace: Namespace, tmp_path: Path) -> None:
    namespace.address("192.0.2.2/24")
    with bridged_lab(tmp_path, NODES, LINKS, {"R1": R1}) as lab:
        peer = StrongSwan(namespace, tmp_path, PEER)
        peer.begin("--initiate", "--ike", "r1", "--timeout", "5")
        assert lab.wait(lambda: "ESTABLISHED" in peer.sas(), 5)
        assert "QM_IDLE" in lab.type("R1", "show crypto isakmp sa")


def test_pings_both_ways_through_the_tunnel(namespace: Namespace, tmp_path: Path) -> None:
    """The peer pretends to be behind a translator: its ESP in user space goes through UDP only."""
    namespace.address("192.0.2.2/24")
    namespace.address("10.2.0.1/16", "lo")
    with bridged_lab(tmp_path, NODES, LINKS, {"R1": R1}) as lab:
        StrongSwan(namespace, tmp_path, PEER)
        lab.type("PC1", "ping 10.2.0.1 repeat 1")
        assert "100 percent (5/5)" in lab.type("PC1", "ping 10.2.0.1")
        ping = namespace.start("ping", "-c", "5", "-i", "0.05", "-I", "10.2.0.1", "10.1.0.10", stdout=subprocess.PIPE)
        assert "5 received, 0% packet loss" in lab.wait_for(ping)
        assert "Tunnel UDP-Encaps" in lab.type("R1", "show crypto ipsec sa")
