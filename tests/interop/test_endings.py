"""Tunnels that one side takes down: the other side hears of it, and a new one comes up when it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, SIDES, STRONGSWAN_BEGINS, Pair, paired
from tests.interop.recording import INFORMATIONAL
from tests.interop.tunnels import Tunnel

pytestmark = strongswan.needed

TUNNEL = Tunnel(1, "aes 256", "sha256", "19", "aes 256", "sha256", "19")
ENDINGS: dict[str, tuple[Callable[[Pair], object], Callable[[Pair], bool]]] = {
    "strongSwan deletes the tunnel": (
        lambda pair: pair.peer.begin("--terminate", "--child", TUNNEL.child_name),
        Pair.no_tunnel,
    ),
    "strongSwan deletes everything": (lambda pair: pair.peer.begin("--terminate", "--ike", "r1"), Pair.nothing),
    "clear crypto sa": (lambda pair: pair.lab.type("R1", "clear crypto sa"), Pair.no_tunnel),
    "clear crypto sa peer": (
        lambda pair: pair.lab.type("R1", f"clear crypto sa peer {TUNNEL.address}"),
        Pair.no_tunnel,
    ),
    "clear crypto session": (lambda pair: pair.lab.type("R1", "clear crypto session"), Pair.nothing),
    "clear crypto session remote": (
        lambda pair: pair.lab.type("R1", f"clear crypto session remote {TUNNEL.address}"),
        Pair.nothing,
    ),
}


@pytest.fixture(scope="module")
def pair(shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with paired(shared_namespace, tmp_path_factory.mktemp("endings"), TUNNEL) as pair:
        yield pair


@pytest.fixture
def clean(pair: Pair) -> Pair:
    """Without any SA."""
    if pair.peer.sas():
        pair.peer.begin("--terminate", "--ike", "r1")
    assert pair.lab.wait(pair.nothing, 5)
    return pair


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("end", "over"), ENDINGS.values(), ids=list(ENDINGS))
def test_the_other_side_hears_of_it(
    end: Callable[[Pair], object], over: Callable[[Pair], bool], side: str, clean: Pair
) -> None:
    clean.bring_up(side)
    clean.assert_pings()
    end(clean)
    assert clean.lab.wait(lambda: over(clean), 5)
    clean.bring_up(ROUTER_BEGINS)
    clean.assert_pings()


def test_phase_1_goes_and_strongswan_takes_the_tunnel_for_gone(clean: Pair) -> None:
    """`clear crypto isakmp`: to strongSwan a tunnel is a child of its phase 1, to a router it is not."""
    clean.bring_up(ROUTER_BEGINS)
    clean.lab.type("R1", "clear crypto isakmp")
    assert clean.lab.wait(lambda: not clean.peer.sas() and clean.phases_1() == 0, 5)
    assert "Session status: UP-NO-IKE" in clean.lab.type("R1", "show crypto session")
    clean.begin(STRONGSWAN_BEGINS)
    assert clean.lab.wait(clean.up, 5)
    clean.assert_pings()


def test_tshark_reads_everything(pair: Pair) -> None:
    recording = pair.lab.record()
    recording.assert_readable()
    informational = {payloads for exchange, payloads in recording.messages() if exchange == INFORMATIONAL}
    assert informational == {"8,12"}
