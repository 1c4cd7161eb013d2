"""The algorithms of both phases with strongSwan, all at once: the router begins every tunnel, then strongSwan does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import SIDES, Pair, paired
from tests.interop.recording import MAIN, QUICK
from tests.interop.tunnels import Tunnel

pytestmark = strongswan.needed

SUITES = [
    # cipher, hash and group of phase 1; cipher and hash of ESP; group of PFS
    ("des", "md5", "1", "des", "md5", None),
    ("3des", "sha", "2", "3des", "sha", "2"),
    ("aes", "sha256", "5", "aes", "sha256", "5"),
    ("aes 192", "sha384", "14", "aes 192", "sha384", "14"),
    ("aes 256", "sha512", "15", "aes 256", "sha512", "15"),
    ("aes 256", "md5", "16", "null", "md5", "1"),
    ("aes", "sha256", "19", "gcm", None, "19"),
    ("3des", "sha384", "20", "gcm 192", None, "20"),
    ("aes 256", "sha512", "21", "gcm 256", None, "21"),
    ("aes 192", "sha", "24", "null", "sha256", None),
    ("des", "sha", "2", "3des", "md5", None),
    ("3des", "md5", "5", "des", "sha", None),
    ("aes", "md5", "2", "aes 192", "md5", "5"),
    ("aes", "sha", "5", "aes 256", "md5", None),
    ("aes 192", "sha256", "14", "aes", "sha512", None),
    ("aes 256", "sha", "14", "aes 256", "sha", "2"),
    ("aes 256", "sha256", "19", "null", "sha512", "14"),
    ("des", "sha512", "1", "3des", "sha512", None),
    ("3des", "sha256", "14", "des", "sha384", "19"),
    ("aes 192", "md5", "1", "aes 192", "sha", None),
    ("aes 192", "sha512", "20", "null", "sha", "20"),
    ("aes", "sha384", "21", "3des", "sha256", "16"),
    ("aes", "sha512", "2", "gcm", None, None),
    ("3des", "sha512", "5", "aes", "md5", "24"),
]
TUNNELS = [Tunnel(number, *suite) for number, suite in enumerate(SUITES, 1)]


@pytest.fixture(scope="module", params=SIDES)
def pair(
    request: pytest.FixtureRequest, shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """All tunnels, begun by one side."""
    with paired(shared_namespace, tmp_path_factory.mktemp("algorithms"), *TUNNELS) as pair:
        pair.bring_up(request.param)
        yield pair


@pytest.mark.parametrize("tunnel", TUNNELS, ids=str)
def test_pings_go_both_ways(tunnel: Tunnel, pair: Pair) -> None:
    pair.assert_pings(tunnel)
    shown, pfs = pair.lab.type("R1", f"show crypto ipsec sa peer {tunnel.address}"), tunnel.pfs
    assert f"transform: {tunnel.shown_transform} ," in shown
    assert (f"PFS (Y/N): Y, DH group: group{pfs}" if pfs else "PFS (Y/N): N, DH group: none") in shown
    assert "UDP-Encaps, }" in shown


def test_tshark_reads_everything(pair: Pair) -> None:
    recording = pair.lab.record()
    recording.assert_readable()
    exchanges = [exchange for exchange, _ in recording.messages()]
    assert exchanges.count(MAIN) == (2 * 4 + 2) * len(TUNNELS)  # clear ones stand there from both ends of the link
    assert exchanges.count(QUICK) == 3 * len(TUNNELS)
