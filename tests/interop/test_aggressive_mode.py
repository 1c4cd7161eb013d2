"""Aggressive mode with strongSwan: who asks is known by its identity, before the key has to be chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, STRONGSWAN_BEGINS, Pair, paired
from tests.interop.recording import AGGRESSIVE, QUICK
from tests.interop.tunnels import Tunnel

pytestmark = strongswan.needed

AGGRESSIVE_MODE = "aggressive = yes"
# The router offers its policies of one group only, that of the first.
INITIATED = [
    Tunnel(1, "aes", "sha256", "14", connection=AGGRESSIVE_MODE, remote_id="router.example.com"),
    Tunnel(2, "3des", "md5", "14", pfs="2", connection=AGGRESSIVE_MODE, remote_id="admin@example.com"),
    Tunnel(3, "aes 256", "sha512", "14", connection=AGGRESSIVE_MODE, remote_id="192.0.2.1"),
]
"""One kind of identity each: a name, a user's name, an address."""
KINDS = ["fqdn router.example.com", "user-fqdn admin@example.com", "ipv4-address 192.0.2.1"]
INITIATOR = "".join(
    f"crypto isakmp peer address {tunnel.address}\n"
    f" set aggressive-mode client-endpoint {kind}\n set aggressive-mode password cisco\n"
    for tunnel, kind in zip(INITIATED, KINDS, strict=True)
)
ANSWERED = [
    Tunnel(4, "aes", "sha", "5", connection=AGGRESSIVE_MODE),
    Tunnel(5, "aes 192", "sha256", "14", connection=AGGRESSIVE_MODE, local_id="peer.example.com"),
    Tunnel(6, "3des", "sha", "2", pfs="14", connection=AGGRESSIVE_MODE, local_id="user@example.com"),
]


@pytest.fixture(scope="module")
def pair(shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder, tunnels = tmp_path_factory.mktemp("aggressive"), [*INITIATED, *ANSWERED]
    with paired(shared_namespace, folder, *tunnels, extra=INITIATOR) as pair:
        pair.begin(ROUTER_BEGINS, *INITIATED)
        pair.begin(STRONGSWAN_BEGINS, *ANSWERED)
        pair.wait_until_up()
        yield pair


@pytest.mark.parametrize("tunnel", INITIATED, ids=KINDS)
def test_the_router_begins(tunnel: Tunnel, pair: Pair) -> None:
    assert f"remote '{tunnel.remote_id}' @ 192.0.2.1[4500]" in pair.peer.sas(tunnel)
    pair.assert_pings(tunnel)


@pytest.mark.parametrize("tunnel", ANSWERED, ids=["address", "fqdn", "user-fqdn"])
def test_strongswan_begins(tunnel: Tunnel, pair: Pair) -> None:
    sas = pair.peer.sas(tunnel)
    assert f"local  '{tunnel.local_id or tunnel.address}' @ {tunnel.address}[4500]" in sas
    assert "remote '192.0.2.1' @ 192.0.2.1[4500]" in sas
    pair.assert_pings(tunnel)
    peers = pair.lab.type("R1", "show crypto isakmp peers")
    assert (
        f"Peer: {tunnel.address} Port: 4500 Local: 192.0.2.1\n Phase1 id: {tunnel.local_id or tunnel.address}" in peers
    )


def test_tshark_reads_everything(pair: Pair) -> None:
    recording = pair.lab.record()
    recording.assert_readable()
    exchanges = [exchange for exchange, _ in recording.messages()]
    assert exchanges.count(QUICK) == 3 * len(pair.tunnels)
    assert exchanges.count(AGGRESSIVE) == (2 * 2 + 1) * len(pair.tunnels)
