"""Dead peer detection between the router and strongSwan: each asks and answers, and finds the other one dead."""

from __future__ import annotations

from pathlib import Path

from tests.interop import strongswan
from tests.interop.neighbour import Namespace
from tests.interop.pair import ROUTER_BEGINS, Pair, paired
from tests.interop.tunnels import Tunnel

pytestmark = strongswan.needed

KEEPALIVE = "crypto isakmp keepalive 10 periodic\n"
FAST = 10
"""The router's clock runs so much faster, to make its ten seconds one."""


def log_has(pair: Pair, text: str) -> bool:
    return text in pair.lab.type("R1", "show logging")


def test_the_router_asks_and_notices_when_nobody_answers(namespace: Namespace, tmp_path: Path) -> None:
    with paired(namespace, tmp_path, Tunnel(1), extra=KEEPALIVE) as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.lab.type("R1", "debug crypto isakmp")
        assert "Capabilities:DN " in pair.lab.type("R1", "show crypto session detail")
        pair.lab.speed(FAST)
        assert pair.lab.wait(lambda: log_has(pair, "DPD/R_U_THERE_ACK received from peer"), 3)
        assert pair.up()
        namespace.start("ip", "link", "set", "peer0", "down").wait()
        assert pair.lab.wait(lambda: log_has(pair, "not responding!"), 5)
        assert pair.up_at_router() == pair.phases_1() == 0


def test_strongswan_asks_and_is_answered(namespace: Namespace, tmp_path: Path) -> None:
    with paired(namespace, tmp_path, Tunnel(1, connection="dpd_delay = 1s\n dpd_timeout = 4s")) as pair:
        pair.bring_up(ROUTER_BEGINS)
        pair.lab.type("R1", "debug crypto isakmp")
        assert pair.lab.wait(lambda: log_has(pair, "DPD/R_U_THERE received from peer"), 4)
        assert not pair.lab.wait(lambda: not pair.up(), 5), "strongSwan would have given up by now"
        pair.assert_pings()
        pair.lab.record().assert_readable()
