"""Lifetimes that end under traffic: no ping may be lost while one side makes new keys of phase 1 or of phase 2."""

from __future__ import annotations

import re
from pathlib import Path

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, SIDES, Pair, paired
from tests.interop.tunnels import Tunnel, ping_from

pytestmark = strongswan.needed

PHASE_1, PHASE_2 = r"r{n}: #(\d+),", r"net{n}: #(\d+),"
"""What `swanctl --list-sas` prints of an SA; each new one has a higher number."""


def assert_renewed_without_loss(pair: Pair, seconds: float, renewed: str, *tunnels: Tunnel, too_early: int = 0) -> None:
    """All tunnels carry pings every 20 ms; the SAs of some are replaced meanwhile.

    `too_early` answers may be lost in each: the router uses a new SA as soon as it has sent the last message of quick
    mode, and charon drops what arrives by it before it has read that message, which takes it a millisecond.
    """
    before = [_number(pair, renewed, tunnel) for tunnel in tunnels]
    pings = [ping_from(pair.namespace, tunnel, int(seconds / 0.02)) for tunnel in pair.tunnels]
    for ping in pings:
        summary = pair.lab.wait_for(ping)
        sent, received = map(int, re.findall(r"(\d+) (?:packets transmitted|received)", summary))
        assert sent - received <= too_early, summary
    assert all(_number(pair, renewed, tunnel) > number for tunnel, number in zip(tunnels, before, strict=True))


def _number(pair: Pair, pattern: str, tunnel: Tunnel) -> int:
    found = re.findall(pattern.format(n=tunnel.number), pair.peer.sas(tunnel))
    return max(map(int, found), default=0)


def test_strongswan_makes_new_keys_of_phase_2(namespace: Namespace, tmp_path: Path) -> None:
    child = "rekey_time = 1s\n life_time = 5s\n rand_time = 0"
    tunnels = [Tunnel(1, child=child), Tunnel(2, pfs="19", child=child)]
    with paired(namespace, tmp_path, *tunnels) as pair:
        for side, tunnel in zip(SIDES, tunnels, strict=True):
            pair.begin(side, tunnel)
        pair.wait_until_up()
        assert_renewed_without_loss(pair, 2.2, PHASE_2, *tunnels)
        pair.lab.record().assert_readable()


def test_strongswan_authenticates_anew(namespace: Namespace, tmp_path: Path) -> None:
    connection = "reauth_time = 1s\n over_time = 4s\n rand_time = 0"
    tunnels = [Tunnel(1, connection=connection), Tunnel(2, connection=connection)]
    with paired(namespace, tmp_path, *tunnels) as pair:
        for side, tunnel in zip(SIDES, tunnels, strict=True):
            pair.begin(side, tunnel)
        pair.wait_until_up()
        assert_renewed_without_loss(pair, 2.2, PHASE_1, *tunnels)
        pair.lab.record().assert_readable()


def test_the_router_makes_new_keys_of_phase_2(namespace: Namespace, tmp_path: Path) -> None:
    """Two minutes are the shortest lifetime that can be set."""
    lifetime = "crypto ipsec security-association lifetime seconds 120\n"
    tunnels = [Tunnel(1), Tunnel(2, pfs="19")]
    with paired(namespace, tmp_path, *tunnels, extra=lifetime) as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.lab.speed(60)
        assert_renewed_without_loss(pair, 2.4, PHASE_2, *tunnels, too_early=1)
        pair.lab.record().assert_readable()


def test_the_router_authenticates_anew(namespace: Namespace, tmp_path: Path) -> None:
    tunnels = [Tunnel(1, lifetime=60), Tunnel(2, "aes", "sha256", lifetime=60)]
    with paired(namespace, tmp_path, *tunnels) as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.lab.speed(40)
        assert_renewed_without_loss(pair, 2.4, PHASE_1, *tunnels)
        pair.lab.record().assert_readable()
