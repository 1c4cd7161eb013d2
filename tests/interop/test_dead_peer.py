"""DPD (RFC 3706) with strongSwan: they answer each other, and notice when the other one is gone without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import Namespace, run
from tests.interop.pair import ROUTER_BEGINS, Pair, paired
from tests.interop.tunnels import ROUTER, Tunnel

pytestmark = strongswan.needed

ASKS, ANSWERS = "36136", "36137"
TUNNEL = Tunnel(connection="dpd_delay = 1s\n dpd_timeout = 2s", child="dpd_action = clear")


@pytest.fixture
def pair(namespace: Namespace, tmp_path: Path) -> Iterator[Pair]:
    """With a tunnel; the router asks every 10 s, and when it gets no answer, four times more every 2 s."""
    with paired(namespace, tmp_path, TUNNEL, extra="crypto isakmp keepalive 10 2 periodic\n") as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.assert_pings()
        pair.lab.speed(10)
        yield pair


def test_each_asks_and_is_answered(pair: Pair) -> None:
    pair.lab.speed(4)  # the router asks every 2.5 s, and strongSwan when it has heard nothing for a second
    heard = [re.compile(rf"parsed INFORMATIONAL_V1 .*N\({word}\)") for word in ("DPD", "DPD_ACK")]
    pair.lab.type("R1", "debug crypto isakmp")
    answered = "R_U_THERE_ACK received from peer"

    def both_were_answered() -> bool:
        at_peer, at_router = pair.peer.log.read_text(), pair.lab.type("R1", "show logging")
        return all(word.search(at_peer) for word in heard) and answered in at_router

    assert pair.lab.wait(both_were_answered, 5)
    assert pair.up()
    assert "Capabilities:DN " in pair.lab.type("R1", "show crypto session detail")
    recording = pair.lab.record()
    recording.assert_readable()
    messages = recording.read("isakmp.notify.msgtype", "ip.src", "isakmp.notify.msgtype")
    said = {(message["ip.src"][0], message["isakmp.notify.msgtype"][0]) for message in messages}
    assert said >= {(address, kind) for address in (ROUTER, TUNNEL.address) for kind in (ASKS, ANSWERS)}


def test_the_router_notices_that_strongswan_was_killed(pair: Pair) -> None:
    pair.lab.type("R1", "debug crypto isakmp")
    pair.peer.process.kill()
    assert pair.lab.wait(lambda: pair.phases_1() == 0 and pair.up_at_router() == 0, 10)
    assert f"peer {TUNNEL.address} not responding!" in pair.lab.type("R1", "show logging")
    assert "Session status: DOWN" in pair.lab.type("R1", "show crypto session")


def test_both_notice_that_the_cable_is_cut_and_come_back(pair: Pair, namespace: Namespace) -> None:
    run("ip", "-n", namespace.name, "link", "set", "peer0", "down")
    assert pair.lab.wait(pair.nothing, 12)
    run("ip", "-n", namespace.name, "link", "set", "peer0", "up")
    pair.lab.speed(1)
    pair.bring_up(ROUTER_BEGINS)
    pair.assert_pings()
