"""A translator of the lab between the router and strongSwan: found by both, and passed by ESP within UDP."""

from __future__ import annotations

from pathlib import Path

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, STRONGSWAN_BEGINS, paired
from tests.interop.tunnels import Tunnel

pytestmark = strongswan.needed

TRANSLATED = ['"R1:Gi0/0", "NAT:{router}"', '"R1:Gi0/1", "PC1:eth0"', '"NAT:{peer}", "WAN:outside"']


def test_the_router_is_behind_a_translator(namespace: Namespace, tmp_path: Path) -> None:
    tunnel = Tunnel(connection="encap = no", remote_id="192.168.0.2")
    nodes = {"NAT": "kind: nat, inside: 192.168.0.1/24, outside: 192.0.2.1/24"}
    links = [link.format(router="inside", peer="outside") for link in TRANSLATED]
    route = "ip route 0.0.0.0 0.0.0.0 192.168.0.1\n"
    with paired(namespace, tmp_path, tunnel, extra=route, outside="192.168.0.2", nodes=nodes, links=links) as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.assert_pings()
        assert pair.lab.type("NAT", "show translations").count("192.168.0.2:4500") == 1
        assert "remote '192.168.0.2' @ 192.0.2.1[4500]" in pair.peer.sas()
        assert "local 192.168.0.2/4500 remote 192.0.2.101/4500" in pair.lab.type("R1", "show crypto session")
        pair.lab.record().assert_readable("esp && ip.addr == 192.168.0.2")


def test_strongswan_is_behind_a_translator(namespace: Namespace, tmp_path: Path) -> None:
    tunnel = Tunnel(connection="encap = no", remote_id="198.51.100.1", router="198.51.100.1", peer="198.51.100.2")
    nodes = {"NAT": "kind: nat, inside: 192.0.2.1/24, outside: 198.51.100.2/24"}
    links = [link.format(router="outside", peer="inside") for link in TRANSLATED]
    namespace.address("192.0.2.101/24")
    namespace.route("198.51.100.0/24", "192.0.2.1")
    with paired(namespace, tmp_path, tunnel, outside="198.51.100.1", nodes=nodes, links=links) as pair:
        pair.bring_up(STRONGSWAN_BEGINS)
        pair.assert_pings()
        assert pair.lab.type("NAT", "show translations").count("192.0.2.101:4500") == 1
        assert "local  '192.0.2.101' @ 192.0.2.101[4500]" in pair.peer.sas()
        assert "local 198.51.100.1/4500 remote 198.51.100.2/4500" in pair.lab.type("R1", "show crypto session")
        pair.lab.record().assert_readable("esp && ip.addr == 198.51.100.2")
