"""A static VTI with strongSwan: selectors for everything at both ends, begun by either of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace, bridged_lab
from tests.interop.pair import ROUTER_BEGINS, SIDES, Pair
from tests.interop.strongswan import StrongSwan
from tests.interop.tunnels import LINKS, NODES, Tunnel, configurations, furnish

pytestmark = strongswan.needed

TUNNEL = Tunnel(7, local_ts="0.0.0.0/0", remote_ts="0.0.0.0/0")
ROUTER = """\
hostname R1
crypto isakmp key cisco address 0.0.0.0
crypto isakmp policy 10
 encr aes
 authentication pre-share
 group 14
crypto ipsec transform-set TS esp-aes esp-sha-hmac
crypto ipsec profile P
 set transform-set TS
{passive}interface Tunnel0
 ip unnumbered GigabitEthernet0/1
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination {peer}
 tunnel protection ipsec profile P
interface GigabitEthernet0/0
 ip address 192.0.2.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.0.0
ip route 10.2.0.0 255.255.0.0 Tunnel0
"""


@pytest.fixture(scope="module", params=SIDES)
def pair(
    request: pytest.FixtureRequest, shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """R1 begins by itself; where strongSwan is to begin, R1 only responds."""
    folder = tmp_path_factory.mktemp("vti")
    furnish(shared_namespace, [TUNNEL])
    shared_namespace.forget_neighbours()
    passive = "" if request.param == ROUTER_BEGINS else " responder-only\n"
    lines = {"R1": ROUTER.format(peer=TUNNEL.address, passive=passive)}
    _, connection = configurations([TUNNEL])
    with (
        StrongSwan(shared_namespace, folder, connection, marks=strongswan.MARKS) as peer,
        bridged_lab(folder, NODES, LINKS, lines) as lab,
    ):
        lab.type("PC1", "ping 10.1.0.1")
        pair = Pair(lab, peer, shared_namespace, [TUNNEL])
        if request.param != ROUTER_BEGINS:
            pair.begin(request.param)
        assert lab.wait(pair.up, 15), peer.sas() + lab.type("R1", "show crypto session")
        yield pair


def test_the_tunnel_carries_packets_both_ways(pair: Pair) -> None:
    pair.assert_pings()


def test_its_identities_are_everything(pair: Pair) -> None:
    ours = pair.lab.type("R1", "show crypto ipsec sa")
    assert ours.count("ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)") == 2
    assert "local  0.0.0.0/0" in pair.peer.sas() and "remote 0.0.0.0/0" in pair.peer.sas()


def test_the_line_protocol_is_up(pair: Pair) -> None:
    assert "Tunnel0 is up, line protocol is up" in pair.lab.type("R1", "show interfaces Tunnel0")


def test_when_the_peer_ends_the_tunnel_the_line_protocol_follows(pair: Pair) -> None:
    """R1 begins again, if it may."""
    pair.peer.control("--terminate", "--child", TUNNEL.child_name)
    if "Responder-Only (Y/N): N" in pair.lab.type("R1", "show crypto ipsec profile tag P"):
        assert pair.lab.wait(pair.up, 15)
        pair.assert_pings()
    else:
        down = "Line protocol on Interface Tunnel0, changed state to down"
        assert pair.lab.wait(lambda: down in pair.lab.type("R1", "show logging"), 10)
