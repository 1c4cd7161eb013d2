"""What a tunnel is for, with strongSwan: protocols and ports in the identities of quick mode, and SAs between hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, SIDES, STRONGSWAN_BEGINS, Pair, paired
from tests.interop.tunnels import PC, Tunnel

pytestmark = strongswan.needed

PING = Tunnel(
    1,
    line="permit icmp 10.1.0.0 0.0.255.255 10.2.{n}.0 0.0.0.255",
    local_ts="10.2.{n}.0/24[icmp]",
    remote_ts="10.1.0.0/16[icmp]",
)
TCP = Tunnel(
    2,
    line="permit tcp 10.1.0.0 0.0.255.255 10.2.{n}.0 0.0.0.255 eq 17777",
    local_ts="10.2.{n}.0/24[tcp/17777]",
    remote_ts="10.1.0.0/16[tcp]",
)
UDP = Tunnel(
    3,
    line="permit udp 10.1.0.0 0.0.255.255 eq 17000 10.2.{n}.0 0.0.0.255",
    local_ts="10.2.{n}.0/24[udp]",
    remote_ts="10.1.0.0/16[udp/17000]",
)
HOSTS = Tunnel(4, entry="set security-association level per-host")
PART = Tunnel(5, local_ts="10.2.{n}.1/32", remote_ts=f"{PC}/32")
SERVER = """
import socket
server = socket.create_server(("10.2.2.1", 17777))
while True:
    connection, _ = server.accept()
    while connection.recv(4096):
        pass
    connection.close()
"""


@pytest.fixture(scope="module", params=SIDES)
def pair(
    request: pytest.FixtureRequest, shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Tunnels of each kind; those for pings and TCP are begun by one side, what is for hosts by who asks for it so."""
    with paired(shared_namespace, tmp_path_factory.mktemp("selectors"), PING, TCP, UDP, HOSTS, PART) as pair:
        server = shared_namespace.start("python3", "-c", SERVER)
        pair.begin(request.param, PING)
        if request.param == STRONGSWAN_BEGINS:
            pair.begin(STRONGSWAN_BEGINS, TCP)
        else:
            pair.lab.type("PC1", "tcp connect 10.2.2.1 17777")
        pair.begin(STRONGSWAN_BEGINS, UDP, PART)
        pair.begin(ROUTER_BEGINS, HOSTS)
        pair.wait_until_up()
        yield pair
        server.kill()
        server.wait()


def idents(pair: Pair, tunnel: Tunnel) -> list[tuple[str, str]]:
    """The identities of the flows with SAs, of a tunnel."""
    shown = pair.lab.type("R1", f"show crypto ipsec sa peer {tunnel.address}")
    flows = re.split(r"(?=local  ident)", shown)[1:]
    found = (re.search(r"\((\d.*)\)\s+remote ident .*: \((.*)\)", flow) for flow in flows if "conn id:" in flow)
    return [(match[1], match[2]) for match in found if match]


def test_a_protocol(pair: Pair) -> None:
    pair.assert_pings(PING)
    assert idents(pair, PING) == [("10.1.0.0/255.255.0.0/1/0", "10.2.1.0/255.255.255.0/1/0")]
    assert "local  10.2.1.0/24[icmp]" in pair.peer.sas(PING)


def test_a_port_of_the_peer(pair: Pair) -> None:
    before = int(re.search(r"in .*?(\d+) packets", pair.peer.sas(TCP))[1])  # type: ignore[index]  # no match fails
    assert "5000" in pair.lab.type("PC1", "tcp send 10.2.2.1 17777 5000")
    assert idents(pair, TCP) == [("10.1.0.0/255.255.0.0/6/0", "10.2.2.0/255.255.255.0/6/17777")]
    shown = pair.peer.sas(TCP)
    assert "local  10.2.2.0/24[tcp/17777]" in shown and "remote 10.1.0.0/16[tcp]" in shown
    assert int(re.search(r"in .*?(\d+) packets", shown)[1]) >= before + 6  # type: ignore[index]  # no match fails


def test_a_port_of_ours(pair: Pair) -> None:
    assert idents(pair, UDP) == [("10.1.0.0/255.255.0.0/17/17000", "10.2.3.0/255.255.255.0/17/0")]
    assert "remote 10.1.0.0/16[udp/17000]" in pair.peer.sas(UDP)


def test_per_host_the_router_asks_for_two_hosts(pair: Pair) -> None:
    pair.assert_pings(HOSTS)
    assert idents(pair, HOSTS) == [(f"{PC}/255.255.255.255/0/0", "10.2.4.1/255.255.255.255/0/0")]
    pair.lab.type("R1", "ping 10.2.4.1 source 10.1.0.1 timeout 1 repeat 3")
    assert ("10.1.0.1/255.255.255.255/0/0", "10.2.4.1/255.255.255.255/0/0") in idents(pair, HOSTS)
    assert pair.peer.sas(HOSTS).count("INSTALLED, TUNNEL") == 2


def test_two_hosts_that_strongswan_asks_for_are_a_part_of_the_line(pair: Pair) -> None:
    pair.assert_pings(PART)
    assert idents(pair, PART) == [(f"{PC}/255.255.255.255/0/0", "10.2.5.1/255.255.255.255/0/0")]
    assert "flags={}" in pair.lab.type("R1", f"show crypto ipsec sa peer {PART.address}")
